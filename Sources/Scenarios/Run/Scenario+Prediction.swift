import Foundation
import MeanField

extension Scenario {
    /// What theory says about the scenario; of limits, about the attention at its β.
    public var prediction: Prediction {
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

    /// |c_k(0)| of a smooth start; the number of tokens that stand for themselves.
    private var predictionStart: Prediction.Start? {
        let measure = startingMeasure
        switch measure.initial {
        case .uniform where measure.factors.isEmpty: return nil
        case .atoms(let angles, _): return .tokens(angles.count)
        default:
            let degree = attention.mostUnstableDegree ?? 1
            return .modes(measure.amplitudes(upTo: 2 * degree + 8))
        }
    }
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
