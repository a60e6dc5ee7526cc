import Foundation

/// A picture by gnuplot as an element of the page.
///
/// What differs between versions of gnuplot or could clash with other pictures is left out: its name,
/// definitions and identifiers. Colours become variables of the style sheet.
struct GnuplotSVG: Sendable {
    /// The element; it takes the size of the box that it stands in.
    let markup: Markup

    /// The drawing in the file `svg`, whose size is `width` by `height`.
    init(_ svg: String, width: Int, height: Int) {
        var body = svg.components(separatedBy: "</defs>").dropFirst().joined()
        if let end = body.range(of: "</svg>", options: .backwards) {
            body.removeSubrange(end.lowerBound...)
        }
        // The group that was opened before the definitions.
        body = "<g>" + body
        for (pattern, replacement) in [
            ("<title>[^<]*</title>", ""), (" (id|clip-path)=(\"[^\"]*\"|'[^']*')", ""),
            ("xlink:href", "href"), ("[ \t\n]+", " "), ("> <", "><"),
        ] {
            body = body.replacingOccurrences(
                of: pattern, with: replacement, options: .regularExpression)
        }
        let empty = "<g[^>]*></g>"
        while body.range(of: empty, options: .regularExpression) != nil {
            body = body.replacingOccurrences(of: empty, with: "", options: .regularExpression)
        }
        for ink in Ink.allCases {
            let (r, g, b) = ink.red
            let pattern = "rgb\\( *\(r), *\(g), *\(b)\\)"
            body = body.replacingOccurrences(
                of: pattern, with: ink.css.text, options: .regularExpression)
        }
        markup = """
            <svg viewBox="0 0 \(width) \(height)" preserveAspectRatio="none" aria-hidden="true" \
            focusable="false">\(Markup(raw: body))</svg>
            """
    }
}
