// Measures what the solver is made of beside what it could be at best: one process, one thread (tokens:
// two as well), interleaved samples, medians.
//
//     tokenfield-bench [--quick | --bless] [bench.json]
//
// --quick takes the smallest case of each; --bless only times the scenarios and makes these times the
// reference. Exit status 1: a scenario has become slower than its reference allows.

import Foundation

var arguments = Array(CommandLine.arguments.dropFirst())
let isQuick = arguments.contains("--quick")
let isBlessing = arguments.contains("--bless")
arguments.removeAll { $0 == "--quick" || $0 == "--bless" }
let isUnknown = arguments.count > 1 || arguments.contains { $0.hasPrefix("-") }
if isUnknown || isQuick && isBlessing {
    FileHandle.standardError.write(
        Data("usage: tokenfield-bench [--quick | --bless] [bench.json]\n".utf8))
    exit(64)
}

var suite = Suite(
    stopwatch: Stopwatch(rounds: isQuick ? 3 : 31, time: isQuick ? 1e-4 : 2e-3), isQuick: isQuick)
// Before anything is large here: a child starts with the memory of its parent.
do {
    try suite.scenarios()
    if isBlessing {
        try suite.wallClock.bless()
        print("\nwritten: \(WallClock.path)")
        exit(0)
    }
} catch {
    FileHandle.standardError.write(Data("error: \(error.localizedDescription)\n".utf8))
    exit(1)
}
suite.transforms()
suite.sharpness()
suite.steps()
suite.points()
suite.clusters()
suite.directTokens()
suite.fastTokens()
suite.sphericalTokens()
suite.spheres()
let path = arguments.first ?? ".build/bench.json"
do {
    try suite.report.write(to: path)
    print("\nwritten: \(path)")
} catch {
    FileHandle.standardError.write(Data("error: \(path): \(error.localizedDescription)\n".utf8))
    exit(1)
}
if !suite.wallClock.slower.isEmpty {
    print(
        "\nslower than \(WallClock.limit) times the reference: "
            + suite.wallClock.slower.joined(separator: ", "))
    exit(1)
}
