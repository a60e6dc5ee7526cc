import Ranks
import Spectral
import TimeIntegration

/// The tokens of one process out of tokens that several share, dx_i/dt = v(x_i).
///
/// A derivative takes one sum of modes over the processes (``SharedTokenVelocity``). Where modes do not
/// settle all velocities, rank 0 finds them from all tokens and hands them out.
struct ShareEquation: DifferentialEquation {
    let share: PointShare
    /// Absolute error allowed in a coordinate per step.
    let tolerance: Double
    /// Masses of the tokens that are here.
    private let masses: [Double]
    private var velocity: any SharedTokenVelocity
    private var exchange: TokenExchange
    private let communicator: any Communicator
    /// The velocity of all tokens, on rank 0.
    private var whole: any SharedTokenVelocity
    /// Masses of all tokens, on rank 0.
    private let allMasses: [Double]
    private var allPositions = [Double]()
    private var allVelocities = [Double]()

    /// The share of the tokens whose masses rank 0 has.
    init(
        _ velocity: any SharedTokenVelocity, _ exchange: TokenExchange, masses all: [Double],
        tolerance: Double, among communicator: any Communicator
    ) {
        share = exchange.share
        self.tolerance = tolerance
        self.communicator = communicator
        (self.velocity, whole) = (velocity, velocity)
        self.exchange = exchange
        allMasses = all
        var own = [Double](repeating: 0, count: share.count)
        communicator.scatter(all, counts: share.counts, into: &own)
        masses = own
    }

    var dimension: Int { exchange.components * masses.count }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        if velocity.evaluate(share, positions: y, masses: masses, into: &dy) { return }
        let isHere = communicator.rank == 0
        if isHere && allPositions.isEmpty {
            allPositions = [Double](
                repeating: 0, count: exchange.components * share.pointCount)
            allVelocities = allPositions
        }
        exchange.gather(y, into: &allPositions)
        if isHere {
            whole.evaluate(positions: allPositions, masses: allMasses, into: &allVelocities)
        }
        exchange.scatter(allVelocities, into: &dy)
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        for i in 0..<scale.count { scale[i] = tolerance }
    }

    func largest(_ a: Double, _ b: Double) -> (Double, Double) {
        PointShare?.some(share).largest(a, b)
    }
}
