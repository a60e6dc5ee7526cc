import Foundation

/// Wraps, pads and measures text in terminal columns.
public enum TextLayout {
    /// Columns of the terminal that a descriptor writes to; `nil` if it writes to none.
    static func terminalWidth(_ descriptor: Int32) -> Int? {
        var size = winsize()
        let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return known ? Int(size.ws_col) : nil
    }

    /// Columns for tables on standard output: those of the terminal from 80 to 120, else 80.
    public static var outputWidth: Int {
        min(max(terminalWidth(STDOUT_FILENO) ?? 80, 80), 120)
    }

    /// Columns that `text` takes.
    public static func width(of text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
    }

    /// Columns that one character takes: 2 for East Asian wide characters and emoji, 0 for marks.
    static func width(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator,
            .paragraphSeparator:
            return 0
        default: break
        }
        switch scalar.value {
        // The blocks of Unicode's EastAsianWidth.txt that are wide or full-width.
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// `text` without control characters, so that no file can steer the terminal.
    public static func harmless(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map {
                    $0.properties.generalCategory == .control ? " " : $0
                }))
    }

    /// `text` followed by blanks up to `width` columns.
    public static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - self.width(of: text)))
    }

    /// `text` cut to `width` columns, with an ellipsis where something is missing.
    public static func truncated(_ text: String, to width: Int) -> String {
        if self.width(of: text) <= width { return text }
        var (kept, used) = ("", 0)
        for character in text {
            used += self.width(of: character)
            if used > width - 1 { break }
            kept.append(character)
        }
        return width > 0 ? kept + "…" : ""
    }

    /// `text` in lines of at most `width` columns; there is always a line.
    ///
    /// Lines are broken at blanks, inside a word only if it is longer than a line.
    public static func wrap(_ text: String, width: Int) -> [String] {
        var (lines, line, used) = ([String](), "", 0)
        for word in text.split(separator: " ") {
            let length = self.width(of: String(word))
            if used > 0, used + 1 + length > width {
                lines.append(line)
                (line, used) = ("", 0)
            }
            if used > 0 {
                line += " " + word
                used += 1 + length
                continue
            }
            for character in word {
                let columns = self.width(of: character)
                if used > 0, used + columns > width {
                    lines.append(line)
                    (line, used) = ("", 0)
                }
                line.append(character)
                used += columns
            }
        }
        return lines + (line.isEmpty && !lines.isEmpty ? [] : [line])
    }
}
