/// Finds the name that was probably meant.
public enum Suggestion {
    /// The candidate closest to a misspelt name, or `nil` if none is close.
    ///
    /// Close is an edit distance (insertions, deletions, substitutions, swaps of neighbours) of at
    /// most a third of the name's length (and never the whole name), or a beginning of three letters
    /// and more; the bound is empirical.
    public static func closest(to name: String, among candidates: [String]) -> String? {
        let wanted = Array(name.lowercased())
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let letters = Array(candidate.lowercased())
            var distance = editDistance(wanted, letters)
            if wanted.count >= 3, letters.starts(with: wanted) { distance = min(distance, 1) }
            let close =
                distance <= max(1, (wanted.count + 1) / 3)
                && distance < max(wanted.count, letters.count)
            if close, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// The end of a message: `; did you mean …?`, or a full stop if no candidate is close.
    public static func clause(for name: String, among candidates: [String]) -> String {
        closest(to: name, among: candidates).map { "; did you mean \($0)?" } ?? "."
    }

    /// The optimal string alignment distance, O(a·b).
    static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    distance = min(distance, beforeLast[j - 1] + 1)
                }
                row.append(distance)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
