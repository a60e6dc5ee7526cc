/// The order in which coefficients of real spherical harmonics on S² are stored.
///
///     f = Σ_l a_l0 Y_l0 + Σ_{m>0} (a_lm cos mφ + b_lm sin mφ) P̄_lm(cos θ),   l = m … L
///
/// with ∫ Y² dσ = 1 over the uniform probability measure and no Condon–Shortley phase. The pairs
/// (a, b) follow each other with l running faster than m; b_l0 = 0.
public enum SphericalIndex {
    /// Number of pairs of degrees up to L = `top`.
    public static func count(top: Int) -> Int { (top + 1) * (top + 2) / 2 }

    /// Where the pair of degree l and order m ≤ l stands.
    @inlinable
    public static func index(_ l: Int, _ m: Int, top: Int) -> Int {
        m * (top + 1) - m * (m - 1) / 2 + (l - m)
    }
}
