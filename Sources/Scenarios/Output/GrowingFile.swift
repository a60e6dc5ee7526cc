import Foundation

/// A text file that grows by whole lines, on disk as soon as they are appended.
///
/// Several threads may append: every line is one write at the end of the file.
final class GrowingFile: Sendable {
    private let url: URL
    private let descriptor: Int32

    /// Writes the first lines, replacing what is there.
    ///
    /// - Throws: ``OutputError/unwritable(file:reason:)``.
    init(creating url: URL, lines: [String]) throws {
        self.url = url
        try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: url)
        descriptor = open(url.path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw OutputError.unwritable(file: url.path, reason: OutputError.systemMessage)
        }
    }

    deinit { close(descriptor) }

    /// Appends a line.
    ///
    /// - Throws: ``OutputError/unwritable(file:reason:)``.
    func append(_ line: String) throws { try append([line]) }

    /// Appends lines that belong together.
    ///
    /// - Throws: ``OutputError/unwritable(file:reason:)``, also if nobody would find the lines any more.
    func append(_ lines: [String]) throws {
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw OutputError.unwritable(file: url.path, reason: OutputError.systemMessage)
        }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_nlink == 0 {
            throw OutputError.unwritable(file: url.path, reason: OutputError.absence)
        }
    }
}

extension GrowingFile {
    /// The rows of a CSV file that grew, each with its line, without the header.
    ///
    /// A last line that was not written to its end is left out.
    ///
    /// - Throws: ``OutputError`` where the file cannot be read, is no CSV file or has another header.
    static func rows(
        of url: URL, header: String
    ) throws -> [(line: Int, fields: [String])] {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw OutputError.unreadable(file: url.path, reason: AtomicFile.reason(of: error))
        }
        let end = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? data.startIndex
        let file: CSVFile
        do {
            file = try CSVFile(Array(data[..<end]), name: url.path)
        } catch {
            throw OutputError.damaged(file: url.path, reason: error.issues[0].message)
        }
        let rows = (0..<file.rowCount).map { row in
            (
                line: file.line(ofRow: row),
                fields: (0..<file.columnCount).map { file.text(row: row, column: $0) }
            )
        }
        guard rows.first?.fields.joined(separator: ",") == header else {
            throw OutputError.damaged(
                file: url.path, reason: "its columns are not those that are written here")
        }
        return Array(rows.dropFirst())
    }
}
