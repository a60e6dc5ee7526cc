import Foundation

/// A matrix of numbers in the .npy format of NumPy.
///
/// Versions 1 to 3 of the format, entries `f4` or `f8` of either byte order, in C or Fortran order, shape
/// (rows, columns). Source: NumPy Enhancement Proposal 1 and numpy.lib.format.
struct NumPyFile {
    /// The matrix by its rows.
    let rows: [[Double]]

    /// Why the bytes are no such matrix, as a sentence part: what is wrong; what is allowed.
    struct Malformed: Error {
        var reason: String
    }

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Reads the content of a file.
    init(_ bytes: [UInt8]) throws(Malformed) {
        guard bytes.starts(with: Self.magic) else {
            throw Malformed(
                reason: "it does not start as a .npy file does; write it with numpy.save")
        }
        guard bytes.count >= 12, (1...3).contains(bytes[6]) else {
            throw Malformed(
                reason: "its version of the .npy format is not known; write it with numpy.save")
        }
        let isLong = bytes[6] > 1
        let start = isLong ? 12 : 10
        var length = Int(bytes[8]) | Int(bytes[9]) << 8
        if isLong { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
        guard start + length <= bytes.count,
            let header = String(validating: bytes[start..<(start + length)], as: UTF8.self)
        else { throw Malformed(reason: "its header is cut off") }
        let description = try Self.text("descr", in: header)
        let shape = try Self.shape(in: header)
        let isFortran = try Self.flag("fortran_order", in: header)
        let body = bytes[(start + length)...]
        guard let width = ["f4": 4, "f8": 8][String(description.dropFirst())],
            let order = description.first, "<>=".contains(order)
        else {
            throw Malformed(
                reason: "its entries are of the type \(description.quoted); use float64 or float32")
        }
        guard shape.count == 2 else {
            let words = shape.count == 1 ? "1 dimension" : "\(shape.count) dimensions"
            throw Malformed(reason: "it has \(words); give a matrix")
        }
        let (count, isOverflow) = shape[0].multipliedReportingOverflow(by: shape[1])
        guard !isOverflow, count <= body.count / width, body.count == count * width else {
            throw Malformed(
                reason: "it has \(body.count) bytes of numbers, which is not what its shape "
                    + "\(shape[0]) x \(shape[1]) needs")
        }
        let values = (0..<count).map { i -> Double in
            var bits: UInt64 = 0
            for k in 0..<width {
                let at = order == ">" ? width - 1 - k : k
                bits |= UInt64(body[body.startIndex + i * width + at]) << (8 * UInt64(k))
            }
            return width == 8
                ? Double(bitPattern: bits) : Double(Float(bitPattern: UInt32(bits)))
        }
        rows = (0..<shape[0]).map { row in
            (0..<shape[1]).map { column in
                values[isFortran ? column * shape[0] + row : row * shape[1] + column]
            }
        }
    }

    /// The text after `'key':` in the header, a Python dictionary.
    private static func entry(_ key: String, in header: String) throws(Malformed) -> Substring {
        for quote in ["'", "\""] {
            if let found = header.range(of: quote + key + quote) {
                let rest = header[found.upperBound...].drop { $0 == " " }
                if rest.first == ":" { return rest.dropFirst().drop { $0 == " " } }
            }
        }
        throw Malformed(reason: "its header has no \(key.quoted)")
    }

    private static func text(_ key: String, in header: String) throws(Malformed) -> String {
        let rest = try entry(key, in: header)
        guard let quote = rest.first, quote == "'" || quote == "\"",
            let end = rest.dropFirst().firstIndex(of: quote)
        else {
            throw Malformed(
                reason: "its entries are of a compound type; use float64 or float32")
        }
        return String(rest[rest.index(after: rest.startIndex)..<end])
    }

    private static func flag(_ key: String, in header: String) throws(Malformed) -> Bool {
        let rest = try entry(key, in: header)
        if rest.hasPrefix("True") { return true }
        if rest.hasPrefix("False") { return false }
        throw Malformed(reason: "its header does not say True or False for \(key.quoted)")
    }

    private static func shape(in header: String) throws(Malformed) -> [Int] {
        let rest = try entry("shape", in: header)
        guard rest.first == "(", let end = rest.firstIndex(of: ")") else {
            throw Malformed(reason: "its header has no shape")
        }
        let parts = rest[rest.index(after: rest.startIndex)..<end].split(separator: ",")
        var shape = [Int]()
        for part in parts {
            let word = part.filter { $0 != " " }
            if word.isEmpty { continue }
            guard let size = Int(word), size >= 0 else {
                throw Malformed(reason: "its shape \(String(rest[...end])) makes no sense")
            }
            shape.append(size)
        }
        return shape
    }
}
