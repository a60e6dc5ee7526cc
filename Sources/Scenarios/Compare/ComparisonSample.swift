import Foundation
import MeanField
import Phases

/// What one run of particles came to, beside its reference.
public struct ComparisonSample: Sendable, Equatable {
    /// The distances at one time.
    public struct Distances: Sendable, Equatable {
        /// W₁ on the circle, in radians; `nil` beyond it.
        public var wasserstein: Double?
        /// The energy distance E with chords.
        public var energy: Double
        /// Errors of modes 1 … 8: on the circle |c_k - c_k of the reference|, on S² and S³ the root mean
        /// square over the harmonics of a degree, of zonal references |m_l - m_l of the reference|.
        public var modes: [Double]

        /// The distance whose exponent is judged, N^{-1/2} for independent tokens: W₁ on the circle, √E
        /// beyond.
        public var judged: Double { wasserstein ?? energy.squareRoot() }
    }

    /// Number of Fourier modes or degrees that are compared.
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
