import MeanField
import Ranks

extension Scenario {
    /// The velocity of the tokens of the scenario, for processes that share them.
    ///
    /// - Throws: ``SharingError`` where they cannot.
    public func sharedVelocity(
        among communicator: any Communicator
    ) throws(SharingError) -> any SharedTokenVelocity {
        let size = communicator.size
        guard evolve == .particles else {
            throw SharingError(
                "processes share tokens, and this scenario evolves a density; start it without "
                    + "mpirun, or set evolve = \"particles\"")
        }
        guard model.diffusion == 0 else {
            throw SharingError(
                "tokens with noise are evolved by one process; start the run without mpirun")
        }
        guard particles.engine != .direct, model.limit == .none else {
            throw SharingError(
                "processes share tokens through modes: they take particles.engine = \"auto\" or "
                    + "\"fast\" and no model.limit; start the run without mpirun")
        }
        guard var velocity = fastVelocity else {
            throw SharingError(
                "processes share tokens on the circle, and on S² where KᵀQ is a multiple of a "
                    + "rotation; start the run without mpirun")
        }
        let count =
            isOnCircle
            ? CircleSpace.tokens(self).masses.count : SphereSpace.tokens(self).masses.count
        guard velocity.share(of: count, among: communicator) != nil else {
            throw SharingError(
                "\(size) processes are too many for \(count) tokens: each takes at least 20000 on "
                    + "the circle and 4096 on S², and at most 64 share a circle; raise "
                    + "particles.count, or start fewer processes")
        }
        return velocity
    }

    /// The velocity by modes, where there is one.
    private var fastVelocity: (any SharedTokenVelocity)? {
        if isOnCircle { return CircleTokenVelocity(of: attention, engine: particles.engine) }
        return SphereTokenVelocity(of: sphereAttention, engine: particles.engine)
    }
}

/// Why processes cannot share a run, and what to do instead.
public struct SharingError: Error {
    /// The sentence.
    public let message: String

    init(_ message: String) { self.message = message }
}
