import CFFTW
import MeanField
import TimeIntegration

/// The benchmarks, one method each.
struct Suite {
    let stopwatch: Stopwatch
    /// Only the smallest case of each benchmark.
    let isQuick: Bool
    var report = Report()

    private static let normalizations: [(name: String, kind: Normalization, synthesisCount: Int)] =
        [
            ("usa", .none, 2), ("sa", .softmax, 3),
        ]

    /// The circle right-hand side beside the raw transforms of a plain one.
    mutating func transforms() {
        Report.printTitle(
            "Right-hand side on the circle, beta = 5, beside raw FFTW (3 or 4 transforms of length n)",
            "", "n", "ours", "ESTIMATE", "MEASURE", "/ESTIMATE", "/MEASURE", "allocations")
        for (name, kind, synthesisCount) in Self.normalizations {
            for n in isQuick ? [256] : [256, 1024, 4096, 16384, 65536] {
                let side = RightHandSide<SpectralEquation>(
                    beta: 5, normalization: kind, points: n)
                let estimated = RawTransforms(
                    length: n, synthesisCount: synthesisCount, flag: FFTW_ESTIMATE)
                let measured = RawTransforms(
                    length: n, synthesisCount: synthesisCount, flag: FFTW_MEASURE)
                let candidates = [
                    Candidate("rhs-\(name)") { side.evaluate() },
                    Candidate("fftw-estimate-\(synthesisCount + 1)T") { estimated.execute() },
                    Candidate("fftw-measure-\(synthesisCount + 1)T") { measured.execute() },
                ]
                let times = compare("circle", candidates, n)
                Report.printRow(
                    name, "\(n)", Report.time(times[0]), Report.time(times[1]),
                    Report.time(times[2]), Report.ratio(times[0], times[1]),
                    Report.ratio(times[0], times[2]),
                    "\(RightHandSide<SpectralEquation>.allocations(side.evaluate))")
            }
        }
    }

    /// The same against the sharpness of the kernel.
    mutating func sharpness() {
        let n = isQuick ? 256 : 4096
        Report.printTitle(
            "Right-hand side on the circle, n = \(n), against beta", "", "beta", "ours", "ESTIMATE",
            "/ESTIMATE")
        for (name, kind, synthesisCount) in Self.normalizations {
            for beta in isQuick ? [1] : [1, 9, 100, 1000] {
                let side = RightHandSide<SpectralEquation>(
                    beta: Double(beta), normalization: kind, points: n)
                let raw = RawTransforms(
                    length: n, synthesisCount: synthesisCount, flag: FFTW_ESTIMATE)
                let times = compare(
                    "circle",
                    [
                        Candidate("rhs-\(name)-beta\(beta)") { side.evaluate() },
                        Candidate("fftw-estimate-\(synthesisCount + 1)T-beta\(beta)") {
                            raw.execute()
                        },
                    ], n)
                Report.printRow(
                    name, "\(beta)", Report.time(times[0]), Report.time(times[1]),
                    Report.ratio(times[0], times[1]))
            }
        }
    }

    /// One attempted step of the integrator beside its twelve right-hand sides.
    mutating func steps() {
        Report.printTitle(
            "Attempted step of order 8(5,3), beta = 5, beside its right-hand sides", "", "n",
            "step",
            "rhs", "step/12 rhs", "allocations")
        for (name, kind, _) in Self.normalizations {
            for n in isQuick ? [256] : [256, 1024, 4096] {
                let side = RightHandSide<SpectralEquation>(
                    beta: 5, normalization: kind, points: n)
                let times = compare(
                    "step",
                    [
                        Candidate("dop853-\(name)") { side.step() },
                        Candidate("rhs-\(name)") { side.evaluate() },
                    ], n)
                Report.printRow(
                    name, "\(n)", Report.time(times[0]), Report.time(times[1]),
                    Report.ratio(times[0], 12 * times[1]),
                    "\(RightHandSide<SpectralEquation>.allocations(side.step))")
            }
        }
    }

    /// The right-hand side of weighted points.
    mutating func points() {
        Report.printTitle(
            "Right-hand side of weighted points, beta = 5", "", "points", "ours", "per point",
            "allocations")
        for (name, kind, _) in Self.normalizations {
            for n in isQuick ? [64] : [64, 256, 1024, 4096, 16384] {
                let side = RightHandSide<PointEquation>(beta: 5, normalization: kind, points: n)
                let times = compare(
                    "points", [Candidate("rhs-\(name)") { side.evaluate() }], n)
                Report.printRow(
                    name, "\(n)", Report.time(times[0]), Report.time(times[0] / Double(n)),
                    "\(RightHandSide<PointEquation>.allocations(side.evaluate))")
            }
        }
    }

    private mutating func compare(_ bench: String, _ candidates: [Candidate], _ n: Int) -> [Double]
    {
        stopwatch.compare(candidates)
        for candidate in candidates {
            report.add(bench, candidate.name, n, seconds: candidate.median)
        }
        return candidates.map(\.median)
    }
}
