import Foundation
import MeanField
import Phases
import Scenarios
import Testing

@testable import Terminal

/// Time and screen of a terminal that is none.
private final class Screen {
    var time = 0.0
    var width = 80
    var written: [String] = []

    func line(isVisible: Bool = true) -> ProgressLine {
        ProgressLine(
            isVisible: isVisible, width: { self.width }, now: { self.time },
            write: { self.written.append($0) })
    }
}

@Suite struct ProgressTests {
    private func progress(_ fraction: Double?, clusters: Int = 3) -> Scenarios.Progress {
        Scenarios.Progress(
            time: ModelTime(51.7), phase: .merging, clusters: clusters, representation: "atoms",
            fractionDone: fraction)
    }

    @Test func text() {
        #expect(
            ProgressLine.text(progress(0.25), elapsed: 10)
                == "t = 51.7  merging  3 clusters  atoms  25 %  30 s left")
        #expect(
            ProgressLine.text(progress(nil, clusters: 1), elapsed: 10)
                == "t = 51.7  merging  1 cluster  atoms")
        #expect(ProgressLine.text(progress(.nan), elapsed: 10).hasSuffix("atoms"))
        #expect(ProgressLine.text(progress(0), elapsed: 10).hasSuffix("0 %"))
        #expect(ProgressLine.text(progress(7), elapsed: 10).hasSuffix("100 %  0 s left"))
    }

    @Test func atMostTenTimesASecond() {
        let screen = Screen()
        let line = screen.line()
        for step in 0..<1000 {
            screen.time = Double(step) / 1024
            line.show(progress(0.5))
        }
        #expect((2...10).contains(screen.written.count))
        #expect(screen.written.allSatisfy { $0.hasPrefix("\r") && $0.hasSuffix("\u{1B}[K") })
    }

    @Test func fitsAndDisappears() {
        let screen = Screen()
        screen.width = 20
        let line = screen.line()
        line.erase()
        #expect(screen.written.isEmpty)
        line.show(progress(0.5))
        #expect(screen.written == ["\rt = 51.7  merging …\u{1B}[K"])
        line.erase()
        #expect(screen.written.last == "\r\u{1B}[K")
        line.erase()
        #expect(screen.written.count == 2)
        line.show(progress(0.5))
        #expect(screen.written.count == 3)
    }

    @Test func nothingWithoutATerminal() {
        let screen = Screen()
        let line = screen.line(isVisible: false)
        line.show(progress(0.5))
        line.erase()
        #expect(screen.written.isEmpty)
    }
}

@Suite struct InterruptionTests {
    @Test func theFirstSignalOnlyRaisesTheFlag() async throws {
        Interruption.install()
        #expect(!Interruption.isRequested)
        // To the process, not to this thread: workers block signals.
        kill(getpid(), SIGTERM)
        for _ in 0..<500 where !Interruption.isRequested {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(Interruption.isRequested)
        signal(SIGINT, SIG_DFL)
    }
}
