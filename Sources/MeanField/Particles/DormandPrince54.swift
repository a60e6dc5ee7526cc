/// Dormand and Prince's method of order 5(4), and Hairer's interpolant of order 4.
///
/// Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I, table II.5.2 and (II.6.16).
enum DormandPrince54 {
    /// Row 6 gives the result; the last stage is the first of the next step.
    static let stages: [[Double]] = [
        [1.0 / 5],
        [3.0 / 40, 9.0 / 40],
        [44.0 / 45, -56.0 / 15, 32.0 / 9],
        [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
        [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
        [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
    ]
    /// Result of order 5 minus that of order 4.
    static let error = [
        71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40,
    ]
    private static let result = stages[5] + [0]
    private static let bend = [
        -12715105075.0 / 11282082432, 0, 87487479700.0 / 32700410799,
        -10690763975.0 / 1880347072, 701980252875.0 / 199316789632, -1453857185.0 / 822651844,
        69997945.0 / 29380423,
    ]

    /// The weight of k_{j+1} at the share s of the step.
    static func interpolant(_ j: Int, at s: Double) -> Double {
        let start = (j == 0 ? 1 : 0) - result[j]
        let end = result[j] - (j == 6 ? 1 : 0) - start
        return s * (result[j] + (1 - s) * (start + s * (end + (1 - s) * bend[j])))
    }
}
