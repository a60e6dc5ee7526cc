extension TokenEquation {
    /// Tokens beyond which stability is not looked at: the cost is the cube of their number.
    private static let largestStability = 48

    /// Whether the tokens have come to rest where every displacement of any of them decays.
    ///
    ///     |v_i| ≤ max(1e-12 scale, 10 ε |J_ii|),   λ(J_ii) + Σ_{j≠i} |J_ij| < -1e-5 scale
    ///
    /// J_ij = ∂v_i/∂x_j on tangent vectors, |·| the Frobenius norm, λ(J_ii) a bound of the largest
    /// eigenvalue of its symmetric part (Gershgorin), ε the error of a position that the time integration
    /// allows itself. It never holds where rotations carry solutions into solutions.
    func isAtStableRest(_ y: [Double]) -> Bool {
        let (n, d) = (masses.count, attention.dimension)
        let scale = attention.velocityScale
        guard !attention.isIsotropic, n * (d - 1) <= Self.largestStability, scale > 0 else {
            return false
        }
        var probe = self
        let x = positions(of: y)
        let v = probe.velocities(at: x)
        guard v.allSatisfy({ abs($0) <= 1e-6 * scale }) else { return false }
        let measure = TokenMeasure(dimension: d, positions: x, masses: masses)
        let frames = (0..<n).map { Self.tangentFrame(at: measure.point($0)) }
        let h = 1e-6 / max(1, attention.sharpness)
        // slopes[j][a][i][b]: the component along vector b at token i as token j moves along a.
        let slopes = (0..<n).map { j in
            frames[j].map { direction -> [[Double]] in
                let (plus, minus) = (
                    probe.velocities(at: measure.displaced(j, along: direction, by: h)),
                    probe.velocities(at: measure.displaced(j, along: direction, by: -h))
                )
                let rates = zip(plus, minus).map { ($0 - $1) / (2 * h) }
                return (0..<n).map { i in
                    frames[i].map { vector in
                        vector.indices.reduce(0.0) { $0 + vector[$1] * rates[$1 * n + i] }
                    }
                }
            }
        }
        return (0..<n).allSatisfy { i in
            func block(_ j: Int) -> [[Double]] { slopes[j].map { $0[i] } }
            func size(_ block: [[Double]]) -> Double {
                block.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
            }
            let own = block(i)
            let bound = own.indices.reduce(-Double.infinity) { largest, a in
                let rest = own.indices.reduce(0) {
                    $0 + ($1 == a ? 0 : abs(own[a][$1] + own[$1][a]) / 2)
                }
                return max(largest, own[a][a] + rest)
            }
            let others = (0..<n).reduce(0) { $0 + ($1 == i ? 0 : size(block($1))) }
            let speed = (0..<d).reduce(0) { $0 + v[$1 * n + i] * v[$1 * n + i] }.squareRoot()
            return speed <= max(1e-12 * scale, 10 * tolerance * size(own))
                && bound + others < -1e-5 * scale
        }
    }

    /// An orthonormal basis of the vectors orthogonal to the unit vector x, shape [d - 1][d].
    private static func tangentFrame(at x: [Double]) -> [[Double]] {
        let d = x.count
        var frame = [[Double]]()
        // The axis nearest to x is left out: the others stay independent of it.
        let nearest = x.indices.max { abs(x[$0]) < abs(x[$1]) }!
        for axis in x.indices where axis != nearest {
            var vector = [Double](repeating: 0, count: d)
            vector[axis] = 1
            for other in [x] + frame {
                let along = (0..<d).reduce(0) { $0 + vector[$1] * other[$1] }
                for c in 0..<d { vector[c] -= along * other[c] }
            }
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            frame.append(vector.map { $0 / length })
        }
        return frame
    }
}

extension TokenMeasure {
    /// The positions with token i moved along a tangent vector.
    fileprivate func displaced(_ i: Int, along vector: [Double], by h: Double) -> [Double] {
        var moved = self
        for c in 0..<dimension { moved.positions[c * count + i] += h * vector[c] }
        moved.normalize()
        return moved.positions
    }
}
