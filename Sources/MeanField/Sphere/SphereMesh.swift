/// A measure on S² carried by the flow: panels of Gauss nodes, and points.
///
/// A panel is a square of Lagrangian labels (ξ, η) ∈ [-1, 1]² with 4 × 4 Gauss–Legendre nodes. Position and
/// mass density are polynomials of degree 3 in each label; the flow moves the nodes, and masses never
/// change. Integrals against the measure are Gauss sums.
///
/// * A panel that the flow has stretched until its polynomials or the kernel are no longer resolved is
///   halved in one label: mass and centre of mass stay. Where a front runs through the panel this goes on
///   until so little mass is left in it that it may fall on either side: then it becomes 16 points.
/// * A contracting panel of negligible variance becomes one point, its centre of mass.
struct SphereMesh: Sendable {
    /// The nodes: 16 of each panel, panel after panel, then the points.
    private(set) var measure: TokenMeasure
    /// Number of panels.
    private(set) var panels: Int
    /// b of the kernel.
    let sharpness: Double
    /// Mass that may be on the wrong side of a front.
    let tolerance: Double

    /// Widest panel in units of the kernel's scale 1/√b: 4 nodes then integrate e^{-bx²/2} to 1e-8.
    static let widest = 0.8

    /// Stored nodes.
    init(_ measure: TokenMeasure, panels: Int, sharpness: Double, tolerance: Double) {
        self.measure = measure
        self.panels = panels
        self.sharpness = sharpness
        self.tolerance = tolerance
    }

    /// The measure of densities on patches.
    ///
    /// Panels that do not resolve their density are halved, all of a size at once; what the sum over the nodes
    /// of a patch then misses of its mass is made up for.
    init(of patches: [SpherePatch], sharpness: Double, tolerance: Double) {
        self.init(
            TokenMeasure(dimension: 3, positions: [], masses: []), panels: 0,
            sharpness: sharpness, tolerance: tolerance)
        var content = Content()
        for patch in patches {
            var (cells, kept, plainMass) = (patch.cells, Content(), 0.0)
            for halvings in 0...Self.mostHalvings where !cells.isEmpty {
                var halves = [SpherePatch.Cell]()
                for (cell, part) in zip(cells, patch.panels(of: cells)) {
                    if halvings < Self.mostHalvings, let label = stretched(part.panel) {
                        halves += cell.halves(along: label)
                    } else if part.panel.mass > Self.negligible {
                        kept.append(part.panel)
                        plainMass += part.plainMass
                    }
                }
                cells = halves
            }
            content.append(kept, scaledBy: patch.mass / plainMass)
        }
        finish(content)
        let total = measure.masses.reduce(0, +)
        for i in measure.masses.indices { measure.masses[i] /= total }
    }

    private static let mostHalvings = 40
    /// Mass of a panel at the start that rounding loses.
    private static let negligible = 1e-17

    // MARK: Following the flow

    /// Halves stretched panels, and joins what is contracted: panels of a variance, times b² and their mass,
    /// below `loss`, and points within `reach`; `true` if anything changed.
    mutating func adapt(velocities: [Double], loss: Double, reach: Double) -> Bool {
        var content = Content()
        let n = measure.count
        let first = SpherePanel.nodes * panels
        func part(_ numbers: [Double]) -> [Double] {
            (0..<3).flatMap { numbers[($0 * n + first)..<(($0 + 1) * n)] }
        }
        var points = TokenMeasure(
            dimension: 3, positions: part(measure.positions),
            masses: Array(measure.masses[first...]))
        var changed =
            points.count > 0 && points.join(within: reach, velocities: part(velocities))
        for k in 0..<panels {
            let panel = SpherePanel(measure, from: k * SpherePanel.nodes)
            if panel.mass <= tolerance {
                content.appendPoints(panel)
            } else if contracts(panel, velocities, from: k * SpherePanel.nodes, loss: loss) {
                content.append(panel.centre, mass: panel.mass)
            } else if let label = stretched(panel) {
                let halves = panel.halves(along: label)
                content.append(halves.0)
                content.append(halves.1)
            } else {
                content.append(panel)
                continue
            }
            changed = true
        }
        guard changed else { return false }
        for i in 0..<points.count { content.append(points.point(i), mass: points.masses[i]) }
        finish(content)
        return true
    }

    /// The label in which a panel is resolved least; `nil` if it is resolved.
    private func stretched(_ panel: SpherePanel) -> Int? {
        let mass = panel.mass
        guard mass > tolerance else { return nil }
        let widths = (0..<2).map { panel.width(along: $0) * sharpness.squareRoot() }
        let tails = (0..<2).map { panel.tail(along: $0, sharpness: sharpness) }
        let strains = (0..<2).map { max(widths[$0] / Self.widest, mass * tails[$0] / tolerance) }
        let label = strains[0] >= strains[1] ? 0 : 1
        return strains[label] > 1 ? label : nil
    }

    private func contracts(
        _ panel: SpherePanel, _ velocities: [Double], from start: Int, loss: Double
    ) -> Bool {
        let centre = panel.centre
        let n = measure.count
        var (variance, closing) = (0.0, 0.0)
        for i in 0..<SpherePanel.nodes {
            let mass = measure.masses[start + i]
            for c in 0..<3 {
                let gap = panel.fields[c][i] - centre[c]
                variance += mass * gap * gap
                closing += mass * gap * velocities[c * n + start + i]
            }
        }
        return sharpness * sharpness * variance <= loss && closing < 0
    }

    private mutating func finish(_ content: Content) {
        panels = content.panels
        measure = TokenMeasure(
            dimension: 3,
            positions: (0..<3).flatMap { content.positions[$0] + content.pointPositions[$0] },
            masses: content.masses + content.pointMasses)
        measure.normalize()
    }

    /// What a mesh is put together from.
    private struct Content {
        var positions = [[Double]](repeating: [], count: 3)
        var masses = [Double]()
        var pointPositions = [[Double]](repeating: [], count: 3)
        var pointMasses = [Double]()
        var panels: Int { masses.count / SpherePanel.nodes }

        mutating func append(_ panel: SpherePanel) {
            for c in 0..<3 { positions[c] += panel.fields[c] }
            masses += panel.masses
        }

        /// Appends the panels of `other`.
        mutating func append(_ other: Content, scaledBy scale: Double) {
            for c in 0..<3 { positions[c] += other.positions[c] }
            masses += other.masses.map { scale * $0 }
        }

        mutating func append(_ point: [Double], mass: Double) {
            for c in 0..<3 { pointPositions[c].append(point[c]) }
            pointMasses.append(mass)
        }

        mutating func appendPoints(_ panel: SpherePanel) {
            let masses = panel.masses
            for i in masses.indices where masses[i] > 0 {
                append((0..<3).map { panel.fields[$0][i] }, mass: masses[i])
            }
        }
    }
}
