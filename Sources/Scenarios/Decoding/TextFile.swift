import Foundation

/// Reads whole files, with the reason when that is impossible.
enum TextFile {
    /// Why a file cannot be read, as a sentence.
    struct Unreadable: Error {
        var reason: String
    }

    /// The largest file that is read: 1 GiB.
    static let sizeLimit = 1 << 30

    /// The bytes of a file without a leading byte order mark.
    ///
    /// - Throws: ``Unreadable`` if the file does not exist, is a directory, may not be read, is
    ///   larger than ``sizeLimit``, or is not UTF-8.
    static func bytes(of path: String) throws(Unreadable) -> [UInt8] {
        let bytes = try rawBytes(of: path)
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Unreadable(reason: "it is no UTF-8 text")
        }
        return bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// The bytes of a file of any content.
    ///
    /// - Throws: ``Unreadable`` as ``bytes(of:)``, but for the encoding.
    static func rawBytes(of path: String) throws(Unreadable) -> [UInt8] {
        guard let stream = fopen(path, "rb") else { throw Unreadable(reason: reason(errno)) }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, stream)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
            if bytes.count > sizeLimit {
                throw Unreadable(reason: "it is larger than \(sizeLimit >> 20) MiB")
            }
        }
        if ferror(stream) != 0 { throw Unreadable(reason: reason(errno)) }
        return bytes
    }

    /// The path made absolute and free of `.` and `..`, relative to a directory.
    static func absolutePath(_ file: String, in directory: String) -> String {
        let base = URL(fileURLWithPath: directory, isDirectory: true)
        return URL(fileURLWithPath: file, relativeTo: base).standardizedFileURL.path
    }

    /// The path for messages: as people wrote it, with the directory in front.
    static func displayPath(_ file: String, in directory: String) -> String {
        file.hasPrefix("/") || directory.isEmpty || directory == "." ? file : "\(directory)/\(file)"
    }

    private static func reason(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
