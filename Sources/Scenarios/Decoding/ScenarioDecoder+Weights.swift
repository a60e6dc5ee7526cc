import Foundation
import MeanField

// Q, K and V: a number, a list, a matrix, or a file of NumPy.

extension ScenarioDecoder {
    /// The matrix `key` of the model; the identity where it is missing or wrong (and reported).
    func weight(_ key: String, in section: TableReader, dimension d: Int) -> WeightMatrix {
        guard let node = section.table[key]?.node else { return 1 }
        let name = section.name(key)
        switch node.value {
        case .array(let elements): return weight(elements, node, name, section, dimension: d) ?? 1
        case .string(let file): return weight(file: file, node, name, dimension: d) ?? 1
        case .integer, .float: return .multiple(section.number(node, name, in: .finite) ?? 1)
        default:
            section.report(node, at: name, mustBe: Self.weightWords(d))
            return 1
        }
    }

    private static func weightWords(_ d: Int) -> String {
        "a number, a list of \(d) numbers (a diagonal), a matrix of \(d) lists of \(d) numbers, or "
            + "the name of a .npy file"
    }

    /// A diagonal or a matrix.
    private func weight(
        _ elements: [TOMLNode], _ node: TOMLNode, _ name: String, _ section: TableReader,
        dimension d: Int
    ) -> WeightMatrix? {
        let hasRows = elements.contains {
            if case .array = $0.value { return true }
            return false
        }
        guard elements.count == d else {
            issues.report(
                node.position,
                "\(name) has \(elements.count) \(hasRows ? "rows" : "entries"); it must be "
                    + "\(Self.weightWords(d)).")
            return nil
        }
        if !hasRows {
            return numbers(elements, name, section).map { .diagonal($0) }
        }
        var rows = [[Double]]()
        for (i, element) in elements.enumerated() {
            let place = "\(name)[\(i + 1)]"
            guard case .array(let entries) = element.value else {
                section.report(element, at: place, mustBe: "a list of \(d) numbers")
                return nil
            }
            guard entries.count == d else {
                issues.report(
                    element.position,
                    "\(place) has \(entries.count) entries; it must be a list of \(d) numbers.")
                return nil
            }
            guard let row = numbers(entries, place, section) else { return nil }
            rows.append(row)
        }
        return .matrix(rows)
    }

    private func numbers(
        _ elements: [TOMLNode], _ name: String, _ section: TableReader
    ) -> [Double]? {
        let values = elements.enumerated().map { i, element in
            section.number(element, "\(name)[\(i + 1)]", in: .finite)
        }
        return values.contains { $0 == nil } ? nil : values.map { $0! }
    }

    /// A square matrix from a file, relative to the scenario.
    private func weight(
        file: String, _ node: TOMLNode, _ name: String, dimension d: Int
    ) -> WeightMatrix? {
        guard let (path, rows) = matrix(file: file, node, name) else { return nil }
        guard rows.count == d, rows.allSatisfy({ $0.count == d }) else {
            let shown = TextFile.displayPath(file, in: directory).quoted
            issues.report(
                node.position,
                "\(name): \(shown) is a \(rows.count) x \(rows.first?.count ?? 0) matrix; it must be "
                    + "\(d) x \(d).")
            return nil
        }
        return .file(path, rows)
    }

    /// The rows of a .npy file, relative to the scenario, all finite; reported at `node` where it is none.
    func matrix(
        file: String, _ node: TOMLNode, _ name: String
    ) -> (path: String, rows: [[Double]])? {
        let path = TextFile.absolutePath(file, in: directory)
        let shown = TextFile.displayPath(file, in: directory).quoted
        func refuse(_ words: String) -> (path: String, rows: [[Double]])? {
            issues.report(node.position, "\(name): \(shown) \(words).")
            return nil
        }
        let rows: [[Double]]
        do {
            rows = try NumPyFile(TextFile.rawBytes(of: path)).rows
        } catch let error as TextFile.Unreadable {
            return refuse(
                "cannot be read: \(error.reason); give a .npy file, relative to the scenario")
        } catch let error as NumPyFile.Malformed {
            return refuse("is not a matrix of NumPy: \(error.reason)")
        } catch {
            return refuse("cannot be read: \(error)")
        }
        guard rows.joined().allSatisfy(\.isFinite) else {
            return refuse("has entries that are not finite; every entry must be a finite number")
        }
        return (path, rows)
    }
}
