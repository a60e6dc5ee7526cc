import Foundation

// The pairing limit: of all atoms only the closest pairs move.

extension AtomEquation {
    /// Gaps that differ by less are equally close: far above rounding, far below 1/β.
    private static let tie = 1e-10

    /// The gap before atom i, between atoms i - 1 and i or across an end of the fundamental domain.
    ///
    /// `infinity` where there is no pair: an atom that is its own image, or one whose way to the other
    /// is shorter round the other side.
    private func gap(_ i: Int, _ y: [Double]) -> Double {
        let n = y.count
        var δ = Double.infinity
        if i > 0 && i < n {
            δ = y[i] - y[i - 1]
        } else if symmetry.reflects {
            let atom = i == 0 ? 0 : n - 1
            if !isPinned[atom] { δ = 2 * (i == 0 ? y[0] : symmetry.period / 2 - y[n - 1]) }
        } else if i == n && (n > 1 || symmetry.fold > 1) {
            // The pair across the end stands at n, and nothing at 0.
            δ = y[0] + symmetry.period - y[n - 1]
        }
        return δ > .pi + Self.tie ? .infinity : max(0, δ)
    }

    /// The gap below which two atoms have met: they share one maximum of W*μ.
    private func contact(_ pairing: IsotropicAttention) -> Double {
        TwoClusters.mergingGap(inverseTemperature: pairing.inverseTemperature)
    }

    /// Pairs up to this gap move: all that have met, and the closest of the others.
    private func largestMovingGap(_ y: [Double], _ pairing: IsotropicAttention) -> Double {
        let contact = contact(pairing)
        var closest = Double.infinity
        for i in 0...y.count {
            let δ = gap(i, y)
            if δ > contact { closest = min(closest, δ) }
        }
        return closest.isFinite ? closest + Self.tie : contact
    }

    /// The largest log of e^{-β'(1 - cos δ)} sin δ of a moving pair; `nil` where nothing moves.
    func logarithmOfLargestForce(_ y: [Double], _ pairing: IsotropicAttention) -> Double? {
        let limit = largestMovingGap(y, pairing)
        var largest: Double?
        for i in 0...y.count {
            let δ = gap(i, y)
            guard δ <= limit, sin(δ) > 0 else { continue }
            let s = sin(δ / 2)
            let logarithm = -2 * pairing.inverseTemperature * s * s + log(sin(δ))
            largest = max(largest ?? logarithm, logarithm)
        }
        return largest
    }

    /// Writes the velocities of the pairing limit times e^{unit}, and the sums of the absolute values
    /// of their terms: zero for atoms of no closest pair.
    ///
    ///     dφ_i/dt = v (m_j/m_i) e^{-β'(1 - cos δ)} sin δ   towards j,   δ the smallest gap
    ///
    /// for each pair {i, j} at the smallest gap. Pairs that have met, whose gap is below that where two
    /// clusters become one maximum of the potential (2/√β' → 0), close it beside the next pair, which
    /// they do not delay. m_i is the mass of one atom, not of its orbit: images under the symmetry are
    /// atoms of their own. No other gap shrinks: no other pair can become the closest before these have
    /// met. Cost O(n).
    /// Source: arXiv:2509.25040, section 5; the masses by expansion of the velocity in e^{-β'}.
    func moveClosestPairs(
        _ y: [Double], _ pairing: IsotropicAttention, logarithmOfUnit unit: Double,
        velocities dy: inout [Double], terms: inout [Double]
    ) {
        let n = y.count
        for i in 0..<n { (dy[i], terms[i]) = (0, 0) }
        let limit = largestMovingGap(y, pairing)
        for i in 0...n {
            let δ = gap(i, y)
            guard δ <= limit else { continue }
            let (s, c) = (sin(δ / 2), cos(δ / 2))
            let force =
                pairing.value * 2 * s * c
                * exp(-2 * pairing.inverseTemperature * s * s + unit)
            // Atoms left and right of the gap; a mirror image is as heavy as the atom.
            let left = i == 0 ? nil : i - 1
            let right = i < n ? i : symmetry.reflects ? nil : 0
            let ratio =
                left != nil && right != nil ? atomMass(right!) / atomMass(left!) : 1
            if let left, !isPinned[left] {
                dy[left] += ratio * force
                terms[left] += abs(ratio * force)
            }
            if let right, !isPinned[right] {
                dy[right] -= force / ratio
                terms[right] += abs(force / ratio)
            }
        }
    }

    /// The mass of one of the images of atom i, up to a factor common to all.
    private func atomMass(_ i: Int) -> Double {
        symmetry.reflects && !isPinned[i] ? masses[i] / 2 : masses[i]
    }
}

extension CircleMeasure {
    /// The velocities of the atoms of the measure in the pairing limit, in the order of its points.
    package func pairingVelocities(_ attention: IsotropicAttention) -> [Double] {
        let (angles, masses) = points
        var equation = AtomEquation(
            attention: attention, symmetry: .none, masses: masses,
            isPinned: [Bool](repeating: false, count: masses.count), tolerance: 0)
        var velocities = masses
        equation.derivative(of: angles, into: &velocities, at: 0)
        return velocities
    }
}
