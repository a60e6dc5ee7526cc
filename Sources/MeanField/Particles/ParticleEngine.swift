/// How the attention sums over N tokens are computed.
public enum ParticleEngine: String, Sendable, CaseIterable {
    /// Whichever takes fewer operations.
    case automatic = "auto"
    /// Pair by pair, O(N²).
    case direct
    /// Through Fourier modes, O(N); direct where these are not accurate.
    case fast
}
