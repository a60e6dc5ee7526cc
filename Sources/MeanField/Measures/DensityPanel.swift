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

    /// Panels on [0, π] of a density with one peak, up to its end, by its logarithm.
    ///
    /// `width` is the scale on which the density changes, from 0 on.
    static func panels(width: Double, logarithm: (Double) -> Double) -> [DensityPanel] {
        let (top, end) = Self.end(width: width, logarithm: logarithm)
        let count = 64
        return (0..<count).map { i in
            let (from, to) = (end * Double(i) / Double(count), end * Double(i + 1) / Double(count))
            let values = CellMesh.panel.nodes.map {
                exp(logarithm((from + to) / 2 + (to - from) / 2 * $0) - top)
            }
            return DensityPanel(start: from, end: to, values: values)
        }
    }

    /// Where on [0, π] a density with one peak has fallen by e^{-50} beyond it, and its largest logarithm.
    static func end(
        width: Double, logarithm: (Double) -> Double
    ) -> (top: Double, end: Double) {
        let step = min(width / 8, .pi / 256)
        var (top, end) = (-Double.infinity, step)
        while end < .pi {
            let here = logarithm(end)
            if here < top - 50 { break }
            top = max(top, here)
            end += step
        }
        return (top, min(end, .pi))
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
