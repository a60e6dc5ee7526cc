import CTOML

/// Reads TOML 1.0 through toml++ into a tree that knows where everything stands.
enum TOMLParser {
    /// The root table of a text.
    ///
    /// - Throws: ``ScenarioError`` with the position of the first thing that is no TOML, duplicate
    ///   keys among them.
    static func parse(_ text: String, name: String) throws(ScenarioError) -> TOMLTable {
        try parse(Array(text.utf8), name: name)
    }

    /// The root table of a text given as UTF-8.
    static func parse(_ bytes: [UInt8], name: String) throws(ScenarioError) -> TOMLTable {
        let document = bytes.withUnsafeBytes { buffer in
            // An empty buffer may have no address, but the parser wants one.
            guard let base = buffer.baseAddress else { return ctoml_parse("", 0) }
            return ctoml_parse(base.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        guard let document else {
            throw ScenarioError(
                SourcePosition(file: name, line: 1, column: 1),
                "the text is too large to be parsed; shorten it.")
        }
        defer { ctoml_free(document) }
        if let message = ctoml_error_message(document) {
            throw error(
                String(cString: message), line: Int(ctoml_error_line(document)),
                column: Int(ctoml_error_column(document)), bytes: bytes, name: name)
        }
        var index = 0
        let root = node(of: document, at: &index, name: name)
        guard case .table(let table) = root.value else { return TOMLTable() }
        return table
    }

    /// The node at `index` with everything below it; `index` is moved past them.
    private static func node(
        of document: OpaquePointer, at index: inout Int, name: String
    ) -> TOMLNode {
        let flat = ctoml_node_at(document, index).pointee
        index += 1
        let position = SourcePosition(file: name, line: Int(flat.line), column: Int(flat.column))
        let value: TOMLNode.Value
        switch flat.kind {
        case ctoml_kind_table:
            var table = TOMLTable(isInline: flat.is_inline != 0)
            for _ in 0..<flat.child_count {
                let child = ctoml_node_at(document, index).pointee
                table.entries.append(
                    TOMLTable.Entry(
                        key: text(child.key, child.key_length),
                        keyPosition: SourcePosition(
                            file: name, line: Int(child.key_line), column: Int(child.key_column)),
                        node: node(of: document, at: &index, name: name)))
            }
            // toml++ sorts by name; people read from top to bottom.
            table.entries.sort {
                ($0.keyPosition.line, $0.keyPosition.column)
                    < ($1.keyPosition.line, $1.keyPosition.column)
            }
            value = .table(table)
        case ctoml_kind_array:
            value = .array(
                (0..<flat.child_count).map { _ in node(of: document, at: &index, name: name) })
        case ctoml_kind_string: value = .string(text(flat.text, flat.text_length))
        case ctoml_kind_integer: value = .integer(flat.integer)
        case ctoml_kind_float: value = .float(flat.number)
        case ctoml_kind_boolean: value = .boolean(flat.boolean != 0)
        default: value = .datetime
        }
        return TOMLNode(position: position, value: value)
    }

    private static func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
        let bytes = UnsafeRawBufferPointer(start: start, count: length)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The sentence and the place for what toml++ complains about.
    ///
    /// toml++ often points behind the token it quotes; where the quoted token stands on the line
    /// before that place, the token's own column is reported.
    private static func error(
        _ message: String, line: Int, column: Int, bytes: [UInt8], name: String
    ) -> ScenarioError {
        var message = message
        if let colon = message.range(of: ": "), message.hasPrefix("Error while parsing") {
            message = String(message[colon.upperBound...])
        }
        var position = SourcePosition(file: name, line: line, column: column)
        let quotes = message.indices.filter { message[$0] == "'" }
        if let first = quotes.first, let last = quotes.last, first < last,
            !message.contains("saw '")
        {
            let token = String(message[message.index(after: first)..<last])
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            if line >= 1, line <= lines.count {
                let before = String(decoding: lines[line - 1], as: UTF8.self).prefix(column - 1)
                if let start = before.ranges(of: token).last?.lowerBound {
                    position.column = before.distance(from: before.startIndex, to: start) + 1
                }
            }
        }
        if message.contains("cannot redefine") {
            return ScenarioError(
                position, "duplicate key: \(message); write every key and section once.")
        }
        let remedy =
            message.contains("value type")
            ? "give a number, a list, true, false or a text in quotes" : "correct the syntax"
        return ScenarioError(position, "this is no valid TOML: \(message); \(remedy).")
    }
}
