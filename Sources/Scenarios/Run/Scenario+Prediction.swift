import Foundation
import MeanField

extension Scenario {
    /// What theory says about the scenario; of limits, about the attention at its β.
    public var prediction: Prediction {
        var prediction = modelPrediction
        if evolve == .particles, particles.sampling == .random, let count = particles.count {
            prediction.tokens = fluctuations(of: count)
        }
        return prediction
    }

    private var modelPrediction: Prediction {
        guard isOnCircle else { return Prediction(attention: sphereAttention) }
        switch model.attention(limit: .none) {
        case let attention as MatrixAttention: return Prediction(attention: attention)
        default:
            // Multiples of the identity, where K^T Q and V may be such without Q and K being so.
            let product = model.key.planeMap.transposed * model.query.planeMap
            return Prediction(
                inverseTemperature: model.beta, normalization: model.normalization,
                query: product.xx, value: model.value.planeMap.xx, diffusion: model.diffusion,
                start: predictionStart)
        }
    }

    /// The fluctuations of independent tokens about the uniform density, beyond the circle about that of the
    /// subspace to which V KᵀQ leads; `nil` if nothing grows, and for matrices without linear theory.
    func fluctuations(of count: Int) -> TokenFluctuations? {
        if isOnCircle { return attention.linearTheory?.fluctuations(of: count) }
        let attention = sphereAttention
        let theory = attention.linearTheory ?? attention.onCollapseSpace?.linearTheory
        return theory?.fluctuations(of: count)
    }

    /// The number of random tokens of the uniform density, else |c_k(0)|; `nil` where all vanish, and for
    /// points too few for a linear phase.
    private var predictionStart: Prediction.Start? {
        let isUniform = initial.kind == .uniform && initial.perturbation == nil
        if evolve == .particles, isUniform, particles.sampling == .random,
            let count = particles.count
        {
            return .tokens(count)
        }
        let measure = startingMeasure
        switch measure.initial {
        case .uniform where measure.factors.isEmpty: return nil
        case .atoms(let angles, _) where angles.count < Self.fewestInLinearPhase: return nil
        default:
            let degree = attention.mostUnstableDegree ?? 1
            return .modes(measure.amplitudes(upTo: 2 * degree + 8))
        }
    }

    /// Fewer points have modes of order one at the start; those of theory's tests.
    private static let fewestInLinearPhase = 200
}

extension Prediction {
    /// The object that `predict --json` prints.
    public var json: JSONValue {
        let rates = growthRates.map { rate -> JSONValue in
            ["degree": .integer(rate.degree), "rate": JSONValue(rate.rate)]
        }
        let outcomes = (clusters?.outcomes ?? []).map { outcome -> JSONValue in
            ["clusters": .integer(outcome.clusters), "probability": JSONValue(outcome.probability)]
        }
        let transition: JSONValue =
            firstOrder.map { data -> JSONValue in
                [
                    "coexistence_diffusion": JSONValue(data.coexistenceDiffusion),
                    "coexistence_c1": JSONValue(data.coexistenceAmplitude),
                    "fold_diffusion": JSONValue(data.foldDiffusion),
                    "fold_c1": JSONValue(data.foldAmplitude),
                ]
            } ?? .null
        return [
            "growth_rates": .array(rates),
            "most_unstable_degree": mostUnstableDegree.map { .integer($0) } ?? .null,
            "critical_diffusion": JSONValue(criticalDiffusion),
            "first_order_transition": transition,
            "collapse": [
                "eigenvalues": .array(collapse.jsonEigenvalues),
                "dimension": .integer(collapse.dimension),
                "spectral_gap": JSONValue(collapse.spectralGap),
            ],
            "time_scales": [
                "collapse": JSONValue(timeScales.collapse),
                "clustering": JSONValue(timeScales.clustering),
                "pairing_log10": JSONValue(timeScales.pairingLog10),
            ],
            "clusters": .array(outcomes),
            "tokens": tokens.map { tokens -> JSONValue in
                [
                    "count": .integer(tokens.count), "noise": JSONValue(tokens.noise),
                    "mean_field_horizon": JSONValue(tokens.horizon),
                ]
            } ?? .null,
        ]
    }
}

extension Prediction.Collapse {
    /// Numbers; of complex ones objects with their real and imaginary parts.
    fileprivate var jsonEigenvalues: [JSONValue] {
        zip(eigenvalues, imaginaryParts).map { re, im in
            im == 0
                ? JSONValue(re) : ["real": JSONValue(re), "imaginary": JSONValue(im)]
        }
    }
}
