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

    /// Panels over [0, 2π] on which the density is a polynomial up to rounding, at most `widest` wide.
    func panels(widest: Double) -> [DensityPanel] {
        let ends = initial.edges.map { $0 - 2 * .pi * ($0 / (2 * .pi)).rounded(.down) }
        return DensityPanel.panels(between: [0, 2 * .pi] + ends, widest: widest) {
            density(at: $0)
        }
    }
}
