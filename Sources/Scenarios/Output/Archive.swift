import Foundation

/// Named arrays and texts, saved bit for bit: the content of `checkpoint.nc`.
///
///     var archive = Archive()
///     archive[doubles: "state.density"] = density
///     archive[integers: "steps"] = [count]
///     try archive.save(to: url)
///
/// The file is netCDF-4 with one variable per entry, followed by a seal: a mark, the length and a
/// checksum (FNV-1a, 64 bits, over 8-byte words) of everything before it. Only a file with an intact
/// seal reaches the netCDF library, so that truncated or altered files are refused, never half read.
public struct Archive: Sendable, Equatable {
    private var doubleEntries: [String: [Double]] = [:]
    private var integerEntries: [String: [Int]] = [:]
    private var stringEntries: [String: String] = [:]

    /// An archive without entries.
    public init() {}

    /// The array of doubles of that name; `nil` if there is none.
    public subscript(doubles name: String) -> [Double]? {
        get { doubleEntries[name] }
        set { doubleEntries[name] = newValue }
    }

    /// The array of integers of that name; `nil` if there is none.
    public subscript(integers name: String) -> [Int]? {
        get { integerEntries[name] }
        set { integerEntries[name] = newValue }
    }

    /// The text of that name, without NUL characters; `nil` if there is none.
    public subscript(string name: String) -> String? {
        get { stringEntries[name] }
        set { stringEntries[name] = newValue }
    }

    /// The array of doubles of that name.
    ///
    /// - Throws: ``OutputError/missingEntry(name:)``.
    public func doubles(_ name: String) throws -> [Double] {
        try Self.expect(doubleEntries[name], name)
    }

    /// The array of integers of that name.
    ///
    /// - Throws: ``OutputError/missingEntry(name:)``.
    public func integers(_ name: String) throws -> [Int] {
        try Self.expect(integerEntries[name], name)
    }

    /// The text of that name.
    ///
    /// - Throws: ``OutputError/missingEntry(name:)``.
    public func string(_ name: String) throws -> String {
        try Self.expect(stringEntries[name], name)
    }

    /// Stores the entries of another archive, each as `name` and its own name.
    mutating func store(_ part: Archive, as name: String) {
        for (key, value) in part.doubleEntries { doubleEntries["\(name).\(key)"] = value }
        for (key, value) in part.integerEntries { integerEntries["\(name).\(key)"] = value }
        for (key, value) in part.stringEntries { stringEntries["\(name).\(key)"] = value }
    }

    /// The archive that was stored as `name`.
    func part(_ name: String) -> Archive {
        func entries<Value>(_ all: [String: Value]) -> [String: Value] {
            let own = all.filter { $0.key.hasPrefix(name + ".") }
            return Dictionary(
                uniqueKeysWithValues: own.map {
                    (String($0.key.dropFirst(name.count + 1)), $0.value)
                })
        }
        var part = Archive()
        part.doubleEntries = entries(doubleEntries)
        part.integerEntries = entries(integerEntries)
        part.stringEntries = entries(stringEntries)
        return part
    }

    private static func expect<Value>(_ value: Value?, _ name: String) throws -> Value {
        guard let value else { throw OutputError.missingEntry(name: name) }
        return value
    }

    /// Name of the format, an attribute of the file.
    private static let format = "tokenfield checkpoint 1"

    /// Writes the archive whole or not at all; the same entries give the same bytes.
    ///
    /// - Throws: ``OutputError``.
    public func save(to url: URL) throws {
        try AtomicFile.replace(url) { partial in
            let file = try NetCDFFile(creating: partial)
            try file.setAttribute("format", .text(Self.format))
            // The prefixes let an array of doubles and one of integers share a name.
            for (name, values) in doubleEntries.sorted(by: { $0.key < $1.key }) {
                let length = try file.defineDimension("d.\(name)", length: values.count)
                try file.write(
                    values, to: file.defineVariable("double.\(name)", .double, over: [length]))
            }
            for (name, values) in integerEntries.sorted(by: { $0.key < $1.key }) {
                let length = try file.defineDimension("i.\(name)", length: values.count)
                try file.write(
                    values, to: file.defineVariable("integer.\(name)", .integer, over: [length]))
            }
            for (name, text) in stringEntries.sorted(by: { $0.key < $1.key }) {
                try file.write(text, to: file.defineVariable("string.\(name)", .string))
            }
            try file.close()
            try Seal.append(to: partial)
        }
    }

    /// Reads an archive.
    ///
    /// - Throws: ``OutputError`` if the file is missing, truncated, altered or of another format.
    public static func load(from url: URL) throws -> Archive {
        try Seal.verify(url)
        let file = try NetCDFFile(reading: url)
        guard try file.textAttribute("format") == format else {
            throw OutputError.damaged(file: url.path, reason: "it is no \(format)")
        }
        var archive = Archive()
        for variable in try file.variables() {
            let name = String(variable.name.drop { $0 != "." }.dropFirst())
            switch variable.type {
            case .double: archive[doubles: name] = try file.readDoubles(variable)
            case .integer: archive[integers: name] = try file.readIntegers(variable)
            case .string: archive[string: name] = try file.readStrings(variable).first
            case nil:
                throw OutputError.damaged(
                    file: url.path, reason: "\(variable.name) has an unknown type")
            }
        }
        try file.close()
        return archive
    }
}
