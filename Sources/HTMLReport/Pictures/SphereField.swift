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

    /// The colours of viridis (van der Walt and Smith, matplotlib 1.5, CC0) in nine steps.
    private static let colors = [
        "#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30",
        "#fde725",
    ]

    /// The index of the colour at a place of the map; `nil` outside.
    func level(x: Double, y: Double) -> Int? {
        guard let point = Mollweide.unproject(x: x, y: y) else { return nil }
        let value = field.value(at: point)
        let logarithm = value > 0 ? log10(value) : range.lowerBound
        let share = (logarithm - range.lowerBound) / (range.upperBound - range.lowerBound)
        return Int((min(max(share, 0), 1) * Double(Self.colors.count - 1)).rounded())
    }

    /// A path of horizontal runs for each colour.
    var markup: Markup {
        var paths = [String](repeating: "", count: Self.colors.count)
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
            zip(paths, Self.colors).map { path, color in
                path.isEmpty
                    ? .empty : "<path stroke=\"\(color)\" d=\"\(Markup(raw: path))\"/>"
            })
    }
}

extension Snapshot {
    /// The density on S², where there are no tokens that stand for it.
    var field: SphereField? { tokens == nil ? map.map { SphereField($0) } : nil }
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
    /// Tokens of a snapshot on a sphere, or points spread evenly over S² with the masses of its density;
    /// `nil` if it has neither.
    init?(_ snapshot: Snapshot, count: Int) {
        if let tokens = snapshot.tokens {
            self.init(tokens, count: count)
            return
        }
        guard let field = snapshot.field else { return nil }
        // A spiral of golden angles.
        let angle = .pi * (3 - 5.0.squareRoot())
        let points = (0..<count).map { i -> [Double] in
            let z = 1 - 2 * (Double(i) + 0.5) / Double(count)
            let radius = (1 - z * z).squareRoot()
            return [radius * cos(angle * Double(i)), radius * sin(angle * Double(i)), z]
        }
        self.init(points: points, masses: points.map { max(field.value(at: $0), 0) })
    }
}
