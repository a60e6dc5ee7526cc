import Foundation

/// A lock on a run directory that the system releases when the process ends, however it ends.
///
/// `flock` on the file `.lock`, which stays behind empty: a file left by a dead process blocks
/// nobody. File systems without locks (some parallel ones) go without.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: ``OutputError/inUse(path:)`` if another run holds it,
    ///   ``OutputError/unwritable(file:reason:)`` if the lock file cannot be made.
    init(in directory: URL) throws {
        let file = directory.appendingPathComponent(".lock").path
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw OutputError.unwritable(file: directory.path, reason: OutputError.systemMessage)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            throw OutputError.inUse(path: directory.path)
        }
    }

    deinit { close(descriptor) }
}
