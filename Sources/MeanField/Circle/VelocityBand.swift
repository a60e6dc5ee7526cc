import CVectorMath
import Foundation
import Spectral

/// The attention velocity as a Fourier series of few modes, where it is one.
///
///     v(θ) = Σ_{|m| ≤ K} v̂_m e^{imθ}
///
/// Unless softmax, v̂ is F of ``AttentionModes`` and K its last degree. The quotient F/W of softmax has
/// no band limit, but its spectrum falls geometrically, at a rate set by the complex zeros of W. It is
/// sampled on a grid of p points, at first four for each degree that F has above rounding, which a
/// smooth density makes fewer than the kernel lets pass; if the last quarter of its spectrum lies at
/// rounding level the grid resolves it, else a longer grid is tried that the rate of decay suggests, up
/// to the length where this way would cost more than the full grid. A spectrum that stops falling
/// above rounding level (W nearly zero somewhere) is refused. The outcome depends on the coefficients
/// only. Compare the plateau test of J. L. Aurentz, L. N. Trefethen, ACM Trans. Math. Softw. 43
/// (2017) 33.
struct VelocityBand: Sendable {
    /// v̂_m, m = 0 … K, interleaved, after ``resolve(_:)``.
    private(set) var coefficients: [Double]
    /// The values that K may take.
    let bands: ClosedRange<Int>

    private var grids: [VelocityGrid]
    private var attentionModes: AttentionModes

    /// Where the spectrum of v counts as zero, relative to its largest coefficient.
    private static let roundingLevel = 0x1p-51

    /// `nil` where the full grid of `points` is cheaper.
    init?(
        attentionModes: AttentionModes, isQuotient: Bool, modes: Int, points: Int,
        planning: RealFFT.Planning
    ) {
        self.attentionModes = attentionModes
        let top = max(1, attentionModes.top)
        let budget = GridTransport.cost(points: points, isQuotient: isQuotient)
        var lengths = [Int]()
        var largest = top
        if isQuotient {
            var (length, spent) = (64, 0.0)
            // Of a convolution only the degrees that the density has count: short grids may do.
            if attentionModes.multipliers == nil {
                while length < 4 * top { length *= 2 }
            }
            largest = 0
            while length < points {
                spent += 3 * RealFFT.cost(length: length) + 6 * Double(length)
                let affordable = (1...Self.resolved(length)).last {
                    $0 <= modes
                        && spent + BandTransport.cheapest(modes: modes, band: $0).cost < budget
                }
                guard let affordable, affordable > largest else { break }
                largest = affordable
                lengths.append(length)
                length *= 2
            }
            if largest < 1 { return nil }
        } else if BandTransport.cheapest(modes: modes, band: top).cost >= budget {
            return nil
        }
        bands = (isQuotient ? 1 : top)...largest
        coefficients = [Double](repeating: 0, count: 2 * largest + 2)
        grids = lengths.map {
            VelocityGrid(
                modes: attentionModes.multipliers == nil
                    ? attentionModes : attentionModes.truncated(to: $0 / 4),
                isQuotient: isQuotient, points: $0, planning: planning)
        }
    }

    /// The highest mode that a grid of `points` may be trusted with.
    private static func resolved(_ points: Int) -> Int { points * 3 / 8 }

    /// Computes the series for the coefficients c_1, c_2, … in `y`: K, or `nil` where it is too long.
    mutating func resolve(_ y: [Double]) -> Int? {
        if grids.isEmpty {
            attentionModes.force(of: y, into: &coefficients)
            return bands.upperBound
        }
        var (i, previousDecay) = (0, 0.0)
        let top = attentionModes.effectiveTop(of: y)
        while i < grids.count && grids[i].points < 4 * top { i += 1 }
        while i < grids.count {
            let size = grids[i].sample(y)
            let n = grids[i].points
            let limit = Self.resolved(n)
            let band = grids[i].lastMode(above: size * Self.roundingLevel)
            if band <= limit { return band <= bands.upperBound ? take(max(band, 1), i) : nil }
            // ln |v̂_m| falls by `decay` up to the end of the spectrum, and has to fall by `wanted`.
            let decay = log(size / grids[i].largestMode(from: limit + 1))
            guard decay > 1.3 * previousDecay else { return nil }
            let wanted = -log(Self.roundingLevel)
            let needed = 0.7 * Double(n / 2) * wanted / decay
            i += 1
            while i < grids.count && Double(Self.resolved(grids[i].points)) < needed { i += 1 }
            previousDecay = decay
        }
        return nil
    }

    private mutating func take(_ band: Int, _ i: Int) -> Int {
        let scale = 1 / Double(grids[i].points)
        for m in 0..<(2 * band + 2) { coefficients[m] = scale * grids[i].spectrum[m] }
        return band
    }
}

extension VelocityGrid {
    /// Replaces `spectrum` by n v̂ and returns its largest modulus (in the sense of max(|re|, |im|)).
    fileprivate mutating func sample(_ y: [Double]) -> Double {
        evaluate(y)
        analyse()
        return largestMode(from: 0)
    }

    /// max |n v̂_m|, m ≥ `first`; NaN if one of them is.
    fileprivate func largestMode(from first: Int) -> Double {
        spectrum.withUnsafeBufferPointer {
            tf_largest($0.baseAddress! + 2 * first, $0.count - 2 * first)
        }
    }

    /// The last m with |n v̂_m| above `level`; n/2 if `level` is NaN.
    fileprivate func lastMode(above level: Double) -> Int {
        var i = spectrum.count - 1
        while i >= 0 && abs(spectrum[i]) <= level { i -= 1 }
        return max(i, 0) / 2
    }
}
