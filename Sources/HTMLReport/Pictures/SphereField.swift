import Foundation
import MeanField
import Phases

/// A density on S² with respect to the uniform probability measure, on the grid of ``Phases/SphereMap``.
struct SphereField: Sendable {
    /// Row by row from the north pole, shape [rings · longitudes].
    let values: [Double]

    /// A field of these values.
    init(_ values: [Double]) {
        precondition(values.count == SphereMap.rings * SphereMap.longitudes)
        self.values = values
    }

    /// The value at a unit vector, bilinear in latitude and longitude.
    func value(at point: [Double]) -> Double {
        let colatitude = acos(max(-1, min(1, point[2])))
        let turn = atan2(point[1], point[0]) / (2 * .pi)
        let (rows, columns) = (SphereMap.rings, SphereMap.longitudes)
        // Gauss nodes are at θ ≈ π(i + 3/4)/(rows + 1/2).
        let place = colatitude / .pi * (Double(rows) + 0.5) - 0.75
        let row = min(max(place, 0), Double(rows - 1))
        let column = (turn < 0 ? turn + 1 : turn) * Double(columns)
        let (r, c) = (Int(row), Int(column))
        let (down, right) = (row - Double(r), column - Double(c))
        func at(_ row: Int, _ column: Int) -> Double {
            values[min(row, rows - 1) * columns + column % columns]
        }
        return (1 - down) * ((1 - right) * at(r, c) + right * at(r, c + 1))
            + down * ((1 - right) * at(r + 1, c) + right * at(r + 1, c + 1))
    }
}

/// A field on S² in steps of colour on Mollweide's map.
///
/// Each row of the picture is a few runs of one colour, so that a map takes some 20 kB and needs neither
/// gnuplot nor an image format.
struct FieldMap: Sendable {
    let field: SphereField
    /// log10 of the values that the first and the last colour stand for.
    let range: ClosedRange<Double>

    private static let rows = 100
    private static let columns = 200

    /// Viridis (van der Walt and Smith, matplotlib 1.5, CC0) at nine places, linear between.
    private static let viridis: [SIMD3<Double>] = [
        [68, 1, 84], [71, 45, 123], [59, 82, 139], [44, 114, 142], [33, 145, 140], [40, 174, 128],
        [94, 201, 98], [173, 220, 48], [253, 231, 37],
    ]

    /// Steps of colour.
    static let levels = 25

    /// The colour of a level as CSS writes it.
    private static func color(_ level: Int) -> Markup {
        let place = Double(level * (viridis.count - 1)) / Double(levels - 1)
        let low = min(Int(place), viridis.count - 2)
        let mixed = viridis[low] + (place - Double(low)) * (viridis[low + 1] - viridis[low])
        let color = mixed.rounded(.toNearestOrEven)
        return "rgb(\(Int(color.x)) \(Int(color.y)) \(Int(color.z)))"
    }

    /// The index of the colour at a place of the map; `nil` outside.
    func level(x: Double, y: Double) -> Int? {
        guard let point = Mollweide.unproject(x: x, y: y) else { return nil }
        let value = field.value(at: point)
        let logarithm = value > 0 ? log10(value) : range.lowerBound
        let share = (logarithm - range.lowerBound) / (range.upperBound - range.lowerBound)
        return Int((min(max(share, 0), 1) * Double(Self.levels - 1)).rounded())
    }

    /// A path of horizontal runs for each colour.
    var markup: Markup {
        var paths = [String](repeating: "", count: Self.levels)
        let step = 4 / Double(Self.columns)
        for row in 0..<Self.rows {
            let y = 1 - (Double(row) + 0.5) * 2 / Double(Self.rows)
            var run: (level: Int, start: Int)?
            for column in 0...Self.columns {
                let x = (Double(column) + 0.5) * step - 2
                let level = column < Self.columns ? self.level(x: x, y: y) : nil
                if level == run?.level { continue }
                if let run {
                    let length = Markup.number(Double(column - run.start) * step)
                    let start = Markup.number(Double(run.start) * step - 2)
                    paths[run.level] += "M\(start) \(Markup.number(-y))h\(length)"
                }
                run = level.map { ($0, column) }
            }
        }
        return Markup(
            paths.enumerated().filter { !$0.element.isEmpty }.map { level, path in
                "<path stroke=\"\(Self.color(level))\" d=\"\(Markup(raw: path))\"/>"
            })
    }
}

extension Snapshot {
    /// The density on S², where there are no tokens that stand for it.
    var field: SphereField? {
        guard tokens == nil, let map, map.count == SphereMap.rings * SphereMap.longitudes
        else { return nil }
        return SphereField(map)
    }

    /// Tokens, or the nodes that show a density on S³ with their masses.
    var cloud: TokenMeasure? {
        if let tokens { return tokens }
        guard let map, map.count == HypersphereGrid.shown.points.count else { return nil }
        let masses = zip(map, HypersphereGrid.shown.weights).map { max($0, 0) * $1 }
        let total = masses.reduce(0, +)
        return TokenMeasure(
            unitVectors: HypersphereGrid.shown.points, masses: masses.map { $0 / total })
    }
}

extension SphereField {
    /// log10 of what the first and the last colour stand for in a run.
    ///
    /// Three decades below the highest density, which counts from 3 to 100: values chosen by eye, so
    /// that the uniform density 1 stands in the middle of the colours.
    static func range(of snapshots: [Snapshot]) -> ClosedRange<Double> {
        let highest = snapshots.compactMap { $0.field?.values.max() }.max() ?? 1
        let top = min(max(log10(max(highest, 1)), 0.5), 2)
        return (top - 3)...top
    }
}

extension TokenSample {
    /// Tokens of a snapshot on a sphere, or points drawn at random from its density; `nil` if it has neither.
    ///
    /// The same random numbers serve all snapshots, so that the points move smoothly with the density.
    init?(_ snapshot: Snapshot, count: Int) {
        if let tokens = snapshot.tokens {
            self.init(tokens, count: count)
            return
        }
        guard
            let points = snapshot.field?.points(count: count)
                ?? snapshot.cloud.map({ Self.points(near: $0, count: count) })
        else { return nil }
        self.init(
            points: points, masses: [Double](repeating: 1 / Double(count), count: count))
    }

    /// Independent points at the nodes of a grid by their masses, scattered by part of the grid's step.
    private static func points(near nodes: TokenMeasure, count: Int) -> [[Double]] {
        var random = Random(seed: 1)
        let draw = CumulativeDraw(nodes.masses)
        return (0..<count).map { _ in
            let node = nodes.point(draw.index(at: random.nextUniform()))
            let point = node.map { $0 + 0.06 * random.nextNormal() }
            let length = point.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return point.map { $0 / length }
        }
    }
}

/// Draws indices by their weights.
private struct CumulativeDraw {
    private let sums: [Double]

    init(_ weights: [Double]) {
        var total = 0.0
        sums = weights.map { weight in
            total += weight
            return total
        }
    }

    /// The index at a share of the sum.
    func index(at share: Double) -> Int {
        let wanted = share * (sums.last ?? 0)
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > wanted { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension SphereField {
    /// `count` independent points of the density: a cell of the grid by its mass, evenly within it.
    fileprivate func points(count: Int) -> [[Double]] {
        let (rows, columns) = (SphereMap.rings, SphereMap.longitudes)
        // The cells of a row reach to half-way between the sines of neighbouring latitudes.
        let heights = SphereMap.heights
        let edges =
            [1] + (1..<rows).map { (heights[$0 - 1] + heights[$0]) / 2 } + [-1]
        let draw = CumulativeDraw(
            values.indices.map { cell in
                let row = cell / columns
                return max(values[cell], 0) * (edges[row] - edges[row + 1])
            })
        var random = Random(seed: 1)
        return (0..<count).map { _ in
            let cell = draw.index(at: random.nextUniform())
            let (row, column) = (cell / columns, cell % columns)
            let z = edges[row] + random.nextUniform() * (edges[row + 1] - edges[row])
            let turn = (Double(column) + random.nextUniform() - 0.5) / Double(columns)
            let radius = max(0, 1 - z * z).squareRoot()
            return [radius * cos(2 * .pi * turn), radius * sin(2 * .pi * turn), z]
        }
    }
}
