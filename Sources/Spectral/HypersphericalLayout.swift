/// Where the coefficients of real harmonics on S³ up to a degree stand.
///
///     x₁ + i x₂ = √u e^{iφ₁},   x₃ + i x₄ = √(1-u) e^{iφ₂},   dσ = du dφ₁ dφ₂/4π²
///     f = Σ e_m g_abn(u) (c cos(m₁φ₁ + m₂φ₂) + s sin(m₁φ₁ + m₂φ₂)),   l = a + b + 2n
///
/// with a = |m₁|, b = |m₂|, e_0 = 1, else √2, and ∫ g² du = 1 (``HopfFunctions``): the harmonics are
/// orthonormal with respect to the uniform probability measure σ. Of the orders m and -m one is kept:
/// m₂ > 0, or m₂ = 0 ≤ m₁. Order after order, n after n, each a pair (c, s), s = 0 for m = 0.
public struct HypersphericalLayout: HarmonicPlaces {
    /// The harmonics of one pair (m₁, m₂).
    public struct Order: Sendable {
        /// m₁.
        public let first: Int
        /// m₂ ≥ 0.
        public let second: Int
        /// The pair of n = 0.
        public let start: Int
        /// Number of n.
        public let count: Int

        /// l of n = 0.
        public var degree: Int { abs(first) + second }
        /// Whether it is m = 0, which has no sines.
        public var isZero: Bool { first == 0 && second == 0 }
    }

    /// Highest degree D.
    public let degree: Int
    /// All orders.
    public let orders: [Order]
    /// Number of pairs.
    public let pairs: Int

    /// The layout of degrees 0 … `degree`.
    public init(degree: Int) {
        precondition(degree >= 0)
        self.degree = degree
        var (orders, pairs) = ([Order](), 0)
        for second in 0...degree {
            let most = degree - second
            for first in (second == 0 ? 0 : -most)...most {
                let count = (most - abs(first)) / 2 + 1
                orders.append(Order(first: first, second: second, start: pairs, count: count))
                pairs += count
            }
        }
        self.orders = orders
        self.pairs = pairs
    }

    /// Layouts of one degree are the same.
    public static func == (a: Self, b: Self) -> Bool { a.degree == b.degree }

    /// Number of coefficients, the zeros of m = 0 among them.
    public var count: Int { 2 * pairs }
    /// Number of harmonics.
    public var harmonics: Int { (degree + 1) * (degree + 2) * (2 * degree + 3) / 6 }

    /// The place in ``orders`` of (m₁, m₂), with m₂ > 0 or m₂ = 0 ≤ m₁.
    public func index(_ first: Int, _ second: Int) -> Int {
        if second == 0 { return first }
        // Rows of 2(D - k) + 1 orders, k = 1 … m₂ - 1, after one of D + 1.
        let before = degree + 1 + (second - 1) * (2 * degree + 1) - second * (second - 1)
        return before + first + degree - second
    }

    /// The degree of every coefficient, shape [count].
    public var degrees: [Int] {
        orders.flatMap { order in
            (0..<(2 * order.count)).map { order.degree + 2 * ($0 / 2) }
        }
    }

    /// Writes the coefficients `modes` of this layout into another, with zeros or cut off.
    public func move(_ modes: [Double], to other: HypersphericalLayout, into result: inout [Double])
    {
        precondition(modes.count == count && result.count == other.count)
        for i in result.indices { result[i] = 0 }
        let isShorter = degree < other.degree
        for order in isShorter ? orders : other.orders {
            let index = (isShorter ? other : self).index(order.first, order.second)
            let match = isShorter ? other.orders[index] : orders[index]
            let (from, to) = isShorter ? (order, match) : (match, order)
            for i in 0..<(2 * order.count) { result[2 * to.start + i] = modes[2 * from.start + i] }
        }
    }

    /// The coefficients `modes` of this layout in another, with zeros or cut off.
    public func moved(_ modes: [Double], to other: HypersphericalLayout) -> [Double] {
        var result = [Double](repeating: 0, count: other.count)
        move(modes, to: other, into: &result)
        return result
    }
}
