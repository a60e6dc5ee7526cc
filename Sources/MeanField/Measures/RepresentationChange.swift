/// A representation of the measure and when it took over.
public struct RepresentationChange: Sendable, Hashable {
    /// From when the representation holds.
    public var from: ModelTime
    /// `spectral`, `cells` or `atoms`.
    public var kind: String
    /// Number of grid points, nodes or atoms at that time.
    public var size: Int
    /// Why it took over.
    public var reason: String
    /// Estimated error of the hand-over, as a share of the mass (0 at the start).
    public var error: Double

    /// A representation of `kind` from `from` on.
    public init(from: ModelTime, kind: String, size: Int, reason: String, error: Double) {
        self.from = from
        self.kind = kind
        self.size = size
        self.reason = reason
        self.error = error
    }
}
