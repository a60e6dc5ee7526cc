/// A CSV file: rows of fields separated by commas, with the place of each.
///
/// Lines that start with `#` are comments, blank lines are skipped, fields may stand in double
/// quotes (a doubled quote inside is one quote), blanks around a field do not count.
struct CSVFile {
    /// A field: its bytes, its column in the file, and whether it stood in quotes.
    private struct Field {
        var start: Int
        var end: Int
        var column: Int
        var isQuoted: Bool
    }

    /// Name for messages.
    let name: String
    private let bytes: [UInt8]
    private var fields: [Field] = []
    private var rowStarts: [Int] = [0]
    private var rowLines: [Int] = []

    /// The number of rows, the header among them.
    var rowCount: Int { rowLines.count }

    /// Splits the text.
    ///
    /// - Throws: ``ScenarioError`` for a quote that is not closed on its line, and for a row whose
    ///   number of fields differs from the first row's.
    init(_ bytes: [UInt8], name: String) throws(ScenarioError) {
        self.name = name
        self.bytes = bytes
        var start = 0
        var line = 0
        while start < bytes.count {
            line += 1
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            var last = end
            if last > start, bytes[last - 1] == UInt8(ascii: "\r") { last -= 1 }
            try split(from: start, to: last, line: line)
            start = end + 1
        }
    }

    /// The line of a row in the file.
    func line(ofRow row: Int) -> Int { rowLines[row] }

    /// The number of fields in every row.
    var columnCount: Int { rowCount == 0 ? 0 : rowStarts[1] }

    /// Where a field stands.
    func position(row: Int, column: Int) -> SourcePosition {
        SourcePosition(
            file: name, line: rowLines[row], column: fields[rowStarts[row] + column].column)
    }

    /// The text of a field, without its quotes.
    func text(row: Int, column: Int) -> String {
        let field = fields[rowStarts[row] + column]
        let text = String(decoding: bytes[field.start..<field.end], as: UTF8.self)
        return field.isQuoted ? text.replacing("\"\"", with: "\"") : text
    }

    /// The finite number in a field.
    ///
    /// - Throws: ``ScenarioError`` if the field holds none; NaN and infinities are none.
    func number(row: Int, column: Int, _ what: String) throws(ScenarioError) -> Double {
        let text = text(row: row, column: column)
        guard let number = Double(text), number.isFinite else {
            throw ScenarioError(
                position(row: row, column: column),
                "\(what) is \(text.quoted); it must be a finite number.")
        }
        return number
    }

    // MARK: Splitting

    private mutating func split(from start: Int, to end: Int, line: Int) throws(ScenarioError) {
        var at = skipBlanks(from: start, to: end)
        guard at < end, bytes[at] != UInt8(ascii: "#") else { return }
        while true {
            at = skipBlanks(from: at, to: end)
            let column = self.column(of: at, lineStart: start)
            if at < end, bytes[at] == UInt8(ascii: "\"") {
                at = try quoted(at, to: end, line: line, column: column)
            } else {
                let first = at
                while at < end, bytes[at] != UInt8(ascii: ",") { at += 1 }
                var last = at
                while last > first, isBlank(bytes[last - 1]) { last -= 1 }
                fields.append(Field(start: first, end: last, column: column, isQuoted: false))
            }
            if at >= end { break }
            at += 1
        }
        let count = fields.count - (rowStarts.last ?? 0)
        rowLines.append(line)
        rowStarts.append(fields.count)
        guard count == columnCount else {
            throw ScenarioError(
                SourcePosition(file: name, line: line, column: 1),
                "the row has \(count) fields, but line \(rowLines[0]) has \(columnCount); give "
                    + "every row as many fields.")
        }
    }

    /// Appends the quoted field that starts at `open`; returns the index of the comma behind it.
    private mutating func quoted(
        _ open: Int, to end: Int, line: Int, column: Int
    ) throws(ScenarioError) -> Int {
        var at = open + 1
        while at < end {
            if bytes[at] == UInt8(ascii: "\"") {
                guard at + 1 < end, bytes[at + 1] == UInt8(ascii: "\"") else { break }
                at += 1
            }
            at += 1
        }
        let next = at < end ? skipBlanks(from: at + 1, to: end) : end
        guard at < end, next == end || bytes[next] == UInt8(ascii: ",") else {
            throw ScenarioError(
                SourcePosition(file: name, line: line, column: column),
                "the quoted field does not end in a quote before the next comma; close it on the "
                    + "same line and double every quote inside.")
        }
        fields.append(Field(start: open + 1, end: at, column: column, isQuoted: true))
        return next
    }

    private func skipBlanks(from start: Int, to end: Int) -> Int {
        var at = start
        while at < end, isBlank(bytes[at]) { at += 1 }
        return at
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// The column in characters, from 1, of a byte of a line: continuation bytes do not count.
    private func column(of index: Int, lineStart: Int) -> Int {
        var column = 1
        for byte in bytes[lineStart..<index] where byte & 0xc0 != 0x80 { column += 1 }
        return column
    }
}
