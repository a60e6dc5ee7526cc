import CVectorMath
import Foundation
import TimeIntegration

/// Up to eight independent systems of N tokens that evolve side by side, each with its own steps.
///
///     x_i' = v(x_i; x_1 … x_N) of ``TokenAttention``,   i = 1 … N,   x_i ∈ S^{d-1}
///
/// On the circle the unknowns are angles (radians), else unit vectors. Steps are Dormand and
/// Prince's of order 5(4); their local error in the largest coordinate is kept below the tolerance,
/// and points keep unit length. Two tokens that approach each other at a distance below the
/// tolerance become one token with the sum of their weights: they are closer than the local error
/// can tell apart.
/// What a system does is the same, bit by bit, whichever systems stand beside it.
///
/// A velocity costs n(n-1)/2 exponentials and n² d products for n tokens that are left; vector
/// instructions run across the systems. (Dormand, Prince, J. Comput. Appl. Math. 6 (1980).)
struct TokenBatch: Sendable {
    /// Number of systems side by side.
    static let width = Int(TF_SYSTEMS)

    /// How tokens are stored.
    enum Coordinates: Sendable, Equatable {
        /// One angle for each token on the circle.
        case angles
        /// d coordinates for each token.
        case vectors(dimension: Int)

        var count: Int {
            switch self {
            case .angles: 1
            case .vectors(let dimension): dimension
            }
        }
    }

    let attention: TokenAttention
    let coordinates: Coordinates
    /// Largest local error of a step.
    let tolerance: Double
    /// Whether tokens that meet become one.
    let joinsTokens: Bool
    /// Tokens of each system at the start.
    let startCount: Int
    /// Number of systems that were handed in; the others repeat the last one.
    let systems: Int

    /// Time of each system.
    private(set) var times = [Double](repeating: 0, count: width)
    /// Steps of each system.
    private var controllers: [StepController]
    /// Length of the step that was last tried in each system.
    private(set) var steps = [Double](repeating: 0, count: width)
    /// Whether a system still evolves.
    private(set) var isRunning: [Bool]
    /// Tokens left in each system.
    var counts: [Int]
    /// Coordinates, shape [token][coordinate][system].
    var points: [Double]
    /// How many tokens a token stands for, shape [token][system]; 0 in unused places.
    var weights: [Double]
    /// Pairs of tokens that became one, for each system.
    var joinedPairs = [Double](repeating: 0, count: width)
    /// Coordinates at the end of the step that is tried.
    private var trial: [Double]
    /// Coordinates inside that step, after ``interpolate(at:)``.
    private(set) var sample: [Double]
    /// Velocities k_1 … k_7 of a step, each as long as `points`.
    var slopes: [Double]
    /// -1 for the systems whose last step is accepted, else 0.
    private(set) var accepted = [Int64](repeating: 0, count: width)
    /// Most meetings of a system that are looked at at a time.
    static let mostMeetings = 32
    /// Number of meetings in each system, and their tokens, shape [system][meeting][2].
    var meetingCounts = [Int64](repeating: 0, count: width)
    var meetings = [Int64](repeating: 0, count: 2 * mostMeetings * width)
    /// How often tokens have joined, and which was the last time for each, shape [token][system].
    var joins = 0
    var joined: [Int]
    private var errors = [Double](repeating: 0, count: width)
    private var factors = [Double](repeating: 0, count: 7 * width)
    private var scratch: [Double]
    private let factor: Double

    /// Starts systems of equally many tokens.
    ///
    /// - Parameter starts: one to eight systems, each with its coordinates token by token.
    init(
        starts: [[Double]], coordinates: Coordinates, attention: TokenAttention,
        tolerance: Double, joins: Bool = true
    ) {
        precondition(!starts.isEmpty && starts.count <= Self.width, "one to eight systems")
        let d = coordinates.count
        let n = starts[0].count / d
        precondition(starts.allSatisfy { $0.count == n * d } && n > 0, "systems of equal size")
        precondition(tolerance > 0, "the tolerance is positive")
        self.attention = attention
        self.coordinates = coordinates
        self.tolerance = tolerance
        joinsTokens = joins
        startCount = n
        systems = starts.count
        factor = attention.factor(count: n)
        isRunning = (0..<Self.width).map { $0 < starts.count }
        counts = [Int](repeating: n, count: Self.width)
        points = [Double](repeating: 0, count: n * d * Self.width)
        for system in 0..<Self.width {
            let start = starts[min(system, starts.count - 1)]
            for k in 0..<n * d { points[k * Self.width + system] = start[k] }
        }
        weights = [Double](repeating: 1, count: n * Self.width)
        joined = [Int](repeating: 0, count: weights.count)
        trial = points
        sample = points
        slopes = [Double](repeating: 0, count: 7 * points.count)
        scratch = [Double](repeating: 0, count: 3 * n * Self.width)
        controllers = [StepController](
            repeating: StepController(firstStep: 0), count: Self.width)
        velocity(stage: 0)
        for system in 0..<Self.width {
            let fastest = stride(from: system, to: points.count, by: Self.width)
                .reduce(0) { max($0, abs(slopes[$1])) }
            // Rates are of the order of 1 but for the kernel that is not scaled.
            controllers[system].nextStep = 0.5 * pow(tolerance, 0.2) / max(1, fastest)
        }
    }

    /// Most tokens that a system still has.
    var mostTokens: Int { counts.max() ?? 0 }

    /// Whether every system is done.
    var isDone: Bool { !isRunning.contains(true) }

    /// The coordinates of one system, token by token.
    func state(of system: Int) -> [Double] {
        (0..<counts[system] * coordinates.count).map { points[$0 * Self.width + system] }
    }

    /// Ends a system.
    mutating func stop(_ system: Int) { isRunning[system] = false }

    // MARK: Steps

    /// Tries one step in every running system, none beyond `limit`; see ``accepted``.
    ///
    /// `points` stay where they are, for ``interpolate(at:)``, until ``commit()``.
    ///
    /// - Throws: ``IntegrationError/stepTooSmall``.
    mutating func attempt(limit: Double) throws(IntegrationError) {
        for system in 0..<Self.width {
            let left = limit - times[system]
            let step = isRunning[system] ? min(controllers[system].nextStep, left) : 0
            if isRunning[system], left > 0, times[system] + step == times[system] {
                throw IntegrationError.stepTooSmall
            }
            steps[system] = step
        }
        for stage in 1..<7 {
            setFactors(DormandPrince54.stages[stage - 1])
            tf_systems_combine(
                mostTokens * coordinates.count, points, factors, slopes, points.count, stage,
                &trial)
            if stage == 6 { normalize(&trial) }
            velocity(stage: stage)
        }
        setFactors(DormandPrince54.error)
        tf_systems_error(
            mostTokens, coordinates.count, weights, factors, slopes, points.count, 7, &errors)
        for system in 0..<Self.width {
            // At the limit there is no step, and nothing to learn from it.
            let isAccepted =
                steps[system] == 0
                || controllers[system].accepts(
                    error: errors[system] / tolerance, dt: steps[system], order: 5)
            accepted[system] = isRunning[system] && isAccepted ? -1 : 0
        }
    }

    /// Makes the accepted steps permanent and lets tokens join.
    mutating func commit() {
        for system in 0..<Self.width where steps[system] == 0 { accepted[system] = 0 }
        let rows = mostTokens * coordinates.count
        let last = 6 * points.count
        tf_systems_choose(rows, accepted, trial, &points)
        slopes.withUnsafeMutableBufferPointer {
            tf_systems_choose(rows, accepted, $0.baseAddress! + last, $0.baseAddress!)
        }
        for system in 0..<Self.width where accepted[system] != 0 {
            times[system] += steps[system]
        }
        if joinsTokens { join() }
    }

    /// Fills ``sample`` with the coordinates at the share s ∈ [0, 1] of each system's last step.
    mutating func interpolate(at shares: [Double]) {
        for j in 0..<7 {
            for system in 0..<Self.width {
                factors[j * Self.width + system] =
                    steps[system] * DormandPrince54.interpolant(j, at: shares[system])
            }
        }
        tf_systems_combine(
            mostTokens * coordinates.count, points, factors, slopes, points.count, 7, &sample)
        normalize(&sample)
    }

    /// Evaluates the velocities at `trial` into k_{stage + 1}.
    private mutating func velocity(stage: Int) {
        let (n, offset, factor, beta) = (
            mostTokens, stage * points.count, factor, attention.beta
        )
        let coordinates = coordinates
        slopes.withUnsafeMutableBufferPointer { slopes in
            let target = slopes.baseAddress! + offset
            switch coordinates {
            case .angles:
                tf_circle_systems_velocity(n, trial, weights, beta, factor, &scratch, target)
            case .vectors(let d):
                tf_sphere_systems_velocity(n, d, trial, weights, beta, factor, &scratch, target)
            }
        }
    }

    /// h a_j for every system, shape [j][system].
    private mutating func setFactors(_ row: [Double]) {
        for j in 0..<row.count {
            for system in 0..<Self.width {
                factors[j * Self.width + system] = row[j] * steps[system]
            }
        }
    }

    private func normalize(_ points: inout [Double]) {
        guard case .vectors(let d) = coordinates else { return }
        tf_systems_normalize(mostTokens, d, &points)
    }
}
