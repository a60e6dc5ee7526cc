/// How the modes of an almost uniform density grow: e^{λ_l t} for each degree l.
protocol GrowthTheory {
    /// λ_l.
    func growthRate(degree l: Int) -> Double

    /// The fastest growing degree; `nil` if the uniform density is stable.
    var mostUnstableDegree: Int? { get }
    /// D_c; `nil` if the uniform density is stable for every D ≥ 0.
    var criticalDiffusion: Double? { get }
}

extension GrowthTheory {
    /// λ_1…λ_n, n = max(8, most unstable degree + 4).
    var growthRates: [Prediction.GrowthRate] {
        (1...max(8, (mostUnstableDegree ?? 0) + 4)).map {
            Prediction.GrowthRate(degree: $0, rate: growthRate(degree: $0))
        }
    }
}

extension LinearTheory: GrowthTheory {}
extension RotatingTheory: GrowthTheory {}
extension SphereLinearTheory: GrowthTheory {}
