import Foundation
import TimeIntegration

/// Weighted points on the circle moved by their own attention velocity.
///
///     dφ_i/dt = v(φ_i),   μ = Σ_i m_i (average of δ over the orbit of φ_i)
///
/// One unknown for each orbit of the symmetry; pinned points sit on an axis of reflection and do not
/// move. Velocities are accurate relative to W at every point (``PointPotential``), or relative to the
/// largest of them where the points are tokens (``TokenVelocity``).
package struct PointEquation: DifferentialEquation {
    let attention: any CircleAttention
    let symmetry: DihedralSymmetry
    /// Absolute error allowed in an angle per step.
    let tolerance: Double
    /// Mass of each orbit, shape [dimension].
    private(set) var masses: [Double]
    private(set) var isPinned: [Bool]

    private var sums: any AttentionSums
    private var tokens: (any TokenVelocity)?
    /// Tokens that several processes share.
    private var crowd: SharedCrowd?
    private var images: [Double]
    private var imageMasses: [Double]
    private var gradients: [Double]
    private var potentials: [Double]
    private var shifts: [Double]

    package init(
        attention: any CircleAttention, symmetry: DihedralSymmetry, masses: [Double],
        isPinned: [Bool], tolerance: Double, sums: (any AttentionSums)? = nil,
        engine: ParticleEngine? = nil, leader: TokenLeader? = nil
    ) {
        self.attention = attention
        self.symmetry = symmetry
        self.tolerance = tolerance
        self.masses = masses
        self.isPinned = isPinned
        self.sums = sums ?? attention.pointSums()
        // Images of symmetric points would be tokens of their own.
        if symmetry.isTrivial, let engine {
            crowd = leader?.crowd(masses: masses, tolerance: tolerance)
            tokens = crowd?.velocity ?? engine.velocity(of: attention)
        }
        let zero = [Double](repeating: 0, count: masses.count)
        (gradients, potentials, shifts) = (zero, zero, zero)
        let expanded = symmetry.expand(angles: zero, masses: masses, isPinned: isPinned)
        images = expanded.angles
        imageMasses = expanded.masses
    }

    package var dimension: Int { masses.count }

    package var explicitStepper: (any Stepper)? { crowd?.stepper }

    package var isAngular: Bool { true }

    /// Number of points on the whole circle.
    var imageCount: Int { imageMasses.count }

    package mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        precondition(y.count == dimension && dy.count == dimension)
        if tokens != nil {
            tokens!.evaluate(positions: y, masses: masses, into: &dy)
            return
        }
        symmetry.images(of: y, isPinned: isPinned, into: &images)
        sums.setSources(angles: images, masses: imageMasses)
        sums.evaluate(
            at: y, gradient: &gradients, potential: &potentials, shift: &shifts)
        let gain = attention.unnormalizedGain
        if attention.normalization == .softmax {
            for i in 0..<y.count { dy[i] = gain * gradients[i] / potentials[i] }
        } else {
            for i in 0..<y.count {
                let scale = shifts[i] == 0 ? gain : gain * exp(-shifts[i])
                dy[i] = scale * gradients[i]
            }
        }
        for i in 0..<y.count where isPinned[i] { dy[i] = 0 }
    }

    package func errorScale(of y: [Double], into scale: inout [Double]) {
        for i in 0..<scale.count { scale[i] = tolerance }
    }
}

extension DihedralSymmetry {
    /// All images of the points with their shares of the masses of their orbits.
    func expand(angles: [Double], masses: [Double], isPinned: [Bool]) -> (
        angles: [Double], masses: [Double]
    ) {
        var shares = [Double]()
        for _ in 0..<fold {
            for i in angles.indices {
                shares.append(masses[i] / Double(reflects && !isPinned[i] ? 2 * fold : fold))
            }
        }
        if reflects {
            for _ in 0..<fold {
                for i in angles.indices where !isPinned[i] {
                    shares.append(masses[i] / Double(2 * fold))
                }
            }
        }
        var images = [Double](repeating: 0, count: shares.count)
        self.images(of: angles, isPinned: isPinned, into: &images)
        return (images, shares)
    }

    /// The images in the order of ``expand(angles:masses:isPinned:)``, without allocation.
    ///
    /// All points first, then all of them turned or reflected in the same way: close ones stay together.
    func images(of angles: [Double], isPinned: [Bool], into images: inout [Double]) {
        var next = 0
        for g in 0..<fold {
            let turn = period * Double(g)
            for i in 0..<angles.count {
                images[next] = turn + angles[i]
                next += 1
            }
        }
        if reflects {
            for g in 0..<fold {
                let turn = period * Double(g)
                for i in 0..<angles.count where !isPinned[i] {
                    images[next] = turn - angles[i]
                    next += 1
                }
            }
        }
        precondition(next == images.count)
    }
}
