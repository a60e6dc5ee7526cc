import Foundation
import Spectral

/// A stretch of a line with the values of a density at its 16 Gauss nodes.
///
/// The density is a polynomial on it up to rounding and varies at most tenfold, or the stretch is too
/// narrow to matter.
struct DensityPanel {
    var start: Double
    var end: Double
    var values: [Double]

    /// Panels from the least to the largest of `edges`, at most `widest` wide, ending at all of them.
    static func panels(
        between edges: [Double], widest: Double, density: (Double) -> Double
    ) -> [DensityPanel] {
        let edges = edges.sorted()
        var panels = [DensityPanel]()
        for (from, to) in zip(edges, edges.dropFirst()) where to > from {
            append(from, to, widest: widest, to: &panels, density)
        }
        return panels
    }

    private static func append(
        _ from: Double, _ to: Double, widest: Double, to panels: inout [DensityPanel],
        _ density: (Double) -> Double
    ) {
        let panel = CellMesh.panel
        func nodes(_ a: Double, _ b: Double) -> [Double] {
            panel.nodes.map { (a + b) / 2 + (b - a) / 2 * $0 }
        }
        let middle = (from + to) / 2
        func isResolved(_ values: [Double]) -> Bool {
            guard to - from <= widest else { return false }
            let (least, most) = (values.min() ?? 0, values.max() ?? 0)
            if most < 1e-290 || to - from < 1e-4 * widest { return true }
            if least < 0.1 * most { return false }
            // Densities are exponentials, which multiply the rounding of their exponents.
            let rounding = 1e-13 + 2e-15 * abs(log(most))
            let (left, right) = panel.halves(of: values)
            return zip(left + right, nodes(from, middle) + nodes(middle, to)).allSatisfy {
                abs($0 - density($1)) <= rounding * most
            }
        }
        let values = nodes(from, to).map { density($0) }
        if isResolved(values) {
            panels.append(DensityPanel(start: from, end: to, values: values))
        } else {
            append(from, middle, widest: widest, to: &panels, density)
            append(middle, to, widest: widest, to: &panels, density)
        }
    }
}
