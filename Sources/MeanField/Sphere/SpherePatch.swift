import Foundation

/// A rectangle of latitude u and longitude w with a density on it, from which panels are cut.
struct SpherePatch {
    /// Whose latitude and longitude the labels are.
    var frame = SphereFrame.standard
    /// The corner of least u and w.
    var lower = SIMD2(-Double.pi / 2, 0)
    /// The opposite corner.
    var upper = SIMD2(Double.pi / 2, 2 * .pi)
    /// Size of the first cells at most: a density that is narrower would not be seen between their nodes.
    var width: SIMD2<Double>
    /// Its mass without the factor.
    var mass = 1.0
    /// dm/dudw at labels, without the factor.
    var densities: ([SIMD2<Double>]) -> [Double]
    /// A factor on the density, at unit vectors.
    var factor: (([[Double]]) -> [Double])?

    /// Number of first cells along either label.
    var counts: SIMD2<Double> {
        ((upper - lower) / width).rounded(.up).clamped(
            lowerBound: SIMD2(1, 1), upperBound: SIMD2(repeating: .infinity))
    }

    /// Number of first cells.
    var count: Double { counts.x * counts.y }

    /// The first cells.
    var cells: [Cell] {
        let counts = counts
        func end(_ i: Int, _ label: Int) -> Double {
            lower[label] + (upper - lower)[label] * Double(i) / counts[label]
        }
        return (0..<Int(counts.x)).flatMap { i in
            (0..<Int(counts.y)).map { j in
                let corner = SIMD2(end(i, 0), end(j, 1))
                return Cell(corner: corner, size: SIMD2(end(i + 1, 0), end(j + 1, 1)) - corner)
            }
        }
    }

    /// The panels of cells, and the mass that each would have without the factor.
    func panels(of cells: [Cell]) -> [(panel: SpherePanel, plainMass: Double)] {
        let labels = cells.flatMap(\.labels)
        let points = labels.map(frame.point)
        let (values, factors) = (densities(labels), factor?(points))
        return cells.indices.map { k in
            var panel = SpherePanel()
            let start = k * SpherePanel.nodes
            for i in 0..<SpherePanel.nodes {
                for c in 0..<3 { panel.fields[c][i] = points[start + i][c] }
                panel.fields[3][i] = values[start + i] * cells[k].size.x * cells[k].size.y / 4
            }
            let mass = panel.mass
            if let factors {
                for i in 0..<SpherePanel.nodes { panel.fields[3][i] *= factors[start + i] }
            }
            return (panel, mass)
        }
    }

    /// A part of the rectangle.
    struct Cell {
        /// Its corner of least u and w.
        var corner: SIMD2<Double>
        /// Its extent.
        var size: SIMD2<Double>

        /// Those of the nodes.
        var labels: [SIMD2<Double>] { SpherePanel.labels.map { corner + size * ($0 + 1) / 2 } }

        /// Its halves along a label.
        func halves(along label: Int) -> [Cell] {
            var (first, second) = (self, self)
            first.size[label] /= 2
            second.size[label] /= 2
            second.corner[label] += first.size[label]
            return [first, second]
        }
    }
}
