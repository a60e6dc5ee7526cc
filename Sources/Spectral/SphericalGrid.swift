import CVectorMath
import Foundation
import Synchronization

/// What lies between spherical harmonics up to a degree L and the grid of points anywhere on S².
///
/// A field of degree L is, for each order m, a cosine series in θ (m even) or a sine series (m
/// odd). It is known by its values at Q > L + 1 colatitudes θ_q = π(q + ½)/Q, where Legendre
/// functions are summed; from there to the colatitudes θ_r = 2πr/M of the grid a matrix leads,
///
///     T_qr = (2/Q) Σ'_k κ_k cos kθ_q cos kθ_r      (sin for odd m; Σ': half of k = 0)
///
/// with κ_k one over the window's transform (``NonuniformModes``). The same matrix leads back for
/// sums over points. Both sets are symmetric to the equator, so that northern nodes and rows
/// suffice for the even and odd parts of a field. Memory: O(L²).
final class SphericalGrid: Sendable {
    /// L.
    let top: Int
    /// M: grid points for 2π in either direction.
    let count: Int
    /// Northern rows with the equator, M/4 + 1, and zeros up to a multiple of 8.
    let rows: Int
    /// Northern nodes, Q/2, a multiple of 8.
    let nodes: Int
    /// Transforms of length M, and κ.
    let plan: NonuniformModes.Plan
    /// T for orders of parity s and fields of parity e: shape [rows, nodes] at 2s + e.
    let toNodes: [[Double]]
    /// The same, transposed.
    let toRows: [[Double]]
    /// cos θ_q.
    private let cosines: [Double]
    /// P̄_mm at the nodes, shape [top + 1, nodes].
    private let seeds: [Double]
    /// The recurrence of Legendre functions by degree.
    private let rise: [Double]
    private let fall: [Double]

    /// The highest degree for which Legendre functions of all orders start within the range of
    /// numbers.
    static let highestTop = 1024

    private static let grids = Mutex<[Int: SphericalGrid]>([:])

    /// The grid for degrees up to `top`, made once.
    static func shared(top: Int) -> SphericalGrid {
        grids.withLock { grids in
            if let known = grids[top] { return known }
            let grid = SphericalGrid(top: top)
            grids[top] = grid
            return grid
        }
    }

    private init(top: Int) {
        precondition((1...Self.highestTop).contains(top), "degrees from 1 to 1024")
        self.top = top
        plan = NonuniformModes.Plan.shared(top: top)
        count = plan.fft.length
        rows = (count / 4 + 8) / 8 * 8
        let all = (top + 2 + 15) / 16 * 16
        nodes = all / 2
        let angles = (0..<nodes).map { Double.pi * (Double($0) + 0.5) / Double(all) }
        cosines = angles.map { cos($0) }
        var seeds = [Double](repeating: 1, count: (top + 1) * nodes)
        for m in 1...top {
            let factor = m == 1 ? 3 : Double(2 * m + 1) / Double(2 * m)
            for q in 0..<nodes {
                seeds[m * nodes + q] =
                    factor.squareRoot() * sin(angles[q]) * seeds[(m - 1) * nodes + q]
            }
        }
        self.seeds = seeds
        (rise, fall) = Self.recurrence(top: top)
        var (toNodes, toRows) = ([[Double]](), [[Double]]())
        for parity in 0..<4 {
            let matrix = Self.matrix(
                isOdd: parity / 2 == 1, degrees: (parity / 2 + parity) % 2, plan, nodes: nodes,
                rows: rows)
            toRows.append(matrix)
            var transposed = matrix
            for r in 0..<rows {
                for q in 0..<nodes { transposed[r * nodes + q] = matrix[q * rows + r] }
            }
            toNodes.append(transposed)
        }
        (self.toNodes, self.toRows) = (toNodes, toRows)
    }

    /// P̄_{l+1} = z P̄_l/α_{l+1} - α_l/α_{l+1} P̄_{l-1}, α_l² = (l² - m²)/(4l² - 1).
    private static func recurrence(top: Int) -> (rise: [Double], fall: [Double]) {
        var (rise, fall) = ([Double](), [Double]())
        for m in 0...top {
            func α(_ l: Int) -> Double {
                (Double(l * l - m * m) / Double(4 * l * l - 1)).squareRoot()
            }
            for l in m...top {
                rise.append(1 / α(l + 1))
                fall.append(l == m ? 0 : α(l) / α(l + 1))
            }
        }
        return (rise, fall)
    }

    /// T of the modes k of one parity, `degrees`, at northern nodes and rows; shape [nodes, rows].
    ///
    /// Southern nodes give the same again, so that there is another factor of 2.
    private static func matrix(
        isOdd: Bool, degrees: Int, _ plan: NonuniformModes.Plan, nodes: Int, rows: Int
    ) -> [Double] {
        let (all, count) = (2 * nodes, plan.fft.length)
        func wave(_ turns: Int, of whole: Int) -> Double {
            let angle = 2 * Double.pi * Double(turns % whole) / Double(whole)
            return isOdd ? sin(angle) : cos(angle)
        }
        let modes = stride(from: degrees, to: plan.correction.count, by: 2).map { $0 }
        var atNodes = [Double](repeating: 0, count: nodes * modes.count)
        var atRows = [Double](repeating: 0, count: modes.count * rows)
        for (i, k) in modes.enumerated() {
            let factor = (k == 0 ? 2 : 4) / Double(all) * plan.correction[k]
            for q in 0..<nodes {
                atNodes[q * modes.count + i] = factor * wave(k * (2 * q + 1), of: 4 * all)
            }
            for r in 0...(count / 4) { atRows[i * rows + r] = wave(k * r, of: count) }
        }
        var matrix = [Double](repeating: 0, count: nodes * rows)
        tf_matrix_product(
            nodes, modes.count, rows, atNodes, modes.count, 1, atRows, &matrix)
        return matrix
    }

    /// Runs `body` with the table of Legendre functions.
    func withLegendre(_ body: (inout tf_legendre_nodes) -> Void) {
        cosines.withUnsafeBufferPointer { z in
            seeds.withUnsafeBufferPointer { seeds in
                rise.withUnsafeBufferPointer { rise in
                    fall.withUnsafeBufferPointer { fall in
                        var table = tf_legendre_nodes(
                            top: top, nodes: nodes, z: z.baseAddress, seeds: seeds.baseAddress,
                            rise: rise.baseAddress, fall: fall.baseAddress)
                        body(&table)
                    }
                }
            }
        }
    }

    /// Where the columns of order m begin among those of all orders: even ones come first.
    func column(_ m: Int) -> Int {
        m % 2 == 0 ? m / 2 : top / 2 + 1 + m / 2
    }

    /// The columns of orders of one parity.
    func columns(parity: Int) -> Range<Int> {
        parity == 0 ? 0..<(top / 2 + 1) : (top / 2 + 1)..<(top + 1)
    }
}
