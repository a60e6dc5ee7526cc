/// Where tokens live: what their coordinates mean, and what moves them.
public protocol TokenSpace: Sendable {
    /// Tokens as a measure.
    associatedtype Measure: Sendable

    /// The attention between the tokens.
    var model: any Attention { get }
    /// Their velocities.
    func velocity(engine: ParticleEngine) -> any TokenVelocity
    /// The measure of tokens at the given coordinates.
    func measure(_ coordinates: [Double], masses: [Double]) -> Measure
    /// 1 - ∫ |Π x|² dμ, Π the orthogonal projection on E_max.
    func residual(of measure: Measure) -> Double
}

/// The circle: coordinates are angles.
public struct CircleSpace: TokenSpace {
    /// The attention between the tokens.
    public let attention: any CircleAttention

    /// Tokens under `attention`.
    public init(attention: any CircleAttention) { self.attention = attention }

    public var model: any Attention { attention }

    public func velocity(engine: ParticleEngine) -> any TokenVelocity {
        engine.velocity(of: attention)
    }

    public func measure(_ coordinates: [Double], masses: [Double]) -> CircleMeasure {
        let list = CircleEvolution.fundamental(angles: coordinates, masses: masses, of: .none)
        return CircleMeasure(
            content: .mesh(
                CellMesh(
                    sharpness: attention.meshSharpness, tolerance: 0, angles: list.angles,
                    masses: list.masses)))
    }

    public func residual(of measure: CircleMeasure) -> Double {
        attention.collapse.residual(of: measure)
    }
}

/// S^{d-1}: coordinates are unit vectors, shape [d][N].
public struct SphereSpace: TokenSpace {
    /// The attention between the tokens.
    public let attention: SphereAttention
    private let collapse: CollapseSpace

    /// Tokens under `attention`.
    public init(attention: SphereAttention) {
        self.attention = attention
        collapse = attention.collapse
    }

    public var model: any Attention { attention }

    public func velocity(engine: ParticleEngine) -> any TokenVelocity {
        engine.velocity(of: attention)
    }

    public func measure(_ coordinates: [Double], masses: [Double]) -> TokenMeasure {
        TokenMeasure(
            dimension: attention.dimension, positions: coordinates, masses: masses)
    }

    public func residual(of measure: TokenMeasure) -> Double { collapse.residual(of: measure) }
}
