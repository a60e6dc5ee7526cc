import Foundation
import MeanField

/// Matrices of every class, and the attention sums over points for them in extended precision.
enum MatrixReference {
    struct Case: Sendable {
        var name: String
        var query: PlaneMap
        var key: PlaneMap
        var value: PlaneMap

        func attention(
            _ β: Double, _ normalization: Normalization = .softmax, diffusion: Double = 0
        ) -> MatrixAttention {
            MatrixAttention(
                beta: β, query: query, key: key, value: value, normalization: normalization,
                diffusion: diffusion)
        }
    }

    static let identity = PlaneMap(scale: 1)
    static let rotation = PlaneMap(0.6, -0.8, 0.8, 0.6)
    static let cases = [
        Case(
            name: "symmetric", query: PlaneMap(1.2, 0.3, 0.3, -0.5), key: identity,
            value: PlaneMap(1, 0.5, 0.5, 0.2)),
        Case(name: "rotation of V", query: identity, key: identity, value: rotation),
        Case(name: "rotation of Q", query: rotation, key: identity, value: identity),
        Case(
            name: "non-normal", query: PlaneMap(1, 2, 0, 1), key: PlaneMap(0.5, 0, 1, 1),
            value: PlaneMap(1, 1, 0, 1)),
        Case(
            name: "indefinite", query: PlaneMap(1, 0, 0, -1), key: identity,
            value: PlaneMap(-1, 0, 0, 0.5)),
        Case(
            name: "singular", query: PlaneMap(1, 1, 1, 1), key: identity,
            value: PlaneMap(1, 2, 2, 4)),
        Case(
            name: "zero Q", query: PlaneMap(scale: 0), key: identity,
            value: PlaneMap(1, 2, -1, 0.4)),
        Case(
            name: "zero V", query: PlaneMap(1, 0.2, 0.3, 0.7), key: identity,
            value: PlaneMap(scale: 0)),
        Case(name: "diagonal", query: identity, key: identity, value: PlaneMap(1, 0, 0, 0.5)),
    ]

    #if arch(x86_64)
        /// v, ∫e|P_x V y|dμ/∫e dμ and log ∫e dμ (softmax) at θ, in 80-bit arithmetic.
        static func softmax(
            _ θ: Double, angles: [Double], masses: [Double], _ c: Case, β: Double
        ) -> (velocity: Double, size: Double, logWeight: Double) {
            func apply(_ m: PlaneMap, _ x: Float80, _ y: Float80) -> (Float80, Float80) {
                (
                    Float80(m.xx) * x + Float80(m.xy) * y,
                    Float80(m.yx) * x + Float80(m.yy) * y
                )
            }
            let (x, y) = (cos(Float80(θ)), sin(Float80(θ)))
            let q = apply(c.query, x, y)
            var exponents = [Float80]()
            var forces = [Float80]()
            for φ in angles {
                let (u, w) = (cos(Float80(φ)), sin(Float80(φ)))
                let (k, v) = (apply(c.key, u, w), apply(c.value, u, w))
                exponents.append(Float80(β) * (q.0 * k.0 + q.1 * k.1))
                forces.append(x * v.1 - y * v.0)
            }
            let top = exponents.max()!
            var (weight, force, size): (Float80, Float80, Float80) = (0, 0, 0)
            for j in angles.indices {
                let e = Float80(masses[j]) * exp(exponents[j] - top)
                weight += e
                force += e * forces[j]
                size += e * abs(forces[j])
            }
            return (
                Double(force / weight), Double(size / weight), Double(log(weight) + top)
            )
        }
    #endif
}
