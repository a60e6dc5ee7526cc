import Foundation

/// The processes of the job to which this one belongs.
public enum Job {
    #if MPI
        /// There is a job where the environment says so: alone, Open MPI would start one of its own.
        private static let mpi: OpenMPI? = isLaunched ? OpenMPI() : nil
    #endif

    /// All processes; `nil` where this is the only one.
    public static var communicator: (any Communicator)? {
        #if MPI
            return mpi.flatMap { $0.size > 1 ? $0 : nil }
        #else
            return nil
        #endif
    }

    /// The processors of this machine that each process of the job has, at least 1.
    public static var processors: Int {
        let bound = ProcessInfo.processInfo.activeProcessorCount
        #if MPI
            if let mpi {
                return max(1, min(bound, ProcessInfo.processInfo.processorCount / mpi.neighbours))
            }
        #endif
        return bound
    }

    /// Name and version of the library that connects them; none where the program was built without MPI.
    public static var library: [String] {
        #if MPI
            return [OpenMPI.version]
        #else
            return []
        #endif
    }

    /// Number of processes that `mpirun` started, where this program was built without MPI and sees none
    /// of the others; 1 where it sees them.
    public static var strangers: Int {
        #if MPI
            return 1
        #else
            return environment["OMPI_COMM_WORLD_SIZE"].flatMap { Int($0) } ?? 1
        #endif
    }

    /// Whether this process is the one that speaks.
    public static var isFirst: Bool {
        (communicator?.rank ?? environment["OMPI_COMM_WORLD_RANK"].flatMap { Int($0) } ?? 0) == 0
    }

    /// Leaves the job, before the process ends.
    public static func finish() {
        #if MPI
            mpi?.finish()
        #endif
    }

    /// What `mpirun`, or `srun` with PMIx or PMI, leave to their processes.
    private static var isLaunched: Bool {
        ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"].contains { environment[$0] != nil }
    }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }
}
