import Spectral

// How a mesh follows the flow: stretched panels are halved, contracted neighbours joined.

extension CellMesh {
    /// Halves stretched panels and joins contracted neighbours; `true` if anything changed.
    ///
    /// `velocities` are those of the nodes: only what contracts is joined. `pull` are velocities that
    /// vanish at the centres of the clusters, where those of the nodes do not.
    mutating func adapt(velocities: [Double], pull: [Double]? = nil) -> Bool {
        let pull = pull ?? velocities
        var result = CellMesh(sharpness: sharpness, tolerance: tolerance, angles: [], masses: [])
        var changed = false
        var i = 0
        while i < spans.count {
            var end = i
            while end + 1 < spans.count
                && isJoinable(from: spans[i], to: spans[end + 1], velocities, pull)
            {
                end += 1
            }
            if end > i || isJoinable(from: spans[i], to: spans[i], velocities, pull) {
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

    mutating func append(angles: [Double], masses: [Double], isPanel: Bool) {
        spans.append(Span(start: self.angles.count, count: angles.count, isPanel: isPanel))
        self.angles += angles
        self.masses += masses
    }

    private mutating func appendNodes(_ range: Range<Int>, of mesh: CellMesh, isPanel: Bool) {
        spans.append(Span(start: angles.count, count: range.count, isPanel: isPanel))
        for i in range {
            angles.append(mesh.angles[i])
            masses.append(mesh.masses[i])
        }
    }

    /// Copies a span of `mesh`, halved if it is a panel that needs it; `true` if it was halved.
    private mutating func appendSplit(_ mesh: CellMesh, _ span: Span) -> Bool {
        let range = span.start..<(span.start + span.count)
        switch span.isPanel ? mesh.resolution(of: span) : .resolved {
        case .resolved:
            appendNodes(range, of: mesh, isPanel: span.isPanel)
            return false
        case .negligible:
            for i in range { appendNodes(i..<i + 1, of: mesh, isPanel: false) }
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
    /// The centre is where the pull vanishes, a Newton step away. What is joined there lies inside
    /// the radius 1/(4√b) of condensed mass, so that the mass that crosses the radius stays in panels.
    private func isJoinable(
        from first: Span, to last: Span, _ velocities: [Double], _ pull: [Double]
    ) -> Bool {
        let (a, b) = (first.start, last.start + last.count - 1)
        let width = angles[b] - angles[a]
        if width > Self.joiningDistance(sharpness) { return false }
        if width == 0 { return true }
        if velocities[b] >= velocities[a] { return false }
        let slope = (pull[b] - pull[a]) / width
        let distance = abs(pull[a] + pull[b]) / 2
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
}
