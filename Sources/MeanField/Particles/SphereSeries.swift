import Foundation
import Spectral

/// The potential and the force of attention on S² as fields of spherical harmonics.
///
///     W = ∫ e^{β'<x,y> - b} dμ(y),   F = grad W/β'              multiples of the identity
///                                    F = ∫ e^{β'<x,y> - b} y dμ(y)     otherwise
///
/// β'<x, y> stands for β<Qx, Ky> where KᵀQ is β'/β times an orthogonal matrix R, and x for Rx. The
/// multipliers a_l of the kernel (``FunkHeckeMultipliers``) and steps by one degree
/// (``SphericalLadder``) make all four components from the modes of μ.
struct SphereSeries: Sendable {
    /// L.
    let top: Int
    /// W and the components of F.
    private(set) var fields: [[Double]]
    private let ladder: SphericalLadder
    private let kernel: [Double]
    private let up: [Double]
    private let down: [Double]
    /// a_l, and what |F| gains of a mode of degree l.
    private let gains: (potential: [Double], force: [Double])

    /// Beyond this part of a_0 multipliers are nothing.
    private static let tolerance = 2e-16

    /// The fields for β', as a gradient or with all that the kernel averages.
    init(inverseTemperature: Double, isGradient: Bool) {
        let multipliers = FunkHeckeMultipliers(
            dimension: 3, inverseTemperature: inverseTemperature)
        let top = multipliers.degree(tolerance: Self.tolerance) + 1
        self.top = top
        let (a, quotients) = (multipliers.kernel, multipliers.gradient)
        kernel = a
        ladder = SphericalLadder(top: top)
        let degrees = (0...top).map { $0 }
        if isGradient {
            up = degrees.map { l in l == 0 ? 0 : -Double(l - 1) * quotients[l - 1] }
            down = degrees.map { l in Double(l + 2) * quotients[l + 1] }
        } else {
            up = degrees.map { l in l == 0 ? 0 : a[l] }
            down = degrees.map { l in a[l] }
        }
        gains = (
            degrees.map { abs(a[$0]) },
            degrees.map { l in
                isGradient
                    ? Double(l * (l + 1)).squareRoot() * abs(quotients[l])
                    : abs(a[max(0, l - 1)])
            }
        )
        let none = [Double](repeating: 0, count: HarmonicLayout(degree: top).count)
        fields = [none, none, none, none]
    }

    /// L for β'.
    static func top(_ inverseTemperature: Double) -> Int {
        FunkHeckeMultipliers(dimension: 3, inverseTemperature: inverseTemperature)
            .degree(tolerance: tolerance) + 1
    }

    /// Takes the modes of μ.
    mutating func update(_ modes: [Double]) {
        for m in 0...top {
            for l in m...top {
                let i = 2 * HarmonicLayout(degree: top).pair(l, m)
                fields[0][i] = kernel[l] * modes[i]
                fields[0][i + 1] = kernel[l] * modes[i + 1]
            }
        }
        var (x, y, z) = ([Double](), [Double](), [Double]())
        swap(&x, &fields[1])
        swap(&y, &fields[2])
        swap(&z, &fields[3])
        ladder.components(of: modes, up: up, down: down, into: &x, &y, &z)
        swap(&x, &fields[1])
        swap(&y, &fields[2])
        swap(&z, &fields[3])
    }

    /// Absolute errors that rounding makes in W and in a component of F; `size` as
    /// ``SphericalPointModes`` returned it.
    func errors(
        of transform: SphericalPointModes, size: Double
    ) -> (potential: Double, force: Double) {
        (
            transform.error(size: size, gains: gains.potential, fields: fields[0..<1]),
            transform.error(size: size, gains: gains.force, fields: fields[1..<4])
        )
    }
}
