import CVectorMath
import Foundation

/// Tokens that become one.
extension TokenBatch {
    /// Distance at which coordinates on the circle repeat; 0 for vectors.
    private var turn: Double { coordinates == .angles ? 2 * Double.pi : 0 }

    /// Joins tokens that are closer than the tolerance and approach, until there are none.
    ///
    /// The new token stands at the weighted mean and has the weighted mean of the velocities; the
    /// others see a change of the order of β times the square of the distance.
    mutating func join() {
        while true {
            let meeting = tf_systems_meeting(
                mostTokens, coordinates.count, turn, points, slopes, weights, tolerance,
                &pair.first, &pair.second)
            if meeting == 0 { return }
            for system in 0..<Self.width where meeting >> system & 1 == 1 {
                merge(Int(pair.second[system]), into: Int(pair.first[system]), in: system)
            }
        }
    }

    private func place(_ token: Int, _ coordinate: Int, _ system: Int) -> Int {
        (token * coordinates.count + coordinate) * Self.width + system
    }

    /// x_j - x_i in one coordinate, the short way round.
    private func gap(_ i: Int, _ j: Int, _ coordinate: Int, _ system: Int) -> Double {
        let gap = points[place(j, coordinate, system)] - points[place(i, coordinate, system)]
        // Adding and subtracting 1.5·2^52 rounds to the nearest integer.
        return turn > 0 ? gap - turn * ((gap / turn + 0x1.8p52) - 0x1.8p52) : gap
    }

    /// Puts token j into token i and the last token in its place.
    private mutating func merge(_ j: Int, into i: Int, in system: Int) {
        let (first, second) = (i * Self.width + system, j * Self.width + system)
        let (a, b) = (weights[first], weights[second])
        let share = b / (a + b)
        joinedPairs[system] += a * b
        weights[first] = a + b
        var square = 0.0
        for k in 0..<coordinates.count {
            let (p, q) = (place(i, k, system), place(j, k, system))
            points[p] += share * gap(i, j, k, system)
            slopes[p] += share * (slopes[q] - slopes[p])
            square += points[p] * points[p]
        }
        if turn == 0 {
            for k in 0..<coordinates.count { points[place(i, k, system)] /= square.squareRoot() }
        }
        counts[system] -= 1
        let last = counts[system]
        for k in 0..<coordinates.count {
            points[place(j, k, system)] = points[place(last, k, system)]
            slopes[place(j, k, system)] = slopes[place(last, k, system)]
        }
        weights[second] = weights[last * Self.width + system]
        weights[last * Self.width + system] = 0
    }
}
