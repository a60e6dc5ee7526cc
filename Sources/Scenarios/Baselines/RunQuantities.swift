import Foundation
import MeanField
import Phases

/// What a run yields, quantity by quantity, in the order of a baseline file.
///
/// Phases, clusters and mergers are those of `phases.json`; masses of clusters are sorted, because their
/// order by angle jumps at ±π. A phase starts where the one before it ends. Observables are those of
/// `series.csv` at a few times.
struct RunQuantities: Sendable, Equatable {
    private(set) var quantities: [Quantity] = []

    /// Fourier modes or moments that are taken of a snapshot.
    private static let modes = 3
    /// Clusters and mergers that are listed one by one.
    private static let listed = 12
    /// A range of shares that rounding cannot leave.
    static let share = Quantity.Scale.between(0, 1)

    /// Quantities that are known already.
    init(_ quantities: [Quantity] = []) { self.quantities = quantities }

    subscript(name: Quantity.Name) -> Quantity? { quantities.first { $0.name == name } }

    /// What `run` yields of a scenario in d dimensions, with the observables at `times`.
    init(_ run: ComputedRun, dimension d: Int, at times: [Double]) {
        let record = run.record
        quantities = [
            Quantity("run", "ended", text: record.ended.rawValue),
            Quantity("run", "noise_determined", text: "\(record.noiseDetermined)"),
            Quantity(
                "run", "representation",
                text: record.representation.map(\.kind).joined(separator: " ")),
        ]
        for phase in record.phases {
            let name = phase.name.rawValue
            if let end = phase.end {
                quantities.append(Self.time(end, "phases", "\(name)_", "end"))
            } else if let reason = phase.reason {
                quantities.append(
                    Quantity("phases", "\(name)_without_end", text: reason.rawValue))
            }
        }
        if let clusters = record.clusters { append(clusters, "clusters") }
        append(record.clustersEnd, "clusters_end")
        quantities.append(Quantity("mergers", "count", count: record.mergers.count))
        for (index, merger) in record.mergers.prefix(Self.listed).enumerated() {
            quantities.append(
                Self.time(
                    merger.time, "mergers", "\(merger.kind.rawValue)_\(index + 1)_", "time"))
        }
        for time in times {
            guard let snapshot = run.snapshots.first(where: { $0.time == ModelTime(time) }) else {
                continue
            }
            append(snapshot.observables, "\(Self.sectionPrefix)\(time)", dimension: d)
        }
    }

    /// What a phase diagram yields: fractions with their standard errors, and where its edge is.
    init(_ result: DiagramResult) {
        let diagram = result.diagram
        func spread(_ count: Int, _ most: Int) -> [Int] {
            let parts = min(count, most)
            return (0..<parts).map { ($0 + 1) * (count - 1) / parts }
        }
        for beta in spread(diagram.betas.count, 5) {
            for time in spread(diagram.times.count, 3) {
                quantities.append(
                    Quantity(
                        "diagram", "beta = \(diagram.betas[beta]), t = \(diagram.times[time])",
                        diagram.fractions[beta][time],
                        error: diagram.standardErrors[beta][time], scale: Self.share))
            }
        }
        if let edge = result.edgeBeta { quantities.append(Quantity("diagram", "edge_beta", edge)) }
    }

    /// What both yield.
    static func + (a: RunQuantities, b: RunQuantities) -> RunQuantities {
        var both = a
        both.quantities += b.quantities
        return both
    }

    // MARK: Times of observables

    /// What the sections of observables begin with.
    private static let sectionPrefix = "t = "

    /// The time of a section of observables; `nil` of any other.
    static func time(ofSection section: String) -> Double? {
        guard section.hasPrefix(sectionPrefix) else { return nil }
        return Double(section.dropFirst(sectionPrefix.count)).flatMap {
            $0.isFinite && $0 >= 0 ? $0 : nil
        }
    }

    /// A few times on the scales of a run, to two digits: its start, the middle and the end of
    /// clustering, and the middle of the mergers in the logarithm of time.
    static func times(of outcome: Outcome) -> [Double] {
        let end = outcome.endTime
        var times = [0.0]
        if let clustering = outcome.clusteringEnd, let value = clustering.value {
            times += [value / 2, value]
        } else if let value = end.value {
            times += [value / 8, value / 2]
        }
        if let slow = outcome.consensus ?? outcome.mergers.last, slow.logarithm > log(10) {
            let start = max(outcome.clusteringEnd?.logarithm ?? 0, 0)
            times.append(exp((start + slow.logarithm) / 2))
        }
        let rounded = times.compactMap { Double(String(format: "%.1e", $0)) }
        // Where a run ends by itself, its end moves a little from run to run.
        return Set(rounded.filter { $0.isFinite && $0 <= 0.9 * end.approximation || $0 == 0 })
            .sorted()
    }

    // MARK: Parts

    /// The time of an event, called `prefix` with `name`; beyond `Double` its decimal logarithm.
    private static func time(
        _ event: EventTime, _ section: String, _ prefix: String, _ name: String
    ) -> Quantity {
        if let value = event.time.value {
            return Quantity(
                section, prefix + name, value, error: event.relativeError * value, scale: .time)
        }
        return Quantity(
            section, "\(prefix)log10_\(name)", event.time.log10,
            error: event.relativeError / log(10), scale: .logarithm(base: 10))
    }

    private mutating func append(_ census: ClusterCensus, _ section: String) {
        quantities.append(Quantity(section, "count", count: census.members.count))
        quantities.append(Quantity(section, "condensed", census.condensed, scale: Self.share))
        let masses = census.members.map(\.mass).sorted(by: >)
        for (index, mass) in masses.prefix(Self.listed).enumerated() {
            quantities.append(Quantity(section, "mass_\(index + 1)", mass, scale: Self.share))
        }
    }

    private mutating func append(
        _ observables: Observables, _ section: String, dimension d: Int
    ) {
        quantities += [
            Quantity(
                section, "log_energy", observables.logEnergy, scale: .logarithm(base: M_E)),
            Quantity(section, "clusters", count: observables.clusters),
            Quantity(section, "condensed", observables.condensed, scale: Self.share),
            Quantity(section, "residual", observables.residual, scale: Self.share),
            Quantity(
                section, "effective_dimension", observables.effectiveDimension,
                scale: .between(1, Double(d))),
        ]
        for (index, mode) in observables.modes.prefix(Self.modes).enumerated() {
            for (part, value) in [("re", mode.x), ("im", mode.y)] {
                quantities.append(
                    Quantity(section, "c\(index + 1)_\(part)", value, scale: .between(-1, 1)))
            }
        }
        for (index, moment) in observables.moments.prefix(Self.modes).enumerated() {
            quantities.append(
                Quantity(section, "m\(index + 1)", moment, scale: .between(-1, 1)))
        }
        for field in OptionalObservableField.all {
            guard let value = observables[keyPath: field.path] else { continue }
            quantities.append(Quantity(section, field.name, value))
        }
    }
}
