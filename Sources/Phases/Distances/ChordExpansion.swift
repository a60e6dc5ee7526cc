import MeanField

/// The chord of the unit sphere S^{d-1} in zonal polynomials.
///
///     |x - y| = Σ_{l≥1} g_l (1 - P_l(<x,y>)),   Σ_{l≥1} g_l = C_d,   P_l(1) = 1
///     g_l = κ_l N_l > 0,   κ_l/κ_{l-1} = (l - 3/2)/(l + d - 3/2),   κ_1 = C_d/(2d - 1)
///     C_{d+2}/C_d = d²/(d² - 1/4),   C_2 = 4/π,   C_3 = 4/3
///
/// with N_l harmonics of degree l and the mean chord C_d of two uniform points. On S² it is
/// g_l = 4/((2l-1)(2l+3)), on the circle (4/π) 2/(4l²-1). Derived by Funk–Hecke: ∫ (1-t)^s P_l dσ is a
/// ratio of gamma functions. Errors are a few roundings for each degree.
struct ChordExpansion: Sendable {
    /// C_d.
    let mean: Double
    /// g_0 = 0, g_1 … g_top.
    let weights: [Double]

    /// The degrees up to `top` in R^d.
    init(dimension d: Int, upTo top: Int) {
        var mean = d % 2 == 0 ? 4 / Double.pi : 4.0 / 3
        for n in stride(from: 2 + d % 2, to: d, by: 2) {
            mean *= Double(n * n) / (Double(n * n) - 0.25)
        }
        var weights = [0, mean * Double(d) / Double(2 * d - 1)]
        for l in stride(from: 2, through: top, by: 1) {
            let multiplier = (Double(l) - 1.5) / (Double(l + d) - 1.5)
            let growth = harmonicGrowth(degree: l - 1, dimension: d)
            weights.append(weights[l - 1] * multiplier * growth)
        }
        self.mean = mean
        self.weights = Array(weights.prefix(top + 1))
    }

    /// C_d - Σ_l g_l p_l: 𝔼|X - Y| of measures with p_l = ∬ P_l(<x,y>) dμ dν, `products[l]`.
    func mean(of products: [Double]) -> Double {
        zip(weights, products).reduce(mean) { $0 - $1.0 * $1.1 }
    }
}
