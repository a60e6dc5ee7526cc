import MeanField

extension Scenario {
    /// What `density.resolution` counts.
    enum Resolution {
        /// Grid points on the circle.
        case points
        /// Coefficients of zonal densities.
        case coefficients
        /// The highest degree on S² and S³.
        case degree(sphere: String, most: Int)

        /// Of densities on S^{d-1}.
        init(dimension d: Int, symmetry: Symmetry) {
            self =
                switch (d, symmetry) {
                case (2, _): .points
                case (3, .none): .degree(sphere: "S²", most: SphereEvolution.mostDegrees)
                case (4, .none): .degree(sphere: "S³", most: HypersphereEvolution.mostDegrees)
                default: .coefficients
                }
        }

        /// The largest one; the least is 16.
        var most: Int {
            switch self {
            case .points: 1_048_576
            case .coefficients: 1024
            case .degree(_, let most): most
            }
        }

        /// The highest degree that is carried by so much of it.
        func degree(of number: Int) -> Int {
            switch self {
            case .points: number / 2 - 1
            case .coefficients: number - 1
            case .degree: number
            }
        }

        /// Whether there is a grid of this kind with so much resolution.
        func allows(_ number: Int) -> Bool {
            guard case .points = self else { return (16...most).contains(number) }
            return (16...most).contains(number) && number.isMultiple(of: 2)
        }

        /// What is allowed, and why no more.
        var words: String {
            switch self {
            case .points: "an even integer from 16 to \(most) grid points"
            case .coefficients:
                "an integer from 16 to \(most) coefficients of zonal densities, whose cost grows with "
                    + "the square"
            case .degree(let sphere, _):
                "an integer from 16 to \(most), the highest degree on \(sphere), whose cost grows with "
                    + "the \(sphere == "S²" ? "cube" : "fifth power")"
            }
        }
    }

    /// What `density.resolution` counts.
    var resolution: Resolution {
        Resolution(dimension: model.dimension, symmetry: density.symmetry)
    }
}
