import Foundation
import Phases
import Scenarios

/// A measure on the circle: its density as a hill outside the unit circle, its atoms as dots on it.
struct RingPicture: Sendable {
    private let density: [Double]
    private let atoms: [(angle: Double, mass: Double)]

    /// Points of the hill's outline.
    private static let points = 180

    init(_ snapshot: Snapshot) {
        density = DensityRaster.column(of: snapshot, height: Self.points)
        atoms = snapshot.atoms.count <= AtomTracks.mostAtoms ? snapshot.atoms : []
    }

    /// Height of the hill for a density: linear for small ones, below 0.65 for all.
    private static func height(_ density: Double) -> Double { 0.65 * density / (density + 0.6) }

    /// An SVG element of its own.
    var markup: Markup {
        let hill = density.enumerated().map { row, value -> Markup in
            let angle = (Double(row) + 0.5) / Double(Self.points) * 2 * .pi - .pi
            let radius = 1 + Self.height(value)
            let point: Markup = "\(radius * cos(angle)) \(-radius * sin(angle))"
            return "\(row == 0 ? "M" : "L")\(point)"
        }
        let dots = atoms.map { atom -> Markup in
            """
            <circle cx="\(cos(atom.angle))" cy="\(-sin(atom.angle))" \
            r="\(0.22 * atom.mass.squareRoot())"/>
            """
        }
        return """
            <svg viewBox="-1.72 -1.72 3.44 3.44" aria-hidden="true" focusable="false">\
            <path class="hill" d="\(hill)ZM1 0A1 1 0 1 0 -1 0A1 1 0 1 0 1 0Z"/>\
            <circle class="outline" r="1"/><g class="dots">\(dots)</g></svg>
            """
    }
}
