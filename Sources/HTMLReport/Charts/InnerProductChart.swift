import Foundation
import MeanField
import Phases
import Scenarios

/// The distribution of the inner products <x_i, x_j> of tokens in time, in any dimension.
///
/// Independent tokens gather about 0, tokens of one cluster at 1.
struct InnerProductChart: Sendable {
    let snapshots: [Snapshot]
    let scale: TimeScale
    /// Shares of the time axis at which the snapshots stand.
    let positions: [Double]

    private static let bins = 120
    private static let columns = 480
    /// Pairs times dimensions that are looked at in all snapshots; more tokens are thinned out.
    private static let budget = 1.5e8

    /// log10 of the densities that the colours stand for.
    private static let range = -2.0...1.6

    /// What gnuplot draws.
    var panel: Panel {
        let histograms = snapshots.map(histogram)
        var values = [Double](
            repeating: Self.range.lowerBound, count: Self.bins * Self.columns)
        var index = 0
        for x in 0..<Self.columns where !snapshots.isEmpty {
            let position = (Double(x) + 0.5) / Double(Self.columns)
            while index + 1 < snapshots.count, positions[index + 1] <= position { index += 1 }
            for y in 0..<Self.bins { values[y * Self.columns + x] = histograms[index][y] }
        }
        return Panel(
            name: "pairs",
            raster: Panel.Raster(
                width: Self.columns, height: Self.bins, values: values, range: Self.range))
    }

    /// log10 of the density of the inner products of different tokens, shape [bins].
    private func histogram(_ snapshot: Snapshot) -> [Double] {
        var bins = [Double](repeating: 0, count: Self.bins)
        let dimension = snapshot.cloud?.dimension ?? 3
        let pairs = 2 * Self.budget / Double(max(snapshots.count, 1) * dimension)
        let most = min(max(Int(pairs.squareRoot()), 40), 400)
        guard let sample = TokenSample(snapshot, count: most), sample.points.count > 1 else {
            // A single token has itself alone.
            bins[Self.bins - 1] = 1
            return logarithms(bins)
        }
        for i in 1..<max(sample.points.count, 2) where i < sample.points.count {
            for j in 0..<i {
                let product = zip(sample.points[i], sample.points[j]).reduce(0) {
                    $0 + $1.0 * $1.1
                }
                let bin = Int((product + 1) / 2 * Double(Self.bins))
                bins[min(max(bin, 0), Self.bins - 1)] += sample.masses[i] * sample.masses[j]
            }
        }
        return logarithms(bins)
    }

    private func logarithms(_ bins: [Double]) -> [Double] {
        let total = bins.reduce(0, +)
        let width = 2 / Double(Self.bins)
        return Self.smooth(bins).map {
            $0 > 0 ? log10($0 / total / width) : Self.range.lowerBound
        }
    }

    /// Each bin with a quarter of either neighbour: points of a grid have gaps that are no news.
    private static func smooth(_ bins: [Double]) -> [Double] {
        let last = bins.count - 1
        return bins.indices.map {
            bins[max($0 - 1, 0)] / 4 + bins[$0] / 2 + bins[min($0 + 1, last)] / 4
        }
    }

    /// The chart around `picture`.
    func chart(_ picture: Markup) -> Chart {
        Chart(
            id: "pairs", title: "How alike the tokens are",
            caption: """
                Inner products ⟨x<sub>i</sub>, x<sub>j</sub>⟩ of pairs of different tokens, or of \
                points drawn from the density: 1 means \
                the same direction, 0 a right angle. Tokens of one cluster stand at the top; the \
                other bands are the angles between clusters.
                """,
            alternative:
                "Distribution of the inner products of pairs of tokens over time, from −1 to 1.",
            height: 260,
            left: [(0, "−1"), (0.5, "0"), (1, "1")].map { Tick(share: $0.0, label: $0.1) },
            leftTitle: "inner product", bottom: .time(scale), body: picture,
            legend: [ColorBar(range: Self.range, title: "density of pairs").markup])
    }
}

/// At most so many tokens, evenly from the list.
struct TokenSample: Sendable {
    /// Unit vectors, shape [n][d].
    let points: [[Double]]
    /// Shape [n].
    let masses: [Double]

    /// These points.
    init(points: [[Double]], masses: [Double]) { (self.points, self.masses) = (points, masses) }

    /// At most `count` of the tokens.
    init(_ tokens: TokenMeasure, count: Int) {
        let kept = min(count, tokens.count)
        let indices = (0..<kept).map { $0 * tokens.count / kept }
        points = indices.map(tokens.point)
        masses = indices.map { tokens.masses[$0] }
    }
}
