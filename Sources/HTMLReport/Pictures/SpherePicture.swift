import Foundation
import MeanField

/// A map of tokens on S².
struct SpherePicture: Sendable {
    private let sample: TokenSample
    /// By how much the thinned-out tokens stand for more mass.
    private let scale: Double

    /// More tokens than this are thinned out.
    private static let most = 500

    init(_ tokens: TokenMeasure) {
        sample = TokenSample(tokens, count: Self.most)
        scale = 1 / max(sample.masses.reduce(0, +), 1e-300)
    }

    /// An SVG element of its own.
    var markup: Markup {
        let dots = zip(sample.points, sample.masses).map { point, mass -> Markup in
            let (x, y) = Mollweide.project(point)
            let radius = max(0.3 * (mass * scale).squareRoot(), 0.012)
            return "<circle cx=\"\(x)\" cy=\"\(-y)\" r=\"\(radius)\"/>"
        }
        return """
            <svg viewBox="-2.05 -1.05 4.1 2.1" aria-hidden="true" focusable="false">\
            \(Self.graticule)<g class="dots">\(dots)</g></svg>
            """
    }

    /// The outline, parallels every 30° and meridians every 60°.
    static let graticule: Markup = {
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
