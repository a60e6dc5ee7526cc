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
    func append(_ line: String) throws {
        let bytes = Array("\(line)\n".utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw OutputError.unwritable(file: url.path, reason: OutputError.systemMessage)
        }
    }
}
