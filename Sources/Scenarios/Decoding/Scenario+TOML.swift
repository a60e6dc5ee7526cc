import MeanField

extension Scenario {
    /// The scenario as TOML text with every key, which decodes again to an equal scenario.
    ///
    /// Numbers have the shortest form that reads back to the same bits; files are named by their
    /// absolute path, so that the text can be read from any directory.
    public var tomlText: String {
        var lines = [
            "title = \(title.quoted)",
            "evolve = \(evolve.rawValue.quoted)",
            "",
            "[model]",
            "dimension = \(model.dimension)",
            "beta = \(model.beta)",
            "normalization = \(model.normalization.rawValue.quoted)",
            "query = \(model.query.tomlValue)",
            "key = \(model.key.tomlValue)",
            "value = \(model.value.tomlValue)",
            "diffusion = \(model.diffusion)",
            "limit = \(model.limit.rawValue.quoted)",
            "",
            "[initial]",
        ]
        lines += initial.tomlLines
        lines += [
            "",
            "[density]",
            "resolution = \(density.resolution.map(String.init) ?? "auto".quoted)",
            "tolerance = \(density.tolerance)",
            "symmetry = \(density.symmetry.rawValue.quoted)",
            "",
            "[particles]",
        ]
        lines += particles.tomlLines
        lines += ["", "[compare]"]
        lines += comparison.tomlLines
        if let diagram { lines += ["", "[diagram]"] + diagram.tomlLines }
        lines += ["", "[time]"]
        lines += time.tomlLines
        lines += [
            "",
            "[phases]",
            "collapse_residual = \(phases.collapseResidual)",
            "condensed_fraction = \(phases.condensedFraction)",
            "minimum_mass = \(phases.minimumMass)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Scenario.Initial {
    private static func tokenLines(_ file: String, _ columns: [String]) -> [String] {
        let names = "columns = [\(columns.map(\.quoted).joined(separator: ", "))]"
        return ["kind = \"tokens\"", "file = \(file.quoted)"] + (columns.isEmpty ? [] : [names])
    }

    fileprivate var tomlLines: [String] {
        var lines: [String]
        switch kind {
        case .uniform:
            lines = ["kind = \"uniform\""]
        case .modes(let modes):
            lines = ["kind = \"modes\"", "modes = ["]
            lines += modes.map { "    [\($0.degree), \($0.cosine), \($0.sine)]," } + ["]"]
        case .mixture(let components):
            lines = ["kind = \"mixture\"", "components = ["]
            lines += components.map(\.tomlLine) + ["]"]
        case .atoms(let atoms):
            lines = ["kind = \"atoms\"", "atoms = ["]
            lines += atoms.map { "    { angle = \($0.angle), mass = \($0.mass) }," } + ["]"]
        case .tokens(let file, let columns, let bandwidth, _):
            lines = Self.tokenLines(file, columns) + ["bandwidth = \(bandwidth)"]
        case .embeddings(let file, let columns, let bandwidth, _):
            lines = Self.tokenLines(file, columns) + ["bandwidth = \(bandwidth)"]
        case .sphere(let initial): lines = initial.tomlLines
        case .table(let file, _, _):
            lines = ["kind = \"table\"", "file = \(file.quoted)"]
        }
        let perturbation =
            perturbation ?? Scenario.Perturbation(amplitude: 0, maxDegree: 8, seed: 1)
        lines.append(
            "perturbation = { amplitude = \(perturbation.amplitude), "
                + "max_degree = \(perturbation.maxDegree), seed = \(perturbation.seed) }")
        return lines
    }
}

extension SphereInitial {
    fileprivate var tomlLines: [String] {
        func list(_ numbers: [Double]) -> String {
            "[" + numbers.map { "\($0)" }.joined(separator: ", ") + "]"
        }
        switch self {
        case .uniform: return ["kind = \"uniform\""]
        case .zonal(let axis, let coefficients):
            let terms = coefficients.enumerated().filter { $0.element != 0 }
            return ["kind = \"degrees\"", "axis = \(list(axis))", "degrees = ["]
                + terms.map { "    [\($0.offset + 1), \($0.element)]," } + ["]"]
        case .harmonics(let terms):
            return ["kind = \"harmonics\"", "harmonics = ["]
                + terms.map { "    [\($0.degree), \($0.order), \($0.cosine), \($0.sine)]," } + ["]"]
        case .mixture(let parts):
            let rows = parts.map { part in
                let width =
                    switch part.shape {
                    case .concentration(let concentration): "concentration = \(concentration)"
                    case .sigma(let sigma): "sigma = \(sigma)"
                    }
                return "    { mean = \(list(part.mean)), \(width), weight = \(part.weight) },"
            }
            return ["kind = \"mixture\"", "components = ["] + rows + ["]"]
        case .azimuth(let parts, let elevation):
            let rows = parts.map {
                "    { angle = \($0.angle), sigma = \($0.sigma), weight = \($0.weight) },"
            }
            return ["kind = \"azimuth\"", "elevation = \(elevation.rawValue.quoted)", "angles = ["]
                + rows + ["]"]
        case .points(let measure):
            let rows = (0..<measure.count).map {
                "    { point = \(list(measure.point($0))), mass = \(measure.masses[$0]) },"
            }
            return ["kind = \"atoms\"", "atoms = ["] + rows + ["]"]
        }
    }
}

extension Scenario.Particles {
    fileprivate var tomlLines: [String] {
        [
            "count = \(count.map(String.init) ?? "all".quoted)",
            "replicas = \(replicas)",
            "seed = \(seed)",
            "sampling = \(sampling.rawValue.quoted)",
            "beta_exponent = \(betaExponent)",
            "engine = \(engine.rawValue.quoted)",
            "coalesce = \(coalesce)",
        ]
    }
}

extension Scenario.Comparison {
    fileprivate var tomlLines: [String] {
        [
            "counts = [\(counts.map(String.init).joined(separator: ", "))]",
            "times = [\(times.map { "\($0)" }.joined(separator: ", "))]",
        ]
    }
}

extension Scenario.Diagram {
    fileprivate var tomlLines: [String] {
        func list(_ numbers: [Double]) -> String {
            "[\(numbers.map { "\($0)" }.joined(separator: ", "))]"
        }
        let betas =
            switch betas {
            case .range(let from, let to, let count):
                "{ from = \(from), to = \(to), count = \(count) }"
            case .list(let values): list(values)
            }
        let times =
            switch times {
            case .count(let count): "\(count)"
            case .list(let values): list(values)
            }
        return [
            "betas = \(betas)", "systems = \(systems)", "inner_product = \(innerProduct)",
            "times = \(times)",
        ]
    }
}

extension Scenario.MixtureComponent {
    fileprivate var tomlLine: String {
        let width =
            switch shape {
            case .concentration(let concentration): "concentration = \(concentration)"
            case .sigma(let sigma): "sigma = \(sigma)"
            }
        return "    { angle = \(angle), \(width), weight = \(weight) },"
    }
}

extension Scenario.Time {
    fileprivate var tomlLines: [String] {
        let end =
            switch end {
            case .time(let time): "\(time)"
            case .consensus: "consensus".quoted
            case .stationary: "stationary".quoted
            }
        var lines = ["end = \(end)", "max_log10 = \(maxLog10)", "tolerance = \(tolerance)"]
        switch method {
        case .adaptive: lines.append("method = \"adaptive\"")
        case .euler(let step): lines += ["method = \"euler\"", "step = \(step)"]
        }
        switch snapshots {
        case .count(let count): lines.append("snapshots = \(count)")
        case .times(let times):
            lines.append("snapshots = [\(times.map { "\($0)" }.joined(separator: ", "))]")
        }
        return lines
    }
}
