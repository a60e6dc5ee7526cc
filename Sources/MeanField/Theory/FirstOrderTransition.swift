import Foundation
import Spectral

/// The discontinuous transition of USA with noise on the circle, for β > β_* (Q = K = V = I).
///
///     I₂(β_*)/I₁(β_*) = 1/2,   β_* = 2.4469…
///
/// Above D_c the uniform density is stable; peaked states survive up to the fold, and are the
/// minimum of the free energy F = D ∫ρ ln ρ - E up to the coexistence diffusion:
/// D_c < D_coexistence < D_fold. For β ≤ β_* and for SA the transition at D_c is continuous.
/// Relative error about 1e-13. arXiv:2510.20094, arXiv:2412.14813.
public struct FirstOrderTransition: Sendable, Equatable {
    /// D at which the uniform and the peaked state have the same free energy.
    public let coexistenceDiffusion: Double
    /// c₁ of the peaked state there.
    public let coexistenceAmplitude: Double
    /// The largest D with a non-uniform stationary state.
    public let foldDiffusion: Double
    /// c₁ of that state.
    public let foldAmplitude: Double

    /// β_*, above which the transition of USA is of first order.
    public static let leastInverseTemperature: Double = bracketedRoot(between: 2, and: 3) {
        (β: Double) -> Double in besselRatio(order: 1, β) - 0.5
    }!

    /// The transition at β, or `nil` where it is continuous or its fold lies below c₁ = 1e-3
    /// (also where e^β overflows for the kernel that is not rescaled).
    ///
    /// Follows the branch of non-uniform states from D_c, then solves dD/dc₁ = 0 and ΔF = 0.
    public init?(inverseTemperature β: Double, normalization: Normalization) {
        guard normalization != .softmax, β > Self.leastInverseTemperature,
            StationaryState.unit(β, normalization).isFinite
        else { return nil }
        var branch = StationaryBranch(inverseTemperature: β, normalization: normalization)
        guard let first = branch.advance(step: 0.1), first.slope > 0 else { return nil }
        var previous = first
        var fold: StationaryBranch.Point?
        while let next = branch.advance(step: 0.1) {
            if fold == nil, next.slope <= 0 {
                fold = Self.root(branch, previous.x, next.x) { $0.slope }
            }
            if let fold, next.state.freeEnergyExcess <= 0 {
                let left = max(previous.x, fold.x)
                guard
                    let coexistence = Self.root(
                        branch, left, next.x, { $0.state.freeEnergyExcess })
                else { return nil }
                self.coexistenceDiffusion = coexistence.state.diffusion
                self.coexistenceAmplitude = coexistence.state.moments[1]
                self.foldDiffusion = fold.state.diffusion
                self.foldAmplitude = fold.state.moments[1]
                return
            }
            previous = next
        }
        return nil
    }

    /// The transition of the model whose velocity is `factor` > 0 times as large.
    func scaled(by factor: Double) -> FirstOrderTransition {
        FirstOrderTransition(
            coexistenceDiffusion: coexistenceDiffusion * factor,
            coexistenceAmplitude: coexistenceAmplitude,
            foldDiffusion: foldDiffusion * factor, foldAmplitude: foldAmplitude)
    }

    private init(
        coexistenceDiffusion: Double, coexistenceAmplitude: Double, foldDiffusion: Double,
        foldAmplitude: Double
    ) {
        self.coexistenceDiffusion = coexistenceDiffusion
        self.coexistenceAmplitude = coexistenceAmplitude
        self.foldDiffusion = foldDiffusion
        self.foldAmplitude = foldAmplitude
    }

    private static func root(
        _ branch: StationaryBranch, _ left: Double, _ right: Double,
        _ quantity: (StationaryBranch.Point) -> Double
    ) -> StationaryBranch.Point? {
        func value(_ x: Double) -> Double {
            var walker = branch
            return walker.point(at: x).map(quantity) ?? .nan
        }
        guard let x = bracketedRoot(between: left, and: right, tolerance: 1e-13, value) else {
            return nil
        }
        var walker = branch
        return walker.point(at: x)
    }
}
