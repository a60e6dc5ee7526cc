import Foundation
import MeanField
import Phases

/// Tokens on a sphere of many dimensions, along two of their principal axes.
struct BallPicture: Sendable {
    private let points: [[Double]]
    private let masses: [Double]

    /// More tokens than this are thinned out.
    private static let most = 500

    init?(_ snapshot: Snapshot, axes: PrincipalAxes) {
        guard let sample = TokenSample(snapshot, count: Self.most) else { return nil }
        points = sample.points.map(axes.project)
        let total = max(sample.masses.reduce(0, +), 1e-300)
        masses = sample.masses.map { $0 / total }
    }

    /// An SVG element of its own.
    var markup: Markup {
        let dots = zip(points, masses).map { point, mass -> Markup in
            let radius = max(0.22 * mass.squareRoot(), 0.012)
            return "<circle cx=\"\(point[0])\" cy=\"\(-point[1])\" r=\"\(radius)\"/>"
        }
        return """
            <svg viewBox="-1.1 -1.1 2.2 2.2" aria-hidden="true" focusable="false">\
            <circle class="outline" r="1"/><g class="dots">\(dots)</g></svg>
            """
    }
}

/// Three orthonormal directions along which tokens vary most over a run.
///
/// The leading eigenvectors of ∫ (x - m)(x - m)ᵀ dμ, summed over the start, the middle and the end of
/// the run, by orthogonal iteration from the first basis vectors.
struct PrincipalAxes: Sendable {
    /// Shape [3][d].
    let axes: [[Double]]

    /// More tokens of a measure than this are thinned out.
    private static let most = 200
    private static let iterations = 40

    /// The axes of tokens in more than three dimensions.
    init(_ measures: [TokenMeasure]) {
        let d = measures[0].dimension
        let chosen = Set([0, measures.count / 2, measures.count - 1]).sorted().map { measures[$0] }
        let deviations = chosen.flatMap { tokens -> [[Double]] in
            let sample = TokenSample(tokens, count: Self.most)
            let mean = tokens.mean
            return zip(sample.points, sample.masses).map { point, mass in
                (0..<d).map { mass.squareRoot() * (point[$0] - mean[$0]) }
            }
        }
        var axes = (0..<3).map { axis -> [Double] in
            (0..<d).map { c -> Double in c % 3 == axis ? 1 : 0.1 / Double(c + 1) }
        }
        Self.orthonormalize(&axes)
        for _ in 0..<Self.iterations {
            axes = axes.map { axis in
                var image = [Double](repeating: 0, count: d)
                for row in deviations {
                    let component = Self.dot(row, axis)
                    for c in 0..<d { image[c] += component * row[c] }
                }
                // Where nothing varies the axis stays as it is.
                return Self.dot(image, image) > 1e-30 ? image : axis
            }
            Self.orthonormalize(&axes)
        }
        self.axes = axes
    }

    /// The components of a point along the axes.
    func project(_ point: [Double]) -> [Double] { axes.map { Self.dot($0, point) } }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for c in a.indices { sum += a[c] * b[c] }
        return sum
    }

    /// Gram–Schmidt; a direction that is lost becomes the next basis vector that is free.
    private static func orthonormalize(_ axes: inout [[Double]]) {
        for i in axes.indices {
            for candidate in -1..<axes[i].count {
                if candidate >= 0 {
                    axes[i] = axes[i].indices.map { $0 == candidate ? 1 : 0 }
                }
                let size = dot(axes[i], axes[i]).squareRoot()
                for j in 0..<i {
                    let component = dot(axes[i], axes[j])
                    for c in axes[i].indices { axes[i][c] -= component * axes[j][c] }
                }
                let length = dot(axes[i], axes[i]).squareRoot()
                guard length > 1e-8 * size, length > 0 else { continue }
                for c in axes[i].indices { axes[i][c] /= length }
                break
            }
        }
    }
}
