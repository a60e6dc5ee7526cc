import Foundation

/// The netCDF library as a resource: one caller at a time, and quiet.
///
/// HDF5 built for threads keeps error printing per thread, and netCDF-C (4.9.0) turns it off for the
/// first one alone; without the call below every look-up of a missing attribute on another thread
/// fills stderr. Errors are reported by status codes, so nothing is lost.
final class NetCDFLibrary: Sendable {
    private typealias SetErrorPrinting =
        @convention(c) (Int64, UnsafeRawPointer?, UnsafeRawPointer?) -> Int32

    private let lock = NSLock()
    private let setErrorPrinting: SetErrorPrinting?

    init() {
        // Looked up by name: which HDF5 netCDF was linked with differs between systems.
        setErrorPrinting = dlsym(nil, "H5Eset_auto2").map {
            unsafeBitCast($0, to: SetErrorPrinting.self)
        }
    }

    /// Calls the library alone.
    func call<Result>(_ body: () -> Result) -> Result {
        lock.withLock {
            _ = setErrorPrinting?(0, nil, nil)
            return body()
        }
    }
}
