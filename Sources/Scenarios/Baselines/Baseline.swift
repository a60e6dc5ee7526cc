import Foundation

/// What a scenario is known to come to, beside its file: `<scenario>.baseline.toml`.
public struct Baseline: Sendable, Equatable {
    /// What is asked of one quantity.
    public struct Entry: Sendable, Equatable {
        /// The quantity.
        public var name: Quantity.Name
        /// What it must be.
        public var rule: BaselineRule
        /// Whether a run may lack it: noise decides.
        public var isOptional = false
        /// Three standard deviations over other seeds, for the reader; `nil` where nothing is drawn.
        public var spread: Double?
        /// Where it stands in the file; `nil` of a baseline that is not read from one.
        public var position: SourcePosition?
    }

    /// Version of the program that it was blessed with.
    public var version: String
    /// In the order of the file.
    public var entries: [Entry]

    /// The file of the baseline of a scenario file.
    public static func file(of scenario: String) -> String {
        let stem = scenario.hasSuffix(".toml") ? String(scenario.dropLast(5)) : scenario
        return stem + suffix
    }

    /// What the name of a baseline ends with.
    public static let suffix = ".baseline.toml"

    subscript(name: Quantity.Name) -> Entry? { entries.first { $0.name == name } }

    /// The times at which it has observables, ascending.
    var times: [Double] {
        Set(entries.compactMap { RunQuantities.time(ofSection: $0.name.section) }).sorted()
    }
}

extension Baseline {
    /// The baseline of a run and the runs beside it.
    ///
    /// - Parameters:
    ///   - rounded: The run from a rounded start, where that changes the outcome.
    ///   - seeds: The run with other seeds, where there are any.
    ///   - resolution: The tolerances of the run.
    init(
        of run: RunQuantities, coarser: RunQuantities, rounded: [RunQuantities] = [],
        seeds: [RunQuantities] = [], resolution: Double, version: String
    ) {
        var names = run.quantities.map(\.name)
        let alternatives = rounded.isEmpty ? [] : rounded + seeds
        for name in alternatives.flatMap(\.quantities).map(\.name) where !names.contains(name) {
            // Beside its own section, for the reader.
            let place = names.lastIndex { $0.section == name.section }.map { $0 + 1 }
            names.insert(name, at: place ?? names.count)
        }
        self.version = version
        entries = names.map { name in
            let samples = QuantitySamples(
                run: run[name], coarser: coarser[name], rounded: rounded.map { $0[name] },
                seeds: seeds.map { $0[name] }, resolution: resolution)
            return Entry(
                name: name, rule: samples.rule, isOptional: samples.isOptional,
                spread: samples.spread)
        }
    }
}
