import Foundation
import Spectral

/// A measure on the circle that a run may start from.
public enum CircleInitial: Sendable, Equatable {
    /// ρ = 1/2π.
    case uniform
    /// ρ = (1 + Σ a cos kθ + b sin kθ)/2π.
    case modes([Mode])
    /// Σ w_j times von Mises–Fisher densities or heat kernels.
    case mixture([Component])
    /// Equal heat kernels of standard deviation `sigma` at every angle: smoothed tokens.
    case tokens(angles: [Double], sigma: Double)
    /// A density by its values at ascending angles, interpolated by a monotone periodic cubic.
    case table(PeriodicCubic)
    /// Dirac masses.
    case atoms(angles: [Double], masses: [Double])

    /// One term a cos kθ + b sin kθ.
    public struct Mode: Sendable, Equatable {
        var degree: Int
        var cosine: Double
        var sine: Double

        /// The term a cos kθ + b sin kθ.
        public init(degree: Int, cosine: Double, sine: Double) {
            self.degree = degree
            self.cosine = cosine
            self.sine = sine
        }
    }

    /// One component of a mixture.
    public struct Component: Sendable, Equatable {
        /// Its density with respect to dθ, for mean 0.
        public enum Shape: Sendable, Equatable {
            /// e^{κ cos θ}/(2π I_0(κ)).
            case vonMises(concentration: Double)
            /// Σ_n e^{-(θ + 2πn)²/2σ²}/√(2πσ²): the heat kernel at s = σ²/2.
            case wrappedNormal(sigma: Double)
        }
        var angle: Double
        var shape: Shape
        var weight: Double

        /// `weight` times the density `shape` turned to `angle`.
        public init(angle: Double, shape: Shape, weight: Double) {
            self.angle = angle
            self.shape = shape
            self.weight = weight
        }

        /// Standard deviation, or 1/√κ.
        var width: Double {
            switch shape {
            case .vonMises(let κ): κ > 0 ? min(1 / κ.squareRoot(), .pi) : .pi
            case .wrappedNormal(let σ): min(σ, .pi)
            }
        }
    }

    /// Whether the measure has a density.
    public var isSmooth: Bool {
        if case .atoms = self { return false }
        return true
    }

    /// The rotations and reflections that the data have exactly.
    public var symmetry: DihedralSymmetry {
        switch self {
        case .uniform, .table: return .none
        case .modes:
            let c = coefficients(upTo: 1)
            return DihedralSymmetry.of(re: c.re, im: c.im)
        case .mixture(let parts):
            return DihedralSymmetry.of(
                angles: parts.map(\.angle),
                labels: parts.map { part in
                    switch part.shape {
                    case .vonMises(let κ): [part.weight, 0, κ]
                    case .wrappedNormal(let σ): [part.weight, 1, σ]
                    }
                })
        case .tokens(let angles, _):
            guard angles.count <= 64 else { return .none }
            return DihedralSymmetry.of(angles: angles, labels: angles.map { _ in [] })
        case .atoms(let angles, let masses):
            guard angles.count <= 64 else { return .none }
            return DihedralSymmetry.of(angles: angles, labels: masses.map { [$0] })
        }
    }

    /// The Fourier coefficients c_k = ∫ e^{-ikθ} dμ, k = 0 … at least `count` (all, for modes).
    public func coefficients(upTo count: Int) -> (re: [Double], im: [Double]) {
        var top = count
        if case .modes(let modes) = self { top = max(count, modes.map(\.degree).max() ?? 0) }
        var re = [Double](repeating: 0, count: top + 1)
        var im = re
        re[0] = 1
        switch self {
        case .uniform: break
        case .modes(let modes):
            for mode in modes {
                re[mode.degree] += mode.cosine / 2
                im[mode.degree] -= mode.sine / 2
            }
        case .mixture(let parts):
            for part in parts {
                let decay = Self.decay(of: part.shape, upTo: top)
                for k in 1...max(top, 1) where k <= top {
                    re[k] += part.weight * decay[k] * cos(Double(k) * part.angle)
                    im[k] -= part.weight * decay[k] * sin(Double(k) * part.angle)
                }
            }
        case .tokens(let angles, let sigma):
            let decay = Self.decay(of: .wrappedNormal(sigma: sigma), upTo: top)
            addPoints(
                angles, [Double](repeating: 1 / Double(angles.count), count: angles.count),
                decay: decay, &re, &im)
        case .table(let cubic):
            var n = 64
            while n < 8 * top { n *= 2 }
            let fft = RealFFT(length: n)
            var values = (0..<n).map { cubic.value(at: 2 * .pi * Double($0) / Double(n)) }
            var spectrum = [Double](repeating: 0, count: n + 2)
            fft.analyse(&values, into: &spectrum)
            let scale = 1 / spectrum[0]
            for k in 1...max(top, 1) where k <= top {
                re[k] = spectrum[2 * k] * scale
                im[k] = spectrum[2 * k + 1] * scale
            }
        case .atoms(let angles, let masses):
            addPoints(
                angles, masses, decay: [Double](repeating: 1, count: top + 1), &re, &im)
        }
        return (re, im)
    }

    private func addPoints(
        _ angles: [Double], _ masses: [Double], decay: [Double], _ re: inout [Double],
        _ im: inout [Double]
    ) {
        for (angle, mass) in zip(angles, masses) {
            for k in re.indices.dropFirst() where decay[k] != 0 {
                re[k] += mass * decay[k] * cos(Double(k) * angle)
                im[k] -= mass * decay[k] * sin(Double(k) * angle)
            }
        }
    }

    private static func decay(of shape: Component.Shape, upTo top: Int) -> [Double] {
        switch shape {
        case .vonMises(let κ):
            let bessel = scaledBesselI(upTo: top, κ)
            return bessel.map { $0 / bessel[0] }
        case .wrappedNormal(let σ):
            return (0...top).map { exp(-0.5 * σ * σ * Double($0) * Double($0)) }
        }
    }

    /// ρ(θ) with respect to dθ; smooth measures only.
    public func density(at θ: Double) -> Double {
        switch self {
        case .uniform: return 1 / (2 * .pi)
        case .modes(let modes):
            var sum = 1.0
            for mode in modes {
                let angle = Double(mode.degree) * θ
                sum += mode.cosine * cos(angle) + mode.sine * sin(angle)
            }
            return max(0, sum) / (2 * .pi)
        case .mixture(let parts):
            return parts.reduce(0) { $0 + $1.weight * Self.density($1.shape, at: θ - $1.angle) }
        case .tokens(let angles, let sigma):
            let sum = angles.reduce(0) {
                $0 + Self.density(.wrappedNormal(sigma: sigma), at: θ - $1)
            }
            return sum / Double(angles.count)
        case .table(let cubic): return cubic.value(at: θ)
        case .atoms: preconditionFailure("atoms have no density")
        }
    }

    private static func density(_ shape: Component.Shape, at θ: Double) -> Double {
        switch shape {
        case .vonMises(let κ):
            let s = sin(θ / 2)
            return exp(-2 * κ * s * s) / (2 * .pi * besselI0Scaled(κ))
        case .wrappedNormal(let σ):
            // Its largest coefficient e^{-σ²/2} is below rounding.
            guard σ < 9 else { return 1 / (2 * .pi) }
            let base = remainder(θ, 2 * .pi)
            let reach = Int((6 * σ / .pi).rounded(.up))
            var sum = 0.0
            for n in -reach...reach {
                let z = (base + 2 * .pi * Double(n)) / σ
                sum += exp(-0.5 * z * z)
            }
            return sum / (σ * (2 * Double.pi).squareRoot())
        }
    }

    /// Points at which panels of a mesh must end: around narrow components, at breaks.
    public var edges: [Double] {
        switch self {
        case .uniform, .modes, .atoms: return []
        case .mixture(let parts):
            return parts.flatMap { part in
                [-9.0, -3, 0, 3, 9].map { part.angle + $0 * part.width }
            }
        case .tokens(let angles, let sigma):
            return angles.flatMap { angle in [-9.0, 0, 9].map { angle + $0 * sigma } }
        case .table(let cubic): return cubic.nodes
        }
    }

    /// The degree beyond which the Fourier coefficients are below about 1e-16.
    public var highestDegree: Double {
        switch self {
        case .uniform: return 0
        case .modes(let modes): return Double(modes.map(\.degree).max() ?? 0)
        case .mixture(let parts): return 8.6 / (parts.map(\.width).min() ?? .pi) + 20
        case .tokens(_, let sigma): return 8.6 / sigma + 20
        case .table(let cubic): return Double(cubic.nodes.count) * 40
        case .atoms: return .infinity
        }
    }
}

/// I_0(κ) e^{-κ}, by its asymptotic series for large κ.
private func besselI0Scaled(_ κ: Double) -> Double {
    if κ < 40 { return scaledBesselI(upTo: 0, κ)[0] }
    // DLMF 10.40.1: the terms fall below 1e-17 before they grow.
    var (term, sum) = (1.0, 1.0)
    for k in 1...24 {
        let odd = Double(2 * k - 1)
        term *= odd * odd / (8 * Double(k) * κ)
        sum += term
    }
    return sum / (2 * Double.pi * κ).squareRoot()
}
