import Foundation

/// The sections `[density]`, `[time]` and `[phases]`.
extension ScenarioDecoder {
    /// Allowed tolerances: double precision ends near 1e-16, and above 1 % nothing is resolved.
    static let tolerances = NumberRange.from(1e-14, to: 1e-2)

    /// Allowed numbers of snapshots.
    static let snapshotCounts = 2...100_000

    /// Allowed decimal logarithms of the time limit: from the least positive `Double` to where the
    /// logarithm of a time still resolves it to nine digits.
    static let maxLog10 = NumberRange.from(-324, to: 300_000)

    /// The section `[density]` of a density on S^{d-1}.
    func readDensity(_ section: TableReader, dimension d: Int) -> Scenario.Density? {
        section.refuseUnknownKeys(allowed: ScenarioKeys.density)
        let tolerance = section.number("tolerance", in: Self.tolerances, default: 1e-8)
        guard let symmetry = readSymmetry(section, dimension: d) else { return nil }
        var density = Scenario.Density(resolution: nil, tolerance: tolerance, symmetry: symmetry)
        guard let node = section.table["resolution"]?.node else { return density }
        let kind = Scenario.Resolution(dimension: d, symmetry: symmetry)
        switch node.value {
        case .string("auto"): return density
        case .integer(let number) where kind.allows(Int(clamping: number)):
            density.resolution = Int(number)
            return density
        default:
            section.report(node, at: "density.resolution", mustBe: "\"auto\" or \(kind.words)")
            return nil
        }
    }

    /// The section `[time]`.
    func readTime(_ section: TableReader) -> Scenario.Time? {
        section.refuseUnknownKeys(allowed: ScenarioKeys.time)
        let tolerance = section.number("tolerance", in: Self.tolerances, default: 1e-9)
        guard let end = end(section), let method = method(section),
            let snapshots = snapshots(section), let limit = timeLimit(section)
        else { return nil }
        return Scenario.Time(
            end: end, maxLog10: limit, tolerance: tolerance, method: method, snapshots: snapshots)
    }

    /// `time.end`.
    private func end(_ section: TableReader) -> Scenario.Time.End? {
        guard let node = section.table["end"]?.node else { return .consensus }
        switch node.value {
        case .string("consensus"): return .consensus
        case .string("stationary"): return .stationary
        case .string(let text):
            issues.report(
                node.position,
                "time.end is \(text.quoted); it must be a finite number >= 0, \"consensus\" or "
                    + "\"stationary\""
                    + Suggestion.clause(for: text, among: ["consensus", "stationary"]))
            return nil
        default:
            guard let number = node.number, NumberRange.nonNegative.contains(number) else {
                section.report(
                    node, at: "time.end",
                    mustBe: "a finite number >= 0, \"consensus\" or \"stationary\"")
                return nil
            }
            return .time(number)
        }
    }

    /// `time.max` or `time.max_log10`, as decimal logarithm.
    private func timeLimit(_ section: TableReader) -> Double? {
        guard let logarithm = section.table["max_log10"] else {
            return Foundation.log10(section.number("max", in: .positive, default: 1e300))
        }
        if let plain = section.table["max"] {
            issues.report(
                max(plain, logarithm),
                "time.max and time.max_log10 are both given; keep one of them.")
            return nil
        }
        return section.number("max_log10", in: Self.maxLog10)
    }

    /// The position of the later of two keys.
    private func max(_ a: TOMLTable.Entry, _ b: TOMLTable.Entry) -> SourcePosition {
        let p = a.keyPosition
        let q = b.keyPosition
        return (p.line, p.column) < (q.line, q.column) ? q : p
    }

    /// `time.method` and `time.step`.
    private func method(_ section: TableReader) -> Scenario.Time.Method? {
        let words = ["adaptive", "euler"]
        guard let method = section.choice("method", among: words, default: "adaptive") else {
            return nil
        }
        if method == "euler" {
            return section.number("step", in: .positive).map { .euler(step: $0) }
        }
        if let step = section.table["step"] {
            issues.report(
                step.keyPosition,
                "time.step is for method = \"euler\" only; the adaptive method takes its steps "
                    + "from time.tolerance. Remove time.step or set method = \"euler\".")
            return nil
        }
        return .adaptive
    }

    /// `time.snapshots`.
    private func snapshots(_ section: TableReader) -> Scenario.Time.Snapshots? {
        let name = "time.snapshots"
        guard let node = section.table["snapshots"]?.node else { return .count(200) }
        switch node.value {
        case .integer(let count) where Self.snapshotCounts.contains(Int(clamping: count)):
            return .count(Int(count))
        case .array(let elements):
            guard !elements.isEmpty, elements.count <= Self.snapshotCounts.upperBound else {
                issues.report(
                    node.position,
                    "\(name) lists \(elements.count) times; give between 1 and "
                        + "\(Self.snapshotCounts.upperBound).")
                return nil
            }
            var times: [Double] = []
            for (index, element) in elements.enumerated() {
                let place = "\(name)[\(index + 1)]"
                guard let time = section.number(element, place, in: .nonNegative) else {
                    return nil
                }
                if let last = times.last, time <= last {
                    issues.report(
                        element.position,
                        "\(place) = \(time) does not lie after the time before it, \(last); list "
                            + "the times in ascending order, each once.")
                    return nil
                }
                times.append(time)
            }
            return .times(times)
        default:
            section.report(
                node, at: name,
                mustBe: "an integer from \(Self.snapshotCounts.lowerBound) to "
                    + "\(Self.snapshotCounts.upperBound) or an ascending list of times >= 0")
            return nil
        }
    }

    /// The section `[phases]`.
    func readPhases(_ section: TableReader) -> Scenario.Phases? {
        section.refuseUnknownKeys(allowed: ScenarioKeys.phases)
        let fraction = NumberRange.between(0, 1)
        return Scenario.Phases(
            collapseResidual: section.number("collapse_residual", in: fraction, default: 0.01),
            condensedFraction: section.number("condensed_fraction", in: fraction, default: 0.99),
            minimumMass: section.number("minimum_mass", in: fraction, default: 1e-3))
    }
}
