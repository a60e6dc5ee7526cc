import Foundation
import Spectral

extension StartingMeasure {
    /// The measure as points whose sums are its integrals against a kernel of the given sharpness b.
    ///
    /// Densities are sampled at Gauss nodes, where they are as small as they are: unlike a sum of
    /// Fourier modes this keeps the relative accuracy of what lies between clusters. A panel is halved
    /// until it is at most 0.6/√b and 20/b wide, so that 16 nodes integrate the kernel even where it
    /// decays from the end of the measure, and until the density is a polynomial on it up to rounding
    /// and varies at most tenfold, or the panel is too narrow to matter.
    public func points(sharpness b: Double) -> CircleMeasure {
        if let atoms = atoms() {
            return CircleMeasure(
                content: .mesh(
                    CellMesh(
                        sharpness: b, tolerance: 0, angles: atoms.angles, masses: atoms.masses)))
        }
        let widest = min(0.6 / max(b, 1).squareRoot(), 20 / max(b, 1))
        var (angles, masses) = ([Double](), [Double]())
        for panel in panels(widest: widest) {
            let half = (panel.end - panel.start) / 2
            let middle = (panel.start + panel.end) / 2
            angles += CellMesh.panel.nodes.map { middle + half * $0 }
            masses += zip(panel.values, CellMesh.panel.weights).map { $0 * $1 * half }
        }
        let total = masses.reduce(0, +)
        return CircleMeasure(
            content: .mesh(
                CellMesh(
                    sharpness: b, tolerance: 0, angles: angles, masses: masses.map { $0 / total })))
    }

    /// A stretch of the circle with the density at its Gauss nodes.
    struct Panel {
        var start: Double
        var end: Double
        var values: [Double]
    }

    /// Panels over [0, 2π] on which the density is a polynomial up to rounding, at most `widest` wide.
    func panels(widest: Double) -> [Panel] {
        let ends = initial.edges.map { $0 - 2 * .pi * ($0 / (2 * .pi)).rounded(.down) }
        let edges = ([0, 2 * .pi] + ends).sorted()
        var panels = [Panel]()
        for (from, to) in zip(edges, edges.dropFirst()) where to > from {
            appendPanels(from, to, widest: widest, to: &panels)
        }
        return panels
    }

    private func appendPanels(
        _ from: Double, _ to: Double, widest: Double, to panels: inout [Panel]
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
                abs($0 - density(at: $1)) <= rounding * most
            }
        }
        let values = nodes(from, to).map { density(at: $0) }
        if isResolved(values) {
            panels.append(Panel(start: from, end: to, values: values))
        } else {
            appendPanels(from, middle, widest: widest, to: &panels)
            appendPanels(middle, to, widest: widest, to: &panels)
        }
    }
}
