import Foundation
import Testing

@testable import MeanField

/// References: mpmath 1.3, 50 digits, `ei(x) * exp(-x)` and `e1(x) * exp(x)`.
@Suite struct TheoryExponentialIntegralsTests {
    static let ei: [(x: Double, value: Double)] = [
        (1e-6, -13.2382806547752174), (0.18, -0.792794637339062317),
        (0.2, -0.672800664983137256), (0.3725, -0.0000198945908978962788),
        (0.3725074107813666, -3.52749583876018815e-17), (0.374, 0.00399588024302042938),
        (0.7, 0.528817262752160935), (0.76, 0.577808099623540714), (1, 0.697174883235066069),
        (3, 0.494576401348641235), (20, 0.0527977952796481323), (44.9, 0.022791463816064041),
        (45.1, 0.0226879862729340331), (400, 0.00250628148674849418),
    ]

    static let e1: [(x: Double, value: Double)] = [
        (1e-12, 27.0538054510550692), (0.01, 4.07851144345642583), (0.5, 0.922910632483730469),
        (0.999, 0.596751313368685825), (1, 0.596347362323194074), (1.5, 0.448256669291582954),
        (4, 0.206345649901055833), (20, 0.0477185454959608417), (800, 0.00124844139167435033),
    ]

    @Test func eiAgreesWithExtendedPrecision() {
        for (x, value) in Self.ei {
            #expect(abs(scaledExponentialIntegralEi(x) / value - 1) < 1.5e-15, "Ei(\(x))")
        }
    }

    @Test func e1AgreesWithExtendedPrecision() {
        for (x, value) in Self.e1 {
            #expect(abs(scaledExponentialIntegralE1(x) / value - 1) < 1.5e-15, "E1(\(x))")
        }
    }

    @Test func noJumpsWhereTheMethodChanges() {
        for x in [0.18, 0.75, 45] {
            let jump =
                scaledExponentialIntegralEi(x.nextUp) - scaledExponentialIntegralEi(x.nextDown)
            #expect(abs(jump) < 2e-15 * abs(scaledExponentialIntegralEi(x)), "Ei at \(x)")
        }
        let jump = scaledExponentialIntegralE1(1) - scaledExponentialIntegralE1(1.nextDown)
        #expect(abs(jump) < 1e-15)
    }
}
