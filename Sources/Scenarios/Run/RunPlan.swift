import Foundation
import MeanField
import Phases

/// What is computed before the run itself: how coarse, and where to look.
///
/// A coarser copy of the run goes first. It gives the errors of all times (``StatedErrors``), the times
/// of the snapshots, and the share of the run that is done at any moment. A second coarse copy starts
/// from data perturbed by 1e-15: where the two differ in structure, rounding decides the outcome, and
/// the run says so. Where they differ in a merger by more than the error of the run, which may be the
/// coarseness alone, a third copy as fine as the run itself confirms it or not.
struct RunPlan: Sendable, Equatable {
    /// The coarser computation.
    var coarser: Outcome
    /// The coarser computation from perturbed data.
    var perturbed: Outcome
    /// When to take snapshots, ascending.
    var snapshotTimes: [ModelTime]
    /// The computation as fine as the run from perturbed data, where the coarse pair left doubt.
    var confirmation: Outcome?
    /// Times of the steps of the coarser computation.
    var stepTimes: [ModelTime]

    /// How much larger the tolerances of the coarser computation are.
    static let coarsening = 32.0
    /// Size of the perturbation that stands for rounding.
    static let rounding = 1e-15

    /// Computes the plan of `scenario`; `nil` if interrupted.
    static func make<Evolution: RunnableEvolution>(
        for scenario: Scenario, as kind: Evolution.Type, isInterrupted: () -> Bool
    ) throws -> RunPlan? {
        var stepTimes = [ModelTime]()
        let options = scenario.coarser.evolutionOptions
        guard
            let coarser = try outcome(
                scenario, options, as: kind, isInterrupted: isInterrupted,
                eachStep: { stepTimes.append($0) }),
            let perturbed = try outcome(
                scenario, scenario.perturbed(options), as: kind, isRounded: true,
                isInterrupted: isInterrupted)
        else { return nil }
        return RunPlan(
            coarser: coarser, perturbed: perturbed,
            snapshotTimes: scenario.snapshotTimes(stepTimes, coarser), stepTimes: stepTimes)
    }

    /// Runs a copy of the scenario to its end, from its start or from what rounding might make of it.
    static func outcome<Evolution: RunnableEvolution>(
        _ scenario: Scenario, _ options: EvolutionOptions, as kind: Evolution.Type,
        isRounded: Bool = false, isInterrupted: () -> Bool,
        eachStep: (ModelTime) -> Void = { _ in }
    ) throws -> Outcome? {
        var copy = Realization(
            try Evolution(scenario, options: options, isRounded: isRounded),
            phases: scenario.phases, rules: StoppingRules(scenario.time))
        while copy.ended == nil {
            if isInterrupted() { return nil }
            do {
                try copy.step()
                eachStep(copy.evolution.time)
                try copy.finishStep()
            } catch is EvolutionError {
                copy.ended = .failed
            }
        }
        return Outcome(copy, ended: copy.ended!)
    }

    /// The share of the run that lies before `time`, by the steps of the coarser copy.
    func fractionDone(at time: ModelTime) -> Double {
        guard !stepTimes.isEmpty else { return 0 }
        var (low, high) = (0, stepTimes.count)
        while low < high {
            let middle = (low + high) / 2
            if stepTimes[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return Double(low) / Double(stepTimes.count)
    }
}

extension Scenario {
    /// The coarser copy.
    var coarser: Scenario {
        var copy = self
        copy.time.tolerance *= RunPlan.coarsening
        copy.density.tolerance *= RunPlan.coarsening
        copy.density.resolution = density.resolution.map { max(8, $0 / 4 * 2) }
        if case .euler(let step) = time.method { copy.time.method = .euler(step: step * 2) }
        return copy
    }

    /// Options for data without their symmetry.
    func perturbed(_ options: EvolutionOptions) -> EvolutionOptions {
        var options = options
        options.keepsSymmetry = false
        return options
    }

    /// The start as rounding might change it: what it consists of where that is what evolves exactly,
    /// else all degrees that may grow.
    var roundedMeasure: StartingMeasure {
        var start = startingMeasure
        switch attention.limit {
        case .none, .alignment: start.factors.append(roundingFactor)
        case .heat, .pairing: start = start.nudged(by: roundingFactor)
        }
        return start
    }

    /// A random factor of the size of rounding on all degrees that may grow.
    private var roundingFactor: StartingMeasure.Factor {
        let degree = attention.mostUnstableDegree ?? 1
        return StartingMeasure.Factor(
            amplitude: RunPlan.rounding, maxDegree: max(8, 2 * degree), seed: 1)
    }

    /// The times of the snapshots: listed, or spread over the scales of the run.
    ///
    /// Half of them are equispaced up to the end of clustering; half of the others beyond it in the
    /// logarithm of time, and the rest follow the steps of the coarser copy, which crowd where things
    /// happen.
    func snapshotTimes(_ steps: [ModelTime], _ outcome: Outcome) -> [ModelTime] {
        switch time.snapshots {
        case .times(let list): return list.map { ModelTime($0) }
        case .count(let count):
            guard let first = steps.first, let last = steps.last else { return [.zero] }
            let half = max(1, (count - 1) / 2)
            let clusteringEnd = outcome.clusteringEnd ?? last
            let early = min(last, clusteringEnd.scaled(by: 1.2))
            var times: Set<ModelTime> = [.zero]
            if let span = early.value, span > 0 {
                for i in 1...half { times.insert(ModelTime(span * Double(i) / Double(half))) }
            }
            let start = max(first, clusteringEnd).logarithm
            let slow = last > clusteringEnd ? (count - times.count) / 2 : 0
            for i in 0..<slow {
                let share = Double(i) / Double(slow)
                times.insert(ModelTime(logarithm: start + (last.logarithm - start) * share))
            }
            let rest = max(1, count - times.count)
            for i in 1...rest { times.insert(Self.time(after: i, of: rest, in: steps)) }
            return times.sorted()
        }
    }

    /// The time after i/n of the steps that end at `steps`, linear in time within each.
    private static func time(after i: Int, of n: Int, in steps: [ModelTime]) -> ModelTime {
        let (whole, part) = (i * steps.count).quotientAndRemainder(dividingBy: n)
        let start = whole == 0 ? .zero : steps[whole - 1]
        if part == 0 { return start }
        let unit = steps[whole].exponent
        let length = ModelTime.difference(steps[whole], start, inUnitsOfTwoTo: unit)
        return start + ModelTime(length * Double(part) / Double(n), exponent: unit)
    }
}
