import MeanField
import Phases

extension Archive {
    /// Stores snapshots under names that start with `name`, every field bit for bit.
    public mutating func store(_ snapshots: [Snapshot], as name: String) {
        let rows = snapshots.map(\.observables)
        self[doubles: "\(name).time_significand"] = snapshots.map(\.time.significand)
        self[integers: "\(name).time_exponent"] = snapshots.map(\.time.exponent)
        self[integers: "\(name).clusters"] = rows.map(\.clusters)
        for field in ObservableField.always {
            self[doubles: "\(name).\(field.name)"] = rows.map { $0[keyPath: field.path] }
        }
        for field in OptionalObservableField.all {
            store(rows.map { $0[keyPath: field.path].map { [$0] } }, as: "\(name).\(field.name)")
        }
        store(rows.map { $0.modes.flatMap { [$0.x, $0.y] } }, as: "\(name).modes")
        store(rows.map { $0.moments }, as: "\(name).moments")
        store(snapshots.map { $0.tokens?.positions }, as: "\(name).token_positions")
        store(snapshots.map { $0.tokens?.masses }, as: "\(name).token_masses")
        store(snapshots.map(\.density), as: "\(name).density")
        store(snapshots.map(\.profile), as: "\(name).profile")
        store(snapshots.map(\.map), as: "\(name).map")
        store(snapshots.map(\.spectrum), as: "\(name).spectrum")
        store(RaggedPoints(snapshots.map(\.cells)), as: "\(name).cells")
        store(RaggedPoints(snapshots.map(\.atoms)), as: "\(name).atoms")
    }

    /// The snapshots that were stored under `name`.
    ///
    /// - Throws: ``OutputError/missingEntry(name:)`` if an entry is missing or does not fit.
    public func snapshots(_ name: String) throws -> [Snapshot] {
        let exponents = try integers("\(name).time_exponent")
        let count = exponents.count
        let significands = try column("\(name).time_significand", count)
        guard significands.allSatisfy({ $0 == 0 || (1..<2).contains($0) }) else {
            throw OutputError.missingEntry(name: "\(name).time_significand")
        }
        var rows = [Observables](repeating: .blank, count: count)
        let clusters = try integers("\(name).clusters")
        guard clusters.count == count else {
            throw OutputError.missingEntry(name: "\(name).clusters")
        }
        for index in 0..<count { rows[index].clusters = clusters[index] }
        for field in ObservableField.always {
            let values = try column("\(name).\(field.name)", count)
            for index in 0..<count { rows[index][keyPath: field.path] = values[index] }
        }
        for field in OptionalObservableField.all {
            let values = try lists("\(name).\(field.name)", count)
            for index in 0..<count { rows[index][keyPath: field.path] = values[index]?.first }
        }
        let modes = try lists("\(name).modes", count)
        for index in 0..<count {
            let numbers = modes[index] ?? []
            rows[index].modes = stride(from: 0, to: numbers.count - 1, by: 2)
                .map { SIMD2(numbers[$0], numbers[$0 + 1]) }
        }
        let moments = try lists("\(name).moments", count)
        for index in 0..<count { rows[index].moments = moments[index] ?? [] }
        let positions = try lists("\(name).token_positions", count)
        let weights = try lists("\(name).token_masses", count)
        let tokens = try zip(positions, weights).map { positions, masses -> TokenMeasure? in
            guard let positions, let masses else { return nil }
            guard let tokens = TokenMeasure(checking: positions, masses: masses) else {
                throw OutputError.missingEntry(name: "\(name).token_positions")
            }
            return tokens
        }
        let densities = try lists("\(name).density", count)
        let profiles = try lists("\(name).profile", count)
        let maps = try lists("\(name).map", count)
        let spectra = try lists("\(name).spectrum", count)
        let cells = try points("\(name).cells", count)
        let atoms = try points("\(name).atoms", count)
        return (0..<count).map {
            Snapshot(
                time: ModelTime(significands[$0], exponent: exponents[$0]), observables: rows[$0],
                density: densities[$0], profile: profiles[$0], cells: cells[$0], atoms: atoms[$0],
                tokens: tokens[$0], map: maps[$0], spectrum: spectra[$0])
        }
    }

    /// Lists of any length, `nil` among them, as one array and lengths (-1 for `nil`).
    private mutating func store(_ lists: [[Double]?], as name: String) {
        self[integers: "\(name).lengths"] = lists.map { $0?.count ?? -1 }
        self[doubles: "\(name).values"] = lists.flatMap { $0 ?? [] }
    }

    private func lists(_ name: String, _ count: Int) throws -> [[Double]?] {
        let lengths = try integers("\(name).lengths")
        let values = try doubles("\(name).values")
        guard lengths.count == count, lengths.allSatisfy({ (-1...values.count).contains($0) }),
            lengths.reduce(0, { $0 + max($1, 0) }) == values.count
        else { throw OutputError.missingEntry(name: "\(name).lengths") }
        var start = 0
        return lengths.map { length in
            guard length >= 0 else { return nil }
            defer { start += length }
            return Array(values[start..<start + length])
        }
    }

    private mutating func store(_ points: RaggedPoints, as name: String) {
        self[integers: "\(name).counts"] = points.counts
        self[doubles: "\(name).angles"] = points.angles
        self[doubles: "\(name).masses"] = points.masses
    }

    private func points(_ name: String, _ count: Int) throws -> [[(angle: Double, mass: Double)]] {
        let points = RaggedPoints(
            counts: try integers("\(name).counts"), angles: try doubles("\(name).angles"),
            masses: try doubles("\(name).masses"))
        guard let lists = points.lists, lists.count == count else {
            throw OutputError.missingEntry(name: "\(name).counts")
        }
        return lists
    }

    private func column(_ name: String, _ count: Int) throws -> [Double] {
        let values = try doubles(name)
        guard values.count == count else { throw OutputError.missingEntry(name: name) }
        return values
    }
}
