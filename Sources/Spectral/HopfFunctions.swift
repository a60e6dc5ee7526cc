import Foundation

/// The functions of u of the harmonics on S³.
///
///     g_abn(u) = N_abn u^{a/2} (1-u)^{b/2} P_n^{(b,a)}(2u - 1),   ∫₀¹ g² du = 1
///
/// by the recurrence in n of orthonormal Jacobi polynomials. Source: NIST DLMF 18.3, 18.9.
struct HopfFunctions: Sendable {
    /// Highest a + b + 2n.
    let degree: Int
    /// Where the numbers of (a, b) start, at a (degree + 1) + b.
    private let starts: [Int]
    /// α_n and √β_n of t p_n = √β_{n+1} p_{n+1} + α_n p_n + √β_n p_{n-1}, t = 2u - 1.
    private let centers: [Double]
    private let sides: [Double]
    /// N_ab0, at a (degree + 1) + b.
    private let norms: [Double]

    init(degree: Int) {
        self.degree = degree
        let row = degree + 1
        var (centers, sides) = ([Double](), [Double]())
        var starts = [Int](repeating: 0, count: row * row)
        var norms = [Double](repeating: 0, count: row * row)
        for a in 0...degree {
            for b in 0...(degree - a) {
                starts[a * row + b] = centers.count
                // (a + b + 1)!/(a! b!)
                var square = Double(b + 1)
                for k in 0..<a { square *= Double(k + b + 2) / Double(k + 1) }
                norms[a * row + b] = square.squareRoot()
                let (sum, gap) = (Double(a + b), Double(a - b) * Double(a + b))
                for n in 0...((degree - a - b) / 2) {
                    let k = Double(n)
                    let twice = 2 * k + sum
                    centers.append(
                        n == 0 ? Double(a - b) / (sum + 2) : gap / (twice * (twice + 2)))
                    let product = k * (k + Double(a)) * (k + Double(b)) * (k + sum)
                    let square = 4 * product / (twice * twice * (twice + 1) * (twice - 1))
                    sides.append(n == 0 ? 0 : square.squareRoot())
                }
            }
        }
        (self.starts, self.centers, self.sides, self.norms) = (starts, centers, sides, norms)
    }

    /// Where the functions of (a, b) stand in tables of all.
    func start(_ a: Int, _ b: Int) -> Int { starts[a * (degree + 1) + b] }

    /// Number of functions.
    var count: Int { centers.count }

    /// N_ab0.
    func norm(_ a: Int, _ b: Int) -> Double { norms[a * (degree + 1) + b] }

    /// Writes `seed` p_0, … of (a, b), as far as the degree goes.
    func fill(
        _ a: Int, _ b: Int, at u: Double, seed: Double, into values: inout [Double], from: Int
    ) {
        let (t, start) = (2 * u - 1, start(a, b))
        var (last, value) = (0.0, seed)
        let count = (degree - a - b) / 2 + 1
        for n in 0..<count {
            values[from + n] = value
            guard n + 1 < count else { return }
            let next =
                ((t - centers[start + n]) * value - sides[start + n] * last) / sides[start + n + 1]
            (last, value) = (value, next)
        }
    }

    /// All functions at u, shape [count].
    func table(at u: Double) -> [Double] {
        var values = [Double](repeating: 0, count: count)
        for a in 0...degree {
            for b in 0...(degree - a) {
                let seed = norm(a, b) * pow(u, Double(a) / 2) * pow(1 - u, Double(b) / 2)
                fill(a, b, at: u, seed: seed, into: &values, from: start(a, b))
            }
        }
        return values
    }
}
