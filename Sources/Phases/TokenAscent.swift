import Foundation
import MeanField

/// The ascent of tokens to the maxima of their potential W*μ, along the gradient of log W.
struct TokenAscent {
    /// For each token the index of its maximum.
    private(set) var owner: [Int]
    /// The maxima, unit vectors.
    private(set) var maxima: [[Double]] = []

    private let tokens: TokenMeasure
    private let sharpness: Double
    private var potential: TokenPotential
    /// log W at the maxima.
    private var heights: [Double] = []
    /// log W at the tokens.
    private var lowest = Double.infinity

    /// Steps after which a token that still moves is taken to have arrived.
    private static let patience = 5000

    init(of tokens: TokenMeasure, sharpness b: Double) {
        self.tokens = tokens
        sharpness = b
        potential = TokenPotential(of: tokens, sharpness: b)
        owner = [Int](repeating: 0, count: tokens.count)
    }

    /// A point on its way up.
    private struct Climber {
        var z: [Double]
        var pull: [Double]
        var last: [Double]
        var lastPull: [Double]
        var height = -Double.infinity
        /// Length of the last step.
        var length = Double.infinity

        init(at z: [Double]) {
            self.z = z
            (pull, last, lastPull) = (z, z, [Double](repeating: 0, count: z.count))
        }
    }

    /// Lets all tokens ascend.
    ///
    /// Of very many only some, far from each other, and the others share the way of the nearest of these.
    /// Each goes until it hardly moves, and those that have met go on as one; then the few that are left
    /// go on to their maxima one by one.
    mutating func run() {
        let width = 1 / sharpness.squareRoot()
        let (chosen, nearest) = tokens.centers(limit: Self.mostClimbers)
        var climbers = chosen.map { Climber(at: tokens.point($0)) }
        // Which climber each token has become.
        var climber = nearest
        for step in 0..<Self.patience where climbers.count > 1 {
            let moving = climbers.indices.filter { climbers[$0].length > 1e-2 * width }
            if moving.isEmpty { break }
            for i in moving {
                advance(&climbers[i])
                if step == 0 { lowest = min(lowest, climbers[i].height) }
            }
            let measure = TokenMeasure(
                unitVectors: climbers.map(\.z), masses: climbers.map { _ in 1 })
            let group = measure.groups(within: Self.meeting * width).leader
            climber = climber.map { group[$0] }
            var kept = [Climber]()
            for i in climbers.indices where group[i] == kept.count { kept.append(climbers[i]) }
            climbers = kept
        }
        let arrivals = climbers.map { arrive($0) }
        owner = climber.map { arrivals[$0] }
    }

    /// What rounding leaves of the pull at a maximum.
    private static let rounding = 1e-14

    /// Tokens that ascend on their own: enough to cover the sphere, and every cluster.
    private static let mostClimbers = 512

    /// Distance, in units of the kernel's width, at which two climbers have met; empirical.
    private static let meeting = 1e-2

    /// One step along the pull.
    ///
    /// At first to the mean of what attracts, z → ∫ e^{b<z,y>} y dμ/|…|; then steps grow as the pull
    /// falls along the way (Barzilai and Borwein), at most to a small part of the kernel's width.
    /// Source: IMA J. Numer. Anal. 8 (1988) 141, doi:10.1093/imanum/8.1.141.
    private mutating func advance(_ climber: inout Climber) {
        let isFirst = climber.height == -.infinity
        climber.height = potential.evaluate(at: climber.z, pull: &climber.pull)
        var (size, square, fall) = (0.0, 0.0, 0.0)
        for c in climber.z.indices {
            let change = climber.z[c] - climber.last[c]
            square += change * change
            fall -= change * (climber.pull[c] - climber.lastPull[c])
            size += climber.pull[c] * climber.pull[c]
        }
        size = size.squareRoot()
        climber.lastPull = climber.pull
        climber.length = 0
        if size == 0 { return }
        let longest = 0.1 / (sharpness.squareRoot() * size)
        let cautious = fall > 0 ? max(0.1, min(square / fall, longest)) : max(1, longest)
        let factor = isFirst ? 1 : cautious
        climber.last = climber.z
        var length = 0.0
        for c in climber.z.indices {
            climber.z[c] += factor * climber.pull[c]
            length += climber.z[c] * climber.z[c]
        }
        length = length.squareRoot()
        for c in climber.z.indices { climber.z[c] /= length }
        climber.length = factor * size
    }

    /// Goes on to the maximum; returns the index of that.
    private mutating func arrive(_ start: Climber) -> Int {
        var climber = start
        for _ in 0..<Self.patience {
            advance(&climber)
            let slope = climber.lastPull.reduce(0) { $0 + $1 * $1 }.squareRoot()
            if climber.length <= 1e-13 || slope <= Self.rounding { break }
        }
        lowest = min(lowest, climber.height)
        let near = maxima.firstIndex { Self.square($0, climber.z) < 1e-10 / sharpness }
        if let near { return near }
        maxima.append(climber.z)
        heights.append(climber.height)
        return maxima.count - 1
    }

    /// The maxima from which W falls by more than `share` towards every other one, and for each maximum
    /// the one among these that it belongs to; none where W is flat.
    ///
    /// Two that hold one each of the points `apart` stay apart.
    mutating func distinctMaxima(
        share: Double, apart: [[Double]]
    ) -> (list: [[Double]], index: [Int]) {
        let least = -log1p(-share)
        guard let top = heights.max(), maxima.count == 1 || top - lowest > least else {
            return ([], [])
        }
        let order = heights.indices.sorted { heights[$0] > heights[$1] }
        var list = [[Double]]()
        var index = [Int](repeating: 0, count: maxima.count)
        let holds = maxima.map { z in apart.contains { Self.square(z, $0) < 1e-4 / sharpness } }
        var members = [Int]()
        for i in order {
            let same = members.first { j in
                !(holds[i] && holds[j]) && !falls(from: i, towards: j, by: least)
            }
            if let same {
                index[i] = index[same]
            } else {
                index[i] = list.count
                list.append(maxima[i])
                members.append(i)
            }
        }
        return (list, index)
    }

    private static func square(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    /// Whether log W falls by more than `least` on the great circle from maximum i to maximum j.
    ///
    /// From the middle outwards: between maxima far from each other the first look is enough.
    private mutating func falls(from i: Int, towards j: Int, by least: Double) -> Bool {
        let (a, b) = (maxima[i], maxima[j])
        var pull = a
        for k in 1..<32 {
            let step = k % 2 == 0 ? k / 2 : -(k / 2)
            let share = Double(16 + step) / 32
            let point = zip(a, b).map { $0 * (1 - share) + $1 * share }
            let length = point.reduce(0) { $0 + $1 * $1 }.squareRoot()
            // Opposite maxima have a valley between them.
            guard length > 1e-3 else { return true }
            let height = potential.evaluate(at: point.map { $0 / length }, pull: &pull)
            if heights[i] - height > least { return true }
        }
        return false
    }
}
