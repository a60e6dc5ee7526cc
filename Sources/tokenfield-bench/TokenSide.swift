import CAllocationCount
import Foundation
import MeanField
import Spectral

/// Tokens and an engine that moves them.
final class TokenSide {
    private var engine: any TokenVelocity
    private let positions: [Double]
    private let masses: [Double]
    private(set) var velocity: [Double]

    init(_ engine: any TokenVelocity, positions: [Double], masses: [Double]) {
        self.engine = engine
        self.positions = positions
        self.masses = masses
        velocity = positions
    }

    /// One evaluation with at most `threads` threads.
    func evaluate(threads: Int) {
        Workers.limit = threads
        engine.evaluate(positions: positions, masses: masses, into: &velocity)
    }

    /// Blocks of memory that an evaluation on one thread asks for, after a first one.
    var allocations: Int {
        evaluate(threads: 1)
        let before = tf_allocation_count()
        evaluate(threads: 1)
        return tf_allocation_count() - before
    }
}

extension TokenSide {
    /// `n` tokens of equal mass at random on the circle.
    convenience init(
        circle attention: IsotropicAttention, engine: ParticleEngine, tokens n: Int,
        ascending: Bool
    ) {
        let angles = Self.random(n).map { 2 * .pi * $0 }
        self.init(
            engine.velocity(of: attention), positions: ascending ? angles.sorted() : angles,
            masses: [Double](repeating: 1 / Double(n), count: n))
    }

    /// `n` tokens of equal mass at random on the sphere S².
    convenience init(
        sphere attention: IsotropicAttention, engine: ParticleEngine, tokens n: Int
    ) {
        let (heights, turns) = (Self.random(n), Self.random(n).reversed().map { 2 * .pi * $0 })
        let z = heights.map { 2 * $0 - 1 }
        let r = z.map { (1 - $0 * $0).squareRoot() }
        self.init(
            engine.velocity(of: SphereAttention(attention, dimension: 3)),
            positions: zip(r, turns).map { $0 * cos($1) } + zip(r, turns).map { $0 * sin($1) } + z,
            masses: [Double](repeating: 1 / Double(n), count: n))
    }

    private static func random(_ n: Int) -> [Double] {
        var generator = Random(seed: 1)
        return (0..<n).map { _ in generator.nextUniform() }
    }
}
