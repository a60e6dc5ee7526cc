#if MPI
    import CMPI

    /// The processes that `mpirun` or `srun` started, through Open MPI.
    ///
    /// Sums are added in an order that the number of ranks and of values decides. To be used by the main
    /// thread only.
    public struct OpenMPI: Communicator {
        public let rank: Int
        public let size: Int
        /// How many of them are on this machine.
        public let neighbours: Int

        /// Joins the other processes; once in the life of a process.
        public init() {
            tf_mpi_start()
            (rank, size) = (Int(tf_mpi_rank()), Int(tf_mpi_size()))
            neighbours = Int(tf_mpi_neighbours())
        }

        /// Leaves them; the last call.
        public func finish() { tf_mpi_finish() }

        /// Name and version of the library, for example `Open MPI v4.1.4`.
        public static var version: String {
            var name = [CChar](repeating: 0, count: 64)
            tf_mpi_library(&name, name.count)
            let text = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            return text.split(separator: ",").first.map(String.init) ?? ""
        }

        public func sum(_ values: inout [Double]) { tf_mpi_sum(&values, values.count) }

        public func largest(_ values: inout [Double]) { tf_mpi_largest(&values, values.count) }

        public func broadcast(_ values: inout [Double]) { tf_mpi_broadcast(&values, values.count) }

        public func scatter(_ all: [Double], counts: [Int], into part: inout [Double]) {
            precondition(
                part.count == counts[rank] && (rank > 0 || all.count == counts.reduce(0, +)))
            tf_mpi_scatter(all, counts.map { Int32($0) }, &part)
        }

        public func gather(_ part: [Double], counts: [Int], into all: inout [Double]) {
            precondition(
                part.count == counts[rank] && (rank > 0 || all.count == counts.reduce(0, +)))
            tf_mpi_gather(part, counts.map { Int32($0) }, &all)
        }

        public func send(_ message: String, to rank: Int) {
            let bytes = message.utf8.map { CChar(bitPattern: $0) }
            tf_mpi_send(bytes, bytes.count, Int32(rank))
        }

        public func receive() -> String? {
            var sender: Int32 = 0
            let count = tf_mpi_probe(&sender)
            guard count >= 0 else { return nil }
            var bytes = [CChar](repeating: 0, count: count)
            tf_mpi_receive(&bytes, count, sender)
            return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
#endif
