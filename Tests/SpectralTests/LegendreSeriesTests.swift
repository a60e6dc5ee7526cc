import Foundation
import Testing

@testable import Spectral

@Suite struct LegendreSeriesTests {
    private let panel = LegendrePanel(count: 16)

    @Test func valuesAndIntegralsOfTheExponential() {
        let series = panel.coefficients(of: panel.nodes.map(exp))
        let once = LegendreSeries.antiderivative(series)
        let twice = LegendreSeries.antiderivative(once)
        for ξ in [-1, -0.7, 0, 0.31, 1] {
            #expect(abs(LegendreSeries.value(series, at: ξ) - exp(ξ)) < 1e-14)
            #expect(abs(LegendreSeries.value(once, at: ξ) - (exp(ξ) - exp(-1))) < 1e-14)
            let exact = exp(ξ) - exp(-1) * (ξ + 2)
            #expect(abs(LegendreSeries.value(twice, at: ξ) - exact) < 1e-14)
            #expect(
                abs(LegendrePanel.integral(series, to: ξ) - LegendreSeries.value(once, at: ξ))
                    < 1e-15 * 4)
        }
    }

    @Test func constants() {
        #expect(LegendreSeries.value([2], at: 0.3) == 2)
        #expect(LegendreSeries.antiderivative([2]) == [2, 2])
    }
}
