import Spectral

/// The distribution function of a smooth density ρ on an interval [a, b], and its inverse.
///
///     F(θ) = ∫_a^θ ρ,   F(b) = 1
///
/// On panels where the density is a polynomial up to rounding (``DensityPanel``) F is one too, and its
/// inverse takes a few steps of Newton's method, kept inside the panel. ρ need not be normalised.
struct DistributionFunction {
    /// A panel with F at its start.
    private struct Piece {
        var start: Double
        var end: Double
        var below: Double
        /// Legendre coefficients of ρ.
        var coefficients: [Double]
    }

    private let pieces: [Piece]

    init(_ panels: [DensityPanel]) {
        let legendre = CellMesh.panel
        var pieces = [Piece]()
        var below = 0.0
        for panel in panels {
            let coefficients = legendre.coefficients(of: panel.values)
            pieces.append(
                Piece(
                    start: panel.start, end: panel.end, below: below,
                    coefficients: coefficients))
            // ∫ρ over the panel is its length times the mean, the first coefficient.
            below += (panel.end - panel.start) * coefficients[0]
        }
        self.pieces = pieces.map { piece in
            var scaled = piece
            scaled.below /= below
            scaled.coefficients = piece.coefficients.map { $0 / below }
            return scaled
        }
    }

    /// F⁻¹ of ascending values in (0, 1).
    func quantiles(_ levels: [Double]) -> [Double] {
        var index = 0
        return levels.map { level in
            while index + 1 < pieces.count, pieces[index + 1].below <= level { index += 1 }
            return Self.root(of: pieces[index], level)
        }
    }

    /// F⁻¹ of a value in (0, 1).
    func quantile(_ level: Double) -> Double {
        var (low, high) = (0, pieces.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if pieces[middle].below <= level { low = middle } else { high = middle - 1 }
        }
        return Self.root(of: pieces[low], level)
    }

    /// The θ of the piece where F = `level`.
    private static func root(of piece: Piece, _ level: Double) -> Double {
        let half = (piece.end - piece.start) / 2
        // In ξ ∈ [-1, 1]: G(ξ) = ∫_{-1}^ξ ρ, to be `wanted`.
        let wanted = (level - piece.below) / half
        let whole = 2 * piece.coefficients[0]
        var (low, high) = (-1.0, 1.0)
        var ξ = min(1, max(-1, 2 * wanted / whole - 1))
        for _ in 0..<60 {
            let excess = LegendrePanel.integral(piece.coefficients, to: ξ) - wanted
            if excess > 0 { high = ξ } else { low = ξ }
            let slope = LegendrePanel.valueAndSlope(piece.coefficients, at: ξ).value
            var next = ξ - excess / slope
            if !(next >= low && next <= high) { next = (low + high) / 2 }
            let change = abs(next - ξ)
            ξ = next
            if change <= 1e-15 { break }
        }
        return piece.start + half * (ξ + 1)
    }
}
