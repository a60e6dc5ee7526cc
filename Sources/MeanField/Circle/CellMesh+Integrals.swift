import Foundation
import Spectral

extension CellMesh {
    /// Mass at angles below φ, with panels cut where φ(ξ) = φ.
    func mass(below φ: Double) -> Double {
        var sum = 0.0
        for span in spans {
            let range = span.start..<(span.start + span.count)
            if span.isPanel {
                sum += panelMass(span, below: φ)
            } else if angles[range.upperBound - 1] < φ {
                var own = 0.0
                for i in range { own += masses[i] }
                sum += own
            } else {
                for i in range where angles[i] < φ { sum += masses[i] }
            }
        }
        return sum
    }

    private func panelMass(_ span: Span, below φ: Double) -> Double {
        let range = span.start..<(span.start + span.count)
        let (low, high) = (angles[span.start], angles[range.upperBound - 1])
        let margin = 0.2 * (high - low)
        if φ < low - margin { return 0 }
        let total = masses[range].reduce(0, +)
        if φ > high + margin { return total }
        let p = Self.panel
        let position = p.coefficients(of: angles[range])
        if LegendrePanel.valueAndSlope(position, at: -1).value >= φ { return 0 }
        if LegendrePanel.valueAndSlope(position, at: 1).value <= φ { return total }
        // Newton's method inside a bracket.
        var (a, b) = (-1.0, 1.0)
        var ξ = 2 * (φ - low) / (high - low) - 1
        for _ in 0..<60 {
            if !(ξ > a && ξ < b) { ξ = (a + b) / 2 }
            let (value, slope) = LegendrePanel.valueAndSlope(position, at: ξ)
            if value < φ { a = ξ } else { b = ξ }
            let change = (φ - value) / slope
            ξ += change
            if abs(change) < 1e-15 || b - a < 1e-15 { break }
        }
        let density = p.coefficients(
            of: (0..<p.count).map { masses[span.start + $0] / p.weights[$0] })
        return min(total, max(0, LegendrePanel.integral(density, to: min(1, max(-1, ξ)))))
    }

    /// ∫ log(2π g/φ') dμ over the panels; `nil` where points hold more than the tolerance.
    var relativeEntropy: Double? {
        let p = Self.panel
        var (sum, inPoints) = (0.0, 0.0)
        for span in spans {
            let range = span.start..<(span.start + span.count)
            guard span.isPanel else {
                inPoints += masses[range].reduce(0, +)
                continue
            }
            let position = p.coefficients(of: angles[range])
            for (j, mass) in masses[range].enumerated() where mass > 0 {
                let slope = LegendrePanel.valueAndSlope(position, at: p.nodes[j]).slope
                sum += mass * log(2 * .pi * mass / (p.weights[j] * slope))
            }
        }
        return inPoints <= tolerance ? sum : nil
    }
}

extension CellMesh {
    /// The mesh with all its images under `symmetry`, in the angles θ of the circle.
    ///
    /// `isPinned` marks the single points that sit on an axis of reflection.
    func expanded(by symmetry: DihedralSymmetry, isPinned: [Bool]) -> CellMesh {
        var pieces = [(span: Span, sign: Double, turn: Double, share: Double)]()
        for g in 0..<symmetry.fold {
            let turn = symmetry.origin + symmetry.period * Double(g)
            for span in spans {
                let isTwofold = symmetry.reflects && !isPinned[span.start]
                let share = 1 / Double(isTwofold ? 2 * symmetry.fold : symmetry.fold)
                pieces.append((span, 1, turn, share))
                if isTwofold { pieces.append((span, -1, turn, share)) }
            }
        }
        func position(_ piece: (span: Span, sign: Double, turn: Double, share: Double)) -> Double {
            piece.turn + piece.sign * angles[piece.span.start]
        }
        pieces.sort { position($0) < position($1) }
        var result = CellMesh(sharpness: sharpness, tolerance: tolerance, angles: [], masses: [])
        for piece in pieces {
            let (start, count) = (piece.span.start, piece.span.count)
            result.spans.append(
                Span(start: result.count, count: count, isPanel: piece.span.isPanel))
            for j in 0..<count {
                let i = piece.sign < 0 ? start + count - 1 - j : start + j
                result.angles.append(piece.turn + piece.sign * angles[i])
                result.masses.append(masses[i] * piece.share)
            }
        }
        return result
    }
}
