import Foundation
import TimeIntegration

// Whether anything can happen any more, where attention is no multiple of the identity.

extension CircleEvolution {
    /// Atoms beyond which stability is not looked at: the cost is their number cubed.
    private static let largestStability = 64

    /// Whether the atoms have come to rest where every displacement of any of them decays.
    ///
    ///     |v_i| ≤ max(1e-12 scale, 10 ε |∂v_i/∂φ_i|),   ∂v_i/∂φ_i + Σ_{j≠i} |∂v_i/∂φ_j| < -1e-5 scale
    ///
    /// with ε the error of an angle that the time integration allows itself at every step. The second
    /// (Gershgorin) makes the largest displacement shrink, with symmetry or without; its bound is above
    /// 2·√1e-12, the slope at which a double zero of v, which attracts from one side only, has |v| = 1e-12.
    /// It never holds where rotations carry solutions into solutions.
    public func isAtStableRest() -> Bool {
        guard let atoms, !attention.isRotationEquivariant else { return false }
        let scale = attention.velocityScale
        let (equation, y) = unfoldedAtoms(atoms)
        let n = y.count
        guard n <= Self.largestStability, scale > 0 else { return false }
        var probe = equation
        let v = probe.velocities(at: y)
        guard v.allSatisfy({ abs($0) <= 1e-6 * scale }) else { return false }
        var (sums, diagonal) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
        let h = 1e-6 / sharpness
        for j in 0..<n {
            var (up, down) = (y, y)
            up[j] += h
            down[j] -= h
            let (plus, minus) = (probe.velocities(at: up), probe.velocities(at: down))
            for i in 0..<n {
                let slope = (plus[i] - minus[i]) / (2 * h)
                if i == j { diagonal[i] = slope } else { sums[i] += abs(slope) }
            }
        }
        return (0..<n).allSatisfy {
            abs(v[$0]) <= max(1e-12 * scale, 10 * equation.tolerance * abs(diagonal[$0]))
                && diagonal[$0] + sums[$0] < -1e-5 * scale
        }
    }

    /// The angular velocity if the state turns, now and for ever; `nil` if not.
    ///
    /// Rigid is what changes its shape by less than 1e-12 of the velocity scale (a smooth density: by less
    /// than the tolerance of the time integration, which perturbs it at every step): every atom has the
    /// same velocity, or every Fourier mode turns by its degree. Where attention does not commute with
    /// rotations, that has to hold at 64 angles of a whole turn, and the slowest one may not be a pause.
    /// Where every measure turns for ever (``CircleAttention/meanRotation``) it has to have turned once,
    /// after which everything comes back.
    public func rotation() -> Double? {
        if let rate = attention.meanRotation, !attention.isRotationEquivariant {
            return time.approximation * abs(rate) >= 2 * .pi ? rate : nil
        }
        let scale = attention.velocityScale
        if attention.linearTheory != nil || scale == 0 { return nil }
        if let spectral { return smoothRotation(of: spectral) }
        guard let atoms else { return nil }
        let (equation, y) = unfoldedAtoms(atoms)
        var probe = equation
        func rate(turnedBy angle: Double) -> Double? {
            let v = probe.velocities(at: y.map { $0 + angle })
            let (low, high) = (v.min() ?? 0, v.max() ?? 0)
            let rate = (low + high) / 2
            return high - low <= 1e-12 * scale && abs(rate) > 1e-9 * scale ? rate : nil
        }
        guard let now = rate(turnedBy: 0) else { return nil }
        if attention.isRotationEquivariant { return now }
        var slowest = (angle: 0.0, rate: abs(now))
        func rateForward(_ angle: Double) -> Double? {
            rate(turnedBy: angle).flatMap { $0 * now > 0 ? abs($0) : nil }
        }
        for i in 1..<64 {
            let angle = 2 * .pi * Double(i) / 64
            guard let there = rateForward(angle) else { return nil }
            if there < slowest.rate { slowest = (angle, there) }
        }
        // Between the angles as well, by ternary search about the slowest one.
        var (low, high) = (slowest.angle - .pi / 32, slowest.angle + .pi / 32)
        for _ in 0..<80 {
            let (a, b) = (low + (high - low) / 3, high - (high - low) / 3)
            guard let first = rateForward(a), let second = rateForward(b) else { return nil }
            if first < second { high = b } else { low = a }
        }
        return now
    }

    /// ċ_k = -ikΩ c_k for all k, with the Ω that fits best.
    private func smoothRotation(
        of spectral: AdaptiveIntegrator<IntegratingFactorEquation<SpectralEquation>>
    ) -> Double? {
        guard attention.isRotationEquivariant else { return nil }
        let (c, rates) = (spectral.state, spectral.equation.decayRates)
        var slopes = spectral.derivative
        var (turning, size) = (0.0, 0.0)
        for j in 0..<(c.count / 2) {
            let degree = Double((j + 1) * symmetry.fold)
            for i in [2 * j, 2 * j + 1] {
                slopes[i] = (slopes[i] + (rates.isEmpty ? 0 : rates[i] * c[i])) / degree
            }
            turning += slopes[2 * j] * c[2 * j + 1] - slopes[2 * j + 1] * c[2 * j]
            size += c[2 * j] * c[2 * j] + c[2 * j + 1] * c[2 * j + 1]
        }
        guard size > 0 else { return nil }
        let rate = turning / size
        let scale = max(attention.velocityScale, attention.diffusion)
        for j in 0..<(c.count / 2) {
            let deviation = max(
                abs(slopes[2 * j] - rate * c[2 * j + 1]), abs(slopes[2 * j + 1] + rate * c[2 * j]))
            if deviation > max(1e-12, options.timeTolerance) * scale { return nil }
        }
        return abs(rate) > 1e-9 * scale ? rate : nil
    }

    /// The equation of all atoms on the circle, without their symmetry, and their angles.
    private func unfoldedAtoms(
        _ atoms: AdaptiveIntegrator<AtomEquation>
    ) -> (equation: AtomEquation, angles: [Double]) {
        let equation = atoms.equation
        let expanded = symmetry.expand(
            angles: equation.angles(of: atoms.state), masses: equation.masses,
            isPinned: equation.isPinned)
        let whole = AtomEquation(
            attention: frameAttention, symmetry: .none, masses: expanded.masses,
            isPinned: Self.unpinned(expanded.masses.count), tolerance: equation.tolerance)
        return (whole, expanded.angles)
    }
}
