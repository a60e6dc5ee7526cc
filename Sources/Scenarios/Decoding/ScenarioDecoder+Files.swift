import Foundation

/// The kinds of initial measure that are read from a file.
extension ScenarioDecoder {
    // MARK: Tokens

    /// `kind = "tokens"`: named columns of a CSV file, or all of a .npy file; every row is normalised.
    func tokens(_ section: TableReader, dimension d: Int) -> Scenario.Initial.Kind? {
        let bandwidth = section.number("bandwidth", in: .nonNegative, default: 0)
        if bandwidth > 0 && bandwidth < Self.leastWidth, let entry = section.table["bandwidth"] {
            section.report(
                entry.node, at: "initial.bandwidth",
                mustBe: "0 (atoms) or \(Self.widths.words)")
        }
        guard let (path, columns, points) = tokenRows(section, dimension: d) else { return nil }
        if d > 2 {
            return .embeddings(
                file: path, columns: columns, bandwidth: bandwidth, points: points)
        }
        return .tokens(
            file: path, columns: columns, bandwidth: bandwidth,
            angles: points.map { atan2($0[1], $0[0]) })
    }

    /// The rows of the file, not zero; normalised beyond the circle.
    private func tokenRows(
        _ section: TableReader, dimension d: Int
    ) -> (path: String, columns: [String], rows: [[Double]])? {
        if case .string(let name) = section.table["file"]?.node.value, name.hasSuffix(".npy") {
            return matrixRows(section, file: name, dimension: d).map { ($0.path, [], $0.rows) }
        }
        let columns = columnNames(section, count: d)
        guard let (file, path) = csv(section), let columns else { return nil }
        do {
            let rows = try tokenRows(file, columns: columns)
            return (path, columns.map(\.name), d == 2 ? rows : rows.map(unitVector))
        } catch {
            issues.report(error)
            return nil
        }
    }

    /// The rows of a .npy file.
    private func matrixRows(
        _ section: TableReader, file name: String, dimension d: Int
    ) -> (path: String, rows: [[Double]])? {
        if let columns = section.table["columns"] {
            issues.report(
                columns.keyPosition,
                "initial.columns names columns of CSV files; remove it for a .npy file.")
            return nil
        }
        guard let node = section.table["file"]?.node,
            let (path, rows) = matrix(file: name, node, "initial.file")
        else { return nil }
        let shown = TextFile.displayPath(name, in: directory).quoted
        guard rows.first?.count == d else {
            issues.report(
                node.position,
                "initial.file: \(shown) has \(rows.first?.count ?? 0) columns; model.dimension is "
                    + "\(d).")
            return nil
        }
        if let row = rows.firstIndex(where: { $0.allSatisfy { $0 == 0 } }) {
            issues.report(
                node.position,
                "initial.file: row \(row) of \(shown) is zero and has no direction; remove it.")
            return nil
        }
        return (path, d == 2 ? rows : rows.map(unitVector))
    }

    /// A column name and where the scenario asks for it.
    private struct Column {
        var name: String
        var position: SourcePosition
    }

    /// `initial.columns`: different names, one for each dimension.
    private func columnNames(_ section: TableReader, count d: Int) -> [Column]? {
        let words = "a list of \(d == 2 ? "two" : "\(d)") column names"
        guard let elements = section.list("columns", words) else { return nil }
        var columns: [Column] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let name) = element.value else {
                section.report(element, at: "initial.columns[\(index + 1)]", mustBe: "a string")
                return nil
            }
            guard !columns.contains(where: { $0.name == name }) else {
                issues.report(
                    element.position,
                    "initial.columns names \(name.quoted) twice; give different columns.")
                return nil
            }
            columns.append(Column(name: name, position: element.position))
        }
        guard columns.count == d else {
            if let node = section.table["columns"]?.node {
                issues.report(
                    node.position,
                    "initial.columns has \(columns.count) entries; "
                        + "\(d == 2 ? "the circle" : "model.dimension = \(d)") needs \(words).")
            }
            return nil
        }
        return columns
    }

    private func tokenRows(
        _ file: CSVFile, columns: [Column]
    ) throws(ScenarioError) -> [[Double]] {
        let header = (0..<file.columnCount).map { file.text(row: 0, column: $0) }
        var indices: [Int] = []
        for column in columns {
            guard let index = header.firstIndex(of: column.name) else {
                throw ScenarioError(
                    column.position,
                    "\(file.name) has no column \(column.name.quoted); its header on line "
                        + "\(file.line(ofRow: 0)) names \(header.joined(separator: ", "))"
                        + Suggestion.clause(for: column.name, among: header))
            }
            indices.append(index)
        }
        guard file.rowCount > 1 else {
            throw ScenarioError(
                SourcePosition(file: file.name, line: file.line(ofRow: 0), column: 1),
                "the file has a header but no rows; give at least one.")
        }
        var rows: [[Double]] = []
        rows.reserveCapacity(file.rowCount - 1)
        for row in 1..<file.rowCount {
            var numbers: [Double] = []
            for (column, index) in zip(columns, indices) {
                numbers.append(try file.number(row: row, column: index, column.name))
            }
            guard numbers.contains(where: { $0 != 0 }) else {
                let names = columns.map(\.name)
                let list = names.dropLast().joined(separator: ", ") + " and " + names.last!
                throw ScenarioError(
                    file.position(row: row, column: indices[0]),
                    "\(list) are \(names.count == 2 ? "both" : "all") zero, and a zero row has no "
                        + "direction; remove the row.")
            }
            rows.append(numbers)
        }
        return rows
    }

    // MARK: Table

    /// `kind = "table"`: columns theta and rho, theta ascending within one period.
    func densityTable(_ section: TableReader) -> Scenario.Initial.Kind? {
        guard let (file, path) = csv(section) else { return nil }
        do {
            let (angles, values) = try densityRows(file)
            return .table(file: path, angles: angles, values: values)
        } catch {
            issues.report(error)
            return nil
        }
    }

    private func densityRows(
        _ file: CSVFile
    ) throws(ScenarioError) -> (angles: [Double], values: [Double]) {
        let (thetaColumn, rhoColumn, firstRow) = try densityColumns(file)
        var angles: [Double] = []
        var values: [Double] = []
        for row in firstRow..<file.rowCount {
            let theta = try file.number(row: row, column: thetaColumn, "theta")
            let rho = try file.number(row: row, column: rhoColumn, "rho")
            if let last = angles.last, theta <= last {
                throw ScenarioError(
                    file.position(row: row, column: thetaColumn),
                    "theta = \(theta) does not lie after \(last) in the row before; sort the rows "
                        + "by theta and give every theta once.")
            }
            if let first = angles.first, theta >= first + 2 * .pi {
                throw ScenarioError(
                    file.position(row: row, column: thetaColumn),
                    "theta = \(theta) lies a whole period or more after the first, \(first); keep "
                        + "theta below \(first + 2 * .pi).")
            }
            guard rho >= 0 else {
                throw ScenarioError(
                    file.position(row: row, column: rhoColumn),
                    "rho = \(rho) is negative; a density must be >= 0.")
            }
            angles.append(theta)
            values.append(rho)
        }
        guard angles.count >= 4 else {
            throw ScenarioError(
                SourcePosition(file: file.name, line: file.line(ofRow: 0), column: 1),
                "the table has \(angles.count) rows; give at least 4.")
        }
        guard values.contains(where: { $0 > 0 }) else {
            throw ScenarioError(
                SourcePosition(file: file.name, line: file.line(ofRow: 0), column: 1),
                "rho is zero in every row; a density needs mass, so give a positive value.")
        }
        return (angles, values)
    }

    /// The columns of theta and rho and the first row of numbers: a header is recognised by its
    /// first field being no number.
    private func densityColumns(
        _ file: CSVFile
    ) throws(ScenarioError) -> (theta: Int, rho: Int, firstRow: Int) {
        if Double(file.text(row: 0, column: 0)) != nil {
            guard file.columnCount == 2 else {
                throw ScenarioError(
                    SourcePosition(file: file.name, line: file.line(ofRow: 0), column: 1),
                    "the table has \(file.columnCount) columns and no header; give two columns, "
                        + "theta and rho, or a header that names them.")
            }
            return (0, 1, 0)
        }
        let header = (0..<file.columnCount).map { file.text(row: 0, column: $0) }
        var found: [Int] = []
        for name in ["theta", "rho"] {
            guard let index = header.firstIndex(of: name) else {
                throw ScenarioError(
                    SourcePosition(file: file.name, line: file.line(ofRow: 0), column: 1),
                    "the header names no column \(name.quoted) but \(header.joined(separator: ", "))"
                        + "; name the columns theta and rho.")
            }
            found.append(index)
        }
        return (found[0], found[1], 1)
    }

    // MARK: Files

    /// The CSV file that `initial.file` names, with its absolute path; `nil` (and reported) if it
    /// cannot be read.
    private func csv(_ section: TableReader) -> (file: CSVFile, path: String)? {
        guard let name = section.string("file", default: nil),
            let node = section.table["file"]?.node
        else { return nil }
        let path = TextFile.absolutePath(name, in: directory)
        let shown = TextFile.displayPath(name, in: directory)
        do {
            let file = try CSVFile(TextFile.bytes(of: path), name: shown)
            guard file.rowCount > 0 else {
                issues.report(
                    SourcePosition(file: shown, line: 1, column: 1),
                    "the file is empty; give rows of numbers separated by commas.")
                return nil
            }
            return (file, path)
        } catch let error as TextFile.Unreadable {
            issues.report(
                node.position,
                "\(shown.quoted) cannot be read: \(error.reason); give a CSV file, relative to the "
                    + "scenario.")
        } catch let error as ScenarioError {
            issues.report(error)
        } catch {
            issues.report(node.position, "\(shown.quoted) cannot be read: \(error).")
        }
        return nil
    }
}
