import Foundation
import MeanField
import Spectral

/// D = F - G, the difference of the distribution functions of two measures on the circle, in stretches
/// on which it is monotone.
///
///     D(θ) = μ[0, θ) - ν[0, θ),   0 ≤ θ ≤ 2π
///
/// Between neighbouring atoms and ends of polynomial densities D is constant, a polynomial that only
/// one of the measures moves, which is monotone, or the difference of two; that is cut where the
/// densities cross (found to rounding; crossings closer than a 16th of a stretch may be missed, where the
/// densities hardly differ). Cost: O((N + K) log(N + K)) for N atoms and K stretches of density.
struct CumulativeDifference {
    /// A stretch [start, start + length] on which D is monotone.
    struct Stretch {
        var start: Double
        var length: Double
        /// D at both ends, from within.
        var left: Double
        var right: Double
        /// ∫ D dθ.
        var integral: Double
        /// What the atoms and the pieces before the stretch add to D.
        var offset: Double
        /// Pieces of the first and the second measure that cover the stretch; -1 for none.
        var first: Int
        var second: Int
    }

    /// Integrals of a piece's density, as Legendre series in ξ.
    private struct Integrals {
        var piece: CircleProfile.Piece
        /// ∫_a^θ ρ.
        var once: [Double]
        /// ∫_a^θ ∫_a^φ ρ.
        var twice: [Double]

        init(_ piece: CircleProfile.Piece) {
            self.piece = piece
            let half = (piece.end - piece.start) / 2
            once = LegendreSeries.antiderivative(piece.density).map { $0 * half }
            twice = LegendreSeries.antiderivative(once).map { $0 * half }
        }

        func mass(below θ: Double) -> Double {
            LegendreSeries.value(once, at: piece.coordinate(of: θ))
        }

        func integral(from a: Double, to b: Double) -> Double {
            LegendreSeries.value(twice, at: piece.coordinate(of: b))
                - LegendreSeries.value(twice, at: piece.coordinate(of: a))
        }

        func density(at θ: Double) -> Double {
            LegendreSeries.value(piece.density, at: piece.coordinate(of: θ))
        }
    }

    private let integrals: [[Integrals]]
    private(set) var stretches: [Stretch] = []

    init(_ first: CircleProfile, _ second: CircleProfile) {
        let profiles = [first, second]
        integrals = profiles.map { $0.pieces.map(Integrals.init) }
        var ends = [0, 2 * Double.pi]
        for profile in profiles {
            ends += profile.angles
            for piece in profile.pieces { ends += [piece.start, piece.end] }
        }
        ends.sort()
        // For each measure: mass of the atoms and pieces passed, the next atom, the current piece.
        var below = [0.0, 0.0]
        var atom = [0, 0]
        var piece = [0, 0]
        for (a, b) in zip(ends, ends.dropFirst()) where b > a {
            var cover = [-1, -1]
            for side in 0..<2 {
                let profile = profiles[side]
                while atom[side] < profile.angles.count, profile.angles[atom[side]] <= a {
                    below[side] += profile.masses[atom[side]]
                    atom[side] += 1
                }
                while piece[side] < profile.pieces.count, profile.pieces[piece[side]].end <= a {
                    below[side] += profile.pieces[piece[side]].mass
                    piece[side] += 1
                }
                if piece[side] < profile.pieces.count, profile.pieces[piece[side]].start <= a {
                    cover[side] = piece[side]
                }
            }
            var stretch = Stretch(
                start: a, length: b - a, left: 0, right: 0, integral: 0,
                offset: below[0] - below[1], first: cover[0], second: cover[1])
            for cut in crossings(in: stretch) + [b] {
                append(&stretch, upTo: cut)
            }
        }
    }

    /// Adds the part of `stretch` up to `end`, and leaves the rest in it.
    private mutating func append(_ stretch: inout Stretch, upTo end: Double) {
        stretch.length = end - stretch.start
        stretch.left = value(in: stretch, at: stretch.start)
        stretch.right = value(in: stretch, at: end)
        stretch.integral = integral(in: stretch, upTo: end)
        stretches.append(stretch)
        stretch.start = end
    }

    /// D at θ in a stretch.
    func value(in stretch: Stretch, at θ: Double) -> Double {
        var value = stretch.offset
        if stretch.first >= 0 { value += integrals[0][stretch.first].mass(below: θ) }
        if stretch.second >= 0 { value -= integrals[1][stretch.second].mass(below: θ) }
        return value
    }

    /// ∫ D from the start of a stretch to θ.
    func integral(in stretch: Stretch, upTo θ: Double) -> Double {
        let a = stretch.start
        var sum = stretch.offset * (θ - a)
        if stretch.first >= 0 { sum += integrals[0][stretch.first].integral(from: a, to: θ) }
        if stretch.second >= 0 { sum -= integrals[1][stretch.second].integral(from: a, to: θ) }
        return sum
    }

    /// Where the two densities on a stretch cross.
    private func crossings(in stretch: Stretch) -> [Double] {
        guard stretch.first >= 0, stretch.second >= 0 else { return [] }
        let (p, q) = (integrals[0][stretch.first], integrals[1][stretch.second])
        func difference(_ θ: Double) -> Double { p.density(at: θ) - q.density(at: θ) }
        var roots = [Double]()
        let parts = 16
        var (a, atA) = (stretch.start, difference(stretch.start))
        for i in 1...parts {
            let b = stretch.start + stretch.length * (Double(i) / Double(parts))
            let atB = difference(b)
            if atA * atB < 0 {
                var (low, high) = (a, b)
                for _ in 0..<60 {
                    let middle = (low + high) / 2
                    if middle <= low || middle >= high { break }
                    if difference(middle) * atA > 0 { low = middle } else { high = middle }
                }
                roots.append(high)
            }
            (a, atA) = (b, atB)
        }
        return roots.filter { $0 < stretch.start + stretch.length }
    }

    /// The θ of a stretch where D = c, for c between its values at the ends.
    func crossing(of c: Double, in stretch: Stretch) -> Double {
        let (a, b) = (stretch.start, stretch.start + stretch.length)
        let falls = stretch.right < stretch.left
        var (low, high) = (a, b)
        var θ = a + stretch.length * ((c - stretch.left) / (stretch.right - stretch.left))
        for _ in 0..<60 {
            if !(θ > low && θ < high) { θ = (low + high) / 2 }
            if θ <= low || θ >= high { break }
            let excess = value(in: stretch, at: θ) - c
            if (excess > 0) == falls { low = θ } else { high = θ }
            let slope = density(in: stretch, at: θ)
            let next = slope == 0 ? (low + high) / 2 : θ - excess / slope
            if abs(next - θ) <= 1e-15 { return min(b, max(a, next)) }
            θ = next
        }
        return min(b, max(a, θ))
    }

    private func density(in stretch: Stretch, at θ: Double) -> Double {
        var value = 0.0
        if stretch.first >= 0 { value += integrals[0][stretch.first].density(at: θ) }
        if stretch.second >= 0 { value -= integrals[1][stretch.second].density(at: θ) }
        return value
    }
}
