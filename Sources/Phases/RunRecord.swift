import MeanField

/// The time of an event with the error it is stated with.
///
/// Beyond the range of `Double` the time stands as its decimal logarithm.
public struct EventTime: Sendable, Hashable {
    /// When the event happens, in the papers' time t.
    public var time: ModelTime
    /// Relative error of the time; the absolute error is `relativeError · time`.
    public var relativeError: Double

    /// An event at `time`, known to `relativeError`.
    public init(time: ModelTime, relativeError: Double) {
        self.time = time
        self.relativeError = relativeError
    }
}

/// Why a phase has no start or no end, or why a run stopped before consensus.
public enum Reason: String, Sendable, CaseIterable {
    case consensus = "consensus"
    case endTime = "end time"
    case timeLimit = "time limit"
    case stationary = "stationary"
    case symmetricEquilibrium = "symmetric equilibrium"
    case rotating = "rotating"
    case uniform = "uniform"
    case stableUniform = "stable uniform state"
    case repulsive = "repulsive"
    case noiseDominated = "noise-dominated"
    case metastable = "metastable: drift below resolution"
    case firstCollapse = "first collapse"
    case zeroDensity = "zero density"
    case interrupted = "interrupted"
    case failed = "failed"
}

/// The three phases of arXiv:2509.25040 in their order.
public enum PhaseName: String, Sendable, CaseIterable {
    /// Alignment with E_max: fast collapse.
    case collapse
    /// Heat: clustering.
    case clustering
    /// Pairing: slow merging.
    case merging
}

/// When a phase starts and ends, or why it does not.
public struct PhaseInterval: Sendable, Hashable {
    /// Which phase.
    public var name: PhaseName
    /// `nil`: the phase never starts; see `reason`.
    public var start: EventTime?
    /// `nil`: the phase never ends; see `reason`.
    public var end: EventTime?
    /// Why `start` or `end` is missing.
    public var reason: Reason?

    /// A phase from `start` to `end`.
    public init(name: PhaseName, start: EventTime?, end: EventTime?, reason: Reason?) {
        self.name = name
        self.start = start
        self.end = end
        self.reason = reason
    }
}

/// A local maximum of W*μ with the mass of its basin of attraction.
public struct Cluster: Sendable, Hashable {
    /// The maximum on the unit circle or sphere, shape [d].
    public var position: [Double]
    /// On the circle its angle in (-π, π], of zonal measures the one to the axis; `nil` elsewhere.
    public var angle: Double?
    /// Mass of the basin, in [0, 1].
    public var mass: Double

    /// A cluster at `position` of mass `mass`.
    public init(position: [Double], angle: Double?, mass: Double) {
        self.position = position
        self.angle = angle
        self.mass = mass
    }
}

/// The clusters at one time, ordered by angle (circle) or by mass.
public struct ClusterCensus: Sendable, Hashable {
    /// When the census was taken.
    public var time: ModelTime
    /// The clusters.
    public var members: [Cluster]
    /// Share of the mass within 1/(4√b) of the maximum of its basin.
    public var condensed: Double

    /// A census of `members` at `time`.
    public init(time: ModelTime, members: [Cluster], condensed: Double) {
        self.time = time
        self.members = members
        self.condensed = condensed
    }
}

/// Two basins becoming one, or one falling below the minimum mass.
public struct Merger: Sendable, Hashable {
    /// What happened to the basin.
    public enum Kind: String, Sendable {
        /// Its maximum joined another one.
        case merged
        /// Its mass fell below `phases.minimum_mass`.
        case vanished
    }
    /// What happened.
    public var kind: Kind
    /// When it happened.
    public var time: EventTime
    /// Number of clusters afterwards.
    public var clustersAfter: Int
    /// The cluster that took the mass (for `vanished`: the one that vanished).
    public var into: Cluster
    /// The clusters that became one, at the start of the time step; empty for `vanished`.
    ///
    /// Of k clusters that merge at once, each of the k - 1 mergers names all.
    public var from: [Cluster]

    /// A merger at `time`.
    public init(
        kind: Kind, time: EventTime, clustersAfter: Int, into: Cluster, from: [Cluster] = []
    ) {
        self.kind = kind
        self.time = time
        self.clustersAfter = clustersAfter
        self.into = into
        self.from = from
    }
}

/// What a run found: the content of `phases.json`.
public struct RunRecord: Sendable {
    /// Why the run stopped.
    public var ended: Reason
    /// Time reached.
    public var endTime: ModelTime
    /// A perturbation of 1e-15 of the start changes the outcome.
    public var noiseDetermined: Bool
    /// Collapse, clustering, merging.
    public var phases: [PhaseInterval]
    /// At the end of clustering; `nil` if it never ended.
    public var clusters: ClusterCensus?
    /// At the end of the run.
    public var clustersEnd: ClusterCensus
    /// In the order of time.
    public var mergers: [Merger]
    /// `nil` if it was not reached.
    public var consensus: EventTime?
    /// In the order of time; the first one is the start.
    public var representation: [RepresentationChange]
    /// Sentences for the user: what to know about this result.
    public var notes: [String]

    /// A record of a run.
    public init(
        ended: Reason, endTime: ModelTime, noiseDetermined: Bool, phases: [PhaseInterval],
        clusters: ClusterCensus?, clustersEnd: ClusterCensus, mergers: [Merger],
        consensus: EventTime?, representation: [RepresentationChange], notes: [String]
    ) {
        self.ended = ended
        self.endTime = endTime
        self.noiseDetermined = noiseDetermined
        self.phases = phases
        self.clusters = clusters
        self.clustersEnd = clustersEnd
        self.mergers = mergers
        self.consensus = consensus
        self.representation = representation
        self.notes = notes
    }
}

/// One row of `series.csv`.
public struct Observables: Sendable, Hashable {
    /// (1/2β) ∬ e^{β<x,y>} dμ dμ; `infinity` where it overflows; ½|∫x dμ|² at β = 0.
    public var energy: Double
    /// Natural logarithm of the energy.
    public var logEnergy: Double
    /// Total mass.
    public var mass: Double
    /// Number of clusters.
    public var clusters: Int
    /// Share of the mass within 1/(4√b) of its basin's maximum.
    public var condensed: Double
    /// 1 - ∫|Πx|² dμ, Π the projection on E_max.
    public var residual: Double
    /// (tr C)²/tr C², C = ∫ x xᵀ dμ.
    public var effectiveDimension: Double
    /// c_k = ∫ e^{-ikθ} dμ for k = 1…8 as (re, im); circle only.
    public var modes: [SIMD2<Double>]
    /// m_l = ∫ P_l(<axis,x>) dμ for l = 1…8; beyond the circle only.
    public var moments: [Double]
    /// d/dt of the energy along the attention drift and the diffusion.
    public var energyRate: Double
    /// D ∫ log(dμ/dσ) dμ - γ·energy, with diffusion only.
    public var freeEnergy: Double?
    /// (1/2β) ∬ e^{β<Qx,Ky>} dμ dμ, where Q, K are not the identity.
    public var energyAttention: Double?

    /// One row of observables.
    public init(
        energy: Double, logEnergy: Double, mass: Double, clusters: Int, condensed: Double,
        residual: Double, effectiveDimension: Double, modes: [SIMD2<Double>] = [],
        moments: [Double] = [], energyRate: Double, freeEnergy: Double?, energyAttention: Double?
    ) {
        self.energy = energy
        self.logEnergy = logEnergy
        self.mass = mass
        self.clusters = clusters
        self.condensed = condensed
        self.residual = residual
        self.effectiveDimension = effectiveDimension
        self.modes = modes
        self.moments = moments
        self.energyRate = energyRate
        self.freeEnergy = freeEnergy
        self.energyAttention = energyAttention
    }
}

/// The state of a run at one time, as it is written to `series.csv` and `run.nc`.
public struct Snapshot: Sendable {
    /// When.
    public var time: ModelTime
    /// What is measured.
    public var observables: Observables
    /// ρ(θ) with ∫ρ dθ = 1 on the output grid θ_j = 2πj/n, shape [n]; `nil` once it is no function.
    public var density: [Double]?
    /// Of a zonal measure the mass per radian of the angle to the axis, in n equal cells of [0, π].
    public var profile: [Double]?
    /// Positions (angles in (-π, π]) and masses of weighted nodes; empty while spectral.
    public var cells: [(angle: Double, mass: Double)]
    /// Angles and masses of the atoms; empty before.
    public var atoms: [(angle: Double, mass: Double)]
    /// The tokens beyond the circle.
    public var tokens: TokenMeasure?
    /// The density with respect to σ, on S² on the grid of ``SphereMap``, on S³ at the nodes of
    /// ``MeanField/HypersphereGrid``; `nil` for tokens that are listed.
    public var map: [Double]?
    /// ‖ρ_l‖ with respect to σ of the part of every degree l = 0 … D, of a density beyond the circle that
    /// is carried by harmonics up to degree D.
    public var spectrum: [Double]?

    /// A snapshot at `time`.
    public init(
        time: ModelTime, observables: Observables, density: [Double]? = nil,
        profile: [Double]? = nil, cells: [(angle: Double, mass: Double)] = [],
        atoms: [(angle: Double, mass: Double)] = [], tokens: TokenMeasure? = nil,
        map: [Double]? = nil, spectrum: [Double]? = nil
    ) {
        self.tokens = tokens
        self.map = map
        self.spectrum = spectrum
        self.time = time
        self.observables = observables
        self.density = density
        self.profile = profile
        self.cells = cells
        self.atoms = atoms
    }
}
