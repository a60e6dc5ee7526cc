import Foundation
import Scenarios

/// The tables of a comparison of particles with their limit, in 80 columns.
public struct ComparisonReport: Sendable {
    private let study: ComparisonStudy
    private let summary: ComparisonSummary

    /// The report of `study`.
    public init(_ study: ComparisonStudy) {
        self.study = study
        summary = ComparisonSummary(study)
    }

    /// The report, lines separated by newlines, without one at the end.
    public var text: String {
        let scenario = study.plan.scenario
        let heading =
            [TextLayout.harmless(scenario.title)]
            + TextLayout.wrap(ScenarioSummary.line(scenario), width: 80)
            + TextLayout.wrap(runs, width: 80)
        return (heading + [""] + distances + [""] + exponents + [""] + phases)
            .joined(separator: "\n")
    }

    /// What was run.
    private var runs: String {
        let plan = study.plan
        let target =
            plan.scenario.model.limit == .none
            ? "the density" : "the \(plan.scenario.model.limit.rawValue) limit"
        let draws = plan.replicas == 1 ? "one draw" : "\(plan.replicas) draws"
        let sampling = plan.scenario.particles.sampling.rawValue
        return "\(draws) of \(sampling) tokens for each count beside \(target); "
            + plan.timeUnit
    }

    /// The name of the distance that is judged.
    private var judged: String { study.plan.judged == .wasserstein ? "W1" : "sqrt(E)" }

    private var distances: [String] {
        var table = TextTable(
            "tokens", "beta", "t", judged, "energy distance", "largest mode error")
        for row in summary.rows {
            table.append(
                "\(study.plan.counts[row.index])",
                NumberText.plain(study.plan.beta(row.index), digits: 4),
                NumberText.plain(study.plan.times[row.time], digits: 4)
                    + (row.isBeyondHorizon ? " *" : ""),
                Self.spread(row.judged), Self.spread(row.energy), Self.spread(row.mode))
        }
        var lines = table.lines(width: 80)
        lines.append(
            "  mean ± standard deviation over the draws; energy distance "
                + (study.plan.judged == .wasserstein ? "" : "E ") + "with chords")
        let horizons = study.plan.counts.indices.compactMap(study.plan.horizon)
        if !horizons.isEmpty {
            let times = horizons.map { NumberText.plain($0, digits: 3) }.joined(separator: ", ")
            let words =
                "mean-field bound: the fluctuations of random tokens, (n/N)^(1/2) e^(lambda t) in "
                + "the n modes that grow fastest, reach a half at t = \(times) for these counts"
                + (summary.rows.contains(where: \.isBeyondHorizon)
                    ? "; * beyond that, neither fitted nor judged" : "")
            lines += TextLayout.wrap(words, width: 78).map { "  " + $0 }
        }
        return lines
    }

    private var exponents: [String] {
        var table = TextTable("t", "exponent of \(judged) in N", "expected", "of energy", "")
        let expected = study.plan.expectation
        for fit in summary.fits {
            table.append(
                NumberText.plain(study.plan.times[fit.time], digits: 4),
                fit.judged.map(Self.exponent) ?? "-",
                expected == .unknown ? "-" : expected.rawValue,
                fit.energy.map { Self.number($0.exponent) } ?? "-", fit.verdict.word)
        }
        let reasons = Set(
            summary.fits.compactMap { fit -> String? in
                if case .notJudged(let reason) = fit.verdict { reason } else { nil }
            }
        ).sorted()
        return table.lines(width: 80)
            + ["  with its 95 % interval (Student's t, spread over the draws)"]
            + reasons.map { "  not judged: \($0)" }
    }

    private var phases: [String] {
        var table = TextTable("phase times", "tokens", "particles", "seen in", "limit")
        for event in ComparedPhases.events {
            for index in study.plan.counts.indices {
                let samples = study.samples.filter { $0.index == index }
                let times = samples.compactMap { $0.phases[keyPath: event.time] }
                let reference =
                    index < study.references.count
                    ? study.references[index].phases[keyPath: event.time] : nil
                // Where E_max is everything the collapse is over before it starts.
                if times.allSatisfy({ $0 == 0 }) && (reference ?? 0) == 0 { continue }
                table.append(
                    event.name, "\(study.plan.counts[index])",
                    times.isEmpty ? "-" : Self.time(Spread(times)),
                    "\(times.count) of \(samples.count)",
                    reference.map { NumberText.plain($0) } ?? "-")
            }
        }
        return table.rows.isEmpty
            ? ["No phase ended within the time of the comparison."] : table.lines(width: 80)
    }

    private static func spread(_ spread: Spread) -> String {
        guard let deviation = spread.deviation else { return short(spread.mean) }
        return "\(short(spread.mean)) ± \(String(format: "%.0e", deviation))"
    }

    private static func short(_ value: Double) -> String {
        value == 0 ? "0" : String(format: "%.2e", value)
    }

    private static func time(_ spread: Spread) -> String {
        guard spread.mean.isFinite else { return "beyond 10^308" }
        return spread.deviation.map { NumberText.value(spread.mean, error: $0) }
            ?? NumberText.plain(spread.mean)
    }

    private static func exponent(_ fit: PowerLawFit) -> String {
        guard let interval = fit.interval else { return number(fit.exponent) }
        return "\(number(fit.exponent)) (\(number(interval.lowerBound)) to "
            + "\(number(interval.upperBound)))"
    }

    private static func number(_ value: Double) -> String { String(format: "%.3f", value) }
}
