import TimeIntegration

extension DifferentialEquation {
    /// Writes y'' = (∂f/∂y) y' by a central difference of f along the slope y'.
    mutating func differenceAlongSlope(
        of y: [Double], slope: [Double], into curvature: inout [Double]
    ) {
        let size = slope.reduce(0) { max($0, abs($1)) }
        guard size > 0 else {
            for i in curvature.indices { curvature[i] = 0 }
            return
        }
        let h = 1e-5 / size
        var probe = y
        for i in 0..<y.count { probe[i] = y[i] - h * slope[i] }
        var below = probe
        plainDerivative(of: probe, into: &below)
        for i in 0..<y.count { probe[i] = y[i] + h * slope[i] }
        plainDerivative(of: probe, into: &curvature)
        for i in 0..<y.count { curvature[i] = (curvature[i] - below[i]) / (2 * h) }
    }
}
