import Foundation
import Testing

@testable import MeanField

@Suite struct TheoryStationaryTests {
    @Test func tableOfStationaryStates() throws {
        // Known to extended precision.
        let softmax = try #require(
            StationaryState.peaked(inverseTemperature: 4, diffusion: 0.2, normalization: .softmax))
        #expect(abs(softmax.moments[1] - 0.535115430189342755) < 1e-13)
        #expect(abs(softmax.moments[2] - 0.0954551570361470) < 1e-13)
        let bare = try #require(
            StationaryState.peaked(inverseTemperature: 1, diffusion: 0.4, normalization: .none))
        #expect(abs(bare.moments[1] - 0.781584307203790376) < 1e-13)
        #expect(abs(bare.moments[2] - 0.463304347392331) < 1e-13)
    }

    @Test func narrowKernelsAgreeWithAPositiveDiscretisation() throws {
        // numpy: p <- normalise((W p)^{1/(D beta)}) on 1500 midpoints of [0, pi], to rounding.
        let cases = [
            (20.0, 0.001, 0.9994894205085179), (20, 0.04, 0.9026604714939878),
            (20, 0.0478, 0.5631009263759632),
        ]
        for (β, diffusion, amplitude) in cases {
            let state = try #require(
                StationaryState.peaked(
                    inverseTemperature: β, diffusion: diffusion, normalization: .softmax))
            #expect(abs(state.moments[1] - amplitude) < 1e-13, "β = \(β), D = \(diffusion)")
        }
    }

    @Test func densitiesSolveTheirEquations() throws {
        // W*ρ by a sum over 256 points: USA ρ e^{-W*ρ/(Dβ)}, SA ρ^{Dβ}/W*ρ are constant.
        let β = 4.0
        let n = 256
        let angles = (0..<n).map { (i: Int) -> Double in 2 * .pi * Double(i) / Double(n) }
        for (kind, diffusion) in [(Normalization.none, 2.0), (.softmax, 0.1)] {
            let state = try #require(
                StationaryState.peaked(
                    inverseTemperature: β, diffusion: diffusion, normalization: kind))
            let ρ = angles.map { state.density(at: $0) }
            #expect(abs(ρ.reduce(0, +) * 2 * .pi / Double(n) - 1) < 1e-13)
            let constants = angles.map { (θ: Double) -> Double in
                var potential = 0.0
                for j in 0..<n { potential += exp(β * cos(θ - angles[j])) * ρ[j] }
                potential *= 2 * .pi / Double(n)
                let left = diffusion * β * log(state.density(at: θ))
                return left - (kind == .softmax ? log(potential) : potential)
            }
            let spread = (constants.max() ?? .nan) - (constants.min() ?? .nan)
            #expect(spread < 1e-11)
        }
    }

    @Test func firstOrderTransition() throws {
        // Known to extended precision.
        let transition = try #require(
            FirstOrderTransition(inverseTemperature: 4, normalization: .none))
        #expect(abs(transition.coexistenceDiffusion - 2.55444087724707) < 1e-12)
        #expect(abs(transition.coexistenceAmplitude - 0.66880552098321) < 1e-12)
        #expect(abs(transition.foldDiffusion - 2.583518727818) < 1e-12)
        let rescaled = try #require(
            FirstOrderTransition(inverseTemperature: 4, normalization: .rescaled))
        #expect(abs(rescaled.foldDiffusion * exp(4) / transition.foldDiffusion - 1) < 1e-14)
        // The peaked state is the minimum of the free energy up to coexistence only.
        let peaked = { (diffusion: Double) -> StationaryState? in
            StationaryState.peaked(
                inverseTemperature: 4, diffusion: diffusion, normalization: .none)
        }
        #expect(try #require(peaked(2.5544)).freeEnergyExcess < 0)
        #expect(try #require(peaked(2.5545)).freeEnergyExcess > 0)
        let last = try #require(peaked(transition.foldDiffusion - 1e-6))
        #expect(abs(last.moments[1] - transition.foldAmplitude) < 2e-3)
        #expect(peaked(transition.foldDiffusion + 1e-3) == nil)
    }

    @Test func transitionBecomesContinuousAtBetaStar() throws {
        #expect(abs(FirstOrderTransition.leastInverseTemperature - 2.4469183113) < 1e-10)
        #expect(FirstOrderTransition(inverseTemperature: 2.4469, normalization: .none) == nil)
        #expect(FirstOrderTransition(inverseTemperature: 4, normalization: .softmax) == nil)
        let critical = LinearTheory(inverseTemperature: 2.46, normalization: .rescaled)
            .criticalDiffusion
        let near = try #require(
            FirstOrderTransition(inverseTemperature: 2.46, normalization: .rescaled))
        #expect(try #require(critical) < near.coexistenceDiffusion)
        #expect(near.coexistenceDiffusion < near.foldDiffusion)
        #expect(near.foldAmplitude < near.coexistenceAmplitude)
        #expect(near.coexistenceAmplitude < 0.1)
    }

    @Test func branchStartsAtTheCriticalDiffusion() throws {
        for kind in [Normalization.softmax, .rescaled] {
            let states = StationaryState.branch(inverseTemperature: 2, normalization: kind) {
                $0.moments[1] > 0.5
            }
            let critical = try #require(
                LinearTheory(inverseTemperature: 2, normalization: kind).criticalDiffusion)
            #expect(abs(states[0].diffusion / critical - 1) < 1e-5)
            #expect(zip(states, states.dropFirst()).allSatisfy { $0.diffusion > $1.diffusion })
            // Newton at fixed D finds the state that the walk found at fixed c₁.
            let last = try #require(states.last)
            let same = try #require(
                StationaryState.peaked(
                    inverseTemperature: 2, diffusion: last.diffusion, normalization: kind))
            #expect(abs(same.moments[1] - last.moments[1]) < 1e-12)
            #expect(abs(same.moments[3] - last.moments[3]) < 1e-12)
        }
    }

    @Test func onlyTheUniformStateAboveTheCriticalDiffusion() {
        #expect(
            StationaryState.peaked(inverseTemperature: 1, diffusion: 0.6, normalization: .none)
                == nil)
        #expect(
            StationaryState.peaked(inverseTemperature: 4, diffusion: 0.25, normalization: .softmax)
                == nil)
    }
}
