import Foundation

/// Files that appear whole or not at all: written beside their place, synced, then renamed.
public enum AtomicFile {
    /// Suffix of the file while it is written.
    public static let partialSuffix = ".partial"

    /// Replaces the file at `url` by what `write` leaves at the URL it is given.
    ///
    /// - Throws: ``OutputError/unwritable(file:reason:)``, also where `write` throws an error of netCDF, or
    ///   what else `write` throws; the file at `url` is then as before.
    public static func replace(_ url: URL, by write: (URL) throws -> Void) throws {
        let partial = url.appendingPathExtension(String(partialSuffix.dropFirst()))
        do {
            try write(partial)
            try synchronize(partial)
            guard rename(partial.path, url.path) == 0 else {
                throw OutputError.unwritable(file: url.path, reason: OutputError.systemMessage)
            }
        } catch {
            unlink(partial.path)
            guard case OutputError.netCDF(_, let operation, let message) = error else {
                throw error
            }
            throw OutputError.unwritable(file: url.path, reason: "\(message) (\(operation))")
        }
        try synchronize(url.deletingLastPathComponent())
    }

    /// Replaces the file at `url` by `text` in UTF-8.
    public static func write(_ text: String, to url: URL) throws {
        try write(Data(text.utf8), to: url)
    }

    /// Replaces the file at `url` by `content`.
    public static func write(_ content: Data, to url: URL) throws {
        try replace(url) { partial in
            do {
                try content.write(to: partial)
            } catch {
                throw OutputError.unwritable(file: url.path, reason: reason(of: error))
            }
        }
    }

    /// The reason a Foundation file error gives, without the paths in it.
    static func reason(of error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
        if let posix = (underlying ?? error) as? POSIXError {
            return String(cString: strerror(posix.code.rawValue))
        }
        switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: return String(cString: strerror(ENOENT))
        case .fileReadNoPermission, .fileWriteNoPermission: return String(cString: strerror(EACCES))
        default: return (error as NSError).localizedDescription
        }
    }

    /// Waits until the file or directory at `url` is on disk.
    private static func synchronize(_ url: URL) throws {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw OutputError.unwritable(file: url.path, reason: OutputError.systemMessage)
        }
        defer { close(descriptor) }
        // Some file systems refuse to sync directories (EINVAL); the rename stands all the same.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw OutputError.unwritable(file: url.path, reason: OutputError.systemMessage)
        }
    }
}
