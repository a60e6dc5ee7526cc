import Foundation
import MeanField
import Spectral

/// The mean chord from a point of the circle to a measure on it.
///
///     u(θ) = ∫ 2 |sin((θ - φ)/2)| dμ(φ) = 2 [ sin(θ/2) (C_< - C_>) - cos(θ/2) (S_< - S_>) ]
///     C_< = ∫_{φ<θ} cos(φ/2) dμ,   S_< = ∫_{φ<θ} sin(φ/2) dμ,   C_>, S_> the same for φ > θ
///
/// with 0 ≤ θ, φ < 2π. The density and the atoms of the measure are kept apart: u of a density is smooth
/// and its Gauss sums are exact, u of atoms is only needed at other atoms. Exact to rounding; O(1) for
/// each of an ascending list of points after O(N) for N atoms and stretches of density.
package struct ChordPotential: Sendable {
    private let profile: CircleProfile
    /// ∫ cos(φ/2) dμ and ∫ sin(φ/2) dμ up to ξ within each piece, as Legendre series.
    private let cosines: [[Double]]
    private let sines: [[Double]]
    /// (C, S) of the pieces before each piece; the last entry is that of all.
    private let ofPieces: [SIMD2<Double>]
    /// (C, S) of the atoms before each atom; the last entry is that of all.
    private let ofAtoms: [SIMD2<Double>]
    /// 𝔼|X - X'|.
    package private(set) var ownMean = 0.0

    /// The mean chords to the measure of a profile.
    package init(_ profile: CircleProfile) {
        self.profile = profile
        var (cosines, sines) = ([[Double]](), [[Double]]())
        var pieces = [SIMD2<Double>.zero]
        let panel = CircleProfile.panel
        for piece in profile.pieces {
            let half = (piece.end - piece.start) / 2
            let values = zip(panel.nodes, piece.nodes).map { ξ, θ in
                (density: LegendreSeries.value(piece.density, at: ξ) * half, angle: θ / 2)
            }
            func integral(_ weight: (Double) -> Double) -> [Double] {
                LegendreSeries.antiderivative(
                    panel.coefficients(of: values.map { $0.density * weight($0.angle) }))
            }
            cosines.append(integral(cos))
            sines.append(integral(sin))
            let whole = SIMD2(
                LegendreSeries.value(cosines.last!, at: 1),
                LegendreSeries.value(sines.last!, at: 1))
            pieces.append(pieces.last! + whole)
        }
        var atoms = [SIMD2<Double>.zero]
        atoms.reserveCapacity(profile.angles.count + 1)
        var sum = SIMD2<Double>.zero
        for (angle, mass) in zip(profile.angles, profile.masses) {
            sum += mass * SIMD2(cos(angle / 2), sin(angle / 2))
            atoms.append(sum)
        }
        (self.cosines, self.sines, ofPieces, ofAtoms) = (cosines, sines, pieces, atoms)
        ownMean = Self.mean(self, self)
    }

    /// 𝔼|X - Y| for independent X ~ μ and Y ~ ν.
    package static func mean(_ a: ChordPotential, _ b: ChordPotential) -> Double {
        // Atoms to atoms, atoms to the other's density both ways, density to density.
        a.smoothMean(at: b.profile.angles, masses: b.profile.masses)
            + b.smoothMean(at: a.profile.angles, masses: a.profile.masses)
            + b.profile.pieces.reduce(0) { sum, piece in
                let half = (piece.end - piece.start) / 2
                let panel = CircleProfile.panel
                let masses = zip(panel.nodes, panel.weights).map { ξ, weight in
                    weight * half * LegendreSeries.value(piece.density, at: ξ)
                }
                return sum + a.smoothMean(at: piece.nodes, masses: masses)
            } + a.atomicMean(b.profile)
    }

    /// Σ m u(θ) of the density alone at ascending points.
    private func smoothMean(at angles: [Double], masses: [Double]) -> Double {
        guard let all = ofPieces.last, !profile.pieces.isEmpty, let first = angles.first else {
            return 0
        }
        var index = profile.pieces.partitioningIndex { $0.end > first }
        var sum = 0.0
        for (θ, mass) in zip(angles, masses) {
            while index < profile.pieces.count, profile.pieces[index].end <= θ { index += 1 }
            var below = ofPieces[index]
            if index < profile.pieces.count, profile.pieces[index].start < θ {
                let ξ = profile.pieces[index].coordinate(of: θ)
                below += SIMD2(
                    LegendreSeries.value(cosines[index], at: ξ),
                    LegendreSeries.value(sines[index], at: ξ))
            }
            sum += mass * Self.chord(θ, below, all)
        }
        return sum
    }

    /// Σ m u(θ) of the atoms alone at the atoms of another profile.
    private func atomicMean(_ other: CircleProfile) -> Double {
        guard let all = ofAtoms.last, !profile.angles.isEmpty else { return 0 }
        var (index, sum) = (0, 0.0)
        for (θ, mass) in zip(other.angles, other.masses) {
            // An atom at θ itself counts on neither side: its chord is 0 either way.
            while index < profile.angles.count, profile.angles[index] < θ { index += 1 }
            sum += mass * Self.chord(θ, ofAtoms[index], all)
        }
        return sum
    }

    /// u(θ) from (C_<, S_<) and (C, S) of everything.
    @inline(__always)
    private static func chord(_ θ: Double, _ below: SIMD2<Double>, _ all: SIMD2<Double>) -> Double {
        let excess = 2 * below - all
        return 2 * (sin(θ / 2) * excess.x - cos(θ / 2) * excess.y)
    }
}

extension Array {
    /// The first index whose element `belongs`; elements that do follow those that do not.
    fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
