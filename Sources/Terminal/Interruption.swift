import Foundation
import Synchronization

/// Ctrl-C as a polite request: the run loop asks ``isRequested`` between steps.
///
/// The first SIGINT or SIGTERM sets a flag; the second one of the same kind ends the process at
/// once, as if nothing had been installed.
public enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// Starts to listen; to be called once, before the run.
    public static func install() {
        flag.store(false, ordering: .relaxed)
        var both = sigset_t()
        sigemptyset(&both)
        for number in [SIGINT, SIGTERM] {
            signal(number) { received in
                // Nothing here but what POSIX calls async-signal-safe.
                signal(received, SIG_DFL)
                Interruption.flag.store(true, ordering: .relaxed)
            }
            sigaddset(&both, number)
        }
        // Whoever started the program may have blocked them: worker threads of most libraries do.
        pthread_sigmask(SIG_UNBLOCK, &both, nil)
    }

    /// Whether someone asked the run to stop: one relaxed load, cheap enough for every step.
    public static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
