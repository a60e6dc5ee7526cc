import Foundation

/// A colour of the page that readers with any colour vision can tell from the others.
///
/// The palette of M. Okabe and K. Ito (Color Universal Design, 2008), darker for thin lines on paper
/// and lighter on dark backgrounds.
enum Ink: String, CaseIterable, Sendable {
    case blue, vermilion, green, orange, sky, purple, yellow, grey

    /// How style sheets name it.
    var css: Markup { Markup(raw: "var(--\(rawValue))") }

    /// The colour that gnuplot draws with and that stands for the variable of the style sheet.
    var red: (Int, Int, Int) {
        switch self {
        case .blue: (0, 114, 178)
        case .vermilion: (213, 94, 0)
        case .green: (0, 158, 115)
        case .orange: (230, 159, 0)
        case .sky: (86, 180, 233)
        case .purple: (204, 121, 167)
        case .yellow: (240, 228, 66)
        case .grey: (120, 120, 120)
        }
    }
}
