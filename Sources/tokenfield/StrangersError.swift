import Ranks
import Terminal

/// Several processes of a program that does not know of the others, on the same work.
struct StrangersError: ReportableError {
    let count: Int

    var exitStatus: ExitStatus { .badInput }

    /// Said by one of them.
    var messages: [String] {
        guard Job.isFirst else { return [] }
        return [
            "mpirun started \(count) processes, but this program was built without MPI; build it with "
                + "swift build -c release --traits MPI, or start it without mpirun"
        ]
    }

    /// Refuses work that processes would do for each other.
    static func check() throws {
        if Job.strangers > 1 { throw StrangersError(count: Job.strangers) }
    }
}
