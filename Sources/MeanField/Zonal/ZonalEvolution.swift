import Foundation
import TimeIntegration

/// A zonal measure on S^{d-1} moving by its own attention, from a smooth density to poles and rings.
///
/// The representation follows the phases: coefficients while the density is smooth (``ZonalEquation``),
/// moving panels of the angle to the axis when its peaks outgrow the nodes (``CellMesh``,
/// ``RingEquation``), which contract to points at the poles ±e and to rings. Evolutions with noise and
/// repulsive ones stay spectral. A density that is even about the equator stays so exactly.
public struct ZonalEvolution: MeasureEvolution {
    /// The attention that moves the measure.
    public let attention: ZonalAttention
    /// How finely it is computed.
    public let options: EvolutionOptions
    /// The axis e.
    public let axis: [Double]
    /// The symmetry about the equator is kept exactly.
    public let isEven: Bool
    /// Time at the start of the last step.
    public internal(set) var previousTime = ModelTime.zero
    /// Time at the end of the last step.
    public internal(set) var time = ModelTime.zero
    /// Number of accepted steps.
    public internal(set) var steps = 0
    /// The changes of representation so far; the first one is the start.
    public internal(set) var changes: [RepresentationChange] = []

    // Exactly one of the two carries the measure.
    var spectral: AdaptiveIntegrator<IntegratingFactorEquation<ZonalEquation>>?
    var rings: AdaptiveIntegrator<RingEquation>?
    /// Whether `spectral` is stepped implicitly: slow motion in a stiff equation.
    var isImplicit = false
    /// Explicit steps in a row that moved the density by less than a thousandth; implicit steps.
    var quietSteps = 0
    /// The spans of the nodes that `rings` moves.
    var mesh: CellMesh?
    /// The sums of rings, once they have been needed.
    var kernel: RingKernel?

    /// Most coefficients without noise, and with it.
    static let (largest, exhaustive) = (384, 1024)
    /// Most coefficients with a dense Jacobian.
    static let largestImplicit = 256

    init(
        _ attention: ZonalAttention, _ options: EvolutionOptions, axis: [Double], isEven: Bool
    ) {
        self.attention = attention
        self.options = options
        self.axis = axis
        self.isEven = isEven
    }

    /// The evolution of `start`.
    ///
    /// Throws ``EvolutionError/resolutionExhausted(points:)`` where no grid can hold it and noise forbids
    /// panels.
    public init(
        of start: ZonalStart, attention: ZonalAttention, options: EvolutionOptions
    ) throws {
        precondition(start.dimension == attention.dimension)
        self.init(
            attention, options, axis: start.axis, isEven: options.keepsSymmetry && start.isEven)
        let limit = attention.diffusion > 0 ? Self.exhaustive : Self.largest
        var modes = options.resolution ?? firstModes(start)
        while modes <= limit || options.resolution != nil {
            let equation = equation(modes: modes)
            var y = Array(start.coefficients(in: equation.base.basis).dropFirst())
            if isEven { for l in stride(from: 0, to: y.count, by: 2) { y[l] = 0 } }
            let rounding = equation.base.rounding(of: y)
            // A resolution cuts the density off, but does not make its digits right.
            let isCut = options.resolution != nil && (rounding < 1e-3 || attention.diffusion > 0)
            if max(equation.base.tail(of: y), rounding) <= options.spectralTail || isCut {
                goOn(y, controller: nil)
                note("start", error: 0)
                return
            }
            if options.resolution != nil { break }
            modes *= 2
        }
        if attention.diffusion > 0 { throw EvolutionError.resolutionExhausted(points: modes) }
        move(
            start.mesh(
                sharpness: sharpness, tolerance: options.cellTolerance,
                to: isEven ? .pi / 2 : .pi), controller: nil)
        note("start", error: 0)
    }

    /// Coefficients that resolve the kernel twice over, and the terms of the start.
    private func firstModes(_ start: ZonalStart) -> Int {
        var modes = 32
        let kernel = ZonalEquation.kernelModes(attention.dimension, attention.sharpness)
        while modes < 2 * kernel || modes < start.highestDegree + 16 { modes *= 2 }
        return modes
    }

    func equation(modes: Int) -> IntegratingFactorEquation<ZonalEquation> {
        IntegratingFactorEquation(
            base: ZonalEquation(
                attention: attention, modes: modes, isEven: isEven,
                tolerance: options.timeTolerance), tailTolerance: options.spectralTail,
            isPlain: isImplicit)
    }

    mutating func note(_ reason: String, error: Double) {
        let now = representation
        changes.append(
            RepresentationChange(
                from: time, kind: now.kind, size: now.size, reason: reason, error: error))
    }

    // MARK: Stepping

    public mutating func step(limit: ModelTime?) throws {
        previousTime = time
        time = try spectral?.step(from: time, limit: limit) ?? rings!.step(from: time, limit: limit)
        steps += 1
    }

    public mutating func time(at fraction: Double) -> ModelTime {
        spectral?.time(at: fraction, from: previousTime, to: time)
            ?? rings!.time(at: fraction, from: previousTime, to: time)
    }

    public mutating func fraction(of t: ModelTime) -> Double {
        spectral?.fraction(of: t, from: previousTime) ?? rings!.fraction(of: t, from: previousTime)
    }

    // MARK: The measure

    public mutating func measure(at fraction: Double) -> ZonalMeasure {
        if let y = spectral?.state(at: fraction) {
            return ZonalMeasure(
                axis: axis, content: .smooth([1] + y, spectral!.equation.base.basis))
        }
        var moved = mesh!
        moved.angles = rings!.state(at: fraction)
        return ZonalMeasure(axis: axis, content: .mesh(isEven ? moved.withMirrorImage : moved))
    }

    /// `spectral`, `cells` or `atoms`, and the number of nodes or rings.
    public var representation: (kind: String, size: Int) {
        if let spectral { return ("spectral", spectral.equation.base.basis.count) }
        let count = isEven ? 2 * mesh!.count : mesh!.count
        return (mesh!.isPoints ? "atoms" : "cells", count)
    }

    public var model: any Attention { attention }

    public var sharpness: Double { max(attention.sharpness, 1) }

    /// None.
    public var horizon: Horizon? { nil }

    public func residual(of measure: ZonalMeasure) -> Double { attention.residual(of: measure) }

    public func relativeEntropy(of measure: ZonalMeasure) -> Double? { measure.relativeEntropy }

    // MARK: Rest

    /// The largest velocity (smooth: |ċ_l|/√(l(l+d-2))) over the velocity scale.
    public mutating func drift() -> (relativeSpeed: Double, imbalance: Double?) {
        let scale = max(attention.velocityScale, attention.diffusion)
        if scale == 0 { return (0, 0) }
        var largest = 0.0
        if let spectral {
            let rates = spectral.equation.decayRates
            for (i, x) in spectral.derivative.enumerated() {
                let decay = rates.isEmpty ? 0 : rates[i] * spectral.state[i]
                let degree = Double(i + 1) * Double(i + attention.dimension - 1)
                largest = max(largest, abs(x + decay) / degree.squareRoot())
            }
        } else {
            largest = rings!.derivative.reduce(0) { max($0, abs($1)) }
        }
        return (largest / scale, largest / scale)
    }

    /// Nothing turns: velocities point along the meridians.
    public func rotation() -> Double? { nil }

    /// Rest is seen by the drift.
    public func isAtStableRest() -> Bool { false }

    /// Whether all clusters are poles, or the equator of an even measure.
    public func symmetryHolds(_ positions: [[Double]]) -> Bool {
        positions.allSatisfy { position in
            let height = abs(zip(position, axis).reduce(0) { $0 + $1.0 * $1.1 })
            return height > 1 - 1e-14 || isEven && height < 1e-9
        }
    }
}

extension CellMesh {
    /// A mesh on [0, π/2] with its mirror image about the equator, half of the mass in each.
    fileprivate var withMirrorImage: CellMesh {
        var half = self
        half.angles = angles.map { $0 - .pi / 2 }
        return half.expanded(
            by: DihedralSymmetry(fold: 1, reflects: true, origin: .pi / 2),
            isPinned: half.angles.map { $0 == 0 })
    }
}
