import Foundation
import Scenarios

/// The player: a canvas with what it shows in words, a time slider and buttons.
///
/// It stays hidden until its script runs; ``Moments`` show the same without one.
struct PlayerSection: Sendable {
    let frames: PlayerFrames

    /// The section; nothing if there is nothing to play.
    var markup: Markup {
        if frames.isEmpty { return .empty }
        return """
            <section id="player" class="player" aria-label="Player" hidden>
            <canvas tabindex="-1" role="img" aria-label="The tokens at the time of the slider"></canvas>
            <div class="panel">
            <dl aria-live="off"><dt>time t</dt><dd data-time></dd><dt>phase</dt><dd data-phase></dd>\
            <dt>clusters</dt><dd data-clusters></dd><dt>condensed</dt><dd data-condensed></dd>\
            <dt>energy / largest</dt><dd data-energy></dd></dl>
            <div class="controls"><button type="button" data-play>Play</button>\
            <input type="range" min="0" step="1" value="0" aria-label="Time"></div>
            <p class="hint" data-hint></p>
            </div>
            </section>
            <noscript><p class="notice">The player needs JavaScript; the pictures below show the run \
            without it.</p></noscript>
            <script type="application/json" id="frames">\(json)</script>

            """
    }

    /// No character of it can end the script element.
    private var json: Markup {
        Markup(raw: frames.json.description.replacingOccurrences(of: "<", with: "\\u003c"))
    }
}
