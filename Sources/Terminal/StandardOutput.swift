import Foundation
import Scenarios

/// Standard output, whose reader may be gone and whose disk may be full.
public enum StandardOutput {
    /// Makes writing beyond a limit of the size of files an error like a full disk.
    ///
    /// A reader that is gone ends the process quietly, by SIGPIPE, as the shell expects.
    public static func prepare() {
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Writes a value on several lines.
    public static func write(_ value: JSONValue) { print(value.prettyPrinted, terminator: "") }

    /// Lets this process write nothing, here or as lines on standard error.
    public static func silence() {
        let nowhere = open("/dev/null", O_WRONLY)
        dup2(nowhere, STDOUT_FILENO)
        close(nowhere)
        StandardError.isSilent.store(true, ordering: .relaxed)
    }

    /// Writes what is left; the status of a command that ended with `status`.
    ///
    /// Where that is impossible for another reason than a reader that is gone, says so.
    public static func finish(_ status: ExitStatus) -> ExitStatus {
        guard fflush(nil) != 0, errno != EPIPE else { return status }
        StandardError.write(
            "error: standard output cannot be written: \(String(cString: strerror(errno)))")
        return status == .done ? .badInput : status
    }
}
