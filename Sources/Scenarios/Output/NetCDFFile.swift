import CNetCDF
import Foundation

/// A netCDF-4 file that is being written or read.
///
/// Dimensions and variables are defined first, then filled by hyperslabs (row-major, the last
/// dimension fastest). Every call takes one global lock, because the netCDF library is not
/// thread-safe. Calls throw ``OutputError/netCDF(file:operation:message:)``.
public final class NetCDFFile {
    /// A dimension of the file.
    public struct Dimension: Sendable, Hashable {
        let identifier: Int32
        /// Its name.
        public let name: String
    }

    /// A variable of the file.
    public struct Variable: Sendable, Hashable {
        let identifier: Int32
        /// Its name.
        public let name: String
        /// Its element type; `nil` for types this project does not write.
        public let type: ElementType?
        /// Lengths of its dimensions when it was defined or looked up.
        public let shape: [Int]
    }

    /// The element types this project writes.
    public enum ElementType: Sendable, CaseIterable {
        /// 64-bit floating point.
        case double
        /// 64-bit signed integer.
        case integer
        /// UTF-8 text.
        case string

        var code: nc_type {
            switch self {
            case .double: NC_DOUBLE
            case .integer: NC_INT64
            case .string: NC_STRING
            }
        }
    }

    /// The value of an attribute.
    public enum Attribute: Sendable, Hashable {
        /// UTF-8 text.
        case text(String)
        /// One number.
        case double(Double)
        /// One integer.
        case integer(Int)
    }

    /// An attribute with its name.
    public typealias NamedAttribute = (name: String, value: Attribute)

    /// Path of the file, as it stands in error messages.
    public let path: String
    private var identifier: Int32?

    /// netCDF-C has global state: one caller at a time in the whole process.
    private static let library = NetCDFLibrary()

    /// Creates a file, replacing what is there.
    public init(creating url: URL) throws {
        path = url.path
        identifier = try Self.identifier(path: path, operation: "create the file") {
            nc_create(path, NC_CLOBBER | NC_NETCDF4, $0)
        }
    }

    /// Opens a file for reading.
    public init(reading url: URL) throws {
        path = url.path
        identifier = try Self.identifier(path: path, operation: "open the file") {
            nc_open(path, NC_NOWRITE, $0)
        }
    }

    deinit {
        if let identifier {
            _ = Self.library.call { nc_close(identifier) }
        }
    }

    /// Writes what is left and closes the file; later calls throw.
    public func close() throws {
        try call("close the file") { nc_close($0) }
        identifier = nil
    }

    /// Defines a dimension; `length` `nil` is unlimited, and so is 0, for netCDF has no empty ones.
    @discardableResult
    public func defineDimension(_ name: String, length: Int?) throws -> Dimension {
        var dimension: Int32 = 0
        try call("define the dimension \(name)") { nc_def_dim($0, name, length ?? 0, &dimension) }
        return Dimension(identifier: dimension, name: name)
    }

    /// Defines a variable over `dimensions` (none: one value) with its attributes.
    @discardableResult
    public func defineVariable(
        _ name: String, _ type: ElementType, over dimensions: [Dimension] = [],
        attributes: [NamedAttribute] = [], compressed: Bool = false
    ) throws -> Variable {
        var variable: Int32 = 0
        try call("define the variable \(name)") { file in
            nc_def_var(
                file, name, type.code, Int32(dimensions.count), dimensions.map(\.identifier),
                &variable)
        }
        if compressed {
            try call("compress the variable \(name)") { nc_def_var_deflate($0, variable, 1, 1, 1) }
        }
        for attribute in attributes {
            try put(attribute.value, as: attribute.name, of: variable)
        }
        return Variable(
            identifier: variable, name: name, type: type, shape: try lengths(of: dimensions))
    }

    /// Sets an attribute of the file.
    public func setAttribute(_ name: String, _ value: Attribute) throws {
        try put(value, as: name, of: NC_GLOBAL)
    }

    /// Text of an attribute of the file, or of `variable`; `nil` if there is none.
    public func textAttribute(_ name: String, of variable: Variable? = nil) throws -> String? {
        let owner = variable?.identifier ?? NC_GLOBAL
        var type: nc_type = 0
        var length = 0
        guard try isPresent(name, in: owner, type: &type, length: &length) else { return nil }
        guard type == NC_CHAR else {
            throw OutputError.damaged(file: path, reason: "the attribute \(name) is no text")
        }
        guard length > 0 else { return "" }
        var bytes = [CChar](repeating: 0, count: length)
        try call("read the attribute \(name)") { nc_get_att_text($0, owner, name, &bytes) }
        return String(decoding: bytes.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Length of a dimension; `nil` if there is none of that name.
    public func length(ofDimension name: String) throws -> Int? {
        var dimension: Int32 = 0
        let status = try status("look up the dimension \(name)") {
            nc_inq_dimid($0, name, &dimension)
        }
        guard status == NC_NOERR else { return nil }
        return try lengths(of: [Dimension(identifier: dimension, name: name)])[0]
    }

    /// The variable of that name; `nil` if there is none.
    public func variable(_ name: String) throws -> Variable? {
        var variable: Int32 = 0
        let status = try status("look up the variable \(name)") {
            nc_inq_varid($0, name, &variable)
        }
        return status == NC_NOERR ? try describe(variable) : nil
    }

    /// All variables, in the order of their definition.
    public func variables() throws -> [Variable] {
        var count: Int32 = 0
        try call("count the variables") { nc_inq_nvars($0, &count) }
        return try (0..<count).map(describe)
    }

    // MARK: - Plumbing

    /// Calls the library under the lock and turns its status into an error.
    func call(_ operation: String, _ body: (Int32) -> Int32) throws {
        let status = try status(operation, body)
        guard status == NC_NOERR else {
            throw Self.error(status, path: path, operation: operation)
        }
    }

    /// Calls the library under the lock and hands back its status.
    private func status(_ operation: String, _ body: (Int32) -> Int32) throws -> Int32 {
        guard let identifier else {
            throw OutputError.netCDF(
                file: path, operation: operation, message: "the file is closed")
        }
        return Self.library.call { body(identifier) }
    }

    private static func identifier(
        path: String, operation: String, _ body: (UnsafeMutablePointer<Int32>) -> Int32
    ) throws -> Int32 {
        var identifier: Int32 = 0
        let status = library.call { body(&identifier) }
        guard status == NC_NOERR else { throw error(status, path: path, operation: operation) }
        return identifier
    }

    private static func error(_ status: Int32, path: String, operation: String) -> OutputError {
        let message = library.call { String(cString: nc_strerror(status)) }
        return .netCDF(file: path, operation: operation, message: message)
    }

    private func put(_ value: Attribute, as name: String, of variable: Int32) throws {
        try call("write the attribute \(name)") { file in
            switch value {
            case .text(let text):
                nc_put_att_text(file, variable, name, text.utf8.count, text)
            case .double(var number):
                nc_put_att_double(file, variable, name, NC_DOUBLE, 1, &number)
            case .integer(let number):
                withUnsafePointer(to: Int64(number)) {
                    nc_put_att_longlong(file, variable, name, NC_INT64, 1, $0)
                }
            }
        }
    }

    private func isPresent(
        _ name: String, in owner: Int32, type: inout nc_type, length: inout Int
    ) throws -> Bool {
        try status("look up the attribute \(name)") {
            nc_inq_att($0, owner, name, &type, &length)
        } == NC_NOERR
    }

    private func lengths(of dimensions: [Dimension]) throws -> [Int] {
        try dimensions.map { dimension in
            var length = 0
            try call("measure the dimension \(dimension.name)") {
                nc_inq_dimlen($0, dimension.identifier, &length)
            }
            return length
        }
    }

    private func describe(_ variable: Int32) throws -> Variable {
        var name = [CChar](repeating: 0, count: Int(NC_MAX_NAME) + 1)
        var type: nc_type = 0
        var rank: Int32 = 0
        try call("look up a variable") {
            nc_inq_var($0, variable, &name, &type, &rank, nil, nil)
        }
        var identifiers = [Int32](repeating: 0, count: Int(rank))
        try call("look up a variable") { nc_inq_vardimid($0, variable, &identifiers) }
        let text = String(
            decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return Variable(
            identifier: variable, name: text,
            type: ElementType.allCases.first { $0.code == type },
            shape: try lengths(of: identifiers.map { Dimension(identifier: $0, name: text) }))
    }
}
