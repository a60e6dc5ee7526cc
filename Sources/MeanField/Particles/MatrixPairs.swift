import CVectorMath
import Foundation

/// All pairs of tokens on the circle, for any Q, K, V.
///
///     θ_i' = <e_θ, v_i>,   v_i from ``SphereDirectVelocity`` in the plane
///
/// Errors are about 2^-53 (b + 4) of ‖V‖, b = β‖KᵀQ‖. Cost: as for spheres with d = 2.
struct MatrixPairs: TokenVelocity {
    private var plane: SphereDirectVelocity
    private var sines = [Double]()
    private var cosines = [Double]()
    private var positions = [Double]()
    private var velocities = [Double]()

    init(attention: MatrixAttention) {
        let (m, v, β) = (attention.product, attention.value, attention.beta)
        plane = SphereDirectVelocity(
            dimension: 2, product: [m.xx, m.xy, m.yx, m.yy].map { β * $0 },
            value: [v.xx, v.xy, v.yx, v.yy], normalization: attention.normalization)
    }

    var dimension: Int { 2 }

    mutating func evaluate(
        positions angles: [Double], masses: [Double], into velocity: inout [Double]
    ) {
        let n = angles.count
        if sines.count != n {
            sines = angles
            cosines = angles
            positions = [Double](repeating: 0, count: 2 * n)
            velocities = positions
        }
        tf_sincos(angles, &sines, &cosines, n)
        for i in 0..<n {
            positions[i] = cosines[i]
            positions[n + i] = sines[i]
        }
        plane.evaluate(positions: positions, masses: masses, into: &velocities)
        for i in 0..<n {
            velocity[i] = cosines[i] * velocities[n + i] - sines[i] * velocities[i]
        }
    }
}
