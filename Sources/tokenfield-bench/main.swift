// Measures what the solver is made of beside what it could be at best: one process, one thread (tokens:
// two as well), interleaved samples, medians.
//
//     tokenfield-bench [--quick] [bench.json]

import Foundation

var arguments = Array(CommandLine.arguments.dropFirst())
let isQuick = arguments.contains("--quick")
arguments.removeAll { $0 == "--quick" }
if arguments.count > 1 || arguments.contains(where: { $0.hasPrefix("-") }) {
    FileHandle.standardError.write(Data("usage: tokenfield-bench [--quick] [bench.json]\n".utf8))
    exit(64)
}

var suite = Suite(
    stopwatch: Stopwatch(rounds: isQuick ? 3 : 31, time: isQuick ? 1e-4 : 2e-3), isQuick: isQuick)
// Before anything is large here: a child starts with the memory of its parent.
do {
    try suite.scenarios()
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
