import Foundation
import MeanField
import Scenarios
import Terminal

/// `tokenfield export`: the density or the points of a run at one time as CSV.
struct ExportCommand: Command {
    private static let time = Option.text(
        "time", "T", help: "the time: a number, a power 10^X beyond their range, start or end")
    private static let interpolate = Option.flag(
        "interpolate", help: "interpolate densities between snapshots, linearly in t")
    private static let density = Option.flag(
        "density", help: "the histogram of a crowd of tokens instead of the tokens")
    private static let output = Option.text(
        "output", "FILE", help: "write to FILE instead of standard output")

    static let description = CommandDescription(
        name: "export",
        abstract: "write the density or the tokens of a run at a time as CSV",
        discussion: [
            "Of the nearest snapshot, unless --interpolate is given; the second line says which "
                + "time was written. A density has the columns theta (radians) and rho (mass per "
                + "radian) and is read again by initial.kind = \"table\"; atoms and cells have "
                + "angle, mass, x1, x2, and tokens on spheres x1 … xd, mass: initial.kind = "
                + "\"tokens\" reads their coordinates. Densities with respect to the uniform one "
                + "have latitude and longitude on S², x1 … x4 and a weight on S³; zonal ones the "
                + "angle to the axis and the mass per radian of it."
        ],
        positionals: [Shared.run],
        options: [
            time.declaration, interpolate.declaration, density.declaration, output.declaration,
        ],
        examples: [
            Example("tokenfield export runs/three-phases-circle --time 9.5", "To a pipe:"),
            Example(
                "tokenfield export runs/tokens-sphere --time end --output tokens.csv",
                "The tokens at the end, into a file:"),
        ])

    /// Directory of the run.
    let directory: String
    /// The time as it was given.
    let time: String
    /// Whether densities are interpolated.
    let interpolates: Bool
    /// What is written where there is a choice.
    let content: SnapshotTable.Content
    /// The file; `nil`: standard output.
    let output: String?

    init(_ arguments: ParsedArguments) throws {
        directory = try arguments[Shared.run]
        guard let time = try arguments[Self.time] else {
            throw UsageError("--time is missing: give a time, start or end")
        }
        self.time = time
        interpolates = try arguments[Self.interpolate]
        content = try arguments[Self.density] ? .density : .points
        output = try arguments[Self.output]
    }

    func execute() throws -> ExitStatus {
        let run = try StoredRun(in: URL(fileURLWithPath: directory))
        let snapshots = try run.snapshots()
        guard let first = snapshots.first, let last = snapshots.last else {
            throw OutputError.noResults(path: directory)
        }
        let wanted =
            switch time {
            case "start": first.time
            case "end": last.time
            default: try Self.time(time)
            }
        let table: SnapshotTable
        do {
            table = try SnapshotTable(
                of: snapshots, at: wanted, content: content, interpolates: interpolates,
                title: run.title)
        } catch let error as SnapshotTable.Unavailable {
            throw UsageError(error.sentence)
        }
        if let output {
            try AtomicFile.write(table.text, to: URL(fileURLWithPath: output))
            print("t = \(NumberText.time(table.time)) written to \(output)")
        } else {
            print(table.text, terminator: "")
        }
        return .done
    }

    /// A non-negative number, or a power of ten.
    private static func time(_ text: String) throws -> ModelTime {
        if text.hasPrefix("10^"), let power = Double(text.dropFirst(3)), abs(power) < 1e15 {
            return ModelTime(logarithm: power * log(10))
        }
        guard let value = Double(text), value.isFinite, value >= 0 else {
            throw UsageError(
                "--time needs a number from 0 on, a power such as 10^344.4, start or end, not "
                    + "'\(text)'")
        }
        return ModelTime(value)
    }
}
