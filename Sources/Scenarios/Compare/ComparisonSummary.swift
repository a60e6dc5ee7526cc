import Foundation

/// Means, fitted exponents and the verdict of a comparison.
///
/// At every time W₁, beyond the circle √E of the energy distance E, is fitted by a power of N
/// (``PowerLawFit``) over the counts within the mean-field horizon. A time passes
///
///     random tokens       if the 95 % interval of the exponent holds -1/2
///     stratified tokens   if the interval reaches below -1/2
///     moderate            if the interval lies below 0 (beta_exponent > 0)
///
/// and is not judged where there is no interval, or nothing to expect.
public struct ComparisonSummary: Sendable {
    /// Means over the replicas of one count at one time.
    public struct Row: Sendable {
        /// Index of the count.
        public var index: Int
        /// Index of the time.
        public var time: Int
        /// W₁, or √E beyond the circle.
        public var judged: Spread
        /// The energy distance.
        public var energy: Spread
        /// The largest error of the modes.
        public var mode: Spread
        /// Whether the mean-field bound says nothing any more.
        public var isBeyondHorizon: Bool
    }

    /// What a fitted exponent says.
    public enum Verdict: Sendable, Equatable {
        /// As expected.
        case pass
        /// Not as expected.
        case fail
        /// Nothing can be said, and why.
        case notJudged(String)

        /// `pass`, `fail` or `not judged`.
        public var word: String {
            switch self {
            case .pass: "pass"
            case .fail: "FAIL"
            case .notJudged: "not judged"
            }
        }
    }

    /// The exponents at one time.
    public struct Fit: Sendable {
        /// Index of the time.
        public var time: Int
        /// Of W₁, or of √E beyond the circle; `nil` where there are not two counts.
        public var judged: PowerLawFit?
        /// Of the energy distance, which is quadratic: twice that of W₁ or √E.
        public var energy: PowerLawFit?
        /// About the first of them.
        public var verdict: Verdict
    }

    /// By count, then time; counts without a sample are left out.
    public let rows: [Row]
    /// One for each time.
    public let fits: [Fit]

    /// The summary of the samples of a study.
    public init(_ study: ComparisonStudy) {
        let plan = study.plan
        let byCount = plan.counts.indices.map { index in
            study.samples.filter { $0.index == index }
        }
        var rows = [Row]()
        for (index, samples) in byCount.enumerated() where !samples.isEmpty {
            for time in plan.times.indices {
                let here = samples.map { $0.distances[time] }
                rows.append(
                    Row(
                        index: index, time: time, judged: Spread(here.map(\.judged)),
                        energy: Spread(here.map(\.energy)),
                        mode: Spread(here.map { $0.modes.max() ?? 0 }),
                        isBeyondHorizon: plan.isBeyondHorizon(plan.times[time], index)))
            }
        }
        self.rows = rows
        fits = plan.times.indices.map { time in
            let inside = plan.counts.indices.filter {
                !byCount[$0].isEmpty && !plan.isBeyondHorizon(plan.times[time], $0)
            }
            func fit(_ distance: (ComparisonSample.Distances) -> Double) -> PowerLawFit? {
                PowerLawFit(
                    counts: inside.map { plan.counts[$0] },
                    samples: inside.map { byCount[$0].map { distance($0.distances[time]) } })
            }
            let found = fit(\.judged)
            return Fit(
                time: time, judged: found, energy: fit(\.energy),
                verdict: Self.verdict(found, plan.expectation, inside.count))
        }
    }

    /// Whether no time fails.
    public var passes: Bool { fits.allSatisfy { $0.verdict != .fail } }

    private static func verdict(
        _ fit: PowerLawFit?, _ expectation: ComparisonExpectation, _ counts: Int
    ) -> Verdict {
        if counts < 2 { return .notJudged("fewer than two counts within the mean-field horizon") }
        guard let fit else { return .notJudged("a distance is zero") }
        guard let interval = fit.interval else {
            return .notJudged("one replica gives no interval")
        }
        let isMet: Bool
        switch expectation {
        case .minusHalf: isMet = interval.contains(-0.5)
        case .atMostMinusHalf: isMet = interval.lowerBound <= -0.5
        case .falls: isMet = interval.upperBound < 0
        case .unknown: return .notJudged("particles at fixed beta do not tend to the limit")
        }
        return isMet ? .pass : .fail
    }
}
