import Foundation
import Scenarios
import Terminal

/// `tokenfield figure`: draws a finished run.
struct FigureCommand: Command {
    private static let output = Option.text(
        "output", "FILE", help: "write the picture (PNG) to FILE (default: RUNDIR/figure.png)")

    static let description = CommandDescription(
        name: "figure",
        abstract: "draw a run as a picture (needs gnuplot)",
        discussion: [
            "The density over angle and logarithmic time, its phases and mergers, as a PNG file."
        ],
        positionals: [Shared.run], options: [output.declaration],
        examples: [
            Example("tokenfield figure runs/three-phases-circle", "Beside the results:"),
            Example(
                "tokenfield figure runs/two-clusters --output two-clusters.png", "Elsewhere:"),
        ])

    /// Directory of the run.
    let directory: String
    /// Where the picture goes; `nil`: `figure.png` in the directory.
    let output: String?

    init(_ arguments: ParsedArguments) throws {
        directory = try arguments[Shared.run]
        output = try arguments[Self.output]
    }

    func execute() throws -> ExitStatus {
        let run = try StoredRun(in: URL(fileURLWithPath: directory))
        let png =
            output.map { URL(fileURLWithPath: $0) }
            ?? run.directory.appendingPathComponent("figure.png")
        try RunFigure(title: run.title, record: run.record, snapshots: run.snapshots()).draw(
            svg: png.deletingPathExtension().appendingPathExtension("svg"), png: png,
            with: Gnuplot())
        print(png.relativePath)
        return .done
    }
}
