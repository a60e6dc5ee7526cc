/// The zonal polynomials P_0(t) … P_L(t) of S^{d-1}: Gegenbauer polynomials with P_l(1) = 1.
///
///     (l + d - 2) P_{l+1} = (2l + d - 2) t P_l - l P_{l-1},   P_0 = 1,   P_1 = t,   d ≥ 2
///
/// On the circle they are cos(l arccos t), on S² the Legendre polynomials. Source: DLMF 18.9.1.
public func zonalPolynomials(upTo degree: Int, dimension d: Int, at t: Double) -> [Double] {
    var values = [1.0, t]
    for l in 1..<max(degree, 1) {
        let next =
            (Double(2 * l + d - 2) * t * values[l] - Double(l) * values[l - 1])
            / Double(l + d - 2)
        values.append(next)
    }
    return Array(values.prefix(degree + 1))
}
