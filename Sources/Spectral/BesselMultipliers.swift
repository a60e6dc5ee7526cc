/// The ratio of two neighbouring modified Bessel functions, I_{ν+1}(x)/I_ν(x).
///
///     1/r_{j-1} = 2j/x + r_j,    r_j = I_{j+1}(x)/I_j(x) ∈ [0, 1)
///
/// - Parameters:
///   - order: ν ≥ 0, integer or not.
///   - x: x ≥ 0.
///
/// All terms of the recurrence are positive and each downward step shrinks the relative error of
/// what it starts from by r_{j-1} r_j, so the result is correct to a few units in the last place up to
/// x = 1e5, and to 1e-16 x^{1/4} beyond. It starts where that error falls below 1e-18, from the bounds
///
///     x/(j + 1/2 + √((j + 3/2)² + x²)) ≤ r_j ≤ x/(j + 1/2 + √((j + 1/2)² + x²))
///
/// (Amos, Math. Comp. 28, 1974, eq. 16), which meet as x grows: O(√x + ν) steps, at ν = 0 about 1500
/// for x = 1e5, 27000 at most near 4e8, and none beyond 1e9.
public func besselRatio(order: Double, _ x: Double) -> Double {
    precondition(order >= 0 && x >= 0 && x.isFinite, "I_{ν+1}/I_ν needs ν ≥ 0 and a finite x ≥ 0")
    var steps = 0
    var remaining = 1.0
    var bound = AmosBounds(order, x)
    while remaining * remaining * bound.gap > 1e-18 {
        remaining *= bound.upper
        steps += 1
        bound = AmosBounds(order + Double(steps), x)
    }
    var ratio = bound.upper
    while steps > 0 {
        ratio = x / (2 * (order + Double(steps)) + x * ratio)
        steps -= 1
    }
    return ratio
}

/// The scaled modified Bessel functions I_k(β) e^{-β} of degrees k = 0…K.
///
///     I_k = I_0 r_0 r_1 … r_{k-1},   e^β = I_0 + 2 Σ_{k≥1} I_k,   r_k = I_{k+1}/I_k
///
/// - Parameters:
///   - maxDegree: K ≥ 0.
///   - β: inverse temperature in [0, 1e5].
/// - Returns: K + 1 numbers in [0, 1], decreasing.
///
/// Miller's downward recurrence, carried out in the ratios so that nothing over- or underflows and
/// β = 0 needs no case of its own; relative error a few times 1e-16·√k (measured below 1e-14 up
/// to β = 1e5). DLMF 10.35.5, 10.74(iv).
public func scaledBesselI(upTo maxDegree: Int, _ β: Double) -> [Double] {
    precondition(maxDegree >= 0, "degrees start at 0")
    let ratios = besselRatios(upTo: maxDegree, β)
    var horner = 1.0
    for k in stride(from: ratios.count - 1, through: 0, by: -1) {
        horner = 1 + ratios[k] * (k == 0 ? 2 * horner : horner)
    }
    var values = [Double](repeating: 0, count: maxDegree + 1)
    values[0] = 1 / horner
    for k in 0..<maxDegree {
        values[k + 1] = values[k] * ratios[k]
    }
    return values
}

/// The scaled modified Bessel functions divided by their argument, I_k(β) e^{-β}/β, k = 1…K.
///
///     I_k/β = (I_{k-1} - I_{k+1})/2k = I_{k-1}/(2k + β r_k),   limit 1/2, 0, 0, … as β → 0
///
/// - Parameters:
///   - maxDegree: K ≥ 0.
///   - β: inverse temperature in [0, 1e5].
/// - Returns: K + 1 numbers; the one of degree 0, infinite at β = 0, is set to zero because every
///   use multiplies it by k².
///
/// No difference is taken: relative error as for ``scaledBesselI(upTo:_:)``, down to β = 0.
public func scaledBesselIOverArgument(upTo maxDegree: Int, _ β: Double) -> [Double] {
    let values = scaledBesselI(upTo: maxDegree, β)
    var quotients = [Double](repeating: 0, count: maxDegree + 1)
    var ratio = besselRatio(order: Double(maxDegree), β)
    for k in stride(from: maxDegree, to: 0, by: -1) {
        let denominator = 2 * Double(k) + β * ratio
        quotients[k] = values[k - 1] / denominator
        ratio = β / denominator
    }
    return quotients
}

/// The least degree K beyond which the kernel e^{β cos θ} and its gradient are below `tolerance`.
///
///     (k + 1) I_k(β) < tolerance · I_0(β)   for all k > K
///
/// - Parameters:
///   - β: inverse temperature in [0, 1e5].
///   - tolerance: in (0, 1).
///
/// About √(2β ln(√β/tolerance)) for large β. The factor k + 1 is the gradient's; without it,
/// I_k/I_0 first falls below 1e-16 at k = 9, 15, 25, 43, 89, 273, 859 for
/// β = 0.1, 1, 5, 20, 100, 1e3, 1e4.
public func kernelDegree(_ β: Double, tolerance: Double) -> Int {
    precondition(tolerance > 0 && tolerance < 1, "the tolerance lies between 0 and 1")
    var bound = 1.0
    var top = 0
    while bound * Double(top + 1) >= tolerance || Double(top) < β.squareRoot() {
        bound *= AmosBounds(Double(top), β).upper
        top += 1
    }
    let ratios = besselRatios(upTo: top, β)
    var relative = 1.0
    var degree = 0
    for k in 1...max(top, 1) {
        relative *= ratios[k - 1]
        if Double(k + 1) * relative >= tolerance { degree = k }
    }
    return degree
}

/// The mean resultant length of a von Mises–Fisher density of concentration r on S^{d-1}.
///
///     A_d(r) = I_{d/2}(r)/I_{d/2-1}(r)
///
/// - Parameters:
///   - d: dimension of the surrounding space, 2…1024 (2 is the circle).
///   - r: concentration in [0, 1e5].
/// - Returns: a number in [0, 1), about r/d for small and 1 - (d-1)/2r for large r.
///
/// The continued fraction of ``besselRatio(order:_:)``, evaluated backwards: about two units in
/// the last place. Banerjee, Dhillon, Ghosh, Sra, JMLR 6 (2005), eq. 2.8.
public func scaledBesselRatio(dimension d: Int, _ r: Double) -> Double {
    precondition(d >= 2, "spheres start at the circle, d = 2")
    return besselRatio(order: Double(d) / 2 - 1, r)
}

/// Ratios I_{k+1}/I_k for k = 0…n-1, where n ≥ `maxDegree` and I_n/I_0 < 1e-18.
private func besselRatios(upTo maxDegree: Int, _ β: Double) -> [Double] {
    var count = 0
    var remaining = 1.0
    while count < maxDegree || remaining > 1e-18 {
        remaining *= AmosBounds(Double(count), β).upper
        count += 1
    }
    var ratios = [Double](repeating: 0, count: count)
    var ratio = besselRatio(order: Double(count), β)
    for k in stride(from: count - 1, through: 0, by: -1) {
        ratio = β / (2 * Double(k + 1) + β * ratio)
        ratios[k] = ratio
    }
    return ratios
}

/// Bounds of I_{ν+1}(x)/I_ν(x) that meet for large x and for large ν.
private struct AmosBounds {
    let upper: Double
    /// 1 - lower/upper.
    let gap: Double

    init(_ ν: Double, _ x: Double) {
        func root(_ y: Double) -> Double { (y * y + x * x).squareRoot() }
        let (outer, inner) = (root(ν + 1.5), root(ν + 0.5))
        upper = x / (ν + 0.5 + inner)
        gap = (2 * ν + 2) / (outer + inner) / (ν + 0.5 + outer)
    }
}
