/// The legal keys of a scenario file, table by table.
enum ScenarioKeys {
    static let top = [
        "title", "evolve", "model", "initial", "density", "particles", "compare", "diagram",
        "time", "phases",
    ]
    static let model = [
        "dimension", "beta", "normalization", "query", "key", "value", "diffusion", "limit",
    ]
    static let density = ["resolution", "tolerance", "symmetry"]
    static let particles = [
        "count", "replicas", "seed", "sampling", "beta_exponent", "engine", "coalesce",
    ]
    static let compare = ["counts", "times"]
    static let diagram = ["betas", "systems", "inner_product", "times"]
    static let betas = ["from", "to", "count"]
    static let time = ["end", "max", "max_log10", "tolerance", "method", "step", "snapshots"]
    static let phases = ["collapse_residual", "condensed_fraction", "minimum_mass"]
    /// Keys of `[initial]` that every kind shares.
    static let initialShared = ["kind", "perturbation"]
    static let perturbation = ["amplitude", "max_degree", "seed"]
    static let component = ["mean", "angle", "concentration", "sigma", "weight"]
    static let atom = ["angle", "point", "mass"]
    static let azimuthAngle = ["angle", "sigma", "weight"]

    /// The keys of `[initial]` for all kinds together.
    static let initial =
        initialShared
        + InitialKind.allCases.flatMap(\.keys).reduce(into: []) { keys, key in
            if !keys.contains(key) { keys.append(key) }
        }

    /// The full names `section.key` of every key that stands in a section.
    static let qualified: [String] = {
        let sections = [
            ("model", model), ("initial", initial), ("density", density),
            ("particles", particles), ("compare", compare), ("diagram", diagram), ("time", time),
            ("phases", phases), ("initial.perturbation", perturbation), ("diagram.betas", betas),
        ]
        return sections.flatMap { section, keys in keys.map { "\(section).\($0)" } }
    }()

    /// The full name of a key that was written in the wrong table, if exactly one table has it.
    static func home(of key: String) -> String? {
        let homes = qualified.filter { $0.split(separator: ".").last.map(String.init) == key }
        return homes.count == 1 ? homes[0] : nil
    }
}

/// The kinds of initial measure in the contract, with the keys that belong to each.
enum InitialKind: String, CaseIterable {
    case uniform, modes, degrees, harmonics, mixture, azimuth, atoms, tokens, table

    /// The keys of this kind besides `kind` and `perturbation`.
    var keys: [String] {
        switch self {
        case .uniform: []
        case .modes: ["modes"]
        case .degrees: ["axis", "degrees"]
        case .harmonics: ["harmonics"]
        case .mixture: ["components"]
        case .azimuth: ["angles", "elevation"]
        case .atoms: ["atoms"]
        case .tokens: ["file", "columns", "bandwidth"]
        case .table: ["file"]
        }
    }

    /// Whether there are such measures on S^{d-1}.
    func isDefined(inDimension d: Int) -> Bool {
        switch self {
        case .uniform, .degrees, .mixture, .atoms, .tokens: true
        case .modes, .table: d == 2
        case .harmonics, .azimuth: d == 3
        }
    }
}
