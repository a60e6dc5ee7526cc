import Foundation
import Spectral

/// The kernel e^{β<Qx,Ky>} in Fourier modes of both angles, scaled by e^{-b}.
///
///     β<Qx,Ky> = Re(c e^{i(θ-φ)} + a e^{-i(θ+φ)}),   p = |c|,   q = |a|,   b = p + q
///     e^{β<Qx,Ky> - b} = Σ_{jk} A_jk e^{ijθ} e^{-ikφ},   A_jk = P_m Q_n,   m = (j+k)/2,   n = (j-k)/2
///     P_m = I_m(p) e^{-p} (c/p)^m,   Q_n = I_n(q) e^{-q} (q/a)^n,   A_jk = 0 for odd j + k
///
/// where c and a are the conformal and anti-conformal parts of βKᵀQ (``PlaneMap``). The exponent is
/// bilinear, so that the kernel is band-limited in both angles: |j|, |k| up to ``degree`` count in double
/// precision. Without an anti-conformal part the matrix is diagonal, a convolution and a shift.
/// Source: Jacobi–Anger, DLMF 10.35.2, once for each part.
struct BilinearModes: Sendable {
    /// The last degree in each angle with an entry above 1e-18 of the largest.
    let degree: Int
    private let conformal: [Complex]
    private let anticonformal: [Complex]
    private let largest: Double

    /// Entries below this share of the largest one are left out.
    private static let negligible = 1e-20

    /// The modes of the kernel whose exponent has the given parts.
    init(conformal c: Complex, anticonformal a: Complex) {
        conformal = Self.factors(of: c)
        anticonformal = Self.factors(of: a.conjugate)
        largest = conformal[0].re * anticonformal[0].re
        var last = 0
        for (m, x) in conformal.enumerated() {
            let size = x.modulus
            for (n, y) in anticonformal.enumerated() where size * y.modulus > 1e-18 * largest {
                last = max(last, m + n)
            }
        }
        degree = last
    }

    /// I_m(|z|) e^{-|z|} (z/|z|)^m for m = 0 …, to 1e-20 of the first.
    private static func factors(of z: Complex) -> [Complex] {
        let size = z.modulus
        if size == 0 { return [Complex(1)] }
        let unit = Complex(z.re / size, z.im / size)
        let top = kernelDegree(size, tolerance: negligible) + 1
        var power = Complex(1)
        return scaledBesselI(upTo: top, size).map { bessel in
            defer { power = power * unit }
            return bessel * power
        }
    }

    /// A_jk.
    func entry(_ j: Int, _ k: Int) -> Complex {
        if (j + k) % 2 != 0 { return .zero }
        let (m, n) = ((j + k) / 2, (j - k) / 2)
        guard abs(m) < conformal.count, abs(n) < anticonformal.count else { return .zero }
        let (x, y) = (conformal[abs(m)], anticonformal[abs(n)])
        return (m < 0 ? x.conjugate : x) * (n < 0 ? y.conjugate : y)
    }

    /// The matrix of ∫ w(θ, φ) e^{β<Qx,Ky> - b} dμ(φ): Σ_ab w_ab A_{j-a,k+b}.
    ///
    /// Columns are the degrees 1 … `columns`, rows the degrees 0 … `rows`, in units of `fold`.
    func matrix(of weight: BilinearWeight, fold: Int = 1, columns: Int, rows: Int) -> ModeMatrix {
        let reach = degree + weight.degree
        let rows = min(rows, reach / fold)
        let columns = min(columns, reach / fold)
        var matrix = ModeMatrix(stride: fold % 2 == 0 ? 1 : 2, columns: columns)
        func sum(_ j: Int, _ k: Int) -> Complex {
            var sum = Complex.zero
            for term in weight.terms { sum = sum + term.factor * entry(j - term.a, k + term.b) }
            return sum
        }
        for row in 0...rows {
            let j = row * fold
            var pairs = [(plus: Complex, minus: Complex)]()
            var (first, kept) = (0, 0)
            for column in stride(
                from: matrix.firstColumn(of: row), through: columns, by: matrix.stride)
            {
                let k = column * fold
                let pair = (plus: sum(j, k), minus: sum(j, -k))
                let size = max(pair.plus.modulus, pair.minus.modulus)
                let counts = size > Self.negligible * largest * weight.size
                if pairs.isEmpty && !counts { continue }
                if pairs.isEmpty { first = column }
                pairs.append(pair)
                if counts { kept = pairs.count }
            }
            matrix.append(constant: sum(j, 0), first: first, Array(pairs[..<kept]))
        }
        return matrix
    }
}

/// A trigonometric polynomial of two angles, w(θ, φ) = Σ w_ab e^{iaθ} e^{ibφ}.
struct BilinearWeight: Sendable {
    struct Term: Sendable {
        var a: Int
        var b: Int
        var factor: Complex
    }
    var terms: [Term]

    /// w = 1.
    static let one = BilinearWeight(terms: [Term(a: 0, b: 0, factor: Complex(1))])

    /// The tangential component of V y at x: Im(c e^{i(φ-θ)} + a e^{-i(φ+θ)}).
    init(tangentOf value: PlaneMap) {
        let (c, a) = (value.conformal, value.anticonformal)
        let half = Complex(0, 0.5)
        terms = [
            Term(a: 1, b: -1, factor: half * c.conjugate),
            Term(a: 1, b: 1, factor: half * a.conjugate),
            Term(a: -1, b: 1, factor: half.conjugate * c),
            Term(a: -1, b: -1, factor: half.conjugate * a),
        ]
    }

    init(terms: [Term]) { self.terms = terms }

    /// The highest degree in either angle.
    var degree: Int { terms.reduce(0) { max($0, abs($1.a), abs($1.b)) } }
    /// Σ |w_ab|, a bound of |w|.
    var size: Double { terms.reduce(0) { $0 + $1.factor.modulus } }

    /// w².
    var squared: BilinearWeight {
        var products = [Term]()
        for x in terms {
            for y in terms {
                let product = Term(a: x.a + y.a, b: x.b + y.b, factor: x.factor * y.factor)
                if let i = products.firstIndex(where: { $0.a == product.a && $0.b == product.b }) {
                    products[i].factor = products[i].factor + product.factor
                } else {
                    products.append(product)
                }
            }
        }
        return BilinearWeight(terms: products)
    }
}
