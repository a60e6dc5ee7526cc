import Foundation

/// What can go wrong with the files of a run, each as a sentence with an action.
public enum OutputError: Error, Equatable, CustomStringConvertible {
    /// A netCDF call failed.
    case netCDF(file: String, operation: String, message: String)
    /// A file or directory cannot be read.
    case unreadable(file: String, reason: String)
    /// A file or directory cannot be written.
    case unwritable(file: String, reason: String)
    /// A file cannot be written any more in the midst of a computation.
    case cutShort(file: String, reason: String)
    /// A directory, or a file in it, is no longer there in the midst of a computation.
    case vanished(path: String)
    /// A file is truncated, altered or of another format.
    case damaged(file: String, reason: String)
    /// An archive lacks an entry.
    case missingEntry(name: String)
    /// The directory holds a run already.
    case runExists(path: String)
    /// The directory holds something else than a run.
    case notARunDirectory(path: String)
    /// There is no run to look at.
    case noRun(path: String)
    /// The run has not come to its first results.
    case noResults(path: String)
    /// A file of another version of the format.
    case unknownFormat(file: String, found: String, known: String)
    /// There is no run to go on with.
    case nothingToResume(path: String)
    /// Another process is running in the directory.
    case inUse(path: String)
    /// The stored scenario differs from the given one.
    case differentScenario(path: String, line: Int, stored: String, given: String)
    /// gnuplot is not installed.
    case gnuplotMissing
    /// gnuplot refused the script.
    case gnuplotFailed(status: Int32, message: String)

    /// The sentence for the user.
    public var description: String {
        switch self {
        case .netCDF(let file, let operation, let message):
            "\(file): cannot \(operation): \(message)."
        case .unreadable(let file, let reason):
            "\(file): cannot be read: \(reason)."
        case .unwritable(let file, let reason):
            "\(file): cannot be written: \(reason)."
        case .cutShort(let file, let reason):
            "\(file): cannot be written any more: \(reason); what was complete stays valid. Make room "
                + "and continue with --resume."
        case .vanished(let path):
            "\(path): was removed or moved away while it was being written to; start again, or continue "
                + "where it is now with --output and --resume."
        case .damaged(let file, let reason):
            "\(file): is damaged: \(reason); delete it or take an intact copy."
        case .missingEntry(let name):
            "The checkpoint has no entry \"\(name)\"; it was written by another version."
        case .runExists(let path):
            "\(path): already holds a run; continue it with --resume, replace it with --force, "
                + "or choose another directory with --output."
        case .notARunDirectory(let path):
            "\(path): is no run directory (no scenario.toml and log.txt of a run); "
                + "choose another directory with --output."
        case .noRun(let path):
            "\(path): holds no run; give the directory that `tokenfield run` wrote its results to."
        case .noResults(let path):
            "\(path): the run has no results yet (no phases.json and run.nc); wait for them, or "
                + "continue it with --resume."
        case .unknownFormat(let file, let found, let known):
            "\(file): has the format \"\(found)\", and this version of tokenfield reads "
                + "\"\(known)\"; use the version that wrote it."
        case .nothingToResume(let path):
            "\(path): holds no run to continue; start it without --resume."
        case .inUse(let path):
            "\(path): another run is going on in this directory; wait for it, or choose another "
                + "directory with --output."
        case .differentScenario(let path, let line, let stored, let given):
            "\(path): belongs to another scenario: scenario.toml:\(line) is \"\(stored)\", now it "
                + "is \"\(given)\"; run it with --force to replace it, or choose another "
                + "directory with --output."
        case .gnuplotMissing:
            "Figures need gnuplot, which is not on the PATH; install it (Debian: gnuplot-nox)."
        case .gnuplotFailed(let status, let message):
            "gnuplot failed with status \(status): \(message)"
        }
    }

    /// Does work that writes into a directory which is claimed: what cannot be written from then on is no
    /// bad input, but cuts the work short.
    static func inMidst<Result>(of work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch OutputError.unwritable(let file, let reason) {
            // netCDF calls it a matter of permissions that there is no directory.
            let directory = (file as NSString).deletingLastPathComponent
            guard access(directory, F_OK) == 0 else { throw OutputError.vanished(path: directory) }
            throw reason == absence
                ? OutputError.vanished(path: file)
                : OutputError.cutShort(file: file, reason: reason)
        }
    }

    /// The system's message for what is not there.
    static var absence: String { String(cString: strerror(ENOENT)) }

    /// The system's message for the current `errno`.
    static var systemMessage: String { String(cString: strerror(errno)) }
}
