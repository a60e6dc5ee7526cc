/// All harmonics at single points of S³.
///
/// Polynomials in x: powers of x₁ ± i x₂ and x₃ + i x₄ times Jacobi polynomials in u = x₁² + x₂², as in
/// ``HypersphericalLayout``. Cost O(D³) a point.
public struct HypersphericalSeries: Sendable {
    /// Where coefficients stand.
    public let layout: HypersphericalLayout
    private let functions: HopfFunctions

    /// Series of degrees 0 … `degree`.
    public init(degree: Int) {
        layout = HypersphericalLayout(degree: degree)
        functions = HopfFunctions(degree: degree)
    }

    /// Every harmonic at the unit vector x, shape [layout.count].
    public func harmonics(at x: [Double]) -> [Double] {
        precondition(x.count == 4)
        let top = layout.degree
        var (first, second) = ([SIMD2(1.0, 0)], [SIMD2(1.0, 0)])
        for k in 0..<top {
            first.append(Self.product(first[k], SIMD2(x[0], x[1])))
            second.append(Self.product(second[k], SIMD2(x[2], x[3])))
        }
        let u = x[0] * x[0] + x[1] * x[1]
        var values = [Double](repeating: 0, count: layout.count)
        var radial = [Double](repeating: 0, count: top / 2 + 1)
        for order in layout.orders {
            let a = abs(order.first)
            var wave = first[a]
            if order.first < 0 { wave.y = -wave.y }
            wave = Self.product(wave, second[order.second])
            let seed = functions.norm(a, order.second) * (order.isZero ? 1 : 2.0.squareRoot())
            functions.fill(a, order.second, at: u, seed: seed, into: &radial, from: 0)
            for n in 0..<order.count {
                values[2 * (order.start + n)] = radial[n] * wave.x
                values[2 * (order.start + n) + 1] = radial[n] * wave.y
            }
        }
        return values
    }

    private static func product(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> SIMD2<Double> {
        SIMD2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x)
    }
}
