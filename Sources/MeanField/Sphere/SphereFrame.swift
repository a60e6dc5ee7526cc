import Foundation

/// A right-handed orthonormal frame of R³: its equator is the great circle of the first two axes.
struct SphereFrame: Sendable {
    /// The points of longitude 0, of longitude π/2, and of latitude π/2.
    let axes: [[Double]]

    /// The frame of the coordinates.
    static let standard = SphereFrame(equator: [[1, 0, 0], [0, 1, 0]])

    /// The frame of two orthonormal vectors of its equator.
    init(equator: [[Double]]) {
        axes = [equator[0], equator[1], Self.cross(equator[0], equator[1])]
    }

    /// The frame whose first axis is a given unit vector.
    init(about axis: [Double]) {
        let helper = abs(axis[2]) < 0.9 ? [0.0, 0, 1] : [1.0, 0, 0]
        let second = Self.cross(helper, axis)
        let length = second.reduce(0) { $0 + $1 * $1 }.squareRoot()
        self.init(equator: [axis, second.map { $0 / length }])
    }

    /// The point of a latitude u and a longitude w.
    func point(_ label: SIMD2<Double>) -> [Double] {
        let (c, s) = (cos(label.x), sin(label.x))
        let (x, y) = (c * cos(label.y), c * sin(label.y))
        return (0..<3).map { x * axes[0][$0] + y * axes[1][$0] + s * axes[2][$0] }
    }

    private static func cross(_ a: [Double], _ b: [Double]) -> [Double] {
        [
            a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0],
        ]
    }
}
