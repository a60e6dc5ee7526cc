import Foundation
import MeanField
import Phases

/// What `run.nc` holds of densities: their values on grids, and their spectra.
extension ResultsFile {
    func writeDensity(to file: NetCDFFile, over time: NetCDFFile.Dimension) throws {
        let count = snapshots.lazy.compactMap { $0.density?.count }.first ?? 0
        guard count > 0 else { return }
        let theta = try file.defineDimension("theta", length: count)
        let angles = (0..<count).map { 2 * Double.pi * Double($0) / Double(count) }
        try write(angles, "theta", "angle on the circle", units: "radian", to: file, over: [theta])
        try write(
            snapshots.map(\.density), "density",
            "density of the measure with respect to the angle", to: file, over: [time, theta])
    }

    /// Of zonal densities: `polar_density` over the middles of equal cells of the angle to the axis.
    func writeProfile(to file: NetCDFFile, over time: NetCDFFile.Dimension) throws {
        let count = snapshots.lazy.compactMap { $0.profile?.count }.first ?? 0
        guard count > 0 else { return }
        let polar = try file.defineDimension("polar_angle", length: count)
        let angles = (0..<count).map { Double.pi * (Double($0) + 0.5) / Double(count) }
        try write(
            angles, "polar_angle", "angle to the axis", units: "radian", to: file, over: [polar])
        try write(
            snapshots.map(\.profile), "polar_density",
            "mass of the measure per radian of the angle to the axis", to: file,
            over: [time, polar])
    }

    /// Beyond the circle: `spectrum` over the degrees of harmonics, NaN beyond those that were carried.
    func writeSpectra(to file: NetCDFFile, over time: NetCDFFile.Dimension) throws {
        let spectra = snapshots.map(\.spectrum)
        let count = spectra.lazy.compactMap { $0?.count }.max() ?? 0
        guard count > 0 else { return }
        let degree = try file.defineDimension("harmonic_degree", length: count)
        try write(
            Array(0..<count), "harmonic_degree", "degree l of the harmonics", to: file,
            over: [degree])
        try write(
            spectra.map { $0.map { $0 + Array(repeating: .nan, count: count - $0.count) } },
            "spectrum", "norm of the part of degree l of the density", units: "1", to: file,
            over: [time, degree])
    }

    /// Rows of functions, NaN where there is none.
    private func write(
        _ rows: [[Double]?], _ name: String, _ longName: String, units: String = "radian-1",
        to file: NetCDFFile, over dimensions: [NetCDFFile.Dimension]
    ) throws {
        let variable = try file.defineVariable(
            name, .double, over: dimensions,
            attributes: [
                ("long_name", .text(longName)),
                ("units", .text(units)), ("_FillValue", .double(.nan)),
                ("coordinates", .text("log10_time")),
            ], compressed: true)
        let count = rows.lazy.compactMap { $0?.count }.first ?? 0
        let noFunction = [Double](repeating: .nan, count: count)
        for (index, row) in rows.enumerated() {
            let values = row ?? noFunction
            precondition(values.count == count, "all rows have the same length")
            try file.write(values, to: variable, start: [index, 0], count: [1, count])
        }
    }

    /// Densities on S² on the grid of ``Phases/SphereMap``, on S³ at the nodes of
    /// ``MeanField/HypersphereGrid``.
    func writeMaps(to file: NetCDFFile, over time: NetCDFFile.Dimension) throws {
        switch snapshots.lazy.compactMap({ $0.map?.count }).first {
        case nil: return
        case HypersphereGrid.shown.points.count: try writeHyperspheres(to: file, over: time)
        default: try writeSpheres(to: file, over: time)
        }
    }

    private func writeSpheres(to file: NetCDFFile, over time: NetCDFFile.Dimension) throws {
        let n = SphereMap.longitudes
        let latitude = try file.defineDimension("latitude", length: SphereMap.rings)
        let longitude = try file.defineDimension("longitude", length: n)
        try write(
            SphereMap.heights.map { asin($0) * 180 / .pi }, "latitude",
            "elevation over the equator",
            units: "degrees_north", to: file, over: [latitude],
            more: [("standard_name", .text("latitude"))])
        try write(
            (0..<n).map { 360 * Double($0) / Double(n) }, "longitude", "azimuth",
            units: "degrees_east", to: file, over: [longitude],
            more: [("standard_name", .text("longitude"))])
        try writeMaps(
            "sphere_density", over: [SphereMap.rings, n], [latitude, longitude], to: file, time)
    }

    private func writeHyperspheres(to file: NetCDFFile, over time: NetCDFFile.Dimension) throws {
        let count = HypersphereGrid.shown.points.count
        let node = try file.defineDimension("node", length: count)
        for c in 0..<4 {
            try write(
                HypersphereGrid.shown.points.map { $0[c] }, "node_x\(c + 1)",
                "coordinate of the node on the unit sphere", units: "1", to: file, over: [node])
        }
        try write(
            HypersphereGrid.shown.weights, "node_weight", "share of the sphere around the node",
            units: "1", to: file, over: [node])
        try writeMaps("hypersphere_density", over: [count], [node], to: file, time)
    }

    private func writeMaps(
        _ name: String, over lengths: [Int], _ dimensions: [NetCDFFile.Dimension],
        to file: NetCDFFile, _ time: NetCDFFile.Dimension
    ) throws {
        let density = try file.defineVariable(
            name, .double, over: [time] + dimensions,
            attributes: [
                ("long_name", .text("density with respect to the uniform probability measure")),
                ("units", .text("1")), ("_FillValue", .double(.nan)),
                ("coordinates", .text("log10_time")),
            ], compressed: true)
        let noFunction = [Double](repeating: .nan, count: lengths.reduce(1, *))
        for (index, snapshot) in snapshots.enumerated() {
            try file.write(
                snapshot.map ?? noFunction, to: density,
                start: [index] + lengths.map { _ in 0 }, count: [1] + lengths)
        }
    }
}
