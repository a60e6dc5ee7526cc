import Foundation

/// One run of a scenario in a process of its own, and what it took.
struct ChildRun {
    /// Wall time.
    let seconds: Double
    /// Most memory that was resident.
    let megabytes: Double

    /// Runs `scenario` with the program at `path`, in a directory that is removed; `nil` if it fails.
    init?(_ path: String, running scenario: String) {
        let output = FileManager.default.temporaryDirectory
            .appendingPathComponent("tokenfield-bench-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: output) }
        let words = [path, "run", scenario, "--output", output, "--force", "--quiet"]
        var arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var pid: pid_t = 0
        let clock = ContinuousClock()
        let start = clock.now
        guard posix_spawn(&pid, path, &actions, nil, &arguments, environ) == 0 else { return nil }
        var (status, usage): (Int32, rusage) = (0, rusage())
        guard wait4(pid, &status, 0, &usage) == pid, status == 0 else { return nil }
        let (whole, attoseconds) = (clock.now - start).components
        seconds = Double(whole) + Double(attoseconds) * 1e-18
        // Linux counts in kilobytes.
        megabytes = Double(usage.ru_maxrss) / 1024
    }
}
