import MeanField

/// The ascent of tokens to the maxima of their potential W*μ.
struct TokenAscent {
    /// For each token the index of its maximum.
    private(set) var owner: [Int]
    /// To the maxima.
    var ascent: PotentialAscent<TokenPotential>

    private let tokens: TokenMeasure
    private let sharpness: Double

    init(of tokens: TokenMeasure, sharpness b: Double) {
        self.tokens = tokens
        sharpness = b
        ascent = PotentialAscent(of: TokenPotential(of: tokens, sharpness: b), sharpness: b)
        owner = [Int](repeating: 0, count: tokens.count)
    }

    /// Lets all tokens ascend.
    ///
    /// Of very many only some, far from each other, and the others share the way of the nearest of these.
    /// Each goes until it hardly moves, and those that have met go on as one; then the few that are left
    /// go on to their maxima one by one.
    mutating func run() {
        let width = 1 / sharpness.squareRoot()
        let (chosen, nearest) = tokens.centers(limit: Self.mostClimbers)
        var climbers = chosen.map { PotentialAscent<TokenPotential>.Climber(at: tokens.point($0)) }
        // Which climber each token has become.
        var climber = nearest
        for _ in 0..<PotentialAscent<TokenPotential>.patience where climbers.count > 1 {
            let moving = climbers.indices.filter { climbers[$0].length > 1e-2 * width }
            if moving.isEmpty { break }
            for i in moving { ascent.advance(&climbers[i]) }
            let measure = TokenMeasure(
                unitVectors: climbers.map(\.z), masses: climbers.map { _ in 1 })
            let group = measure.groups(within: Self.meeting * width).leader
            climber = climber.map { group[$0] }
            var kept = [PotentialAscent<TokenPotential>.Climber]()
            for i in climbers.indices where group[i] == kept.count { kept.append(climbers[i]) }
            climbers = kept
        }
        let arrivals = climbers.map { ascent.arrive($0) }
        owner = climber.map { arrivals[$0] }
    }

    /// Tokens that ascend on their own: enough to cover the sphere, and every cluster.
    private static let mostClimbers = 512

    /// Distance, in units of the kernel's width, at which two climbers have met; empirical.
    private static let meeting = 1e-2
}
