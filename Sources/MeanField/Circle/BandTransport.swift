import Foundation
import Spectral

/// The transport of a density by a velocity of K modes, in blocks of the cheapest length for K.
///
/// Lengths are 2^a and, from 320 on, 5·2^a, for which FFTW's estimated plans are good (0.15–0.2 ns a
/// butterfly; with a factor 3 they take 0.2–0.4: measured, FFTW 3.3.10). The choice is made by counting operations, so
/// that it is the same in every run.
struct BandTransport: Sendable {
    private var products: [BlockProduct] = []
    /// Index of the product to take for K.
    private let choice: [Int]

    /// Work space for velocities of at most `largestBand` modes.
    init(
        modes: Int, fold: Int, bands: ClosedRange<Int>, planning: RealFFT.Planning
    ) {
        var lengths = [Int]()
        var choice = [Int](repeating: 0, count: bands.upperBound + 1)
        for band in bands {
            let length = Self.cheapest(modes: modes, band: band).length
            if let known = lengths.firstIndex(of: length) {
                choice[band] = known
            } else {
                choice[band] = lengths.count
                lengths.append(length)
            }
        }
        self.choice = choice
        products = lengths.map {
            BlockProduct(length: $0, modes: modes, fold: fold, planning: planning)
        }
    }

    /// The cheapest length of a block and its cost.
    static func cheapest(modes: Int, band: Int) -> (length: Int, cost: Double) {
        var best = (length: 0, cost: Double.infinity)
        var power = 16
        while power <= 4 * (modes + 2 * band + 1) {
            for length in power < 256 ? [power] : [power, power / 4 * 5] {
                let cost = BlockProduct.cost(length: length, band: band, modes: modes)
                if cost < best.cost { best = (length, cost) }
            }
            power *= 2
        }
        return best
    }

    /// Writes dc_j/dt for the coefficients c_j in `y` and the velocity with v̂_m, m = 0 … `band`.
    mutating func divergence(
        of y: [Double], velocity: [Double], band: Int, into dy: inout [Double]
    ) {
        products[choice[band]].divergence(of: y, velocity: velocity, band: band, into: &dy)
    }
}
