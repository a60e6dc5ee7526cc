import Foundation
import MeanField
import Phases

// What to know about the result of a limit equation.

extension RunReporter {
    /// Sentences about the limit equation of the scenario; none for attention at its β.
    func limitNotes() -> [String] {
        let model = session.scenario.model
        let beta = model.beta.short
        var notes = [String]()
        switch model.limit {
        case .none: return []
        case .alignment:
            notes.append(
                "This is the alignment limit: attention at beta = \(beta) differs from it by "
                    + "O(1/beta), and goes on to cluster and merge.")
        case .heat:
            notes.append(
                "This is the heat limit, solved exactly: attention at beta = \(beta) differs from it "
                    + "by O(1/beta) while the density is wide against 1/sqrt(beta).")
        case .pairing:
            notes.append(
                "This is the pairing limit: against attention at beta = \(beta) the gap of the closest "
                    + "pair is off by O(1/beta), and the place where unequal clusters meet by "
                    + "O(1/sqrt(beta)).")
        }
        let evolution = session.realization.evolution
        if let horizon = evolution.horizon, evolution.time >= horizon.time {
            notes.append(horizon.sentence)
        }
        return notes
    }
}

extension Horizon {
    /// What happened at the horizon.
    fileprivate var sentence: String {
        func text(_ number: Double) -> String { String(format: "%.15g", number) }
        let t = time.value.map(text) ?? "10^" + text(time.log10)
        switch cause {
        case .collapse(let sigma, let angle):
            return "First collapse at t = \(t): the narrowest heat kernel, sigma = "
                + "\(text(sigma)) at angle \(text(angle)), became a point at "
                + "s = sigma^2/2 = \(text(sigma * sigma / 2)). Backward heat has no "
                + "solution beyond, and nothing was regularised."
        case .zeroDensity(let angle):
            return "The density reached zero at angle \(text(angle)) at t = \(t): backward "
                + "heat would make it negative, and nothing was regularised."
        }
    }
}
