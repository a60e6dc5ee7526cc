import Foundation
import TimeIntegration

/// n weighted tokens on S^{d-1} moved by their own attention.
///
///     dx_i/dt = v(x_i),   |x_i| = 1,   unknowns of shape [d][n]
///
/// The steps are those of R^d, where v is smooth in a neighbourhood of the sphere and tangent on it; after
/// each step the tokens are put back on the sphere, from which they were away by its error. Few tokens
/// have a clock (``ClockedEquation``), s = 2^u b |v|, |v|² = Σ_i |v_i|².
struct TokenEquation: ClockedEquation {
    let attention: SphereAttention
    /// Shape [n].
    let masses: [Double]
    /// Absolute error allowed in a position per step.
    let tolerance: Double
    let hasClock: Bool
    /// u: the unit of time is 2^u.
    var timeUnit = 0
    /// Time since the start of the evolution in that unit.
    var elapsed = 0.0

    private var sums: TokenSums
    /// Many tokens: accurate relative to the largest velocity.
    private var crowd: (any TokenVelocity)?
    private var shared: SharedCrowd?
    private var positions: [Double]
    private var velocities: [Double]

    init(
        attention: SphereAttention, masses: [Double], tolerance: Double, hasClock: Bool,
        engine: ParticleEngine, leader: TokenLeader? = nil
    ) {
        self.attention = attention
        self.masses = masses
        self.tolerance = tolerance
        self.hasClock = hasClock
        sums = TokenSums(attention: attention, masses: masses)
        if masses.count > Self.few {
            shared = leader?.crowd(masses: masses, tolerance: tolerance)
            crowd = shared?.velocity ?? engine.velocity(of: attention)
        }
        positions = [Double](repeating: 0, count: attention.dimension * masses.count)
        velocities = positions
    }

    /// Most tokens that are summed with relative accuracy and may have a clock.
    static let few = 512

    /// The positions, and t.
    var dimension: Int { positions.count + (hasClock ? 1 : 0) }

    var explicitStepper: (any Stepper)? { shared?.stepper }

    /// The positions among the unknowns.
    func positions(of y: [Double]) -> [Double] { Array(y.prefix(positions.count)) }

    /// The unknowns with these positions, at t = 0.
    func unknowns(at positions: [Double]) -> [Double] { hasClock ? positions + [0] : positions }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        let count = positions.count
        if crowd != nil {
            crowd!.evaluate(positions: y, masses: masses, into: &dy)
            return
        }
        for i in 0..<count { positions[i] = y[i] }
        sums.evaluate(
            positions, logarithmOfUnit: Double(timeUnit) * log(2.0), into: &velocities)
        var square = 0.0
        for i in 0..<count { square += velocities[i] * velocities[i] }
        let pace =
            hasClock ? 1 / (1 + max(1, attention.sharpness) * square.squareRoot()) : 1
        for i in 0..<count { dy[i] = pace * velocities[i] }
        if hasClock { dy[count] = pace }
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        for i in 0..<positions.count { scale[i] = tolerance }
        if hasClock { scale[positions.count] = clockTolerance }
    }

    /// What moves the fastest token by the tolerance, or is as small beside t.
    var clockTolerance: Double { tolerance * max(1, attention.sharpness) * max(1, elapsed) }

    var retracts: Bool { true }

    func retract(_ y: inout [Double]) {
        TokenMeasure.normalize(&y, count: masses.count, dimension: attention.dimension)
    }

    /// The velocities at `positions` in the papers' time.
    mutating func velocities(at positions: [Double]) -> [Double] {
        if crowd != nil {
            crowd!.evaluate(positions: positions, masses: masses, into: &velocities)
            return velocities
        }
        sums.evaluate(positions, logarithmOfUnit: 0, into: &velocities)
        return velocities
    }

    /// The u for which s is of order one; `nil` where every force is exactly zero.
    mutating func suitableUnit(at positions: [Double]) -> Int? {
        assess(positions).unit.map { $0 - Int(max(1, attention.sharpness).exponent) }
    }

    /// How fast the tokens move and how far their forces cancel (``TokenSums/assess(_:)``).
    mutating func assess(_ positions: [Double]) -> (unit: Int?, imbalance: Double) {
        sums.assess(positions)
    }
}
