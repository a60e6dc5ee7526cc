import Ranks
import Spectral

/// Rank 0 of processes that share the tokens of a run: runs it, and says what the others do.
///
/// While a leader is ``current``, crowds of tokens that are large enough are spread over the processes.
/// Between steps rank 0 has all tokens: it looks for phases, joins tokens and writes files. Used by one
/// thread at a time.
public final class TokenLeader: @unchecked Sendable {
    /// The leader of what this task computes.
    @TaskLocal public static var current: TokenLeader?

    private let communicator: any Communicator
    private var velocity: any SharedTokenVelocity
    private var crew: TokenCrew?
    /// The crowd that the processes have now.
    private weak var owner: SharedCrowd?

    /// The leader of processes that move tokens with `velocity`; on rank 0.
    public init(_ velocity: any SharedTokenVelocity, among communicator: any Communicator) {
        precondition(communicator.rank == 0, "rank 0 leads")
        (self.velocity, self.communicator) = (velocity, communicator)
    }

    /// The crowd of tokens of these masses; `nil` where they stay in this process.
    func crowd(masses: [Double], tolerance: Double) -> SharedCrowd? {
        velocity.share(of: masses.count, among: communicator).map {
            SharedCrowd(leader: self, share: $0, masses: masses, tolerance: tolerance)
        }
    }

    /// The dimension of the tokens' space.
    var dimension: Int { velocity.dimension }

    /// Gives the tokens of `crowd` to the processes, unless they have them.
    func spread(_ crowd: SharedCrowd) {
        if owner !== crowd {
            say(.take(count: crowd.masses.count, tolerance: crowd.tolerance))
            crew = TokenCrew(
                velocity, crowd.share, masses: crowd.masses, tolerance: crowd.tolerance,
                among: communicator)
            owner = crowd
            crowd.forget()
        }
    }

    /// Has all processes carry out an order on the tokens of `crowd`, which they have.
    func order(_ order: TokenOrder, of crowd: SharedCrowd) -> TokenCrew {
        precondition(owner === crowd, "the processes have other tokens meanwhile")
        say(order)
        return crew!
    }

    /// Sends the others home; nothing can be ordered afterwards.
    public func dismiss() { say(.goHome) }

    private func say(_ order: TokenOrder) {
        var code = order.code
        communicator.broadcast(&code)
    }

    /// What the processes of other ranks do: all that rank 0 says, until it sends them home.
    public static func follow(
        _ velocity: any SharedTokenVelocity, among communicator: any Communicator
    ) {
        var velocity = velocity
        var crew: TokenCrew?
        var (none, other) = ([Double](), [Double]())
        while true {
            var code = [Double](repeating: 0, count: TokenOrder.codeLength)
            communicator.broadcast(&code)
            switch TokenOrder(code: code) {
            case .take(let count, let tolerance):
                let share = velocity.share(of: count, among: communicator)!
                crew = TokenCrew(
                    velocity, share, masses: [], tolerance: tolerance, among: communicator)
            case .evaluate: crew!.evaluate(at: [], into: &none)
            case .attempt(let isContinued, let dt):
                _ = crew!.attempt(
                    from: [], derivative: [], isContinued: isContinued, dt: dt, into: &none,
                    &other)
            case .prepareInterpolant(let dt): crew!.prepareInterpolant(dt: dt)
            case .interpolate(let fraction): crew!.interpolate(at: fraction, into: &none)
            case .goHome: return
            }
        }
    }
}

/// What rank 0 says to the others, in three numbers.
enum TokenOrder {
    /// Takes a share of so many tokens, whose masses follow.
    case take(count: Int, tolerance: Double)
    /// Velocities at positions that follow.
    case evaluate
    /// A step, from where the last attempt ended or from what follows.
    case attempt(isContinued: Bool, dt: Double)
    /// The rest of the interpolant of the last attempt.
    case prepareInterpolant(dt: Double)
    /// The state inside the last attempt.
    case interpolate(fraction: Double)
    /// The end.
    case goHome

    static let codeLength = 3

    var code: [Double] {
        switch self {
        case .take(let count, let tolerance): [0, Double(count), tolerance]
        case .evaluate: [1, 0, 0]
        case .attempt(let isContinued, let dt): [2, isContinued ? 1 : 0, dt]
        case .prepareInterpolant(let dt): [3, dt, 0]
        case .interpolate(let fraction): [4, fraction, 0]
        case .goHome: [5, 0, 0]
        }
    }

    init(code: [Double]) {
        switch code[0] {
        case 0: self = .take(count: Int(code[1]), tolerance: code[2])
        case 1: self = .evaluate
        case 2: self = .attempt(isContinued: code[1] == 1, dt: code[2])
        case 3: self = .prepareInterpolant(dt: code[1])
        case 4: self = .interpolate(fraction: code[1])
        default: self = .goHome
        }
    }
}
