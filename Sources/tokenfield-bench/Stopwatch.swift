/// Something to be timed, with the times that were measured so far.
final class Candidate {
    /// What it is, as in the tables and in the file.
    let name: String
    /// Seconds for one call, one of them for each round.
    private(set) var samples: [Double] = []

    private let call: () -> Void
    private var repetitions = 1

    init(_ name: String, call: @escaping () -> Void) {
        self.name = name
        self.call = call
    }

    /// Median of the samples.
    var median: Double { samples.sorted()[samples.count / 2] }

    private func sample() -> Double {
        let clock = ContinuousClock()
        let duration = clock.measure { for _ in 0..<repetitions { call() } }
        let (seconds, attoseconds) = duration.components
        return (Double(seconds) + Double(attoseconds) * 1e-18) / Double(repetitions)
    }

    /// Warms up and finds how many calls take `time`.
    fileprivate func calibrate(time: Double) {
        var seconds = sample()
        while seconds * Double(repetitions) < time / 2 {
            repetitions = max(repetitions + 1, min(10 * repetitions, Int(time / seconds)))
            seconds = sample()
        }
    }

    /// Takes one sample.
    func record() { samples.append(sample()) }
}

/// Times candidates side by side, so that what disturbs the machine disturbs all of them.
struct Stopwatch {
    /// Number of samples of each candidate.
    let rounds: Int
    /// Seconds for each sample.
    let time: Double

    /// Takes `rounds` samples of every candidate in turn.
    func compare(_ candidates: [Candidate]) {
        for candidate in candidates { candidate.calibrate(time: time) }
        for _ in 0..<rounds {
            for candidate in candidates { candidate.record() }
        }
    }
}
