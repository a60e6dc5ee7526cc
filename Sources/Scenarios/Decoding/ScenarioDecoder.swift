import Foundation
import MeanField

/// Reads scenario files into ``Scenario``, with every default filled in.
///
/// Everything the contract does not allow is refused, and all of it is reported at once with file,
/// line and column. Keys of the contract that this program cannot solve yet are recognised and
/// refused as such.
public struct ScenarioDecoder {
    /// What a scenario is read for.
    public enum Purpose: Sendable, Equatable {
        /// One evolution.
        case evolution
        /// A diagram of many systems of tokens, in any dimension.
        case diagram
    }

    /// The full names of the keys that stand in sections, and those at the top, for completion.
    public static var keys: [String] { ["title", "evolve"] + ScenarioKeys.qualified }

    /// Reads a scenario file and the files it names.
    ///
    /// - Parameters:
    ///   - path: the TOML file; the files it names are relative to its directory.
    ///   - overrides: `key.path=value` with a TOML value, applied in order; an error in number n
    ///     is reported at `override:n:column`.
    ///   - purpose: decides what is allowed.
    /// - Throws: ``ScenarioError`` with everything that is wrong.
    public static func decode(
        file path: String, overrides: [String] = [], for purpose: Purpose = .evolution
    ) throws(ScenarioError) -> Scenario {
        let bytes: [UInt8]
        do {
            bytes = try TextFile.bytes(of: path)
        } catch {
            throw ScenarioError(
                SourcePosition(file: path, line: 1, column: 1),
                "the scenario cannot be read: \(error.reason); give the path of a TOML file.")
        }
        return try decode(
            bytes, name: path, directory: (path as NSString).deletingLastPathComponent,
            overrides: overrides, purpose: purpose)
    }

    /// Reads a scenario from a text.
    ///
    /// - Parameters:
    ///   - text: the TOML text.
    ///   - name: the name that error messages give it; without its suffix it is the default title.
    ///   - directory: where the files it names are looked for.
    ///   - overrides, purpose: as in ``decode(file:overrides:for:)``.
    /// - Throws: ``ScenarioError`` with everything that is wrong.
    public static func decode(
        text: String, name: String, directory: String = "", overrides: [String] = [],
        for purpose: Purpose = .evolution
    ) throws(ScenarioError) -> Scenario {
        try decode(
            Array(text.utf8), name: name, directory: directory, overrides: overrides,
            purpose: purpose)
    }

    private static func decode(
        _ bytes: [UInt8], name: String, directory: String, overrides: [String], purpose: Purpose
    ) throws(ScenarioError) -> Scenario {
        let parsed = try TOMLParser.parse(bytes, name: name)
        let table = try Overrides.apply(overrides, to: parsed)
        let issues = IssueList()
        let root = TableReader(
            table: table, path: "", position: SourcePosition(file: name, line: 1, column: 1),
            issues: issues)
        let stem = ((name as NSString).lastPathComponent as NSString).deletingPathExtension
        let scenario = ScenarioDecoder(root: root, directory: directory, purpose: purpose)
            .scenario(title: stem)
        guard issues.isEmpty, let scenario else { throw issues.error(file: name) }
        return scenario
    }

    /// The whole file.
    let root: TableReader
    /// Directory of the files that the scenario names.
    let directory: String
    /// What the scenario is read for.
    let purpose: Purpose

    var issues: IssueList { root.issues }

    /// The scenario, or `nil` where something without a default is wrong (and reported).
    private func scenario(title: String) -> Scenario? {
        root.refuseUnknownKeys(allowed: ScenarioKeys.top)
        let title = root.string("title", default: title)
        let evolve = root.choice(
            "evolve", among: Scenario.Evolve.allCases.map(\.rawValue), default: "density"
        ).flatMap(Scenario.Evolve.init)
        let model = root.section("model").flatMap(readModel)
        let initial = root.section("initial").flatMap {
            readInitial(
                $0, evolve: evolve ?? .density, dimension: model?.dimension ?? 2,
                diffusion: model?.diffusion ?? 0)
        }
        let particles = root.section("particles").flatMap { readParticles($0, initial: initial) }
        let comparison = root.section("compare").flatMap(readComparison)
        let diagram = readDiagram(isNeeded: purpose == .diagram)
        let density = root.section("density").flatMap {
            readDensity($0, dimension: model?.dimension ?? 2)
        }
        let time = root.section("time").flatMap(readTime)
        let phases = root.section("phases").flatMap(readPhases)
        guard let title, let evolve, let model, let initial, let density, let particles,
            let comparison, let diagram, let time, let phases
        else { return nil }
        let scenario = Scenario(
            title: title, evolve: evolve, model: model, initial: initial, density: density,
            particles: particles, comparison: comparison, diagram: diagram.diagram, time: time,
            phases: phases)
        if purpose == .diagram {
            refuseForDiagram(scenario)
        } else {
            if scenario.isOnCircle { refuseOutsideLimit(scenario) }
            refuseForParticles(scenario)
            refuseOutsideZonal(scenario)
        }
        return scenario
    }
}
