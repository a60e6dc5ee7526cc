import Foundation
import MeanField
import Phases
import Scenarios
import Terminal

/// The report of a run as one HTML page that needs nothing else: no network, no other file.
///
/// It holds what was run, the phases on a time axis, the density in space and time, the tree of
/// mergers, energy, modes and spectrum, errors and hand-overs, theory beside measurement, and a player.
/// The same run, program and gnuplot give the same bytes.
public struct RunPage: Sendable {
    let run: StoredRun
    let snapshots: [Snapshot]
    let gnuplot: Gnuplot?
    private let report: TimelineReport

    /// The page of a run.
    ///
    /// - Parameters:
    ///   - snapshots: Those of the run, in the order of time.
    ///   - gnuplot: Draws the charts of numbers; `nil`: the page says that they are missing.
    public init(_ run: StoredRun, snapshots: [Snapshot], gnuplot: Gnuplot?) {
        self.run = run
        // Zonal measures are shown on a great circle through their axis.
        self.snapshots = snapshots.areZonal ? snapshots.map(\.onGreatCircle) : snapshots
        self.gnuplot = gnuplot
        report = TimelineReport(title: run.title, scenario: run.scenario, record: run.record)
    }

    /// Draws the report of the run in `directory` into its `report.html`, whole or not at all.
    ///
    /// - Throws: ``OutputError``.
    public static func write(runIn directory: RunDirectory) throws {
        let run = try StoredRun(in: directory.url)
        let snapshots = try run.snapshots()
        let page: String
        do {
            page = try RunPage(run, snapshots: snapshots, gnuplot: try? Gnuplot()).html()
        } catch OutputError.gnuplotFailed {
            page = try RunPage(run, snapshots: snapshots, gnuplot: nil).html()
        }
        try AtomicFile.write(page, to: directory.report)
    }

    /// The characters of the page.
    ///
    /// - Throws: ``OutputError`` if gnuplot fails.
    public func html() throws -> String {
        let body = Markup([header, facts, notices, try pictures(), tables, details, footer])
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
            img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="tokenfield \(run.version)">
            <title>\(run.title)</title>
            <link rel="icon" href="data:,">
            <style>
            \(Self.style)</style>
            </head>
            <body>
            \(body)<script>
            \(Self.script)</script>
            </body>
            </html>

            """
        return page.text
    }

    private static let style = resource(PackageResources.report_css)
    private static let script = resource(PackageResources.player_js)

    private static func resource(_ bytes: [UInt8]) -> Markup {
        Markup(raw: String(decoding: bytes, as: UTF8.self))
    }

    // MARK: What was run

    private var record: RunRecord { run.record }

    private var header: Markup {
        let time = NumberText.time(record.endTime)
        return """
            <header>
            <p class="kicker">Tokenfield · report of a run</p>
            <h1>\(run.title)</h1>
            <p class="lead">\(run.scenario.map(ScenarioSummary.line) ?? "")</p>
            <p class="ending">Ended at <strong>t = \(time)</strong>: \(record.ended.explanation).</p>
            </header>
            <main>

            """
    }

    private var facts: Markup {
        let formed = record.clusters
        let last = record.mergers.last.map { "the last at t = \(NumberText.time($0.time.time))" }
        let cards: [(String, String, String)] = [
            (
                "clusters", "\((formed ?? record.clustersEnd).members.count)",
                formed.map { "formed by t = \(NumberText.time($0.time))" } ?? "at the end"
            ),
            ("mergers", "\(record.mergers.count)", last ?? "none seen"),
            (
                "consensus", record.consensus.map { NumberText.time($0.time) } ?? "—",
                record.consensus.map { "t = \(NumberText.time($0))" } ?? "not reached"
            ),
            ("least sure time", leastSure?.text ?? "—", leastSure?.name ?? "no time to state"),
        ]
        return """
            <dl class="facts">\(cards.map { card -> Markup in
                "<div><dt>\(card.0)</dt><dd>\(card.1)<small>\(card.2)</small></dd></div>"
            })</dl>

            """
    }

    /// The largest relative error of a stated time, and of what.
    private var leastSure: (text: String, name: String)? {
        let ends = record.phases.compactMap { phase in
            phase.end.map { ("end of \(phase.name.rawValue)", $0) }
        }
        let mergers = record.mergers.enumerated().map { ("merger \($0 + 1)", $1.time) }
        let events = (ends + mergers).filter { $0.1.time > .zero }
        guard let worst = events.max(by: { $0.1.relativeError < $1.1.relativeError }) else {
            return nil
        }
        let error = NumberText.plain(worst.1.relativeError, digits: 1)
        return ("± \(error)", "relative error, \(worst.0)")
    }

    private var notices: Markup {
        var notices = [String]()
        if record.noiseDetermined { notices.append(TimelineReport.noiseWarning) }
        if record.ended == .interrupted {
            notices.append(
                "The run was interrupted: what stands here is valid up to t = "
                    + "\(NumberText.time(record.endTime)), and nothing is known beyond.")
        }
        if record.ended == .failed {
            notices.append("The computation failed; what stands here is valid up to there.")
        }
        if gnuplot == nil {
            notices.append(
                "The charts of density, energy, modes and spectrum are missing, because gnuplot was "
                    + "not found, or failed, when this page was drawn. Install it (Debian: "
                    + "gnuplot-nox) and run `tokenfield report` on the directory again.")
        }
        return Markup(notices.map { "<p class=\"notice\" role=\"note\">\($0)</p>\n" })
    }

    // MARK: Tables

    private var tables: Markup {
        let notes = record.notes.filter { $0.contains { !$0.isWhitespace } }
        let list: Markup =
            notes.isEmpty
            ? "" : "<section><h2>Notes</h2><ul>\(notes.map { "<li>\($0)</li>" })</ul></section>\n"
        return "<h2>The numbers</h2>\n\(report.tables.map(\.markup))\(list)"
    }

    private var details: Markup {
        var theory: Markup = ""
        if let scenario = run.scenario, scenario.isOnCircle {
            let text = PredictionReport(title: run.title, prediction: scenario.prediction).text
            theory = """
                <details><summary>All that linear theory says</summary>\
                <pre>\(text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).joined(separator: "\n"))</pre></details>

                """
        }
        return """
            \(theory)<details><summary>The resolved scenario</summary>\
            <pre>\(run.scenarioText)</pre></details>

            """
    }

    private var footer: Markup {
        """
        </main>
        <footer><p>Drawn by tokenfield \(run.version) from <code>phases.json</code>, \
        <code>run.nc</code> and <code>scenario.toml</code> of the run; <code>series.csv</code> has \
        the curves as numbers. Times are the papers’ t; errors are stated by comparison with a \
        coarser computation.</p></footer>

        """
    }
}

extension ReportTable {
    /// Rows of a page at most.
    private static let mostRows = 200

    /// The table with its heading, scrolling by itself where it is too wide.
    fileprivate var markup: Markup {
        let rest = table.rows.count - Self.mostRows
        let more: Markup = rest > 0 ? "<p>… and \(rest) more in <code>phases.json</code>.</p>" : ""
        let heading: Markup = "<section><h3>\(title)</h3>"
        if table.rows.isEmpty { return "\(heading)</section>\n" }
        return """
            \(heading)<div class="scroll"><table>
            <thead><tr>\(table.header.map { "<th scope=\"col\">\($0)</th>" as Markup })</tr></thead>
            <tbody>
            \(table.rows.prefix(Self.mostRows).map { row -> Markup in
                "<tr>\(row.map { "<td>\($0)</td>" as Markup })</tr>\n"
            })</tbody>
            </table></div>\(more)</section>

            """
    }
}
