// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target: Swift 6 language mode, warnings are errors.
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
    name: "Tokenfield",
    products: [
        .executable(name: "tokenfield", targets: ["tokenfield"]),
        // What other programs embed: see examples/embed.
        .library(
            name: "TokenfieldKit",
            targets: ["Scenarios", "Phases", "MeanField", "TimeIntegration"]),
    ],
    traits: [
        .trait(name: "MPI", description: "Sweeps and tokens on many machines, by Open MPI.")
    ],
    targets: [
        // System libraries and small C/C++ shims: they know C only.
        .systemLibrary(name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"])]),
        .systemLibrary(name: "CNetCDF", pkgConfig: "netcdf", providers: [.apt(["libnetcdf-dev"])]),
        .systemLibrary(
            name: "CLAPACK", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
        .systemLibrary(
            name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .target(
            name: "CMPI",
            dependencies: [.target(name: "COpenMPI", condition: .when(traits: ["MPI"]))],
            cSettings: [.define("TF_MPI", .when(traits: ["MPI"]))]),
        .target(name: "CTOML"),
        .target(name: "CVectorMath"),
        .target(name: "CAllocationCount"),
        .target(name: "CPairLimit"),
        // The layers, each knowing only those above it.
        .target(
            name: "Ranks",
            dependencies: [.target(name: "CMPI", condition: .when(traits: ["MPI"]))],
            swiftSettings: strict),
        .target(
            name: "Spectral", dependencies: ["CFFTW", "CVectorMath", "Ranks"],
            swiftSettings: strict),
        .target(
            name: "TimeIntegration", dependencies: ["CVectorMath"], swiftSettings: strict),
        .target(
            name: "MeanField",
            dependencies: ["Spectral", "TimeIntegration", "Ranks", "CVectorMath", "CLAPACK"],
            swiftSettings: strict),
        .target(
            name: "Phases", dependencies: ["MeanField", "Spectral", "CVectorMath"],
            swiftSettings: strict),
        .target(
            name: "Scenarios", dependencies: ["Phases", "Ranks", "CTOML", "CNetCDF"],
            swiftSettings: strict),
        .target(name: "Terminal", dependencies: ["Scenarios"], swiftSettings: strict),
        .target(
            name: "HTMLReport", dependencies: ["Scenarios", "Terminal", "Spectral"],
            resources: [
                .embedInCode("Resources/report.css"), .embedInCode("Resources/player.js"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "tokenfield",
            dependencies: [
                "Scenarios", "Terminal", "HTMLReport", "MeanField", "Phases", "Spectral", "Ranks",
                "CFFTW", "CNetCDF", "CTOML", "CLAPACK",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "tokenfield-bench",
            dependencies: [
                "MeanField", "Scenarios", "Spectral", "CFFTW", "CAllocationCount", "CPairLimit",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "tokenfield-example", dependencies: ["Scenarios"], path: "examples/embed",
            swiftSettings: strict),
        .testTarget(name: "SpectralTests", dependencies: ["Spectral"], swiftSettings: strict),
        .testTarget(
            name: "TimeIntegrationTests", dependencies: ["TimeIntegration"], swiftSettings: strict),
        .testTarget(
            name: "MeanFieldTests",
            dependencies: ["MeanField", "Ranks", "CAllocationCount", "CVectorMath"],
            swiftSettings: strict),
        .testTarget(name: "PhasesTests", dependencies: ["Phases"], swiftSettings: strict),
        .testTarget(name: "ScenariosTests", dependencies: ["Scenarios"], swiftSettings: strict),
        .testTarget(
            name: "TerminalTests", dependencies: ["Terminal", "tokenfield"], swiftSettings: strict),
        .testTarget(
            name: "HTMLReportTests", dependencies: ["HTMLReport"], swiftSettings: strict),
        // Runs the built program; depends on it so that it is built.
        .testTarget(
            name: "ProgramTests",
            dependencies: ["Scenarios", "tokenfield", "tokenfield-example"],
            swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)
