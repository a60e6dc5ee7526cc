#if arch(x86_64)
    import Foundation
    import MeanField
    import Spectral

    /// Tokens to try the engines on, and their velocities in 80-bit arithmetic.
    enum TokenReference {
        static let temperatures: [Double] = [0, 1e-3, 1, 9, 100, 1e3, 1e4, -9]

        static func random(_ n: Int, seed: UInt64) -> [Double] {
            var generator = Random(seed: seed)
            return (0..<n).map { _ in generator.nextUniform() }
        }

        /// Masses of sum 1 that differ by a factor of up to four.
        static func masses(_ n: Int, seed: UInt64) -> [Double] {
            let masses = random(n, seed: seed).map { 1 + 3 * $0 }
            let total = masses.reduce(0, +)
            return masses.map { $0 / total }
        }

        /// Tokens all over the circle, or in `clusters` of the given width; ascending or not.
        static func angles(
            _ n: Int, clusters: Int = 0, width: Double = 0, ascending: Bool = false, seed: UInt64
        ) -> [Double] {
            let (u, v, w) = (
                random(n, seed: seed), random(n, seed: seed + 1), random(n, seed: seed + 2)
            )
            let angles = (0..<n).map { i -> Double in
                if clusters == 0 { return 2 * .pi * u[i] }
                // A sum of three: thin towards both ends.
                let centre = 0.3 + 6 * Double(i % clusters) / Double(clusters)
                return centre + width * (u[i] + v[i] + w[i] - 1.5)
            }
            return ascending ? angles.sorted() : angles
        }

        /// Unit vectors, shape [d][n].
        static func vectors(_ n: Int, dimension d: Int, seed: UInt64) -> [Double] {
            var x = random(n * d, seed: seed).map { 2 * $0 - 1 }
            for i in 0..<n {
                var square = 0.0
                for c in 0..<d { square += x[c * n + i] * x[c * n + i] }
                for c in 0..<d { x[c * n + i] /= square.squareRoot() }
            }
            return x
        }

        /// v_i of unit vectors, shape [d], from angles or any positions in 80 bits.
        static func velocity(
            _ i: Int, _ x: [[Float80]], masses: [Double], product: [Double], value: [Double],
            normalization: Normalization
        ) -> [Float80] {
            let d = x.count
            func apply(_ m: [Double], _ y: [Float80]) -> [Float80] {
                (0..<d).map { row in
                    (0..<d).reduce(0) { $0 + Float80(m[row * d + $1]) * y[$1] }
                }
            }
            let target = x.map { $0[i] }
            let w = apply(product, target)
            let exponents = masses.indices.map { j in
                (0..<d).reduce(Float80(0)) { $0 + w[$1] * x[$1][j] }
            }
            var shift: Float80 = 0
            switch normalization {
            case .softmax: shift = zip(exponents, masses).filter { $0.1 > 0 }.map(\.0).max()!
            case .none: break
            case .rescaled: shift = norm(product, d)
            }
            var total: Float80 = 0
            var sums = [Float80](repeating: 0, count: d)
            for j in masses.indices {
                let e = Float80(masses[j]) * exp(exponents[j] - shift)
                total += e
                // The target itself has no tangential part; without it close ones keep their digits.
                for c in 0..<d { sums[c] += e * (x[c][j] - target[c]) }
            }
            var moment = apply(value, (0..<d).map { sums[$0] + total * target[$0] })
            if normalization == .softmax { moment = moment.map { $0 / total } }
            let square = target.reduce(0) { $0 + $1 * $1 }
            let normal = zip(moment, target).reduce(Float80(0)) { $0 + $1.0 * $1.1 } / square
            return zip(moment, target).map { $0 - normal * $1 }
        }

        /// Unit vectors of angles.
        static func plane(_ angles: [Double]) -> [[Float80]] {
            [angles.map { cos(Float80($0)) }, angles.map { sin(Float80($0)) }]
        }

        /// dθ/dt of token i.
        static func circle(
            _ i: Int, _ x: [[Float80]], masses: [Double], product: [Double], value: [Double],
            normalization: Normalization
        ) -> Double {
            let v = velocity(
                i, x, masses: masses, product: product, value: value, normalization: normalization)
            return Double(x[0][i] * v[1] - x[1][i] * v[0])
        }

        /// The largest singular value of a matrix, by many powers.
        static func norm(_ m: [Double], _ d: Int) -> Float80 {
            var x = (0..<d).map { Float80(1 + $0) }
            var norm: Float80 = 0
            for _ in 0..<3000 {
                let y = (0..<d).map { r in
                    (0..<d).reduce(Float80(0)) { $0 + Float80(m[r * d + $1]) * x[$1] }
                }
                x = (0..<d).map { c in
                    (0..<d).reduce(Float80(0)) { $0 + Float80(m[$1 * d + c]) * y[$1] }
                }
                let size = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
                if size == 0 { return 0 }
                norm = size.squareRoot()
                x = x.map { $0 / size }
            }
            return norm
        }

        /// The largest error at every `step`-th token, and the largest velocity there.
        static func worst(
            _ velocity: [Double], _ attention: IsotropicAttention, _ angles: [Double],
            _ masses: [Double], step: Int = 1
        ) -> (error: Double, largest: Double) {
            let (β, v) = (attention.inverseTemperature, attention.value)
            let x = plane(angles)
            var (error, largest) = (0.0, 0.0)
            for i in stride(from: 0, to: angles.count, by: step) {
                let exact = circle(
                    i, x, masses: masses, product: [β, 0, 0, β], value: [v, 0, 0, v],
                    normalization: attention.normalization)
                // NaN must not be lost.
                let difference = abs(velocity[i] - exact)
                if !(difference <= error) { error = difference }
                largest = max(largest, abs(exact))
            }
            return (error, largest)
        }

        /// The velocities, with 1 and with 2 threads: the bits must be the same.
        static func velocity(
            _ engine: inout some TokenVelocity, _ positions: [Double], _ masses: [Double]
        ) -> (bits: Bool, velocity: [Double]) {
            var (one, two) = (positions, positions)
            engine.evaluate(positions: positions, masses: masses, into: &one)
            ThreadLimit.exclusively(2) {
                engine.evaluate(positions: positions, masses: masses, into: &two)
            }
            let same = zip(one, two).allSatisfy { $0.bitPattern == $1.bitPattern }
            return (same, one)
        }
    }

    /// One test at a time may set the number of threads.
    enum ThreadLimit {
        private static let lock = NSRecursiveLock()

        static func exclusively<Result>(_ limit: Int, _ body: () -> Result) -> Result {
            lock.lock()
            let before = Workers.limit
            Workers.limit = limit
            defer {
                Workers.limit = before
                lock.unlock()
            }
            return body()
        }
    }
#endif
