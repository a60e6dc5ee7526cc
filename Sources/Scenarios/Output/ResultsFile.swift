import Foundation
import MeanField
import Phases

/// `run.nc`: the snapshots of a run as netCDF-4 with CF-style names, units and long names.
///
/// | variable | over | content |
/// |---|---|---|
/// | `time`, `log10_time` | time | t and its decimal logarithm (t is `inf` beyond double range) |
/// | `time_significand`, `time_exponent` | time | t exactly, as significand · 2^exponent |
/// | `density` | time, theta | ρ(θ), NaN where the measure is no function |
/// | `polar_density` | time, polar_angle | mass per radian of the angle to the axis, of zonal densities |
/// | `sphere_density` | time, latitude, longitude | density on S² with respect to σ, NaN where tokens are listed |
/// | `spectrum` | time, harmonic_degree | ‖ρ_l‖ of densities beyond the circle, NaN beyond the degrees carried |
/// | `cell_count` | time | cells of each snapshot: a contiguous ragged array over `cell` |
/// | `cell_angle`, `cell_mass` | cell | angles and masses of the cells |
/// | `atom_count`, `atom_angle`, `atom_mass` | time, atom | the same for atoms |
/// | `token_count`, `token_position`, `token_mass` | time, token (, component) | tokens beyond the circle |
/// | `energy`, …, `c_re`, `c_im`, `m` | time (, degree) | the columns of `series.csv` |
///
/// The file is written in one go and replaced whole, so its bytes depend on the snapshots alone and
/// not on how often the run was interrupted.
public struct ResultsFile: Sendable {
    /// Name of the scenario.
    public var title: String
    /// The resolved scenario, as in `scenario.toml`.
    public var scenarioText: String
    /// Version of the program.
    public var version: String
    /// In the order of time.
    public var snapshots: [Snapshot]

    /// Results of a run.
    public init(title: String, scenarioText: String, version: String, snapshots: [Snapshot]) {
        self.title = title
        self.scenarioText = scenarioText
        self.version = version
        self.snapshots = snapshots
    }

    /// Name of the format, an attribute of the file.
    static let format = "tokenfield run 1"

    /// Writes the file whole or not at all.
    ///
    /// - Precondition: all densities have the same number of points.
    /// - Throws: ``OutputError``.
    public func write(to url: URL) throws {
        try AtomicFile.replace(url) { partial in
            let file = try NetCDFFile(creating: partial)
            try writeAttributes(to: file)
            let time = try file.defineDimension("time", length: nil)
            try writeTimes(to: file, over: time)
            try writeDensity(to: file, over: time)
            try writeProfile(to: file, over: time)
            try writeMaps(to: file, over: time)
            try writeSpectra(to: file, over: time)
            try writePoints(snapshots.map(\.cells), kind: "cell", to: file, over: time)
            try writePoints(snapshots.map(\.atoms), kind: "atom", to: file, over: time)
            try writeTokens(to: file, over: time)
            try writeSeries(to: file, over: time)
            try file.close()
            try Seal.append(to: partial)
        }
    }

    private func writeAttributes(to file: NetCDFFile) throws {
        let texts = [
            ("Conventions", "CF-1.11"), ("title", title), ("source", "tokenfield \(version)"),
            ("format", Self.format), ("version", version), ("scenario", scenarioText),
            (
                "comment",
                "Self-attention as interacting tokens; time is the papers' t."
            ),
        ]
        for (name, text) in texts { try file.setAttribute(name, .text(text)) }
    }

    private func writeTimes(to file: NetCDFFile, over time: NetCDFFile.Dimension) throws {
        let times = snapshots.map(\.time)
        try write(
            times.map(\.approximation), "time", "time t, inf beyond double precision", to: file,
            over: [time])
        try write(
            times.map(\.log10), "log10_time", "decimal logarithm of t", to: file, over: [time])
        try write(
            times.map(\.significand), "time_significand", "t = significand 2^exponent", to: file,
            over: [time])
        try write(
            times.map(\.exponent), "time_exponent", "t = significand 2^exponent", to: file,
            over: [time])
    }

    private func writePoints(
        _ lists: [[(angle: Double, mass: Double)]], kind: String, to file: NetCDFFile,
        over time: NetCDFFile.Dimension
    ) throws {
        let points = RaggedPoints(lists)
        let sample = try file.defineDimension(kind, length: points.angles.count)
        try write(
            points.counts, "\(kind)_count", "number of \(kind)s of the snapshot", to: file,
            over: [time], more: [("sample_dimension", .text(kind))])
        try write(
            points.angles, "\(kind)_angle", "angle of the \(kind)", units: "radian", to: file,
            over: [sample])
        try write(points.masses, "\(kind)_mass", "mass of the \(kind)", to: file, over: [sample])
    }

    /// Tokens beyond the circle: `token_count`, `token_position` over (token, component), `token_mass`.
    private func writeTokens(to file: NetCDFFile, over time: NetCDFFile.Dimension) throws {
        let lists = snapshots.map(\.tokens)
        guard let d = lists.lazy.compactMap({ $0?.dimension }).first else { return }
        let counts = lists.map { $0?.count ?? 0 }
        let total = counts.reduce(0, +)
        let sample = try file.defineDimension("token", length: total)
        let component = try file.defineDimension("component", length: d)
        try write(
            counts, "token_count", "number of tokens of the snapshot", to: file, over: [time],
            more: [("sample_dimension", .text("token"))])
        let positions = try file.defineVariable(
            "token_position", .double, over: [sample, component],
            attributes: [
                ("long_name", .text("position of the token on the unit sphere")),
                ("units", .text("1")),
            ])
        var start = 0
        for tokens in lists.compactMap({ $0 }) {
            let points = (0..<tokens.count).flatMap(tokens.point)
            try file.write(
                points, to: positions, start: [start, 0], count: [tokens.count, d])
            start += tokens.count
        }
        try write(
            lists.flatMap { $0?.masses ?? [] }, "token_mass", "mass of the token", to: file,
            over: [sample])
    }

    private func writeSeries(to file: NetCDFFile, over time: NetCDFFile.Dimension) throws {
        let rows = snapshots.map(\.observables)
        try write(
            rows.map(\.clusters), "clusters", "number of clusters", to: file, over: [time],
            more: [("coordinates", .text("log10_time"))])
        for field in ObservableField.always {
            try write(
                rows.map { $0[keyPath: field.path] }, field.name, field.longName, to: file,
                over: [time], more: [("coordinates", .text("log10_time"))])
        }
        for field in OptionalObservableField.all {
            let values = rows.map { $0[keyPath: field.path] }
            guard values.contains(where: { $0 != nil }) else { continue }
            try write(
                values.map { $0 ?? .nan }, field.name, field.longName, to: file, over: [time],
                more: [("coordinates", .text("log10_time"))])
        }
        try writeModes(rows.map(\.modes), to: file, over: time)
        try writeMoments(rows.map(\.moments), to: file, over: time)
    }

    private func writeModes(
        _ modes: [[SIMD2<Double>]], to file: NetCDFFile, over time: NetCDFFile.Dimension
    ) throws {
        let count = modes.map(\.count).max() ?? 0
        guard count > 0 else { return }
        let degree = try file.defineDimension("degree", length: count)
        try write(
            Array(1...count), "degree", "degree k of the Fourier mode", to: file, over: [degree])
        let missing = SIMD2<Double>(repeating: .nan)
        let padded = modes.map { $0 + Array(repeating: missing, count: count - $0.count) }
        for (name, part) in [("re", \SIMD2<Double>.x), ("im", \SIMD2<Double>.y)] {
            let variable = try file.defineVariable(
                "c_\(name)", .double, over: [time, degree],
                attributes: [
                    ("long_name", .text("c_k, integral of exp(-i k theta), \(name)")),
                    ("units", .text("1")),
                ])
            try file.write(
                padded.flatMap { $0.map { $0[keyPath: part] } }, to: variable, start: [0, 0],
                count: [modes.count, count])
        }
    }

    private func writeMoments(
        _ moments: [[Double]], to file: NetCDFFile, over time: NetCDFFile.Dimension
    ) throws {
        guard let count = moments.first?.count, count > 0 else { return }
        let degree = try file.defineDimension("zonal_degree", length: count)
        try write(
            Array(1...count), "zonal_degree", "degree l of the zonal moment", to: file,
            over: [degree])
        let variable = try file.defineVariable(
            "m", .double, over: [time, degree],
            attributes: [
                ("long_name", .text("m_l, integral of P_l(<axis,x>)")), ("units", .text("1")),
            ])
        try file.write(
            moments.flatMap { $0 }, to: variable, start: [0, 0], count: [moments.count, count])
    }

    func write(
        _ values: [Double], _ name: String, _ longName: String, units: String = "1",
        to file: NetCDFFile, over dimensions: [NetCDFFile.Dimension],
        more: [NetCDFFile.NamedAttribute] = []
    ) throws {
        let variable = try file.defineVariable(
            name, .double, over: dimensions,
            attributes: [("long_name", .text(longName)), ("units", .text(units))] + more)
        try file.write(values, to: variable)
    }

    func write(
        _ values: [Int], _ name: String, _ longName: String, to file: NetCDFFile,
        over dimensions: [NetCDFFile.Dimension], more: [NetCDFFile.NamedAttribute] = []
    ) throws {
        let variable = try file.defineVariable(
            name, .integer, over: dimensions,
            attributes: [("long_name", .text(longName)), ("units", .text("1"))] + more)
        try file.write(values, to: variable)
    }
}
