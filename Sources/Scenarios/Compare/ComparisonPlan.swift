import Foundation
import MeanField

/// What is compared with what: the particles of each count and the equation that they should follow.
///
///     β_N = β (N/N₀)^exponent,   N₀ the smallest count
///     t_N = t                      against a density or the alignment limit
///     t_N = t β_N/β                against the heat limit, whose time is s = t|v|/β: at equal s
///
/// Times of a comparison are the papers' t at the scenario's β. With `model.limit` the target is that
/// limit; otherwise it is the density at β_N. Tokens are drawn from the law of the section `[initial]`
/// (tokens of a file with their bandwidth), for every count and replica independently: replica r of the
/// i-th of n counts is number i·replicas + r of the seed, and its noise number (n + i)·replicas + r.
public struct ComparisonPlan: Sendable {
    /// What is asked for.
    public let scenario: Scenario

    /// The plan of `scenario`.
    ///
    /// Throws ``ComparisonError`` where particles and density cannot be compared.
    public init(_ scenario: Scenario) throws {
        self.scenario = scenario
        if !scenario.isOnCircle { try Self.checkSphere(scenario) }
        if scenario.model.diffusion > 0 { try Self.checkNoise(scenario) }
        let latest = pow(10, scenario.time.maxLog10)
        if let last = times.last, last > latest {
            throw ComparisonError.beyondLimit(time: last, limit: latest)
        }
        if scenario.model.limit == .pairing { throw ComparisonError.pairing }
        if scenario.model.limit == .heat {
            let limit = reference(0)
            let evolution = try CircleEvolution(
                of: limit.law, attention: limit.attention, options: limit.evolutionOptions)
            if let end = evolution.horizon?.time.value, let time = times.last, time > end {
                throw ComparisonError.beyondHorizon(time: time, horizon: end)
            }
        }
    }

    /// Throws where tokens with noise would have no end, or no density beside them.
    private static func checkNoise(_ scenario: Scenario) throws {
        if scenario.evolve == .particles { throw ComparisonError.particles }
        guard scenario.time.endsAtATime else { throw ComparisonError.endlessNoise }
    }

    /// Throws where tokens beyond the circle have no density to be compared with.
    private static func checkSphere(_ scenario: Scenario) throws {
        if scenario.evolve == .particles { throw ComparisonError.particles }
        if scenario.initial.perturbation.map({ $0.amplitude > 0 }) == true {
            throw ComparisonError.perturbation
        }
        if scenario.particles.engine == .fast,
            SphereTokenVelocity.obstacle(for: scenario.sphereAttention) != nil
        {
            throw ComparisonError.engine
        }
    }

    /// Numbers of tokens, ascending.
    public var counts: [Int] { scenario.comparison.counts }
    /// When the distances are taken, ascending.
    public var times: [Double] { scenario.comparison.times }
    /// Independent draws for each count.
    public var replicas: Int { scenario.particles.replicas }

    /// β_N of the count with this index.
    public func beta(_ index: Int) -> Double {
        let ratio = Double(counts[index]) / Double(counts[0])
        let exponent = scenario.particles.betaExponent
        return exponent == 0 ? scenario.model.beta : scenario.model.beta * pow(ratio, exponent)
    }

    /// t_N/t.
    public func timeFactor(_ index: Int) -> Double {
        scenario.model.limit == .heat ? beta(index) / scenario.model.beta : 1
    }

    /// Index of the count whose reference serves the count with this index.
    func referenceIndex(_ index: Int) -> Int {
        let isShared = scenario.model.limit != .none || scenario.particles.betaExponent == 0
        return isShared ? 0 : index
    }

    /// The density, or the limit, that the particles of a count are compared with.
    func reference(_ index: Int) -> Scenario {
        var copy = scenario
        copy.evolve = .density
        if scenario.model.limit == .none { copy.model.beta = beta(index) }
        return copy
    }

    /// The scenario that the particles of a count follow.
    func particles(_ index: Int) -> Scenario {
        var copy = scenario
        copy.evolve = .particles
        copy.model.limit = .none
        copy.model.beta = beta(index)
        return copy
    }

    /// The tokens of a replica on the circle.
    func tokens(_ index: Int, replica: Int) -> StartingMeasure {
        scenario.law.tokens(
            count: counts[index], sampling: scenario.particles.sampling,
            seed: scenario.particles.seed, replica: index * replicas + replica,
            joined: scenario.model.diffusion == 0)
    }

    /// The tokens of a replica on S^{d-1}.
    func sphereTokens(_ index: Int, replica: Int) -> TokenMeasure {
        scenario.sphereStart.smoothLaw.tokens(
            count: counts[index], dimension: scenario.model.dimension,
            sampling: scenario.particles.sampling, seed: scenario.particles.seed,
            replica: index * replicas + replica)
    }

    /// The number of the draw that is the noise of a replica: those below are tokens.
    func noiseReplica(_ index: Int, replica: Int) -> Int {
        (counts.count + index) * replicas + replica
    }

    /// The time up to which the tokens of a count stay near the density (``TokenFluctuations``).
    ///
    /// `nil` if nothing grows, and where there is no linear theory (other matrices).
    public func horizon(_ index: Int) -> Double? {
        particles(index).fluctuations(of: counts[index]).map { $0.horizon / timeFactor(index) }
    }

    /// Whether a time of a count lies beyond its horizon.
    public func isBeyondHorizon(_ time: Double, _ index: Int) -> Bool {
        horizon(index).map { time > $0 } ?? false
    }

    /// What the exponent is asked of.
    public var judged: JudgedDistance { scenario.isOnCircle ? .wasserstein : .rootEnergy }

    /// How the distance should fall with N.
    public var expectation: ComparisonExpectation {
        let exponent = scenario.particles.betaExponent
        if scenario.model.limit != .none { return exponent > 0 ? .falls : .unknown }
        if exponent != 0 { return .falls }
        return scenario.particles.sampling == .random ? .minusHalf : .atMostMinusHalf
    }
}

/// The distance whose exponent in N a comparison judges.
public enum JudgedDistance: String, Sendable {
    /// W₁, on the circle.
    case wasserstein = "w1"
    /// √E of the energy distance E, beyond.
    case rootEnergy = "root_energy_distance"
}

/// How a comparison expects W₁, or √E beyond the circle, to depend on N.
public enum ComparisonExpectation: String, Sendable {
    /// N^{-1/2}: independent tokens of a smooth measure.
    case minusHalf = "-1/2"
    /// At least as fast: stratified tokens.
    case atMostMinusHalf = "<= -1/2"
    /// It falls: towards a limit that β_N approaches as well, or a density whose β_N changes.
    case falls = "< 0"
    /// Not known: a limit that β_N does not approach, from which the particles stay away.
    case unknown = "none"
}

/// Why a scenario cannot be compared.
public enum ComparisonError: Error, Equatable {
    /// Beyond the circle, and with noise, the scenario has to be one of a density.
    case particles
    /// Tokens beyond the circle are drawn from the kind alone.
    case perturbation
    /// The fast sums are not for this attention.
    case engine
    /// Tokens with noise never come to rest.
    case endlessNoise
    /// The pairing limit is one of atoms, not of many tokens.
    case pairing
    /// A time lies beyond the end of backward heat.
    case beyondHorizon(time: Double, horizon: Double)
    /// A time lies beyond the time limit.
    case beyondLimit(time: Double, limit: Double)
    /// A stored comparison has other counts, replicas or times.
    case differentRows

    /// The sentence for the user.
    public var sentence: String {
        switch self {
        case .particles:
            "compare needs evolve = \"density\" beyond the circle and with noise: the density decides "
                + "what is allowed."
        case .perturbation:
            "compare draws tokens from initial.kind alone beyond the circle; remove "
                + "initial.perturbation, or write it as harmonics or degrees."
        case .engine:
            "particles.engine = \"fast\" is for S² with K^T Q a multiple of a rotation; use \"auto\" "
                + "or \"direct\"."
        case .endlessNoise:
            "compare with model.diffusion > 0 needs a number as time.end: tokens with noise never come "
                + "to rest."
        case .pairing:
            "model.limit = \"pairing\" moves atoms and is no limit of many tokens; compare with "
                + "\"none\", \"alignment\" or \"heat\"."
        case .beyondHorizon(let time, let horizon):
            "compare.times: \(time) lies beyond t = \(String(format: "%.6g", horizon)), where "
                + "backward heat ends; give earlier times."
        case .beyondLimit(let time, let limit):
            "compare.times: \(time) lies beyond time.max = \(limit); give earlier times."
        case .differentRows:
            "comparison.csv has rows of another comparison; start again with --force."
        }
    }
}
