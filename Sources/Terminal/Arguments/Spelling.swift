/// Finds what a misspelt word was probably meant to be.
public enum Spelling {
    /// The candidate closest to `word`, or `nil` if none is close.
    ///
    /// Close means at most a third of the letters (at least one) inserted, left out, replaced or
    /// swapped with their neighbour; an empirical bound.
    public static func closest(to word: String, among candidates: [String]) -> String? {
        let bound = max(1, word.count / 3)
        var best: (distance: Int, candidate: String)?
        for candidate in candidates {
            let distance = distance(word.lowercased(), candidate.lowercased())
            if distance <= bound, distance < best?.distance ?? .max {
                best = (distance, candidate)
            }
        }
        if let best { return best.candidate }
        let longer = candidates.filter { word.count >= 3 && $0.hasPrefix(word) }
        return longer.count == 1 ? longer[0] : nil
    }

    /// `"; did you mean 'x'?"`, or nothing.
    public static func hint(for word: String, among candidates: [String]) -> String {
        closest(to: word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// Number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
    ///
    /// The optimal string alignment distance; O(|a| |b|).
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                let replaced = rows[i][j] + (a[i] == b[j] ? 0 : 1)
                var least = min(replaced, rows[i][j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    least = min(least, rows[i - 1][j - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
