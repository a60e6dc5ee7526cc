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
        let ends = initial.edges.map { $0 - 2 * .pi * ($0 / (2 * .pi)).rounded(.down) }
        let edges = ([0, 2 * .pi] + ends).sorted()
        var (angles, masses) = ([Double](), [Double]())
        for (from, to) in zip(edges, edges.dropFirst()) where to > from {
            appendPanels(from, to, widest: widest, &angles, &masses)
        }
        let total = masses.reduce(0, +)
        return CircleMeasure(
            content: .mesh(
                CellMesh(
                    sharpness: b, tolerance: 0, angles: angles, masses: masses.map { $0 / total })))
    }

    private func appendPanels(
        _ from: Double, _ to: Double, widest: Double, _ angles: inout [Double],
        _ masses: inout [Double]
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
        let places = nodes(from, to)
        let values = places.map { density(at: $0) }
        if isResolved(values) {
            angles += places
            masses += zip(values, panel.weights).map { $0 * $1 * (to - from) / 2 }
        } else {
            appendPanels(from, middle, widest: widest, &angles, &masses)
            appendPanels(middle, to, widest: widest, &angles, &masses)
        }
    }
}
