import Foundation

/// The great circle of S^{d-1} in E_max, with attention as it is there.
///
///     x = u_1 cos θ + u_2 sin θ,   (u_1, u_2) an orthonormal basis of E_max = U
///     KᵀQ → Uᵀ KᵀQ U,   V → Uᵀ V U
///
/// A measure that has collapsed onto it stays: only where V maps E_max into itself.
/// Source: arXiv:2509.25040, Proposition 3.4.
struct GreatCircle: Sendable {
    /// u_1 and u_2.
    let basis: [[Double]]
    /// Attention on the circle.
    let attention: any CircleAttention

    /// The great circle to which `attention` collapses; `nil` if there is none that it keeps.
    init?(of attention: SphereAttention) {
        let collapse = attention.collapse
        guard collapse.dimension == 2, !collapse.basis.isEmpty, attention.diffusion == 0
        else { return nil }
        let basis = collapse.basis
        func induced(_ matrix: SquareMatrix) -> PlaneMap {
            let inside = matrix.restricted(to: basis)
            return PlaneMap(inside[0, 0], inside[0, 1], inside[1, 0], inside[1, 1])
        }
        for vector in basis {
            let image = attention.value.applied(to: vector)
            let inside = basis.map { u in zip(u, image).reduce(0) { $0 + $1.0 * $1.1 } }
            var outside = 0.0
            for c in vector.indices {
                outside = max(
                    outside, abs(image[c] - inside[0] * basis[0][c] - inside[1] * basis[1][c]))
            }
            guard outside <= 1e-12 * attention.valueNorm else { return nil }
        }
        self.basis = basis
        self.attention = MatrixAttention.simplest(
            beta: attention.beta, query: induced(attention.product), key: PlaneMap(scale: 1),
            value: induced(attention.value), normalization: attention.normalization)
    }

    /// The angle of the projection of a point of R^d.
    func angle(of x: [Double]) -> Double { GreatCircleMeasure.angle(of: x, in: basis) }

    /// The start on the circle of points next to it, and what it loses: Fourier modes while they resolve the
    /// measure of very many points, up to `tolerance`, else the points.
    func start(
        of points: TokenMeasure, tolerance: Double
    ) -> (measure: StartingMeasure, loss: Double) {
        let angles = (0..<points.count).map { angle(of: points.point($0)) }
        if points.count >= Self.crowd {
            let modes = Self.modes(angles, points.masses)
            let sizes = modes.map { max(abs($0.cosine), abs($0.sine)) }
            let tail = sizes[(2 * Self.degrees / 3)...].max()!
            if tail <= tolerance {
                let top = sizes.lastIndex { $0 > max(tail, 1e-9) } ?? 0
                return (StartingMeasure(.modes(Array(modes[...top]))), tail)
            }
        }
        return (StartingMeasure(.atoms(angles: angles, masses: points.masses)), 0)
    }

    /// ∫ log(dμ/dσ) dμ of the angles by the masses of arcs that are short beside the kernel's scale; `nil` for
    /// a few points.
    func relativeEntropy(of points: TokenMeasure, sharpness b: Double) -> Double? {
        guard points.count >= Self.crowd else { return nil }
        let arcs = Int((32 * .pi * b.squareRoot()).rounded(.up))
        var shares = [Double](repeating: 0, count: arcs)
        for i in 0..<points.count {
            let turn = angle(of: points.point(i)) / (2 * .pi)
            let place = Int(((turn - turn.rounded(.down)) * Double(arcs)).rounded(.down))
            shares[place % arcs] += points.masses[i]
        }
        return shares.reduce(0) { $1 > 0 ? $0 + $1 * log(Double(arcs) * $1) : $0 }
    }

    /// Points that stand for a density are no fewer.
    private static let crowd = 1000

    /// Degrees that points of a grid resolve.
    private static let degrees = 192

    /// The terms 1 … of 1 + Σ a cos kθ + b sin kθ.
    private static func modes(_ angles: [Double], _ masses: [Double]) -> [CircleInitial.Mode] {
        var sums = [SIMD2<Double>](repeating: .zero, count: degrees)
        for (θ, mass) in zip(angles, masses) {
            let (c, s) = (cos(θ), sin(θ))
            var (re, im) = (mass * c, mass * s)
            for k in 0..<degrees {
                sums[k] += SIMD2(re, im)
                (re, im) = (re * c - im * s, re * s + im * c)
            }
        }
        return sums.enumerated().map { k, sum in
            CircleInitial.Mode(degree: k + 1, cosine: 2 * sum.x, sine: 2 * sum.y)
        }
    }

    /// The largest a or b of 1 + Σ a cos kθ + b sin kθ.
    func largestMode(of points: TokenMeasure) -> Double {
        let angles = (0..<points.count).map { angle(of: points.point($0)) }
        return Self.modes(angles, points.masses).reduce(0) {
            max($0, abs($1.cosine), abs($1.sine))
        }
    }
}

/// A measure on a great circle of S^{d-1}.
public struct GreatCircleMeasure: Sendable {
    /// The measure of the angle.
    public let measure: CircleMeasure
    /// u_1 and u_2 of x = u_1 cos θ + u_2 sin θ.
    public let basis: [[Double]]

    /// The point at the angle θ.
    public func point(_ θ: Double) -> [Double] {
        zip(basis[0], basis[1]).map { $0 * cos(θ) + $1 * sin(θ) }
    }

    /// The angle of the projection of a point of R^d.
    public static func angle(of x: [Double], in basis: [[Double]]) -> Double {
        let components = basis.map { u in zip(u, x).reduce(0) { $0 + $1.0 * $1.1 } }
        return atan2(components[1], components[0])
    }

    /// The nodes of the measure as tokens.
    public var tokens: TokenMeasure {
        let (angles, masses) = measure.points
        let kept = angles.indices.filter { masses[$0] > 0 }
        return TokenMeasure(
            unitVectors: kept.map { point(angles[$0]) }, masses: kept.map { masses[$0] })
    }
}
