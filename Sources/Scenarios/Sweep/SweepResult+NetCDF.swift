import Foundation
import Phases

/// `sweep.nc`: netCDF-4 with CF-style names, a dimension for each key, NaN where there is no number.
extension SweepResult {
    /// Writes the file, whole or not at all.
    ///
    /// - Throws: ``OutputError``.
    func write(netCDF url: URL) throws {
        try AtomicFile.replace(url) { partial in
            let file = try NetCDFFile(creating: partial)
            for (name, text) in attributes { try file.setAttribute(name, .text(text)) }
            let dimensions = try zip(dimensionNames, plan.axes).map {
                try file.defineDimension($0, length: $1.values.count)
            }
            for (index, axis) in plan.axes.enumerated() {
                let name = dimensionNames[index]
                guard let numbers = axis.numbers else {
                    try file.setAttribute(
                        "values_of_\(name)", .text(axis.values.joined(separator: ", ")))
                    continue
                }
                try write(numbers, name, "the key \(axis.key)", to: file, [dimensions[index]])
            }
            let reasons = Reason.allCases
            let meanings = reasons.enumerated().map { "\($0) \($1.rawValue)" }
            try write(
                grid { row in reasons.firstIndex(of: row.ended).map(Double.init) }, "ended",
                "why the run ended: " + meanings.joined(separator: ", "), to: file, dimensions)
            for (index, name) in columns.names.enumerated() {
                try write(
                    grid { $0.numbers[index] }, name, columns.meanings[index], to: file,
                    dimensions)
            }
            try file.close()
        }
    }

    /// The last words of the keys; whole keys where two have the same.
    private var dimensionNames: [String] {
        let words = plan.axes.map { String($0.key.split(separator: ".").last ?? "") }
        return plan.axes.indices.map { index in
            let isUnique =
                words.count { $0 == words[index] } == 1 && !columns.names.contains(words[index])
            return isUnique
                ? words[index] : plan.axes[index].key.replacingOccurrences(of: ".", with: "_")
        }
    }

    private func grid(_ number: (SweepRow) -> Double?) -> [Double] {
        var values = [Double](repeating: .nan, count: plan.count)
        for row in rows { values[row.point] = number(row) ?? .nan }
        return values
    }

    private var attributes: [(String, String)] {
        [
            ("Conventions", "CF-1.11"), ("title", plan.first.title),
            ("source", "tokenfield \(version)"), ("version", version), ("scenario", plan.text),
        ]
    }

    private func write(
        _ values: [Double], _ name: String, _ longName: String, to file: NetCDFFile,
        _ dimensions: [NetCDFFile.Dimension]
    ) throws {
        let variable = try file.defineVariable(
            name, .double, over: dimensions,
            attributes: [("long_name", .text(longName)), ("units", .text("1"))])
        try file.write(
            values, to: variable, start: variable.shape.map { _ in 0 }, count: variable.shape)
    }
}
