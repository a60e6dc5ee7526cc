import Foundation
import MeanField
import Spectral

extension Suite {
    /// The right-hand side of densities on S² beside the transforms it is made of, on one thread and two.
    mutating func spheres() {
        Report.printTitle(
            "Right-hand side on S², beta = 5, softmax, beside the transforms it is made of",
            "l_max",
            "grid", "ours", "transforms", "/transforms", "2 threads")
        let threads = Workers.limit
        defer { Workers.limit = threads }
        for degree in isQuick ? [31] : [127, 255, 511] {
            let attention = SphereAttention(
                beta: 5, query: SquareMatrix(scale: 1, count: 3),
                key: SquareMatrix(scale: 1, count: 3), value: SquareMatrix(scale: 1, count: 3))
            let equation = SphereSpectralEquation(attention: attention, degree: degree)
            var state = [Double](repeating: 0, count: equation.layout.count)
            state[0] = 1
            for m in 0...degree {
                for l in max(1, m)...degree {
                    let size = 0.02 * exp(-0.3 * Double(l)) + 1e-18
                    state[2 * equation.layout.pair(l, m)] = size * cos(Double(l + 3 * m))
                    state[2 * equation.layout.pair(l, m) + 1] =
                        m > 0 ? size * sin(Double(2 * l + m)) : 0
                }
            }
            let side = RightHandSide(equation, state: state)
            let band = FunkHeckeMultipliers(dimension: 3, inverseTemperature: 5).bandLimit
            let raw = SphericalTransforms(
                equation, state: state, fields: 3, fieldDegree: band + 1)
            Workers.limit = 1
            let times = compare(
                "sphere",
                [
                    Candidate("rhs-sa-1t") { side.evaluate() },
                    Candidate("transforms-1t") { raw.execute() },
                ], degree)
            Workers.limit = 2
            let two = compare("sphere", [Candidate("rhs-sa-2t") { side.evaluate() }], degree)
            Report.printRow(
                "\(degree)", "\(equation.transform.rings)x\(equation.transform.longitudes)",
                Report.time(times[0]), Report.time(times[1]), Report.ratio(times[0], times[1]),
                Report.time(two[0]))
        }
    }
}
