import Foundation

/// `diagram.nc`: netCDF-4 with CF-style names, `fraction` and `standard_error` over (time, beta), and
/// `edge_time` over beta.
extension DiagramResult {
    /// Writes `diagram.nc`, whole or not at all.
    ///
    /// - Throws: ``OutputError``.
    public func write(netCDF url: URL) throws {
        try AtomicFile.replace(url) { partial in
            let file = try NetCDFFile(creating: partial)
            for (name, text) in attributes { try file.setAttribute(name, .text(text)) }
            let time = try file.defineDimension("time", length: diagram.times.count)
            let beta = try file.defineDimension("beta", length: diagram.betas.count)
            try write(diagram.times, "time", "time t, that of the papers", to: file, over: [time])
            try write(diagram.betas, "beta", "inverse temperature", to: file, over: [beta])
            try write(
                edge, "edge_time",
                "time at which orthonormal tokens reach the inner product: the edge for large d",
                to: file, over: [beta])
            let pairs = "pairs of tokens with inner product above \(diagram.product)"
            try write(
                byTime(diagram.fractions), "fraction", "fraction of \(pairs)", to: file,
                over: [time, beta])
            try write(
                byTime(diagram.standardErrors), "standard_error",
                "standard error of the mean over the systems, of the fraction of \(pairs)",
                to: file, over: [time, beta])
            try file.close()
        }
    }

    /// The diagram as one object.
    public var json: JSONValue {
        func list(_ numbers: [Double]) -> JSONValue { .array(numbers.map { JSONValue($0) }) }
        return .object([
            .init("scenario", .string(scenario.title)), .init("version", .string(version)),
            .init("inner_product", .number(diagram.product)), .init("betas", list(diagram.betas)),
            .init("times", list(diagram.times)),
            .init("fraction", .array(diagram.fractions.map(list))),
            .init("standard_error", .array(diagram.standardErrors.map(list))),
            .init("edge_time", list(edge)), .init("edge_beta", JSONValue(edgeBeta)),
        ])
    }

    private var attributes: [(String, String)] {
        [
            ("Conventions", "CF-1.11"), ("title", scenario.title),
            ("source", "tokenfield \(version)"), ("version", version),
            ("scenario", scenario.tomlText),
            ("references", "arXiv:2312.10794"),
            (
                "comment",
                "\(scenario.diagram?.systems ?? 0) systems of \(tokens) tokens, uniform on the "
                    + "unit sphere of R^\(scenario.model.dimension) at the start, the same at "
                    + "every beta."
            ),
        ]
    }

    /// Rows of times instead of temperatures, one after another.
    private func byTime(_ rows: [[Double]]) -> [Double] {
        diagram.times.indices.flatMap { time in rows.map { $0[time] } }
    }

    private func write(
        _ values: [Double], _ name: String, _ longName: String, to file: NetCDFFile,
        over dimensions: [NetCDFFile.Dimension]
    ) throws {
        let variable = try file.defineVariable(
            name, .double, over: dimensions,
            attributes: [("long_name", .text(longName)), ("units", .text("1"))])
        let shape = variable.shape
        try file.write(
            values, to: variable, start: shape.map { _ in 0 }, count: shape)
    }
}
