import Foundation
import MeanField
import Phases

extension ResultsFile {
    /// Reads a file written by ``write(to:)``; every number comes back with its bits.
    ///
    /// - Throws: ``OutputError`` if the file is missing, damaged or of another format.
    public init(from url: URL) throws {
        try Seal.verify(url)
        let reader = ResultsReader(file: try NetCDFFile(reading: url))
        let format = try reader.file.textAttribute("format") ?? ""
        guard format == Self.format else {
            throw format.hasPrefix("tokenfield run ")
                ? OutputError.unknownFormat(file: url.path, found: format, known: Self.format)
                : OutputError.damaged(file: url.path, reason: "it is no \(Self.format)")
        }
        self.init(
            title: try reader.text("title"), scenarioText: try reader.text("scenario"),
            version: try reader.text("version"), snapshots: try reader.snapshots())
        try reader.file.close()
    }
}

/// Reads the variables of `run.nc` and checks that they fit together.
private struct ResultsReader {
    let file: NetCDFFile

    func text(_ name: String) throws -> String {
        guard let text = try file.textAttribute(name) else {
            throw damaged("the attribute \(name) is missing")
        }
        return text
    }

    func snapshots() throws -> [Snapshot] {
        guard let count = try file.length(ofDimension: "time") else {
            throw damaged("the dimension time is missing")
        }
        let times = try self.times(count)
        let observables = try self.observables(count)
        let densities = try self.densities("density", over: "theta", count)
        let profiles = try self.densities("polar_density", over: "polar_angle", count)
        let maps = try self.maps(count)
        let spectra = try self.densities("spectrum", over: "harmonic_degree", count)
            .map { $0?.filter { !$0.isNaN } }
        let cells = try points("cell", count)
        let atoms = try points("atom", count)
        let tokens = try self.tokens(count)
        return (0..<count).map {
            Snapshot(
                time: times[$0], observables: observables[$0], density: densities[$0],
                profile: profiles[$0], cells: cells[$0], atoms: atoms[$0], tokens: tokens[$0],
                map: maps[$0], spectrum: spectra[$0])
        }
    }

    private func times(_ count: Int) throws -> [ModelTime] {
        let significands = try doubles("time_significand", count)
        let exponents = try integers("time_exponent", count)
        guard significands.allSatisfy({ $0 == 0 || (1..<2).contains($0) }) else {
            throw damaged("a time is negative or not finite")
        }
        return zip(significands, exponents).map { ModelTime($0, exponent: $1) }
    }

    private func observables(_ count: Int) throws -> [Observables] {
        var rows = [Observables](repeating: .blank, count: count)
        let clusters = try integers("clusters", count)
        for index in 0..<count { rows[index].clusters = clusters[index] }
        for field in ObservableField.always {
            let values = try doubles(field.name, count)
            for index in 0..<count { rows[index][keyPath: field.path] = values[index] }
        }
        for field in OptionalObservableField.all where try file.variable(field.name) != nil {
            let values = try doubles(field.name, count)
            for index in 0..<count where !values[index].isNaN {
                rows[index][keyPath: field.path] = values[index]
            }
        }
        if let degrees = try file.length(ofDimension: "degree") {
            let re = try doubles("c_re", count * degrees)
            let im = try doubles("c_im", count * degrees)
            for index in 0..<count {
                rows[index].modes = (index * degrees..<(index + 1) * degrees)
                    .filter { !re[$0].isNaN }.map { SIMD2(re[$0], im[$0]) }
            }
        }
        if let degrees = try file.length(ofDimension: "zonal_degree") {
            let values = try doubles("m", count * degrees)
            for index in 0..<count {
                rows[index].moments = Array(values[index * degrees..<(index + 1) * degrees])
            }
        }
        return rows
    }

    private func tokens(_ count: Int) throws -> [TokenMeasure?] {
        guard let d = try file.length(ofDimension: "component"),
            let total = try file.length(ofDimension: "token")
        else { return [TokenMeasure?](repeating: nil, count: count) }
        let counts = try integers("token_count", count)
        let positions = try doubles("token_position", total * d)
        let masses = try doubles("token_mass", total)
        guard counts.allSatisfy({ (0...total).contains($0) }), counts.reduce(0, +) == total else {
            throw damaged("token_count does not add up to the tokens")
        }
        var start = 0
        return counts.map { n in
            defer { start += n }
            let points = (start..<start + n).map { Array(positions[(d * $0)..<(d * $0 + d)]) }
            return n == 0
                ? nil
                : TokenMeasure(unitVectors: points, masses: Array(masses[start..<start + n]))
        }
    }

    private func densities(
        _ name: String, over dimension: String, _ count: Int
    ) throws -> [[Double]?] {
        try functions(name, count, length: file.length(ofDimension: dimension))
    }

    private func maps(_ count: Int) throws -> [[Double]?] {
        if let nodes = try file.length(ofDimension: "node") {
            return try functions("hypersphere_density", count, length: nodes)
        }
        let rings = try file.length(ofDimension: "latitude")
        let longitudes = try file.length(ofDimension: "longitude")
        return try functions(
            "sphere_density", count, length: rings.flatMap { a in longitudes.map { a * $0 } })
    }

    /// The rows of a variable, `nil` for those without a number; all `nil` without a length.
    private func functions(_ name: String, _ count: Int, length: Int?) throws -> [[Double]?] {
        guard let length else { return [[Double]?](repeating: nil, count: count) }
        let values = try doubles(name, count * length)
        return (0..<count).map { index in
            let row = Array(values[index * length..<(index + 1) * length])
            return row.allSatisfy(\.isNaN) ? nil : row
        }
    }

    private func points(_ kind: String, _ count: Int) throws -> [[(angle: Double, mass: Double)]] {
        let points = RaggedPoints(
            counts: try integers("\(kind)_count", count), angles: try doubles("\(kind)_angle"),
            masses: try doubles("\(kind)_mass"))
        guard let lists = points.lists else {
            throw damaged("\(kind)_count does not add up to the \(kind)s")
        }
        return lists
    }

    private func doubles(_ name: String, _ count: Int? = nil) throws -> [Double] {
        try expect(count, name, file.readDoubles(variable(name)))
    }

    private func integers(_ name: String, _ count: Int) throws -> [Int] {
        try expect(count, name, file.readIntegers(variable(name)))
    }

    private func variable(_ name: String) throws -> NetCDFFile.Variable {
        guard let variable = try file.variable(name) else {
            throw damaged("the variable \(name) is missing")
        }
        return variable
    }

    private func expect<Element>(
        _ count: Int?, _ name: String, _ values: [Element]
    ) throws -> [Element] {
        guard count == nil || count == values.count else {
            throw damaged("the variable \(name) has another length")
        }
        return values
    }

    private func damaged(_ reason: String) -> OutputError {
        .damaged(file: file.path, reason: reason)
    }
}
