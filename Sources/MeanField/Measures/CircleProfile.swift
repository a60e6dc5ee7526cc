import Foundation
import Spectral

/// A measure on the circle, cut open at θ = 0, as what can be integrated exactly: stretches of density
/// and atoms.
///
///     μ = Σ_j ρ_j(θ) dθ on [a_j, b_j] + Σ_i m_i δ_{θ_i},   0 ≤ θ < 2π
///
/// The densities ρ_j are polynomials of degree 15 by their Legendre coefficients, on stretches that are
/// disjoint and ascending; atoms are ascending as well. A Fourier series is resolved to rounding; the
/// panels of a mesh to 1e-12 of their largest density, and where two of them overlap, which is within
/// the error of the representation, the later one is squeezed. Cost: O(K²) for K Fourier modes,
/// O(N log N) for N nodes or atoms.
package struct CircleProfile: Sendable {
    /// A stretch of density.
    package struct Piece: Sendable {
        /// a_j.
        package var start: Double
        /// b_j > a_j.
        package var end: Double
        /// Legendre coefficients of ρ_j on [a_j, b_j].
        package var density: [Double]

        /// Its mass.
        package var mass: Double { (end - start) * density[0] }

        /// θ as ξ in [-1, 1].
        @inline(__always)
        package func coordinate(of θ: Double) -> Double {
            max(-1, min(1, ((θ - start) - (end - θ)) / (end - start)))
        }

        /// The Gauss nodes θ of the stretch, ascending.
        package var nodes: [Double] {
            CircleProfile.panel.nodes.map { (start + end) / 2 + (end - start) / 2 * $0 }
        }

        /// The same density on a part of the stretch.
        func part(from a: Double, to b: Double) -> Piece {
            let values = Piece(start: a, end: b, density: density).nodes.map {
                LegendreSeries.value(density, at: coordinate(of: $0))
            }
            return Piece(start: a, end: b, density: CircleProfile.panel.coefficients(of: values))
        }
    }

    /// The Gauss nodes on which densities are given.
    package static let panel = CellMesh.panel

    /// The stretches of density.
    package private(set) var pieces: [Piece] = []
    /// θ_i.
    package private(set) var angles: [Double] = []
    /// m_i.
    package private(set) var masses: [Double] = []

    /// The profile of `measure`.
    package init(of measure: CircleMeasure) {
        var atoms = [(angle: Double, mass: Double)]()
        switch measure.content {
        case .smooth(let re, let im, _): pieces = Self.pieces(re: re, im: im)
        case .mesh(let mesh):
            for span in mesh.spans {
                let range = span.start..<(span.start + span.count)
                if span.isPanel {
                    Self.append(mesh, range, to: &pieces)
                } else {
                    for i in range { atoms.append((mesh.angles[i], mesh.masses[i])) }
                }
            }
            pieces = pieces.flatMap(Self.opened).sorted { $0.start < $1.start }
            squeeze(&atoms)
        }
        atoms = atoms.map { (Self.opened($0.angle), $0.mass) }
        atoms.sort { ($0.angle, $0.mass) < ($1.angle, $1.mass) }
        angles = atoms.map(\.angle)
        masses = atoms.map(\.mass)
    }

    // MARK: Fourier series

    private static func pieces(re: [Double], im: [Double]) -> [Piece] {
        var degree = re.count - 1
        while degree > 0 && hypot(re[degree], im[degree]) < 1e-17 { degree -= 1 }
        // Degree 15 leaves (kh)^16/(2^16 16!) of e^{ikθ} on half a length h: 5e-14 at kh = 2.
        let count = max(16, Int((Double.pi * Double(degree) / 2).rounded(.up)))
        let edges = (0...count).map { 2 * Double.pi * (Double($0) / Double(count)) }
        return (0..<count).map { j in
            var piece = Piece(start: edges[j], end: edges[j + 1], density: [])
            piece.density = panel.coefficients(
                of: piece.nodes.map { density(re, im, degree, at: $0) })
            return piece
        }
    }

    /// ρ(θ) = (1 + 2 Σ_k Re c_k e^{ikθ})/2π.
    private static func density(
        _ re: [Double], _ im: [Double], _ degree: Int, at θ: Double
    ) -> Double {
        // e^{ikθ} by repeated products: their error grows as k, but c_k is small where k is large.
        let (stepX, stepY) = (cos(θ), sin(θ))
        var (x, y, sum) = (1.0, 0.0, 0.0)
        for k in stride(from: 1, through: degree, by: 1) {
            (x, y) = (x * stepX - y * stepY, x * stepY + y * stepX)
            sum += re[k] * x - im[k] * y
        }
        return (re[0] + 2 * sum) / (2 * .pi)
    }

    // MARK: Panels

    /// Adds the panel of the nodes `range` as a density in θ.
    private static func append(_ mesh: CellMesh, _ range: Range<Int>, to pieces: inout [Piece]) {
        let p = Self.panel
        let panel = (
            position: p.coefficients(of: mesh.angles[range]),
            masses: p.coefficients(of: zip(mesh.masses[range], p.weights).map { $0 / $1 })
        )
        let ends = [-1.0, 1].map { LegendreSeries.value(panel.position, at: $0) }
        guard ends[1] > ends[0] else { return }
        /// g/φ' at θ = φ(ξ).
        func density(at θ: Double) -> Double {
            var (low, high) = (-1.0, 1.0)
            var ξ = 2 * (θ - ends[0]) / (ends[1] - ends[0]) - 1
            var slope = 0.0
            for _ in 0..<60 {
                if !(ξ >= low && ξ <= high) { ξ = (low + high) / 2 }
                let here = LegendrePanel.valueAndSlope(panel.position, at: ξ)
                slope = here.slope
                if here.value < θ { low = ξ } else { high = ξ }
                let change = (θ - here.value) / slope
                ξ += change
                if abs(change) < 1e-15 { break }
            }
            return LegendreSeries.value(panel.masses, at: ξ) / slope
        }
        func add(from a: Double, to b: Double, depth: Int) {
            var piece = Piece(start: a, end: b, density: [])
            let values = piece.nodes.map { density(at: $0) }
            piece.density = p.coefficients(of: values)
            let rest = piece.density.suffix(3).reduce(0) { max($0, abs($1)) }
            let largest = values.reduce(0) { max($0, abs($1)) }
            let isShort = b - a < 0.4
            if depth == 0 || isShort && rest <= 1e-12 * largest {
                pieces.append(piece)
            } else {
                add(from: a, to: (a + b) / 2, depth: depth - 1)
                add(from: (a + b) / 2, to: b, depth: depth - 1)
            }
        }
        add(from: ends[0], to: ends[1], depth: 12)
    }

    // MARK: The cut at 0

    /// The angle in [0, 2π).
    private static func opened(_ θ: Double) -> Double {
        let turn = 2 * Double.pi
        let φ = θ - turn * (θ / turn).rounded(.down)
        return φ < turn ? max(0, φ) : 0
    }

    /// The stretch within [0, 2π], in two where it lies across the cut.
    private static func opened(_ piece: Piece) -> [Piece] {
        let turn = 2 * Double.pi
        let shift = turn * (piece.start / turn).rounded(.down)
        let moved = Piece(
            start: piece.start - shift, end: piece.end - shift, density: piece.density)
        if moved.end <= turn { return [moved] }
        let rest = moved.part(from: turn, to: moved.end)
        return (moved.start < turn ? [moved.part(from: moved.start, to: turn)] : [])
            + [Piece(start: 0, end: moved.end - turn, density: rest.density)]
    }

    /// Removes overlaps; a stretch that lies within the one before becomes an atom.
    private mutating func squeeze(_ atoms: inout [(angle: Double, mass: Double)]) {
        var (kept, end) = ([Piece](), 0.0)
        for var piece in pieces {
            if piece.start < end {
                guard piece.end > end else {
                    atoms.append(((piece.start + piece.end) / 2, piece.mass))
                    continue
                }
                let factor = (piece.end - piece.start) / (piece.end - end)
                piece.start = end
                piece.density = piece.density.map { $0 * factor }
            }
            end = piece.end
            kept.append(piece)
        }
        pieces = kept
    }
}
