import Foundation
import Spectral
import Testing

/// Every statement about polynomials is tested on all monomials that it covers.
@Suite struct LegendrePanelTests {
    static let counts = [2, 3, 8, 16]

    @Test(arguments: counts) func quadratureIsExactToDegreeTwicePMinusOne(p: Int) {
        let panel = LegendrePanel(count: p)
        for degree in 0..<(2 * p) {
            let sum = zip(panel.nodes, panel.weights).reduce(0.0) {
                $0 + $1.1 * pow($1.0, Double(degree))
            }
            let exact = degree % 2 == 0 ? 2 / Double(degree + 1) : 0
            #expect(abs(sum - exact) < 2e-15, "degree \(degree)")
        }
        // x^{2p} is the first that is not.
        let sum = zip(panel.nodes, panel.weights).reduce(0.0) {
            $0 + $1.1 * pow($1.0, Double(2 * p))
        }
        #expect(abs(sum - 2 / Double(2 * p + 1)) > 1e-10)
    }

    @Test func nodesAreTabulated() {
        // Abramowitz & Stegun, table 25.4, n = 16: the outermost and the innermost pair.
        let panel = LegendrePanel(count: 16)
        #expect(abs(panel.nodes[15] - 0.989400934991649933) < 1e-15)
        #expect(abs(panel.weights[15] - 0.027152459411754095) < 1e-16)
        #expect(abs(panel.nodes[8] - 0.095012509837637440) < 1e-15)
        #expect(abs(panel.weights[8] - 0.189450610455068496) < 1e-15)
        #expect(panel.nodes == panel.nodes.sorted())
    }

    @Test(arguments: counts) func coefficientsReproduceThePolynomial(p: Int) {
        let panel = LegendrePanel(count: p)
        for degree in 0..<p {
            let c = panel.coefficients(of: panel.nodes.map { pow($0, Double(degree)) })
            for ξ in [-1.0, -0.3, 0.0, 0.71, 1.0] {
                let value = LegendrePanel.valueAndSlope(c, at: ξ).value
                #expect(abs(value - pow(ξ, Double(degree))) < 2e-14)
            }
        }
    }

    @Test(arguments: counts) func halvesAreTheSamePolynomial(p: Int) {
        let panel = LegendrePanel(count: p)
        for degree in 0..<p {
            let f = { (ξ: Double) in pow(ξ - 0.25, Double(degree)) }
            let (left, right) = panel.halves(of: panel.nodes.map(f))
            for j in 0..<p {
                let size = pow(1.25, Double(degree))
                #expect(abs(left[j] - f((panel.nodes[j] - 1) / 2)) < 2e-14 * size)
                #expect(abs(right[j] - f((panel.nodes[j] + 1) / 2)) < 2e-14 * size)
            }
        }
    }

    @Test(arguments: counts) func partialIntegralsAreExact(p: Int) {
        let panel = LegendrePanel(count: p)
        for degree in 0..<p {
            let c = panel.coefficients(of: panel.nodes.map { pow($0, Double(degree)) })
            for ξ in [-1.0, -0.9, 0.2, 1.0] {
                let n = Double(degree + 1)
                let exact = (pow(ξ, n) - pow(-1, n)) / n
                #expect(abs(LegendrePanel.integral(c, to: ξ) - exact) < 2e-14)
            }
        }
    }
}
