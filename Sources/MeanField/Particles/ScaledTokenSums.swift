import Foundation

/// The velocity of single tokens on the circle by sums of their own, however small those are.
///
/// The tokens are held in ascending order, which makes sums over the tokens near one cheap
/// (``DirectSums``; any Q, K, V take all tokens). Tokens on the circle keep their order, so that it is
/// looked for once and checked afterwards. Cost: O(N) for the tokens, at most O(N) for each of them.
struct ScaledTokenSums: Sendable {
    private var isotropic: DirectSums?
    private var bilinear: BilinearSums.DirectSums?
    private var order = [Int]()
    private var angles = [Double]()
    private var masses = [Double]()

    init(_ attention: any CircleAttention) {
        if let matrix = attention as? MatrixAttention {
            bilinear = BilinearSums.DirectSums(form: matrix.form)
        } else if let attention = attention as? IsotropicAttention {
            isotropic = DirectSums(inverseTemperature: attention.inverseTemperature)
        } else {
            preconditionFailure("attention on the circle has matrices Q, K, V")
        }
    }

    /// Multiplications and additions for the sums of one token; after ``setTokens(angles:masses:)``.
    var operations: Double {
        32 * Double(masses.count) + 30 * Double(isotropic?.wideCount ?? masses.count)
    }

    /// Whether the tokens lie in narrow clusters, but for an eighth of them; after
    /// ``setTokens(angles:masses:)``.
    var isNarrow: Bool {
        guard let isotropic else { return false }
        return 8 * isotropic.wideCount <= masses.count && isotropic.narrowArc <= 0.1
    }

    /// Takes the tokens.
    mutating func setTokens(angles: [Double], masses: [Double]) {
        if order.count != angles.count {
            order = Array(angles.indices)
            self.angles = angles
            self.masses = masses
        }
        if !arrange(angles) {
            order.sort { angles[$0] < angles[$1] }
            _ = arrange(angles)
        }
        for i in 0..<order.count { self.masses[i] = masses[order[i]] }
        isotropic?.setSources(angles: self.angles, masses: self.masses)
        isotropic?.prepare()
        bilinear?.setSources(angles: self.angles, masses: self.masses)
    }

    /// Puts the angles in order; `false` if it is not theirs.
    private mutating func arrange(_ angles: [Double]) -> Bool {
        var (isAscending, last) = (true, -Double.infinity)
        for i in 0..<order.count {
            let angle = angles[order[i]]
            isAscending = isAscending && angle >= last
            last = angle
            self.angles[i] = angle
        }
        return isAscending
    }

    /// W and F at x.
    mutating func sums(at x: Double) -> TargetRuns.Sums {
        bilinear == nil ? isotropic!.sums(at: x) : bilinear!.sums(at: x)
    }
}
