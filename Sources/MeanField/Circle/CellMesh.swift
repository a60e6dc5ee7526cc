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
    private(set) var masses: [Double]
    private(set) var spans: [Span]

    /// Points only.
    init(sharpness: Double, tolerance: Double, angles: [Double], masses: [Double]) {
        self.sharpness = sharpness
        self.tolerance = tolerance
        self.angles = angles
        self.masses = masses
        self.spans = angles.indices.map { Span(start: $0, count: 1, isPanel: false) }
    }

    /// A stored mesh; `spans` are node counts, negative for panels. `nil` if they do not fit.
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
    private static let widest = 2.5

    /// Multiplies all masses by `factor`.
    mutating func scaleMasses(by factor: Double) {
        for i in masses.indices { masses[i] *= factor }
    }

    /// Whether nothing but single points is left.
    var isPoints: Bool { spans.allSatisfy { !$0.isPanel && $0.count == 1 } }

    /// Number of nodes.
    var count: Int { angles.count }

    // MARK: Adaptation

    /// Halves stretched panels and joins contracted neighbours; `true` if anything changed.
    ///
    /// `velocities` are those of the nodes: only what contracts is joined.
    mutating func adapt(velocities: [Double]) -> Bool {
        var result = CellMesh(sharpness: sharpness, tolerance: tolerance, angles: [], masses: [])
        var changed = false
        var i = 0
        while i < spans.count {
            var end = i
            while end + 1 < spans.count
                && isJoinable(from: spans[i], to: spans[end + 1], velocities)
            {
                end += 1
            }
            if end > i || isJoinable(from: spans[i], to: spans[i], velocities) {
                let (first, last) = (spans[i].start, spans[end].start + spans[end].count)
                let wanted = pointsNeeded(for: angles[last - 1] - angles[first])
                if wanted < last - first {
                    let joined = gaussCompression(
                        points: Array(angles[first..<last]), masses: Array(masses[first..<last]),
                        count: wanted)
                    result.append(angles: joined.points, masses: joined.masses, isPanel: false)
                    changed = true
                    i = end + 1
                    continue
                }
            }
            if result.appendSplit(self, spans[i]) { changed = true }
            i += 1
        }
        if changed { self = result }
        return changed
    }

    private mutating func append(angles: [Double], masses: [Double], isPanel: Bool) {
        spans.append(Span(start: self.angles.count, count: angles.count, isPanel: isPanel))
        self.angles += angles
        self.masses += masses
    }

    /// Copies a span of `mesh`, halved if it is a panel that needs it; `true` if it was halved.
    private mutating func appendSplit(_ mesh: CellMesh, _ span: Span) -> Bool {
        let range = span.start..<(span.start + span.count)
        switch span.isPanel ? mesh.resolution(of: span) : .resolved {
        case .resolved:
            append(
                angles: Array(mesh.angles[range]), masses: Array(mesh.masses[range]),
                isPanel: span.isPanel)
            return false
        case .negligible:
            for i in range {
                append(angles: [mesh.angles[i]], masses: [mesh.masses[i]], isPanel: false)
            }
            return true
        case .stretched: break
        }
        let p = Self.panel
        let densities = (0..<p.count).map { mesh.masses[span.start + $0] / p.weights[$0] }
        let positions = p.halves(of: mesh.angles[range])
        let shares = p.halves(of: densities)
        for (angles, density) in [(positions.left, shares.left), (positions.right, shares.right)] {
            let masses = (0..<p.count).map { max(0, density[$0]) * p.weights[$0] / 2 }
            append(angles: angles, masses: masses, isPanel: true)
        }
        return true
    }

    private enum Resolution {
        case resolved
        /// To be halved.
        case stretched
        /// Not resolved, but without the mass to matter.
        case negligible
    }

    private func resolution(of span: Span) -> Resolution {
        let range = span.start..<(span.start + span.count)
        let mass = masses[range].reduce(0, +)
        let scaled = (angles[range.upperBound - 1] - angles[span.start]) * sharpness.squareRoot()
        let isNegligible = mass * min(scaled, 1) < tolerance
        if scaled > Self.widest { return isNegligible ? .negligible : .stretched }
        if isNegligible { return .resolved }
        let c = Self.panel.coefficients(of: angles[range])
        let tail = abs(c[13]) + abs(c[14]) + abs(c[15])
        return mass * sharpness.squareRoot() * tail > tolerance ? .stretched : .resolved
    }

    /// Whether the spans lie within the joining distance, contract, and are near their cluster's centre.
    ///
    /// The centre is where the velocity vanishes, a Newton step away. What is joined there lies inside
    /// the radius 1/(4√b) of condensed mass, so that the mass that crosses the radius stays in panels.
    private func isJoinable(from first: Span, to last: Span, _ velocities: [Double]) -> Bool {
        let (a, b) = (first.start, last.start + last.count - 1)
        let width = angles[b] - angles[a]
        if width > Self.joiningDistance(sharpness) { return false }
        if width == 0 { return true }
        let slope = (velocities[b] - velocities[a]) / width
        let distance = abs(velocities[a] + velocities[b]) / 2
        return slope < -0.05 && distance < -slope / (8 * sharpness.squareRoot())
    }

    /// Largest width of a group: a small part of the kernel's scales 1/b and 1/(4√b).
    private static func joiningDistance(_ b: Double) -> Double {
        min(0.5 / b, 0.025 / b.squareRoot())
    }

    /// Least r with (b w/2)^{2r}/(2r)! ≤ 1e-16: the error of r points in the place of a group.
    private func pointsNeeded(for width: Double) -> Int {
        let z = sharpness * width / 2
        var term = 1.0
        for r in 1...8 {
            term *= z * z / Double((2 * r) * (2 * r - 1))
            if term <= 1e-16 { return r }
        }
        return 9
    }

    // MARK: Integrals

    /// Mass at angles below φ, with panels cut where φ(ξ) = φ.
    func mass(below φ: Double) -> Double {
        var sum = 0.0
        for span in spans {
            let range = span.start..<(span.start + span.count)
            if angles[range.upperBound - 1] < φ && !span.isPanel {
                sum += masses[range].reduce(0, +)
            } else if span.isPanel {
                sum += panelMass(span, below: φ)
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
            let range = piece.span.start..<(piece.span.start + piece.span.count)
            var (x, m) = (
                angles[range].map { piece.turn + piece.sign * $0 },
                masses[range].map { $0 * piece.share }
            )
            if piece.sign < 0 {
                x.reverse()
                m.reverse()
            }
            result.append(angles: x, masses: m, isPanel: piece.span.isPanel)
        }
        return result
    }
}
