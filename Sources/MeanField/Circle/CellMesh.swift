import Foundation
import Spectral

/// A measure on the circle carried by the flow: panels of Gauss nodes, and points.
///
/// A panel is an interval of Lagrangian labels ξ ∈ [-1, 1] with 16 Gauss–Legendre nodes. Its two
/// functions, the position φ(ξ) and the mass density g(ξ) = dm/dξ, are polynomials of degree 15. The
/// flow moves the nodes; masses never change. Integrals against the measure are Gauss sums, so that
/// the discretisation error falls exponentially with the number of panels.
///
/// * A panel that the flow has stretched until φ(ξ) or the kernel is no longer resolved is halved;
///   both functions are interpolated, mass and centre of mass stay (the Gauss sums are exact for the
///   polynomials). A stretched panel of negligible mass becomes 16 points.
/// * Neighbours that the flow has drawn together within a small part of the kernel's scale are
///   replaced by fewer points with the same first moments (``gaussCompression(points:masses:count:)``):
///   at last by one point, the centre of mass.
struct CellMesh: Sendable, Equatable {
    /// A run of consecutive nodes.
    struct Span: Sendable, Equatable {
        var start: Int
        var count: Int
        /// 16 Gauss nodes of a panel; otherwise `count` points.
        var isPanel: Bool
    }

    static let panel = LegendrePanel(count: 16)

    /// Sharpness b = max(|β'|, 1) of the kernel.
    let sharpness: Double
    /// What a panel may lose: mass · √b · (last coefficients of φ).
    let tolerance: Double
    var angles: [Double]
    var masses: [Double]
    var spans: [Span]

    /// Points only.
    init(sharpness: Double, tolerance: Double, angles: [Double], masses: [Double]) {
        self.sharpness = sharpness
        self.tolerance = tolerance
        self.angles = angles
        self.masses = masses
        self.spans = angles.indices.map { Span(start: $0, count: 1, isPanel: false) }
    }

    /// A stored mesh, or `nil` if its parts do not fit.
    ///
    /// `spans` are node counts, negative for panels.
    init?(
        sharpness: Double, tolerance: Double, angles: [Double], masses: [Double], spans: [Int]
    ) {
        self.init(sharpness: sharpness, tolerance: tolerance, angles: [], masses: [])
        self.angles = angles
        self.masses = masses
        var start = 0
        for count in spans {
            let size = abs(count)
            let fits = count < 0 ? size == Self.panel.count : size > 0
            guard fits, start + size <= angles.count else { return nil }
            self.spans.append(Span(start: start, count: size, isPanel: count < 0))
            start += size
        }
        guard start == angles.count, masses.count == angles.count else { return nil }
    }

    /// Panels that resolve `density` (per radian) on [start, end].
    ///
    /// `edges` are points where panels must end: narrow features, breaks of the density.
    init(
        sharpness: Double, tolerance: Double, from start: Double, to end: Double, edges: [Double],
        density: (Double) -> Double
    ) {
        self.sharpness = sharpness
        self.tolerance = tolerance
        angles = []
        masses = []
        spans = []
        let inner = edges.filter { $0 > start && $0 < end }.sorted()
        let limits = [start] + inner + [end]
        for (a, b) in zip(limits, limits.dropFirst()) where b > a {
            let pieces = max(1, Int(((b - a) * 8 / (2 * .pi)).rounded(.up)))
            for i in 0..<pieces {
                let left = a + (b - a) * Double(i) / Double(pieces)
                let right = a + (b - a) * Double(i + 1) / Double(pieces)
                addPanels(from: left, to: right, depth: 0, density)
            }
        }
    }

    /// Adds the interval as one panel, or its halves where it does not resolve the density.
    private mutating func addPanels(
        from a: Double, to b: Double, depth: Int, _ density: (Double) -> Double
    ) {
        let p = Self.panel
        let (middle, half) = ((a + b) / 2, (b - a) / 2)
        let nodes = p.nodes.map { middle + half * $0 }
        let values = nodes.map { max(0, density($0)) * half }
        let coefficients = p.coefficients(of: values)
        let tail = abs(coefficients[14]) + abs(coefficients[15]) + abs(coefficients[13])
        // Angles are rounded to 2^-50: no finer panel can know the density better than that.
        let noise = 4 * 0x1p-50 / (b - a) * (values.max() ?? 0)
        let isWide = (b - a) * sharpness.squareRoot() > Self.widest
        if depth < 60 && (tail > max(0.01 * tolerance, noise) || isWide) {
            addPanels(from: a, to: middle, depth: depth + 1, density)
            addPanels(from: middle, to: b, depth: depth + 1, density)
            return
        }
        // An empty place moves nothing, and without a denominator nothing would ever move it.
        if values.allSatisfy({ $0 < Self.empty }) { return }
        spans.append(Span(start: angles.count, count: p.count, isPanel: true))
        angles += nodes
        for j in 0..<p.count { masses.append(p.weights[j] * values[j]) }
    }

    /// Mass below which a panel is left out: far below the rounding of the whole mass, 1.
    private static let empty = 1e-30

    /// Widest panel in units of the kernel's scale 1/√b: 16 nodes then integrate e^{-bx²/2} to 1e-15.
    static let widest = 2.5

    /// Multiplies all masses by `factor`.
    mutating func scaleMasses(by factor: Double) {
        for i in masses.indices { masses[i] *= factor }
    }

    /// Whether nothing but single points is left.
    var isPoints: Bool { spans.allSatisfy { !$0.isPanel && $0.count == 1 } }

    /// Number of nodes.
    var count: Int { angles.count }
}
