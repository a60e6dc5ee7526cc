import CNetCDF
import Foundation

extension NetCDFFile {
    /// Writes `values` into the hyperslab of `count` elements from `start`, row-major.
    ///
    /// - Parameters:
    ///   - start: first index in each dimension.
    ///   - count: number of indices in each dimension; their product is `values.count`.
    public func write(
        _ values: [Double], to variable: Variable, start: [Int], count: [Int]
    ) throws {
        guard expectSlab(values.count, start, count) else { return }
        try call("write the variable \(variable.name)") {
            nc_put_vara_double($0, variable.identifier, start, count, values)
        }
    }

    /// Writes integers into the hyperslab of `count` elements from `start`, row-major.
    public func write(_ values: [Int], to variable: Variable, start: [Int], count: [Int]) throws {
        guard expectSlab(values.count, start, count) else { return }
        let wide = values.map(Int64.init)
        try call("write the variable \(variable.name)") { file in
            wide.withUnsafeBytes { bytes in
                nc_put_vara_longlong(
                    file, variable.identifier, start, count,
                    bytes.assumingMemoryBound(to: CLongLong.self).baseAddress)
            }
        }
    }

    /// Writes texts into the hyperslab of `count` elements from `start`, row-major.
    public func write(
        _ values: [String], to variable: Variable, start: [Int], count: [Int]
    ) throws {
        guard expectSlab(values.count, start, count) else { return }
        let copies = values.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        var pointers = copies.map { UnsafePointer<CChar>($0) }
        try call("write the variable \(variable.name)") {
            nc_put_vara_string($0, variable.identifier, start, count, &pointers)
        }
    }

    /// Writes all of a variable of one dimension, from its first element on.
    public func write(_ values: [Double], to variable: Variable) throws {
        try write(values, to: variable, start: [0], count: [values.count])
    }

    /// Writes all of a variable of integers of one dimension, from its first element on.
    public func write(_ values: [Int], to variable: Variable) throws {
        try write(values, to: variable, start: [0], count: [values.count])
    }

    /// Writes a variable that is one text.
    public func write(_ text: String, to variable: Variable) throws {
        try write([text], to: variable, start: [], count: [])
    }

    /// Reads the hyperslab of `count` elements from `start` (`nil`: everything), row-major.
    public func readDoubles(
        _ variable: Variable, start: [Int]? = nil, count: [Int]? = nil
    ) throws -> [Double] {
        let (start, count) = try slab(of: variable, .double, start, count)
        var values = [Double](repeating: 0, count: count.reduce(1, *))
        if values.isEmpty { return values }
        try call("read the variable \(variable.name)") {
            nc_get_vara_double($0, variable.identifier, start, count, &values)
        }
        return values
    }

    /// Reads the hyperslab of `count` integers from `start` (`nil`: everything), row-major.
    public func readIntegers(
        _ variable: Variable, start: [Int]? = nil, count: [Int]? = nil
    ) throws -> [Int] {
        let (start, count) = try slab(of: variable, .integer, start, count)
        var values = [CLongLong](repeating: 0, count: count.reduce(1, *))
        if values.isEmpty { return [] }
        try call("read the variable \(variable.name)") {
            nc_get_vara_longlong($0, variable.identifier, start, count, &values)
        }
        return values.map { Int($0) }
    }

    /// Reads the hyperslab of `count` texts from `start` (`nil`: everything), row-major.
    public func readStrings(
        _ variable: Variable, start: [Int]? = nil, count: [Int]? = nil
    ) throws -> [String] {
        let (start, count) = try slab(of: variable, .string, start, count)
        var pointers = [UnsafeMutablePointer<CChar>?](
            repeating: nil, count: count.reduce(1, *))
        if pointers.isEmpty { return [] }
        try call("read the variable \(variable.name)") {
            nc_get_vara_string($0, variable.identifier, start, count, &pointers)
        }
        let texts = pointers.map { $0.map { String(cString: $0) } ?? "" }
        try call("release the variable \(variable.name)") { _ in
            nc_free_string(pointers.count, &pointers)
        }
        return texts
    }

    /// Checks the shape of a hyperslab; false: there is nothing to write.
    private func expectSlab(_ values: Int, _ start: [Int], _ count: [Int]) -> Bool {
        precondition(start.count == count.count, "start and count have one entry per dimension")
        precondition(count.reduce(1, *) == values, "count describes the values")
        return values > 0
    }

    private func slab(
        of variable: Variable, _ type: ElementType, _ start: [Int]?, _ count: [Int]?
    ) throws -> (start: [Int], count: [Int]) {
        guard variable.type == type else {
            throw OutputError.damaged(
                file: path, reason: "the variable \(variable.name) has another type")
        }
        let start = start ?? [Int](repeating: 0, count: variable.shape.count)
        return (start, count ?? zip(variable.shape, start).map(-))
    }
}
