import Foundation
import MeanField

/// `diagram.csv`: one row for each beta and time.
///
/// The numbers have as many digits as it takes to read them back. The rows of a temperature are appended
/// together when it is finished.
struct DiagramTable {
    private let betas: [Double]
    private let times: [Double]

    /// The table of a scenario that was read for a diagram.
    init(_ scenario: Scenario) {
        guard let section = scenario.diagram, case .time(let end) = scenario.time.end else {
            preconditionFailure("the scenario is read for a diagram")
        }
        betas = section.betas.values
        times = section.times.values(until: end)
    }

    /// The first line.
    let header = "beta,time,fraction,standard_error"

    /// The lines of a temperature, given by its index.
    func lines(_ row: PhaseDiagram.Row, at beta: Int) -> [String] {
        times.indices.map {
            "\(betas[beta]),\(times[$0]),\(row.fractions[$0]),\(row.standardErrors[$0])"
        }
    }

    /// The lines of the first temperatures.
    func lines(_ rows: [PhaseDiagram.Row]) -> [String] {
        rows.enumerated().flatMap { lines($0.element, at: $0.offset) }
    }

    /// The finished temperatures of a file of this diagram.
    ///
    /// - Throws: ``OutputError/damaged(file:reason:)`` where it holds anything else.
    func rows(of url: URL) throws -> [PhaseDiagram.Row] {
        let found = try GrowingFile.rows(of: url, header: header)
        let numbers = try found.enumerated().map { index, row in
            let numbers = row.fields.compactMap(Double.init)
            guard numbers.count == 4, index < betas.count * times.count,
                numbers[0] == betas[index / times.count], numbers[1] == times[index % times.count]
            else {
                throw OutputError.damaged(
                    file: url.path, reason: "line \(row.line) is no row of this diagram")
            }
            return numbers
        }
        return (0..<(numbers.count / times.count)).map { beta in
            let part = numbers[(beta * times.count)..<((beta + 1) * times.count)]
            return PhaseDiagram.Row(
                fractions: part.map { $0[2] }, standardErrors: part.map { $0[3] })
        }
    }
}
