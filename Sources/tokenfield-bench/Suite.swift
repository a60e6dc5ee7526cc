import CFFTW
import Foundation
import MeanField
import Scenarios
import TimeIntegration

/// The benchmarks, one method each.
struct Suite {
    let stopwatch: Stopwatch
    /// Only the smallest case of each benchmark.
    let isQuick: Bool
    var report = Report()
    var wallClock = WallClock()

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
        for n in isQuick ? [256] : [4096, 65536] {
            Report.printTitle(
                "Right-hand side on the circle, n = \(n), against beta", "", "beta", "ours",
                "ESTIMATE", "/ESTIMATE")
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
    }

    /// One attempted step of the integrator beside its twelve right-hand sides and their transforms.
    mutating func steps() {
        Report.printTitle(
            "Attempted step of order 8(5,3), beta = 5, beside 12 right-hand sides and raw FFTW", "",
            "n", "step", "12 rhs", "/12 rhs", "/ESTIMATE", "allocations")
        for (name, kind, synthesisCount) in Self.normalizations {
            for n in isQuick ? [256] : [256, 1024, 4096, 16384, 65536] {
                let side = RightHandSide<SpectralEquation>(
                    beta: 5, normalization: kind, points: n)
                let raw = RawTransforms(
                    length: n, synthesisCount: synthesisCount, flag: FFTW_ESTIMATE)
                let times = compare(
                    "step",
                    [
                        Candidate("dop853-\(name)") { side.step() },
                        Candidate("rhs-\(name)") { side.evaluate() },
                        Candidate("fftw-estimate-\(synthesisCount + 1)T") { raw.execute() },
                    ], n)
                Report.printRow(
                    name, "\(n)", Report.time(times[0]), Report.time(12 * times[1]),
                    Report.ratio(times[0], 12 * times[1]), Report.ratio(times[0], 12 * times[2]),
                    "\(RightHandSide<SpectralEquation>.allocations(side.step))")
            }
        }
    }

    /// Points in two clusters at beta = 1000, as accurate between these as within, beside raw FFTW.
    mutating func clusters() {
        let n = isQuick ? 256 : 4096
        Report.printTitle(
            "Right-hand side of \(n) points in two clusters, beta = 1000, beside 4 raw transforms",
            "width", "ours", "ESTIMATE", "/ESTIMATE", "allocations")
        for width in [0.5, 0.1, 0.02, 1e-3, 1e-6] {
            let side = RightHandSide<PointEquation>(
                beta: 1000, clustersOfWidth: width, points: n)
            let raw = RawTransforms(length: n, synthesisCount: 3, flag: FFTW_ESTIMATE)
            let times = compare(
                "clusters",
                [
                    Candidate("rhs-sa-beta1000-width\(width)") { side.evaluate() },
                    Candidate("fftw-estimate-4T-width\(width)") { raw.execute() },
                ], n)
            Report.printRow(
                "\(width)", Report.time(times[0]), Report.time(times[1]),
                Report.ratio(times[0], times[1]),
                "\(RightHandSide<PointEquation>.allocations(side.evaluate))")
        }
    }

    /// Whole scenarios by the program beside this one: wall time and most memory.
    mutating func scenarios() throws {
        let program = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent("tokenfield")
        guard FileManager.default.isExecutableFile(atPath: program.path) else { return }
        let folder = "scenarios"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".toml") && !$0.hasSuffix(Baseline.suffix) }.sorted()
        Report.printTitle(
            "Whole scenarios, one thread; in units of 4000² pairs in C, beside the reference",
            "time", "memory", "/unit", "/reference", "")
        for file in isQuick ? Array(files.prefix(1)) : files {
            let name = String(file.dropLast(5))
            var memory = 0.0
            let outcome = wallClock.time(name, rounds: isQuick ? 1 : 3) {
                let run = ChildRun(program.path, running: "\(folder)/\(file)")
                memory = max(memory, run?.megabytes ?? 0)
                return run?.seconds
            }
            guard let outcome else { continue }
            report.add("scenario", name, 1, seconds: outcome.seconds, megabytes: memory)
            Report.printRow(
                String(format: "%.2f s", outcome.seconds), String(format: "%.0f MB", memory),
                String(format: "%.1f", outcome.ratio),
                outcome.change.map { String(format: "%.2f", $0) } ?? "none", name)
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

    mutating func compare(
        _ bench: String, _ candidates: [Candidate], _ n: Int, rounds: Int? = nil
    ) -> [Double] {
        Stopwatch(rounds: rounds ?? stopwatch.rounds, time: stopwatch.time).compare(candidates)
        for candidate in candidates {
            report.add(bench, candidate.name, n, seconds: candidate.median)
        }
        return candidates.map(\.median)
    }
}
