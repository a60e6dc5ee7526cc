import Foundation
import MeanField

/// A map of S²: tokens as dots, or a density in colours.
struct SpherePicture: Sendable {
    private let content: Markup

    /// More tokens than this are thinned out.
    private static let most = 500

    /// A map of tokens; areas of dots are masses.
    init(_ tokens: TokenMeasure) {
        let sample = TokenSample(tokens, count: Self.most)
        // Those that are left stand for all.
        let total = max(sample.masses.reduce(0, +), 1e-300)
        let dots = zip(sample.points, sample.masses).map { point, mass -> Markup in
            let (x, y) = Mollweide.project(point)
            let radius = max(0.3 * (mass / total).squareRoot(), 0.012)
            return "<circle cx=\"\(x)\" cy=\"\(-y)\" r=\"\(radius)\"/>"
        }
        content = "\(Self.graticule)<g class=\"dots\">\(dots)</g>"
    }

    /// A map of a density; `range` holds log10 of what the first and the last colour stand for.
    init(_ field: SphereField, range: ClosedRange<Double>) {
        let map = FieldMap(field: field, range: range).markup
        content = "<g class=\"field\">\(map)</g>\(Self.graticule)"
    }

    /// An SVG element of its own.
    var markup: Markup {
        """
        <svg viewBox="-2.05 -1.05 4.1 2.1" aria-hidden="true" focusable="false">\(content)</svg>
        """
    }

    /// The outline, parallels every 30° and meridians every 60°.
    private static let graticule: Markup = {
        let parallels = [-60, -30, 0, 30, 60].map { degrees -> Markup in
            let latitude = Double(degrees) * .pi / 180
            let (x, y) = Mollweide.project([-cos(latitude), 1e-15, sin(latitude)])
            return "M\(-x) \(-y)H\(x)"
        }
        let meridians = [60, 120].map { degrees -> Markup in
            let half = Double(degrees) / 90
            return "M0 -1A\(half) 1 0 0 1 0 1A\(half) 1 0 0 1 0 -1"
        }
        return """
            <path class="graticule" d="\(parallels)\(meridians)M0 -1V1"/>\
            <ellipse class="outline" rx="2" ry="1"/>
            """
    }()
}
