import MeanField

/// Changes texts and files at random, the same way for the same seed.
struct Mutator {
    private var random: Random

    /// What readers stumble over.
    private static let hostile = [
        "nan", "-inf", "1e308", "-1e308", "4.9e-324", "1e-300", "1e999", "-0.0", "0", "-1", "3",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "100000000", "[]",
        "{}", "[[", "]", "\"", "\"\"\"", "'''", "=", ".", ",", "#", "\n", "\r", "\t", "\0",
        "true", "1979-05-27", "\\u0000", "\\", "é", "\u{FEFF}", "🙂", "\u{202E}", "(", ")", ":",
        "{ a = 1 }", "[1, 2]", "[[1, 0.5, 0.5]]", "0x7fffffffffffffff", "1_000_000",
    ].map { Array($0.utf8) }

    init(seed: UInt64) { random = Random(seed: seed) }

    /// A number from 0 to `count` - 1.
    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    /// `bytes` after one to four changes.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(4) { change(&bytes) }
        return bytes
    }

    /// `text` after one to four changes.
    mutating func mutated(_ text: String) -> String {
        String(decoding: mutated(Array(text.utf8)), as: UTF8.self)
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let word = Self.hostile[below(Self.hostile.count)]
        guard !bytes.isEmpty else {
            bytes = word
            return
        }
        let place = below(bytes.count)
        let end = min(bytes.count, place + 1 + below(below(2) == 0 ? 4 : 60))
        switch below(8) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count))
        case 3: bytes.insert(contentsOf: word, at: place)
        case 4: bytes.removeSubrange(place...)
        default: replaceNumber(from: place, by: word, in: &bytes)
        }
    }

    /// Puts `word` in the place of the next number.
    private mutating func replaceNumber(
        from place: Int, by word: [UInt8], in bytes: inout [UInt8]
    ) {
        let digits = Set(Array("0123456789.+-e".utf8))
        guard
            let start = bytes[place...].firstIndex(where: {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            })
        else { return bytes.insert(contentsOf: word, at: place) }
        let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: word)
    }
}
