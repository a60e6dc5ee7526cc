import Phases

/// A number of every snapshot's observables, with its name and meaning in result files.
struct ObservableField: Sendable {
    /// Name of the column and of the variable.
    let name: String
    /// What it is, for readers of `run.nc`.
    let longName: String
    /// Where it stands in the observables.
    let path: WritableKeyPath<Observables, Double> & Sendable

    /// The numbers every run has.
    static let always: [ObservableField] = [
        .init(
            name: "energy", longName: "interaction energy (1/2 beta) of exp(beta <x,y>)",
            path: \.energy),
        .init(
            name: "log_energy", longName: "natural logarithm of the energy", path: \.logEnergy),
        .init(name: "mass", longName: "total mass", path: \.mass),
        .init(
            name: "condensed",
            longName: "share of the mass close to the maximum of its basin of attraction",
            path: \.condensed),
        .init(
            name: "residual", longName: "share of the second moment outside E_max",
            path: \.residual),
        .init(
            name: "effective_dimension",
            longName: "squared trace of the second moment over the trace of its square",
            path: \.effectiveDimension),
        .init(
            name: "energy_rate", longName: "time derivative of the energy", path: \.energyRate),
    ]
}

/// A number that only some runs have.
struct OptionalObservableField: Sendable {
    /// Name of the column and of the variable.
    let name: String
    /// What it is, for readers of `run.nc`.
    let longName: String
    /// Where it stands in the observables.
    let path: WritableKeyPath<Observables, Double?> & Sendable

    /// Free energy (diffusion) and the energy of the attention kernel (other Q, K).
    static let all: [OptionalObservableField] = [
        .init(name: "free_energy", longName: "free energy", path: \.freeEnergy),
        .init(
            name: "energy_attention",
            longName: "interaction energy (1/2 beta) of exp(beta <Qx,Ky>)",
            path: \.energyAttention),
    ]
}

extension Observables {
    /// Observables to be filled in field by field.
    static let blank = Observables(
        energy: 0, logEnergy: 0, mass: 0, clusters: 0, condensed: 0, residual: 0,
        effectiveDimension: 0, modes: [], energyRate: 0, freeEnergy: nil, energyAttention: nil)
}

/// Lists of weighted points, one per snapshot, as one list with a count per snapshot
/// (CF: contiguous ragged array).
struct RaggedPoints {
    /// Number of points of each snapshot.
    var counts: [Int]
    /// Angles of all points, snapshot after snapshot.
    var angles: [Double]
    /// Masses of all points, snapshot after snapshot.
    var masses: [Double]

    /// The arrays as they were stored.
    init(counts: [Int], angles: [Double], masses: [Double]) {
        self.counts = counts
        self.angles = angles
        self.masses = masses
    }

    /// Joins the lists.
    init(_ lists: [[(angle: Double, mass: Double)]]) {
        counts = lists.map(\.count)
        angles = lists.flatMap { $0.map(\.angle) }
        masses = lists.flatMap { $0.map(\.mass) }
    }

    /// The lists; `nil` if the counts do not add up to the points.
    var lists: [[(angle: Double, mass: Double)]]? {
        guard angles.count == masses.count,
            counts.allSatisfy({ (0...angles.count).contains($0) }),
            counts.reduce(0, +) == angles.count
        else { return nil }
        var start = 0
        return counts.map { count in
            defer { start += count }
            return (start..<start + count).map { (angles[$0], masses[$0]) }
        }
    }
}
