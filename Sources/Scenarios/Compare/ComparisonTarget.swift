import Foundation
import MeanField
import Phases

/// A measure of the reference, ready for the distances of tokens from it.
enum ComparisonTarget: Sendable {
    /// On the circle.
    case circle(CircleTarget)
    /// On a sphere of any dimension.
    case sphere(any ComparedMeasure)
}

/// A measure on the circle: its profile, mean chords and Fourier modes.
struct CircleTarget: Sendable {
    private let profile: CircleProfile
    private let chords: ChordPotential
    private let modes: (re: [Double], im: [Double])

    init(_ measure: CircleMeasure) {
        profile = CircleProfile(of: measure)
        chords = ChordPotential(profile)
        modes = measure.coefficients(upTo: ComparisonSample.modes)
    }

    /// The distances of another measure.
    func distances(of other: CircleTarget) -> ComparisonSample.Distances {
        ComparisonSample.Distances(
            wasserstein: WassersteinDistance.onCircle(other.profile, profile),
            energy: EnergyDistance.onCircle(other.chords, chords),
            modes: (1...ComparisonSample.modes).map { k in
                hypot(other.modes.re[k] - modes.re[k], other.modes.im[k] - modes.im[k])
            })
    }
}

/// A measure that tokens can be compared with.
protocol TargetMeasure {
    /// What their distances from it need.
    var target: ComparisonTarget { get }
}

extension CircleMeasure: TargetMeasure {
    var target: ComparisonTarget { .circle(CircleTarget(self)) }
}

extension SphericalMeasure: TargetMeasure where Transform.Layout: TokenHarmonics {
    var target: ComparisonTarget { .sphere(compared(degrees: ComparisonSample.modes)) }
}

extension ZonalMeasure: TargetMeasure {
    var target: ComparisonTarget { .sphere(compared(degrees: ComparisonSample.modes)) }
}

/// Tokens of which the distances from a target are taken.
protocol TokensOfComparison {
    /// The distances from a target of the same sphere.
    func distances(from target: ComparisonTarget) -> ComparisonSample.Distances
}

extension CircleMeasure: TokensOfComparison {
    func distances(from target: ComparisonTarget) -> ComparisonSample.Distances {
        guard case .circle(let circle) = target else {
            preconditionFailure("tokens on the circle have a target there")
        }
        return circle.distances(of: CircleTarget(self))
    }
}

extension TokenMeasure: TokensOfComparison {
    func distances(from target: ComparisonTarget) -> ComparisonSample.Distances {
        guard case .sphere(let measure) = target else {
            preconditionFailure("tokens on a sphere have a target there")
        }
        let (energy, modes) = EnergyDistance.onSphere(
            self, measure, degrees: ComparisonSample.modes)
        return ComparisonSample.Distances(wasserstein: nil, energy: energy, modes: modes)
    }
}
