import Foundation

/// The last 24 bytes of a netCDF file: mark, length and checksum of what stands before.
///
/// Programs that read netCDF do not look there. The netCDF library itself does not survive every damaged
/// file, so that only files with an intact seal are given to it.
enum Seal {
    private static let mark = Data("TKFDSEAL".utf8)
    private static let size = 24

    /// Seals a finished file.
    static func append(to url: URL) throws {
        do {
            let content = try Data(contentsOf: url, options: .mappedIfSafe)
            let handle = try FileHandle(forWritingTo: url)
            try handle.seekToEnd()
            try handle.write(contentsOf: seal(of: content))
            try handle.close()
        } catch {
            throw OutputError.unwritable(file: url.path, reason: AtomicFile.reason(of: error))
        }
    }

    /// Throws ``OutputError`` where the file is missing or its seal is not intact.
    static func verify(_ url: URL) throws {
        let data: Data
        do {
            data = try Data(contentsOf: url, options: .mappedIfSafe)
        } catch {
            throw OutputError.unreadable(file: url.path, reason: AtomicFile.reason(of: error))
        }
        guard data.count > size, data.suffix(size).prefix(mark.count) == mark else {
            throw OutputError.damaged(
                file: url.path, reason: "it is truncated, or not as tokenfield wrote it")
        }
        guard data.suffix(size) == seal(of: data.dropLast(size)) else {
            throw OutputError.damaged(file: url.path, reason: "its checksum does not fit")
        }
    }

    private static func seal(of content: Data) -> Data {
        var seal = mark
        for word in [UInt64(content.count), checksum(content)] {
            withUnsafeBytes(of: word.littleEndian) { seal.append(contentsOf: $0) }
        }
        return seal
    }

    /// FNV-1a over 8-byte little-endian words, then over the bytes left.
    private static func checksum(_ content: Data) -> UInt64 {
        let prime: UInt64 = 0x100_0000_01b3
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        content.withUnsafeBytes { bytes in
            let words = bytes.count / 8
            for index in 0..<words {
                let word = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
                hash = (hash ^ UInt64(littleEndian: word)) &* prime
            }
            for index in 8 * words..<bytes.count { hash = (hash ^ UInt64(bytes[index])) &* prime }
        }
        return hash
    }
}
