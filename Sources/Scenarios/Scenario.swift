import MeanField

/// A run, fully resolved: every key of the scenario file with its default filled in.
///
/// Scenarios are read by ``ScenarioDecoder`` from TOML; the keys keep the names they have there.
public struct Scenario: Sendable, Equatable {
    /// What evolves.
    public enum Evolve: String, Sendable, CaseIterable {
        /// The density, by the mean-field equation.
        case density
        /// N tokens.
        case particles
    }

    /// Name for people.
    public var title: String
    /// Density or particles.
    public var evolve: Evolve
    /// The section `[model]`.
    public var model: Model
    /// The section `[initial]`.
    public var initial: Initial
    /// The section `[density]`.
    public var density: Density
    /// The section `[particles]`.
    public var particles = Particles()
    /// The section `[compare]`.
    public var comparison = Comparison()
    /// The section `[diagram]`, or `nil`.
    public var diagram: Diagram?
    /// The section `[time]`.
    public var time: Time
    /// The section `[phases]`.
    public var phases: Phases

    /// The section `[model]`.
    public struct Model: Sendable, Equatable {
        /// d of R^d: 2 is the circle.
        public var dimension: Int
        /// Inverse temperature β ≥ 0.
        public var beta: Double
        /// Softmax, none, rescaled.
        public var normalization: Normalization
        /// Q.
        public var query: WeightMatrix
        /// K.
        public var key: WeightMatrix
        /// V.
        public var value: WeightMatrix
        /// D in ∂_t μ + div(μ v) = D Δμ.
        public var diffusion: Double
        /// The equation at β, or the limit β → ∞ of one phase.
        public var limit = LimitEquation.none
    }

    /// The section `[initial]`.
    public struct Initial: Sendable, Equatable {
        /// The kind and its own keys.
        public var kind: Kind
        /// Random perturbation of a smooth density, or `nil`.
        public var perturbation: Perturbation?

        /// The kinds of initial measure.
        public enum Kind: Sendable, Equatable {
            /// ρ = 1/2π.
            case uniform
            /// ρ = (1 + Σ a cos kθ + b sin kθ)/2π.
            case modes([FourierMode])
            /// Weighted von Mises–Fisher densities and wrapped normals.
            case mixture([MixtureComponent])
            /// Dirac masses.
            case atoms([Atom])
            /// Points read from a file, smoothed by a heat kernel of standard deviation `bandwidth`; no
            /// columns are named of a NumPy file.
            case tokens(file: String, columns: [String], bandwidth: Double, angles: [Double])
            /// A table of θ, ρ.
            case table(file: String, angles: [Double], values: [Double])
            /// A measure on S^{d-1}, d ≥ 3, whose numbers stand in the scenario.
            case sphere(SphereInitial)
            /// Points of S^{d-1}, d ≥ 3, read from a file, shape [n][d]; a density on S² smooths them by heat
            /// kernels of standard deviation `bandwidth`.
            case embeddings(
                file: String, columns: [String], bandwidth: Double, points: [[Double]])
        }
    }

    /// One term a cos kθ + b sin kθ.
    public struct FourierMode: Sendable, Equatable {
        /// k ≥ 1.
        public var degree: Int
        /// Coefficient of cos kθ.
        public var cosine: Double
        /// Coefficient of sin kθ.
        public var sine: Double
    }

    /// One component of a mixture.
    public struct MixtureComponent: Sendable, Equatable {
        /// Its shape.
        public enum Shape: Sendable, Equatable {
            /// von Mises–Fisher, ∝ e^{κ cos(θ - θ₀)}.
            case concentration(Double)
            /// Wrapped normal of standard deviation σ.
            case sigma(Double)
        }
        /// Angle θ₀ of its mean.
        public var angle: Double
        /// Concentration or standard deviation.
        public var shape: Shape
        /// Share of the mass; the shares sum to 1.
        public var weight: Double
    }

    /// A Dirac mass.
    public struct Atom: Sendable, Equatable {
        /// Its angle.
        public var angle: Double
        /// Its mass; the masses sum to 1.
        public var mass: Double
    }

    /// ρ (1 + amplitude · Σ_{k ≤ max_degree} (ξ_k cos kθ + η_k sin kθ)/√(2 max_degree)), renormalised.
    public struct Perturbation: Sendable, Equatable {
        /// Size of the sum.
        public var amplitude: Double
        /// Highest degree.
        public var maxDegree: Int
        /// Seed of the generator.
        public var seed: UInt64
    }

    /// The section `[density]`.
    public struct Density: Sendable, Equatable {
        /// Grid points of the spectral representation; `nil` is "auto".
        public var resolution: Int?
        /// What the representation may lose.
        public var tolerance: Double
        /// Which symmetry of the density is used, beyond the circle.
        public var symmetry = Symmetry.none
    }

    /// Symmetries that a density on S^{d-1} may have.
    public enum Symmetry: String, Sendable, CaseIterable {
        /// None is used.
        case none
        /// All rotations about an axis.
        case zonal
    }

    /// The section `[time]`.
    public struct Time: Sendable, Equatable {
        /// When the run ends.
        public enum End: Sendable, Equatable {
            /// At a time.
            case time(Double)
            /// With one condensed cluster, or when nothing can happen any more.
            case consensus
            /// When nothing can happen any more.
            case stationary
        }
        /// How time is stepped.
        public enum Method: Sendable, Equatable {
            /// Order 8 with step control.
            case adaptive
            /// Forward Euler of a fixed step.
            case euler(step: Double)
        }
        /// Which snapshots are kept.
        public enum Snapshots: Sendable, Equatable {
            /// So many, spread over the scales of the run.
            case count(Int)
            /// At these times, hit exactly.
            case times([Double])
        }
        /// When the run ends.
        public var end: End
        /// Decimal logarithm of the time limit (`time.max_log10`, or that of `time.max`).
        public var maxLog10: Double
        /// Local error of the time integration.
        public var tolerance: Double
        /// How time is stepped.
        public var method: Method
        /// Which snapshots are kept.
        public var snapshots: Snapshots
    }

    /// The section `[phases]`.
    public struct Phases: Sendable, Equatable {
        /// Residual that ends the collapse.
        public var collapseResidual: Double
        /// Condensed share that ends clustering.
        public var condensedFraction: Double
        /// Least mass of a cluster.
        public var minimumMass: Double
    }
}
