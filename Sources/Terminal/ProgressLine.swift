import Foundation
import MeanField
import Phases
import Scenarios

/// One line on standard error that says where a run stands, rewritten in place.
///
/// It appears only on a terminal, at most ten times a second, cut to the terminal's width:
///
///     t = 51.7  merging  3 clusters  atoms  62 %  8 s left
public final class ProgressLine {
    private let isVisible: Bool
    private let width: () -> Int
    private let now: () -> Double
    private let write: (String) -> Void
    private let started: Double
    private var lastShown = -Double.infinity
    private var isOnScreen = false

    /// The line on standard error; invisible if that is no terminal, or if `isQuiet`.
    public convenience init(isQuiet: Bool = false) {
        self.init(
            isVisible: !isQuiet && isatty(STDERR_FILENO) == 1,
            width: { TextLayout.terminalWidth(STDERR_FILENO) ?? 80 },
            now: { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 },
            write: { StandardError.writeUnfinished($0) })
    }

    init(
        isVisible: Bool, width: @escaping () -> Int, now: @escaping () -> Double,
        write: @escaping (String) -> Void
    ) {
        self.isVisible = isVisible
        self.width = width
        self.now = now
        self.write = write
        self.started = now()
    }

    /// Shows `progress`, unless the last line is younger than a tenth of a second.
    public func show(_ progress: Scenarios.Progress) {
        show { Self.text(progress, elapsed: $0) }
    }

    /// Shows how much of `work` is done, as a share in [0, 1], unless the last line is too young.
    public func show(_ work: String, fractionDone: Double) {
        show { ([work] + Self.parts(fractionDone, elapsed: $0)).joined(separator: "  ") }
    }

    /// Shows how far a comparison is, unless the last line is younger than a tenth of a second.
    public func show(_ progress: ComparisonProgress) {
        show { Self.text(progress, elapsed: $0) }
    }

    private func show(_ text: (_ elapsed: Double) -> String) {
        guard isVisible else { return }
        let time = now()
        guard time - lastShown >= 0.1 else { return }
        lastShown = time
        let text = text(time - started)
        // One column less: some terminals wrap when the last one is written.
        write("\r" + TextLayout.truncated(text, to: width() - 1) + "\u{1B}[K")
        isOnScreen = true
    }

    /// Takes the line off the screen: at the end, and before anything else is written there.
    public func erase() {
        guard isOnScreen else { return }
        write("\r\u{1B}[K")
        isOnScreen = false
        lastShown = -Double.infinity
    }

    /// The text of the line, `elapsed` seconds after the start.
    static func text(_ progress: Scenarios.Progress, elapsed: Double) -> String {
        let count = progress.clusters == 1 ? "1 cluster" : "\(progress.clusters) clusters"
        let parts = [
            "t = \(NumberText.time(progress.time))", progress.phase.rawValue, count,
            TextLayout.harmless(progress.representation),
        ]
        let ending = progress.fractionDone.map { Self.parts($0, elapsed: elapsed) } ?? []
        return (parts + ending).joined(separator: "  ")
    }

    /// The share that is done and the time that is left.
    private static func parts(_ fraction: Double, elapsed: Double) -> [String] {
        guard fraction.isFinite else { return [] }
        let share = min(max(fraction, 0), 1)
        let parts = ["\(Int(share * 100)) %"]
        // Earlier than this the extrapolation is noise.
        guard share > 0.005, elapsed > 0.5 else { return parts }
        return parts + [NumberText.duration(elapsed * (1 - share) / share) + " left"]
    }

    /// For example `12 of 60 runs of particles  31 %  8 s left`.
    static func text(_ progress: ComparisonProgress, elapsed: Double) -> String {
        if progress.total == 0 { return "computing the density" }
        let parts = ["\(progress.finished) of \(progress.total) runs of particles"]
        let ending = progress.fraction.map { Self.parts($0, elapsed: elapsed) } ?? []
        return (parts + ending).joined(separator: "  ")
    }
}
