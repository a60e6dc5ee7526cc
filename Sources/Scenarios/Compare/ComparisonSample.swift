import Foundation
import MeanField
import Phases

/// What one run of particles came to, beside its reference.
public struct ComparisonSample: Sendable, Equatable {
    /// The distances at one time.
    public struct Distances: Sendable, Equatable {
        /// W₁ on the circle, in radians.
        public var wasserstein: Double
        /// The energy distance with chords.
        public var energy: Double
        /// |c_k - c_k of the reference|, k = 1 … 8.
        public var modes: [Double]
    }

    /// Number of Fourier modes that are compared.
    public static let modes = 8

    /// Index of the count.
    public var index: Int
    /// Number of the replica.
    public var replica: Int
    /// Distances at each time.
    public var distances: [Distances]
    /// When the phases of the particles end.
    public var phases: ComparedPhases
}

/// The density or limit that particles are compared with.
public struct ComparisonReference: Sendable {
    /// β of the reference.
    public var beta: Double
    /// When its phases end.
    public var phases: ComparedPhases
    /// What the distances need of its measures.
    private let targets: [Target]

    private struct Target: Sendable {
        var profile: CircleProfile
        var chords: ChordPotential
        var modes: (re: [Double], im: [Double])

        init(_ measure: CircleMeasure) {
            profile = CircleProfile(of: measure)
            chords = ChordPotential(profile)
            modes = measure.coefficients(upTo: ComparisonSample.modes)
        }
    }

    /// The reference of a run.
    init(beta: Double, run: ComparedRun) {
        self.beta = beta
        phases = run.phases
        targets = run.measures.map(Target.init)
    }

    /// The distances of the measures of a run.
    func distances(of run: ComparedRun) -> [ComparisonSample.Distances] {
        zip(run.measures, targets).map { measure, target in
            let here = Target(measure)
            return ComparisonSample.Distances(
                wasserstein: WassersteinDistance.onCircle(here.profile, target.profile),
                energy: EnergyDistance.onCircle(here.chords, target.chords),
                modes: (1...ComparisonSample.modes).map { k in
                    hypot(
                        here.modes.re[k] - target.modes.re[k],
                        here.modes.im[k] - target.modes.im[k])
                })
        }
    }
}
