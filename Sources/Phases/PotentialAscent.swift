import Foundation
import MeanField

/// log W and its gradient at single points of a sphere.
public protocol AscentPotential: Sendable {
    /// log W at the unit vector z; `pull` becomes grad log W/b.
    mutating func evaluate(at z: [Double], pull: inout [Double]) -> Double
}

extension TokenPotential: AscentPotential {}

/// The ascent of points to the maxima of a potential W, along the gradient of log W, and which of these
/// maxima are clusters.
struct PotentialAscent<Potential: AscentPotential> {
    /// The maxima found so far, unit vectors.
    private(set) var maxima: [[Double]] = []
    /// log W at the maxima.
    private var heights: [Double] = []
    /// The least log W seen.
    private var lowest = Double.infinity

    private var potential: Potential
    private let sharpness: Double

    /// Steps after which a point that still moves is taken to have arrived.
    static var patience: Int { 5000 }

    init(of potential: Potential, sharpness b: Double) {
        self.potential = potential
        sharpness = b
    }

    /// A point on its way up.
    struct Climber {
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

    /// Takes a value of log W that was seen elsewhere.
    mutating func note(height: Double) { lowest = min(lowest, height) }

    /// What rounding leaves of the pull at a maximum.
    private static var rounding: Double { 1e-14 }

    /// One step along the pull.
    ///
    /// At first to the mean of what attracts, z → ∫ e^{b<z,y>} y dμ/|…|; then steps grow as the pull
    /// falls along the way (Barzilai and Borwein), at most to a small part of the kernel's width.
    /// Source: IMA J. Numer. Anal. 8 (1988) 141, doi:10.1093/imanum/8.1.141.
    mutating func advance(_ climber: inout Climber) {
        let isFirst = climber.height == -.infinity
        climber.height = potential.evaluate(at: climber.z, pull: &climber.pull)
        if isFirst { note(height: climber.height) }
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
    mutating func arrive(_ start: Climber) -> Int {
        var climber = start
        for _ in 0..<Self.patience {
            advance(&climber)
            let slope = climber.lastPull.reduce(0) { $0 + $1 * $1 }.squareRoot()
            if climber.length <= 1e-13 || slope <= Self.rounding { break }
        }
        note(height: climber.height)
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
