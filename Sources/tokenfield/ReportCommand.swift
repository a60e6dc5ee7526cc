import Foundation
import HTMLReport
import Scenarios
import Terminal

/// `tokenfield report`: draws the page of a run.
struct ReportCommand: Command {
    static let description = CommandDescription(
        name: "report",
        abstract: "draw the page of a finished or interrupted run",
        discussion: [
            "Writes report.html into the directory of the run: one file that needs no network and "
                + "no other file. It shows what was run, the phases on a time axis, the density in "
                + "space and time, who merged with whom, energy, modes and spectrum, errors and "
                + "hand-overs, theory beside measurement, and has a player that goes through time.",
            "`tokenfield run` draws it at its end. The charts need gnuplot (Debian: gnuplot-nox); "
                + "without it the page says so and has everything else. The same run and programs "
                + "give the same bytes.",
        ],
        positionals: [Shared.run],
        examples: [
            Example(
                "tokenfield report runs/three-phases-circle",
                "Draw it again, with the gnuplot that was missing:")
        ])

    /// Directory of the run.
    let directory: String

    init(_ arguments: ParsedArguments) throws { directory = try arguments[Shared.run] }

    func execute() throws -> ExitStatus {
        let url = URL(fileURLWithPath: directory)
        // Says what is wrong with the directory before it is locked.
        _ = try StoredRun(in: url)
        let run = try RunDirectory(openingRunAt: url)
        try RunPage.write(runIn: run)
        print(run.report.relativePath)
        return .done
    }
}
