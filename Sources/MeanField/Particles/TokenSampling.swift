import Foundation

/// How N tokens are drawn from a measure μ on the circle: through the inverse of its distribution
/// function F.
///
///     random       θ_i = F⁻¹(u_i),            u_i uniform on (0, 1)
///     stratified   θ_i = F⁻¹((i + u_i)/N),    one token in each N-th of the mass
///
/// Random tokens leave fluctuations of c_k of the size N^{-1/2}, stratified ones N^{-3/2}. All tokens
/// have the mass 1/N; those drawn from the same atom are one, of the sum of their masses.
public enum TokenSampling: String, Sendable, CaseIterable {
    /// Independent and identically distributed.
    case random
    /// One in each of N parts of equal mass.
    case stratified

    /// N = `count` values in (0, 1) for the distribution function, ascending.
    func levels(_ count: Int, from generator: inout Random) -> [Double] {
        switch self {
        case .random: (0..<count).map { _ in generator.nextUniform() }.sorted()
        case .stratified:
            (0..<count).map { (Double($0) + generator.nextUniform()) / Double(count) }
        }
    }
}

extension StartingMeasure {
    /// `count` tokens drawn from the measure, ascending in angle, as a measure of atoms.
    ///
    /// The numbers depend on `seed` and `replica` alone (``Random``). Cost: O(count log count), about 16
    /// Legendre polynomials for each Newton step in F. Tokens drawn at one point are one atom if they are
    /// `joined`: without noise they stay together.
    public func tokens(
        count: Int, sampling: TokenSampling, seed: UInt64, replica: Int, joined: Bool = true
    ) -> StartingMeasure {
        precondition(count >= 1)
        var generator = Random(seed: seed, replica: replica)
        let levels = sampling.levels(count, from: &generator)
        if let atoms = atoms() { return Self.draw(from: atoms, at: levels, joined: joined) }
        let distribution = DistributionFunction(panels(widest: 0.5))
        let share = 1 / Double(count)
        return StartingMeasure(
            .atoms(
                angles: distribution.quantiles(levels),
                masses: [Double](repeating: share, count: count)))
    }

    /// Atoms weighted by how many of the ascending levels fall to their share of the mass, or so many.
    private static func draw(
        from atoms: (angles: [Double], masses: [Double]), at levels: [Double], joined: Bool
    ) -> StartingMeasure {
        let total = atoms.masses.reduce(0, +)
        var (angles, masses) = ([Double](), [Double]())
        var (below, next) = (0.0, 0)
        for (index, mass) in atoms.masses.enumerated() {
            below += mass / total
            let isLast = index == atoms.masses.count - 1
            let first = next
            while next < levels.count, isLast || levels[next] < below { next += 1 }
            let (copies, each) = joined ? (1, next - first) : (next - first, 1)
            angles += [Double](repeating: atoms.angles[index], count: copies)
            masses += [Double](
                repeating: Double(each) / Double(levels.count), count: copies)
        }
        return StartingMeasure(.atoms(angles: angles, masses: masses))
    }
}
