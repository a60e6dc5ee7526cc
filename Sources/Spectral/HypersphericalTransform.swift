import Foundation

/// Fields on S³ between coefficients of real harmonics and values on a grid of Hopf coordinates.
///
///     synthesis  f(u_r, φ₁, φ₂) = Σ c Y            analysis  c = Σ w_r f Y
///
/// Coefficients as in ``HypersphericalLayout``. Gauss–Legendre nodes in u, n × n equispaced angles each:
/// analysis is exact for products of degree at most 4·nodes - 1 and less than n. Sums over the functions
/// of u, then real FFTs of planes; cost O(D⁴ + D³ log D). Results do not depend on the number of threads.
public struct HypersphericalTransform: Sendable {
    /// Where coefficients stand.
    public let layout: HypersphericalLayout
    /// Number of nodes in u.
    public let nodes: Int
    /// Number n of each of the two angles.
    public let azimuths: Int
    /// u of the nodes, descending, shape [nodes].
    public let heights: [Double]
    /// Weights of the points of each node, of sum 1/n², shape [nodes].
    public let weights: [Double]

    private let fft: RealPlaneFFT
    private let functions: HopfFunctions
    /// Functions of u, shape [nodes][functions].
    private let tables: [Double]

    /// Pieces of work: fixed, so that results are.
    private static let pieces = 8

    /// A transform for degrees up to `degree` on so many nodes and at least so many angles.
    public init(degree: Int, nodes: Int, azimuths: Int) {
        layout = HypersphericalLayout(degree: degree)
        self.nodes = nodes
        self.azimuths = SphericalTransform.smooth(max(azimuths, 2 * degree + 2))
        let rule = gaussLegendreRule(nodes)
        let points = Double(self.azimuths * self.azimuths)
        heights = rule.nodes.map { (1 + $0) / 2 }
        weights = rule.weights.map { $0 / (2 * points) }
        fft = RealPlaneFFT(length: self.azimuths)
        let functions = HopfFunctions(degree: degree)
        self.functions = functions
        tables = heights.flatMap { functions.table(at: $0) }
    }

    /// The transform whose analysis of products with functions of degree `degree` is exact for fields of
    /// degree `fieldDegree`.
    public init(degree: Int, analysing fieldDegree: Int) {
        let waves = degree + fieldDegree + 1
        self.init(degree: degree, nodes: waves / 4 + 1, azimuths: waves)
    }

    /// Number of points.
    public var count: Int { nodes * azimuths * azimuths }

    /// Multiplications and additions of one field.
    private var operations: Double {
        Double(count) * (4 * log2(Double(azimuths)) + 8) + Double(nodes * layout.count)
    }

    /// Writes the values of the field with these coefficients, shape [nodes][n][n].
    ///
    /// Degrees beyond those of the transform are left out.
    public func synthesise(
        _ modes: [Double], in short: HypersphericalLayout, into grid: inout [Double]
    ) {
        precondition(modes.count == short.count && grid.count == count)
        let (plane, row, half) = (azimuths * azimuths, azimuths + 2, 0.5.squareRoot())
        var spectra = [Double](repeating: 0, count: Self.pieces * fft.spectrumCount)
        let isCut = short.degree > layout.degree
        let orders = isCut ? layout.orders : short.orders
        let starts = orders.map {
            isCut ? short.orders[short.index($0.first, $0.second)].start : $0.start
        }
        modes.withUnsafeBufferPointer { modes in
            spectra.withUnsafeMutableBufferPointer { spectra in
                grid.withUnsafeMutableBufferPointer { grid in
                    nonisolated(unsafe) let c = modes.baseAddress!
                    nonisolated(unsafe) let space = spectra.baseAddress!
                    nonisolated(unsafe) let values = grid.baseAddress!
                    Workers.share(Self.pieces, operations: operations) { piece in
                        let z = space + piece * fft.spectrumCount
                        for node in stride(from: piece, to: nodes, by: Self.pieces) {
                            for i in 0..<fft.spectrumCount { z[i] = 0 }
                            for (order, start) in zip(orders, starts) {
                                let at =
                                    node * functions.count
                                    + functions.start(abs(order.first), order.second)
                                var (re, im) = (0.0, 0.0)
                                for n in 0..<order.count {
                                    re += tables[at + n] * c[2 * (start + n)]
                                    im += tables[at + n] * c[2 * (start + n) + 1]
                                }
                                if order.isZero {
                                    z[0] = re
                                    continue
                                }
                                let m = order.first < 0 ? order.first + azimuths : order.first
                                let to = m * row + 2 * order.second
                                (z[to], z[to + 1]) = (half * re, -half * im)
                                guard order.second == 0 else { continue }
                                let mirror = (azimuths - m) * row
                                (z[mirror], z[mirror + 1]) = (half * re, half * im)
                            }
                            fft.synthesise(z, into: values + node * plane)
                        }
                    }
                }
            }
        }
    }

    /// Writes the coefficients of the field with these values.
    public func analyse(_ grid: [Double], into modes: inout [Double]) {
        precondition(modes.count == layout.count && grid.count == count)
        let (plane, row) = (azimuths * azimuths, azimuths + 2)
        let orders = layout.orders
        var spectra = [Double](repeating: 0, count: Self.pieces * fft.spectrumCount)
        // The waves of every node.
        var waves = [Double](repeating: 0, count: 2 * nodes * orders.count)
        grid.withUnsafeBufferPointer { grid in
            spectra.withUnsafeMutableBufferPointer { spectra in
                waves.withUnsafeMutableBufferPointer { waves in
                    nonisolated(unsafe) let values = grid.baseAddress!
                    nonisolated(unsafe) let space = spectra.baseAddress!
                    nonisolated(unsafe) let kept = waves.baseAddress!
                    Workers.share(Self.pieces, operations: operations) { piece in
                        let z = space + piece * fft.spectrumCount
                        for node in stride(from: piece, to: nodes, by: Self.pieces) {
                            fft.analyse(values + node * plane, into: z)
                            for (i, order) in orders.enumerated() {
                                let m = order.first < 0 ? order.first + azimuths : order.first
                                let from = m * row + 2 * order.second
                                let factor = weights[node] * (order.isZero ? 1 : 2.0.squareRoot())
                                let to = 2 * (node * orders.count + i)
                                kept[to] = factor * z[from]
                                kept[to + 1] = order.isZero ? 0 : -factor * z[from + 1]
                            }
                        }
                    }
                }
            }
        }
        for i in modes.indices { modes[i] = 0 }
        for node in 0..<nodes {
            for (i, order) in orders.enumerated() {
                let at = node * functions.count + functions.start(abs(order.first), order.second)
                let (re, im) = (
                    waves[2 * (node * orders.count + i)], waves[2 * (node * orders.count + i) + 1]
                )
                for n in 0..<order.count {
                    modes[2 * (order.start + n)] += tables[at + n] * re
                    modes[2 * (order.start + n) + 1] += tables[at + n] * im
                }
            }
        }
    }

    /// Values of the field with these coefficients, shape [nodes][n][n].
    public func values(of modes: [Double], in short: HypersphericalLayout) -> [Double] {
        var grid = [Double](repeating: 0, count: count)
        synthesise(modes, in: short, into: &grid)
        return grid
    }

    /// Coefficients of the field with these values.
    public func modes(of grid: [Double]) -> [Double] {
        var modes = [Double](repeating: 0, count: layout.count)
        analyse(grid, into: &modes)
        return modes
    }

    /// cos and sin of the angles, shape [n].
    public var directions: (cosines: [Double], sines: [Double]) {
        let angles = (0..<azimuths).map { 2 * .pi * Double($0) / Double(azimuths) }
        return (angles.map { cos($0) }, angles.map { sin($0) })
    }

    /// Calls `body` for every point of the grid with its index and its unit vector.
    public func forEachPoint(_ body: (Int, [Double]) -> Void) {
        let (c, s) = directions
        var index = 0
        for u in heights {
            let (p, q) = (u.squareRoot(), (1 - u).squareRoot())
            for i in 0..<azimuths {
                for j in 0..<azimuths {
                    body(index, [p * c[i], p * s[i], q * c[j], q * s[j]])
                    index += 1
                }
            }
        }
    }
}
