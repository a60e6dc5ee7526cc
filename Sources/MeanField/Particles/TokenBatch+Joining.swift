import CVectorMath
import Foundation

/// Tokens that become one.
extension TokenBatch {
    /// Distance at which coordinates on the circle repeat; 0 for vectors.
    private var turn: Double { coordinates == .angles ? 2 * Double.pi : 0 }

    /// Joins the tokens that are closer than the tolerance and approach, after a step.
    ///
    /// The new token stands at the weighted mean and has the weighted mean of the velocities; the
    /// others see a change of the order of β times the square of the distance.
    mutating func join() {
        var isComplete = (0..<Self.width).map { accepted[$0] == 0 }
        while isComplete.contains(false) {
            tf_systems_meetings(
                mostTokens, coordinates.count, points, slopes, weights, tolerance,
                Self.mostMeetings, &meetingCounts, &meetings)
            joins += 1
            // System by system: none may see what happens in another one.
            for system in 0..<Self.width where !isComplete[system] {
                let found = Int(meetingCounts[system])
                isComplete[system] = found < Self.mostMeetings
                for k in 0..<found {
                    let pair = 2 * (Self.mostMeetings * system + k)
                    let (i, j) = (Int(meetings[pair]), Int(meetings[pair + 1]))
                    // Tokens that have just moved are looked at again.
                    if joined[i * Self.width + system] < joins,
                        joined[j * Self.width + system] < joins
                    {
                        merge(j, into: i, in: system)
                    } else {
                        isComplete[system] = false
                    }
                }
                compact(system)
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

    /// Puts token j into token i; its place has no weight afterwards.
    private mutating func merge(_ j: Int, into i: Int, in system: Int) {
        let (first, second) = (i * Self.width + system, j * Self.width + system)
        let (a, b) = (weights[first], weights[second])
        let share = b / (a + b)
        joinedPairs[system] += a * b
        weights[first] = a + b
        weights[second] = 0
        joined[first] = joins
        joined[second] = joins
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
    }

    /// Fills places without weight with the last tokens.
    private mutating func compact(_ system: Int) {
        var token = 0
        while token < counts[system] {
            if weights[token * Self.width + system] > 0 {
                token += 1
                continue
            }
            counts[system] -= 1
            let last = counts[system]
            for k in 0..<coordinates.count {
                points[place(token, k, system)] = points[place(last, k, system)]
                slopes[place(token, k, system)] = slopes[place(last, k, system)]
            }
            weights[token * Self.width + system] = weights[last * Self.width + system]
            weights[last * Self.width + system] = 0
        }
    }
}
