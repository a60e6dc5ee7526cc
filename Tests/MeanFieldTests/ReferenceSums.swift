#if arch(x86_64)
    import Foundation
    import MeanField

    /// The attention sums over points in 80-bit arithmetic, from the same angles and masses.
    enum ReferenceSums {
        /// 2π as the sum of two numbers of type Double (mpmath).
        private static let turn = (high: 2 * Double.pi, low: 2.4492935982947064e-16)

        /// v and ∫e|sin|dμ/∫e dμ (softmax) at x.
        static func softmax(
            _ x: Double, angles: [Double], masses: [Double], β: Double
        ) -> (velocity: Double, size: Double, logWeight: Double) {
            var exponents = [Float80]()
            var sines = [Float80]()
            for y in angles {
                // The difference as a sum of two numbers (Knuth), less whole turns.
                let (p, q) = (Float80(y), -Float80(x))
                var d = p + q
                let back = d - p
                let lost = (p - (d - back)) + (q - back)
                let turns = (d / Float80(turn.high)).rounded()
                d -= turns * Float80(turn.high)
                // What is lost comes back by a rotation, so that it counts in full near d = ±π as well.
                let rest = (lost - turns * Float80(turn.low)) / 2
                let (s0, c0) = (sin(d / 2), cos(d / 2))
                let (s, c) = (s0 + c0 * rest, c0 - s0 * rest)
                exponents.append(β >= 0 ? -2 * Float80(β) * s * s : 2 * Float80(β) * c * c)
                sines.append(2 * s * c)
            }
            let top = zip(exponents, masses).filter { $0.1 > 0 }.map(\.0).max()!
            var (w, g, a): (Float80, Float80, Float80) = (0, 0, 0)
            for j in angles.indices {
                let e = Float80(masses[j]) * exp(exponents[j] - top)
                w += e
                g += e * sines[j]
                a += e * abs(sines[j])
            }
            return (Double(g / w), Double(a / w), Double(log(w) + top))
        }
    }
#endif
