/// Overrides from the command line, `key.path=value` with a TOML value.
enum Overrides {
    /// The table with every override put in its place, in order; missing tables are created.
    ///
    /// Errors in override number n are reported at `override:n:column`.
    ///
    /// - Throws: ``ScenarioError`` if an override is no single `key.path=value`.
    static func apply(
        _ overrides: [String], to table: TOMLTable
    ) throws(ScenarioError) -> TOMLTable {
        var table = table
        for (index, override) in overrides.enumerated() {
            merge(try parse(override, number: index + 1), into: &table)
        }
        return table
    }

    /// The override as a chain of tables with one entry each.
    private static func parse(
        _ override: String, number: Int
    ) throws(ScenarioError) -> TOMLTable {
        var start = SourcePosition(file: "override", line: number, column: 1)
        let parsed: TOMLTable
        do {
            parsed = try TOMLParser.parse(override, name: "override")
        } catch {
            guard let equals = override.firstIndex(of: "=") else {
                throw ScenarioError(
                    start, "\(override.quoted) is no override; write key.path=value.")
            }
            let value = String(override[override.index(after: equals)...])
            let key = String(override[..<equals])
            if (try? TOMLParser.parse("\(key)=\(value.quoted)", name: "override")) != nil,
                !value.isEmpty, !value.contains(where: { "\"'[]{}".contains($0) })
            {
                start.column = override.distance(from: override.startIndex, to: equals) + 2
                throw ScenarioError(
                    start,
                    "\(value) is no TOML value; a text needs quotes, which the shell must not "
                        + "remove: write '\(key)=\(value.quoted)'.")
            }
            start.column = error.issues[0].position.column
            throw ScenarioError(start, error.issues[0].message + " Write key.path=value.")
        }
        let renumbered = parsed.moved(toLine: number)
        var level = renumbered
        while true {
            guard level.entries.count == 1 else {
                throw ScenarioError(
                    start, "\(override.quoted) is no override; write one key.path=value.")
            }
            guard case .table(let next) = level.entries[0].node.value, !next.isInline else { break }
            level = next
        }
        return renumbered
    }

    /// Puts the one value at the end of the chain `override` into the table.
    private static func merge(_ override: TOMLTable, into table: inout TOMLTable) {
        for entry in override.entries {
            guard let index = table.entries.firstIndex(where: { $0.key == entry.key }) else {
                table.entries.append(entry)
                continue
            }
            if case .table(let inner) = entry.node.value, !inner.isInline,
                case .table(var target) = table.entries[index].node.value
            {
                merge(inner, into: &target)
                table.entries[index].node.value = .table(target)
            } else {
                table.entries[index] = entry
            }
        }
    }
}

extension TOMLTable {
    /// The same table with every position on the given line.
    fileprivate func moved(toLine line: Int) -> TOMLTable {
        var table = self
        for index in table.entries.indices {
            table.entries[index].keyPosition.line = line
            table.entries[index].node = table.entries[index].node.moved(toLine: line)
        }
        return table
    }
}

extension TOMLNode {
    /// The same node with every position on the given line.
    fileprivate func moved(toLine line: Int) -> TOMLNode {
        var node = self
        node.position.line = line
        switch value {
        case .array(let elements): node.value = .array(elements.map { $0.moved(toLine: line) })
        case .table(let table): node.value = .table(table.moved(toLine: line))
        default: break
        }
        return node
    }
}
