import Foundation
import Scenarios

/// Wall times of scenarios in units of a plain loop in C that runs in this process, beside a reference.
///
/// The unit is the loop over all pairs of 4000 tokens (``PairLimit``), measured before every run: the
/// ratio follows the machine, and stays while the program does.
struct WallClock {
    /// The reference: a ratio for every scenario.
    static let path = "scenarios/wall-clock.json"
    /// A scenario that takes so many times its reference has become slower; machines differ by less.
    static let limit = 1.5

    private let pairs = PairLimit(isSphere: false, isSoftmax: true, tokens: 4000)
    private let reference: JSONValue?
    private var ratios: [String: Double] = [:]
    /// The scenarios that have become slower.
    private(set) var slower: [String] = []

    /// With the reference that there is.
    init() {
        reference = try? JSONValue(parsing: String(contentsOfFile: Self.path, encoding: .utf8))
    }

    /// The median of what `measure` gives, in seconds, that over the unit, and that over the reference.
    mutating func time(
        _ name: String, rounds: Int, measure: () -> Double?
    ) -> (seconds: Double, ratio: Double, change: Double?)? {
        let pairs = pairs
        let unit = Candidate("unit") { pairs.evaluate(threads: 1) }
        var times = [Double]()
        for _ in 0..<rounds {
            unit.record()
            if let seconds = measure() { times.append(seconds) }
        }
        guard !times.isEmpty else { return nil }
        let seconds = times.sorted()[times.count / 2]
        let ratio = seconds / unit.median
        let change = reference?[name]?.double.map { ratio / $0 }
        ratios[name] = ratio
        if let change, change > Self.limit { slower.append(name) }
        return (seconds, ratio, change)
    }

    /// Makes what was measured the reference.
    func bless() throws {
        let rows = ratios.sorted { $0.key < $1.key }.map {
            JSONValue.Member($0.key, .number(($0.value * 10).rounded() / 10))
        }
        try Data(JSONValue.object(rows).prettyPrinted.utf8)
            .write(to: URL(fileURLWithPath: Self.path), options: .atomic)
    }
}
