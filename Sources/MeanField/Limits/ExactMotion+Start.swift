// Which starts have an exact solution of a limit equation.

extension IsotropicAttention {
    /// The exact solution of the heat limit; `nil` for the others.
    ///
    /// Throws ``EvolutionError/notRepresentable`` where backward heat is given a density that is
    /// neither a mixture of heat kernels nor a finite number of modes, or atoms, and
    /// ``EvolutionError/resolutionExhausted(points:)`` where forward heat is given too many modes.
    public func exactMotion(from start: StartingMeasure, options: EvolutionOptions) throws
        -> (any ExactMotion)?
    {
        guard limit == .heat else { return nil }
        if heatGrowth > 0 && !start.hasBackwardHeat { throw EvolutionError.notRepresentable }
        if let kernels = start.kernels {
            return HeatKernels(
                angles: kernels.angles, sigmas: kernels.sigmas, weights: kernels.weights,
                attention: self, cellTolerance: options.cellTolerance)
        }
        let degree = start.initial.highestDegree
        guard degree <= Double(HeatModes.mostModes) else {
            throw EvolutionError.resolutionExhausted(points: 4 * HeatModes.mostModes)
        }
        let (re, im) = start.coefficients(upTo: Int(degree))
        return HeatModes(re: re, im: im, attention: self)
    }
}

extension StartingMeasure {
    /// Whether backward heat is exactly representable: heat kernels of positive width, finitely many
    /// modes.
    public var hasBackwardHeat: Bool {
        switch initial {
        case .uniform, .modes: true
        case .mixture, .tokens: kernels != nil
        case .table, .atoms: false
        }
    }

    /// The heat kernels that the measure consists of; `nil` if it is no mixture of them.
    fileprivate var kernels: (angles: [Double], sigmas: [Double], weights: [Double])? {
        switch initial {
        case .mixture(let parts) where factors.isEmpty:
            var sigmas = [Double]()
            for part in parts {
                guard case .wrappedNormal(let σ) = part.shape else { return nil }
                sigmas.append(σ)
            }
            return (parts.map(\.angle), sigmas, parts.map(\.weight))
        case .tokens(let angles, let sigma) where factors.isEmpty:
            let n = angles.count
            return (
                angles, [Double](repeating: sigma, count: n),
                [Double](repeating: 1 / Double(n), count: n)
            )
        case .atoms:
            let (angles, masses) = atoms()!
            return (angles, [Double](repeating: 0, count: angles.count), masses)
        default: return nil
        }
    }

    /// The measure with its own numbers changed by `factor`, which keeps it exactly representable.
    ///
    /// Kernels and atoms move by p(θ); coefficients of degree k are multiplied by 1 + p(k). Other
    /// measures have their density multiplied by 1 + p(θ).
    public func nudged(by factor: Factor) -> StartingMeasure {
        var moved = self
        switch initial {
        case .modes(let modes):
            moved.initial = .modes(
                modes.map {
                    let scale = 1 + factor.value(at: Double($0.degree))
                    return CircleInitial.Mode(
                        degree: $0.degree, cosine: $0.cosine * scale, sine: $0.sine * scale)
                })
        case .mixture(let parts):
            moved.initial = .mixture(
                parts.map {
                    CircleInitial.Component(
                        angle: $0.angle + factor.value(at: $0.angle), shape: $0.shape,
                        weight: $0.weight)
                })
        case .tokens(let angles, let sigma):
            moved.initial = .tokens(
                angles: angles.map { $0 + factor.value(at: $0) }, sigma: sigma)
        case .uniform, .table, .atoms: moved.factors.append(factor)
        }
        return moved
    }
}
