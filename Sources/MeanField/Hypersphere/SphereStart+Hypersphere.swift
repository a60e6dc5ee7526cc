import Spectral

extension SphereStart {
    /// c = ∫ Y dμ of a smooth law on S³, in `layout`, with its factors.
    func modes(in layout: HypersphericalLayout) -> [Double] {
        let series = HypersphericalSeries(degree: layout.degree)
        let degrees = layout.degrees
        var modes = [Double](repeating: 0, count: layout.count)
        for part in zonalParts(dimension: 4, degree: layout.degree) {
            let factors = (0...layout.degree).map { part.weight * part.factor($0) }
            let harmonics = series.harmonics(at: part.center)
            for i in modes.indices { modes[i] += factors[degrees[i]] * harmonics[i] }
        }
        guard !factors.isEmpty else { return modes }
        let top = factors.map(\.maxDegree).max()!
        let transform = HypersphericalTransform(
            degree: layout.degree, analysing: layout.degree + min(top, layout.degree))
        var values = transform.values(of: modes, in: layout)
        for factor in factors {
            let noise = transform.values(of: Self.noise(factor, layout, degrees), in: layout)
            for i in values.indices { values[i] *= 1 + factor.amplitude * noise[i] }
        }
        modes = transform.modes(of: values)
        return modes.map { $0 / modes[0] }
    }

    /// Independent N(0, 1)/√(number) coefficients.
    private static func noise(
        _ factor: Factor, _ layout: HypersphericalLayout, _ degrees: [Int]
    ) -> [Double] {
        var generator = Random(seed: factor.seed)
        var modes = [Double](repeating: 0, count: layout.count)
        // 1 + 4 + … + (D + 1)², without the constant.
        let (d, top) = (factor.maxDegree, min(factor.maxDegree, layout.degree))
        let count = (d + 1) * (d + 2) * (2 * d + 3) / 6 - 1
        let scale = 1 / Double(count).squareRoot()
        // Degree after degree, so that more degrees leave the lower ones as they are.
        let orders = layout.orders.sorted {
            ($0.second, abs($0.first), $0.first) < ($1.second, abs($1.first), $1.first)
        }
        for l in 1...top {
            for order in orders where order.degree <= l && (l - order.degree) % 2 == 0 {
                let i = 2 * (order.start + (l - order.degree) / 2)
                modes[i] = scale * generator.nextNormal()
                if !order.isZero { modes[i + 1] = scale * generator.nextNormal() }
            }
        }
        return modes
    }
}
