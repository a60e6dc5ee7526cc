import Foundation
import MeanField

/// Every how many-th point a process of several takes.
public struct SweepShard: Sendable, Equatable {
    /// Which of them, from 1.
    public let number: Int
    /// How many there are.
    public let count: Int

    /// The part `number` of `count`; `nil` if there is no such part.
    public init?(_ number: Int, of count: Int) {
        guard count >= 1, (1...count).contains(number) else { return nil }
        (self.number, self.count) = (number, count)
    }

    func contains(_ point: Int) -> Bool { point % count == number - 1 }
}

/// What is known of the points of a sweep.
public struct SweepResult: Sendable {
    /// The points.
    public let plan: SweepPlan
    /// Version of the program.
    public let version: String
    /// Those that are finished, ascending.
    public internal(set) var rows: [SweepRow]

    let columns: SweepRow.Columns

    /// Names of the numbers of a row.
    public var columnNames: [String] { columns.names }

    /// The number of a column of a row.
    public func number(_ name: String, of row: SweepRow) -> Double? {
        columns.names.firstIndex(of: name).flatMap { row.numbers[$0] }
    }
}

/// A sweep with its directory: computes the points, writes them as they finish, resumes.
///
/// `sweep.csv` has every finished point at any moment, whatever happens to the process; at the end it is put
/// in the order of the points. `sweep.nc` and `sweep.png` are written at the end and at an interruption. A
/// point depends on nothing but its scenario, so that the files of a sweep that was interrupted, or done in
/// parts by several processes and joined, have the same bytes.
public struct SweepJob {
    private let plan: SweepPlan
    private let shard: SweepShard?
    private let directory: RunDirectory
    private let version: String
    private let table: SweepTable
    private let finished: [SweepRow]

    /// Claims `directory` for a sweep.
    ///
    /// - Parameters:
    ///   - shard: The part of the points to compute; `nil`: all.
    ///   - joined: Directories of the same sweep whose points are taken over.
    ///
    /// - Throws: ``OutputError`` where the directory is in use, holds something else, or cannot be
    ///   written, and where one that is to be joined is of another sweep.
    public init(
        _ plan: SweepPlan, in directory: URL, existing: RunDirectory.Existing,
        shard: SweepShard? = nil, joined: [URL] = [], version: String
    ) throws {
        self.plan = plan
        self.shard = shard
        self.version = version
        table = SweepTable(plan)
        var rows = [Int: SweepRow]()
        for source in joined {
            let part = try RunDirectory(
                at: source, scenarioText: plan.text, existing: .resume)
            for row in try table.rows(of: part.sweepTable) { rows[row.point] = row }
        }
        self.directory = try RunDirectory(
            at: directory, scenarioText: plan.text, existing: existing)
        let here = self.directory.sweepTable
        if existing == .resume, FileManager.default.fileExists(atPath: here.path) {
            for row in try table.rows(of: here) { rows[row.point] = row }
        }
        finished = rows.values.sorted { $0.point < $1.point }
    }

    /// The points that this job has to compute.
    private var missing: [Int] {
        let there = Set(finished.map(\.point))
        return (0..<plan.count).filter {
            !there.contains($0) && shard?.contains($0) ?? true
        }
    }

    /// Computes what is missing on up to `threads` threads, a point each, or until interrupted.
    ///
    /// - Parameter team: Other processes that take part.
    /// - Returns: What is finished, and whether that is all that was asked for.
    /// - Throws: ``OutputError/cutShort(file:reason:)``; ``ScenarioError`` where the scenario file has changed
    ///   meanwhile; ``SweepTeam/Failure``.
    public func run(
        threads: Int, team: SweepTeam? = nil, isInterrupted: () -> Bool = { false },
        onProgress: (_ finished: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> (result: SweepResult, isComplete: Bool) {
        try OutputError.inMidst {
            try compute(
                threads: threads, team: team, isInterrupted: isInterrupted, onProgress: onProgress)
        }
    }

    private func compute(
        threads: Int, team: SweepTeam?, isInterrupted: () -> Bool,
        onProgress: (_ finished: Int, _ all: Int) -> Void
    ) throws -> (result: SweepResult, isComplete: Bool) {
        let started = Date()
        let (missing, table, plan) = (missing, table, plan)
        try directory.log("sweep started with \(finished.count) finished points")
        let file = try GrowingFile(
            creating: directory.sweepTable, lines: [table.header] + finished.map(table.line))
        let points = team?.handOut(missing) ?? missing
        let board = JobBoard<SweepRow>(count: points.count)
        var sent = [SweepRow]()
        func lookAround() throws {
            if isInterrupted() { team?.stop() }
            for line in try team?.lines() ?? [] {
                guard let row = table.row(of: line) else {
                    throw SweepTeam.Failure(message: "another process computes another sweep")
                }
                try file.append(line)
                sent.append(row)
            }
            onProgress(board.outputs.count + sent.count, missing.count)
        }
        try board.run(threads: threads, isInterrupted: isInterrupted, onWait: lookAround) {
            number in
            let point = points[number]
            let row = try Self.row(point, of: plan, table.columns) { board.isStopped }
            if let row { try file.append(table.line(row)) }
            return row
        }
        while let team, !team.isDone {
            try lookAround()
            usleep(10_000)
        }
        let computed = board.outputs.map(\.output) + sent
        let rows = (finished + computed).sorted { $0.point < $1.point }
        let result = SweepResult(
            plan: plan, version: version, rows: rows, columns: table.columns)
        try AtomicFile.write(table.text(rows), to: directory.sweepTable)
        try result.write(netCDF: directory.sweep)
        let seconds = String(format: "%.2f", -started.timeIntervalSinceNow)
        try directory.log(
            "\(rows.count) of \(plan.count) points are finished, \(seconds) s of this process")
        return (result, computed.count == missing.count)
    }

    /// Draws `sweep.png`; returns why not, where there is nothing to draw or no gnuplot.
    public func draw(_ result: SweepResult) throws -> String? {
        do {
            guard let figure = try SweepFigure(result) else {
                return "a picture needs one or two swept keys with numbers, and two points"
            }
            try figure.draw(png: directory.sweepPNG, with: Gnuplot())
            return nil
        } catch let error as OutputError {
            switch error {
            case .gnuplotMissing, .gnuplotFailed: return error.description
            default: throw error
            }
        }
    }

    /// What a point comes to; `nil` if interrupted.
    static func row(
        _ point: Int, of plan: SweepPlan, _ columns: SweepRow.Columns,
        isInterrupted: @escaping () -> Bool
    ) throws -> SweepRow? {
        let scenario = try plan.scenario(point)
        do {
            return try scenario.computed(
                snapshotTimes: { _ in [] }, isInterrupted: isInterrupted
            ).map { SweepRow(point: point, $0, columns: columns) }
        } catch let error as EvolutionError {
            return SweepRow(point: point, failure: error, columns: columns)
        }
    }
}
