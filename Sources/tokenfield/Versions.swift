import CFFTW
import CLAPACK
import CNetCDF
import CTOML
import Ranks

/// The program's version and those of the libraries it runs on.
enum Versions {
    /// The version of this program, as CHANGELOG.md counts it.
    static let program = "0.1.0"

    /// The lines of `--version`.
    static var lines: [String] {
        // netCDF adds the date of its compilation, FFTW its name and instruction sets.
        let netCDF = String(cString: nc_inq_libvers()).split(separator: " ").first ?? "unknown"
        return [
            "tokenfield \(program)", "FFTW \(fftw)", "netCDF-C \(netCDF)", "LAPACK \(lapack)",
            "toml++ \(String(cString: toml_library_version()))",
        ] + Job.library
    }

    private static var lapack: String {
        var (major, minor, patch) = (Int32(0), Int32(0), Int32(0))
        LAPACKE_ilaver(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }

    /// `3.3.10 (sse2-avx)` out of `fftw-3.3.10-sse2-avx`.
    private static var fftw: String {
        let parts = String(cString: tf_fftw_version()).split(
            separator: "-", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count > 1 else { return parts.first.map(String.init) ?? "unknown" }
        return parts.count == 2 ? String(parts[1]) : "\(parts[1]) (\(parts[2]))"
    }
}
