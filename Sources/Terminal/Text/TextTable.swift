/// A table whose cells wrap where the terminal is too narrow for it.
package struct TextTable {
    /// Titles of the columns.
    package let header: [String]
    /// Cells, shape [row][column].
    package private(set) var rows: [[String]] = []

    init(_ header: String...) { self.init(header) }

    init(_ header: [String]) { self.header = header }

    mutating func append(_ cells: String...) { append(cells) }

    mutating func append(_ cells: [String]) {
        precondition(cells.count == header.count, "one cell per column")
        rows.append(cells.map(TextLayout.harmless))
    }

    /// The lines of the header and the first `count` rows, at most `width` columns wide.
    func lines(width: Int, indent: Int = 2, first count: Int = .max) -> [String] {
        let (gap, least) = (2, 6)
        let rows = self.rows.prefix(count)
        var widths = header.indices.map { column in
            (rows + [header]).map { TextLayout.width(of: $0[column]) }.max() ?? 0
        }
        let available = width - indent - gap * (header.count - 1)
        while widths.reduce(0, +) > available,
            let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > least
        {
            widths[widest] -= 1
        }
        return ([header] + rows).flatMap { row in
            let cells = zip(row, widths).map { TextLayout.wrap($0, width: $1) }
            return (0..<(cells.map(\.count).max() ?? 0)).map { line in
                let texts = zip(cells, widths).map {
                    TextLayout.padded(line < $0.count ? $0[line] : "", to: $1)
                }
                let text = texts.joined(separator: String(repeating: " ", count: gap))
                let end = text.lastIndex { $0 != " " }.map { text.index(after: $0) }
                return String(repeating: " ", count: indent) + text[..<(end ?? text.startIndex)]
            }
        }
    }
}
