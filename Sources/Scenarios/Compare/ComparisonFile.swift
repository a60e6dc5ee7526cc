import Foundation

/// `comparison.json`: everything a comparison found.
///
/// Times are the papers' t at the scenario's β; `particle_time` is the t of the particles at their β_N.
public enum ComparisonFile {
    /// The content of `comparison.json`.
    public static func json(_ study: ComparisonStudy, version: String) -> JSONValue {
        let (plan, summary) = (study.plan, ComparisonSummary(study))
        let scenario = plan.scenario
        return [
            "scenario": .string(scenario.title),
            "version": .string(version),
            "ended": .string(study.isComplete ? "complete" : "interrupted"),
            "target": .string(
                scenario.model.limit == .none ? "density" : scenario.model.limit.rawValue),
            "sampling": .string(scenario.particles.sampling.rawValue),
            "beta_exponent": JSONValue(scenario.particles.betaExponent),
            "time_unit": .string(plan.timeUnit),
            "judged": .string(plan.judged.rawValue),
            "expected_exponent": .string(plan.expectation.rawValue),
            "confidence": JSONValue(PowerLawFit.confidence),
            "passes": .bool(study.isComplete && summary.passes),
            "fits": .array(summary.fits.map { fit($0, plan) }),
            "counts": .array(plan.counts.indices.map { count($0, study) }),
            "means": .array(summary.rows.map { mean($0, plan) }),
            "rows": .array(
                study.samples.flatMap { sample in
                    plan.times.indices.map { row(sample, $0, plan) }
                }),
        ]
    }

    private static func fit(_ fit: ComparisonSummary.Fit, _ plan: ComparisonPlan) -> JSONValue {
        func power(_ fit: PowerLawFit?) -> JSONValue {
            guard let fit else { return .null }
            return [
                "exponent": JSONValue(fit.exponent), "low": JSONValue(fit.interval?.lowerBound),
                "high": JSONValue(fit.interval?.upperBound), "factor": JSONValue(fit.factor),
                "counts": .array(fit.counts.map { .integer($0) }),
            ]
        }
        var reason = JSONValue.null
        if case .notJudged(let words) = fit.verdict { reason = .string(words) }
        let isOnCircle = plan.judged == .wasserstein
        return [
            "time": JSONValue(plan.times[fit.time]), "w1": power(isOnCircle ? fit.judged : nil),
            "root_energy_distance": power(isOnCircle ? nil : fit.judged),
            "energy_distance": power(fit.energy),
            "verdict": .string(fit.verdict.word.lowercased()), "reason": reason,
        ]
    }

    private static func count(_ index: Int, _ study: ComparisonStudy) -> JSONValue {
        let plan = study.plan
        let reference = index < study.references.count ? study.references[index] : nil
        return [
            "count": .integer(plan.counts[index]), "beta": JSONValue(plan.beta(index)),
            "mean_field_horizon": JSONValue(plan.horizon(index)),
            "reference_beta": JSONValue(reference?.beta),
            "reference_phase_times": reference.map { phases($0.phases) } ?? .null,
        ]
    }

    private static func mean(_ row: ComparisonSummary.Row, _ plan: ComparisonPlan) -> JSONValue {
        let isOnCircle = plan.judged == .wasserstein
        let (wasserstein, root) = isOnCircle ? (row.judged, nil) : (nil, row.judged)
        return [
            "count": .integer(plan.counts[row.index]), "time": JSONValue(plan.times[row.time]),
            "replicas": .integer(row.judged.count),
            "w1": JSONValue(wasserstein?.mean),
            "w1_spread": JSONValue(wasserstein?.deviation),
            "root_energy_distance": JSONValue(root?.mean),
            "root_energy_distance_spread": JSONValue(root?.deviation),
            "energy_distance": JSONValue(row.energy.mean),
            "energy_distance_spread": JSONValue(row.energy.deviation),
            "largest_mode_error": JSONValue(row.mode.mean),
            "largest_mode_error_spread": JSONValue(row.mode.deviation),
            "beyond_mean_field_horizon": .bool(row.isBeyondHorizon),
        ]
    }

    private static func row(_ sample: ComparisonSample, _ time: Int, _ plan: ComparisonPlan)
        -> JSONValue
    {
        let distances = sample.distances[time]
        return [
            "count": .integer(plan.counts[sample.index]),
            "beta": JSONValue(plan.beta(sample.index)),
            "replica": .integer(sample.replica), "time": JSONValue(plan.times[time]),
            "particle_time": JSONValue(plan.times[time] * plan.timeFactor(sample.index)),
            "w1": JSONValue(distances.wasserstein),
            "energy_distance": JSONValue(distances.energy),
            "mode_errors": .array(distances.modes.map { JSONValue($0) }),
            "phase_times": phases(sample.phases),
        ]
    }

    private static func phases(_ phases: ComparedPhases) -> JSONValue {
        .object(
            ComparedPhases.events.map { event in
                JSONValue.Member(event.key, JSONValue(phases[keyPath: event.time]))
            } + [JSONValue.Member("clusters", phases.clusters.map { .integer($0) } ?? .null)])
    }
}

extension ComparisonPlan {
    /// What the times of the comparison are, in a sentence.
    public var timeUnit: String {
        guard scenario.model.limit == .heat, scenario.particles.betaExponent > 0 else {
            return "t of the papers, the same for particles and their target"
        }
        let beta = String(format: "%.6g", scenario.model.beta)
        return "t of the papers at beta = \(beta); particles at beta_N are compared "
            + "at equal heat time, t_N = t beta_N/beta, and their phase times are scaled back"
    }
}
