import Foundation
import Spectral
import Testing

/// References: mpmath 1.3, 50 digits, `besseli(k, b) * exp(-b)` and `besseli(d/2, r)/besseli(d/2-1, r)`.
@Suite struct BesselMultipliersTests {
    static let scaledValues: [(β: Double, k: Int, value: Double)] = [
        (0.001, 0, 0.999000749583515559),
        (0.001, 1, 0.000499500312354221347),
        (0.001, 2, 1.24875072885427411e-7),
        (0.001, 7, 1.54854993032635973e-27),
        (0.001, 40, 1.11357843867114487e-180),
        (0.5, 0, 0.645035270449150068),
        (0.5, 1, 0.156420803184871697),
        (0.5, 2, 0.0193520577096632795),
        (0.5, 7, 7.40276116283383006e-9),
        (0.5, 40, 6.15843071846096932e-73),
        (1.0, 0, 0.465759607593640437),
        (1.0, 1, 0.207910415349708449),
        (1.0, 2, 0.0499387768942235388),
        (1.0, 7, 5.88319509205404579e-7),
        (1.0, 40, 4.12580376909355884e-61),
        (5.0, 0, 0.183540812609328353),
        (5.0, 1, 0.163972266944542357),
        (5.0, 2, 0.11795190583151141),
        (5.0, 7, 0.00172820889521398725),
        (5.0, 40, 7.953654429953234e-35),
        (20.0, 0, 0.0897803118848260216),
        (20.0, 1, 0.0875062221832886654),
        (20.0, 2, 0.0810296896664971551),
        (20.0, 7, 0.0258940126065055737),
        (20.0, 40, 2.71064770818819795e-16),
        (100.0, 0, 0.0399443792990966826),
        (100.0, 1, 0.0397441530251302527),
        (100.0, 2, 0.0391494962385940776),
        (100.0, 7, 0.0312291656304676133),
        (100.0, 40, 0.0000142914363363082801),
        (100.0, 300, 2.1625735512003793e-145),
        (1000.0, 0, 0.0126172404558912566),
        (1000.0, 1, 0.0126109302569286295),
        (1000.0, 2, 0.0125920185953773993),
        (1000.0, 7, 0.0123117243295743698),
        (1000.0, 40, 0.00566762790275309631),
        (1000.0, 300, 4.91038010834484017e-22),
        (10000.0, 0, 0.00398947267460473211),
        (10000.0, 1, 0.00398927319598366226),
        (10000.0, 2, 0.00398867481996553537),
        (10000.0, 7, 0.00397970994301545659),
        (10000.0, 40, 0.00368273309977487344),
        (10000.0, 300, 0.0000443240236722814964),
        (10000.0, 2000, 1.05651667170720424e-89),
        (100000.0, 0, 0.00126156783797677677),
        (100000.0, 1, 0.00126156153012181713),
        (100000.0, 2, 0.00126154260674617433),
        (100000.0, 7, 0.00126125879017125268),
        (100000.0, 40, 0.00125151550807728785),
        (100000.0, 300, 0.000804409630227523995),
        (100000.0, 2000, 2.60175887276841264e-12),
    ]

    static let ratios: [(d: Int, r: Double, value: Double)] = [
        (2, 1e-08, 5.00000000000000004e-9),
        (2, 5.0, 0.893383137044085222),
        (2, 10000.0, 0.99994999874987498),
        (2, 100000.0, 0.999994999987499875),
        (3, 5.0, 0.800090803982019376),
        (3, 0.01, 0.00333331111132274928),
        (5, 700.0, 0.997144900878806458),
        (64, 30.0, 0.396658627389613215),
        (129, 63.5, 0.410293146583516514),
        (1024, 1.0, 0.000976561570494634991),
        (1024, 1000.0, 0.611599968624106089),
        (1024, 100000.0, 0.994898056082829979),
    ]

    @Test func scaledBesselAgreesWithExtendedPrecision() {
        for (β, k, value) in Self.scaledValues {
            let computed = scaledBesselI(upTo: k, β)[k]
            #expect(abs(computed / value - 1) < 1e-14, "I_\(k)(\(β))")
        }
    }

    @Test func degreesDoNotDependOnHowManyAreAsked() {
        for β in [0.0, 1e-3, 1, 30, 1e4] {
            let few = scaledBesselI(upTo: 5, β)
            let many = scaledBesselI(upTo: 400, β)
            for k in 0...5 {
                #expect(abs(few[k] - many[k]) <= 1e-14 * many[k], "I_\(k)(\(β))")
            }
        }
    }

    @Test func zeroArgumentIsExact() {
        #expect(scaledBesselI(upTo: 3, 0) == [1, 0, 0, 0])
        #expect(scaledBesselIOverArgument(upTo: 3, 0) == [0, 0.5, 0, 0])
        #expect(scaledBesselRatio(dimension: 2, 0) == 0)
    }

    @Test func underflowIsGradual() {
        let values = scaledBesselI(upTo: 300, 1e-3)
        #expect(values[40] > 0)
        #expect(values[300] == 0)
        #expect(values.allSatisfy { $0.isFinite })
    }

    @Test func quotientsAreTheValuesDividedByTheArgument() {
        for β in [1e-3, 0.7, 5, 300, 1e5] {
            let values = scaledBesselI(upTo: 60, β)
            let quotients = scaledBesselIOverArgument(upTo: 60, β)
            for k in 1...60 where values[k] > 1e-290 {
                #expect(abs(quotients[k] * β / values[k] - 1) < 1e-13, "I_\(k)(\(β))/β")
            }
        }
    }

    @Test func quotientsKeepTheirDigitsNearZero() {
        // I_2(b) e^{-b}/b -> b/8 (1 - b), where I_2(b) itself is subnormal.
        let quotients = scaledBesselIOverArgument(upTo: 2, 1e-160)
        #expect(quotients[1] == 0.5)
        #expect(abs(quotients[2] / 1.25e-161 - 1) < 1e-15)
    }

    @Test func ratiosAgreeWithExtendedPrecision() {
        for (d, r, value) in Self.ratios {
            let computed = scaledBesselRatio(dimension: d, r)
            #expect(abs(computed / value - 1) < 1e-15, "A_\(d)(\(r))")
        }
    }

    /// 1 - I_{ν+1}/I_ν from the expansion for large arguments in extended precision.
    @Test func ratiosOfLargeArguments() {
        for (order, x, distance) in [
            (0.0, 1e6, 5.000001250001250002e-7), (3.5, 1e7, 3.99999939999994e-7),
            (10, 1e8, 1.0499999501249995013e-7), (63, 1e9, 6.3499998015624998016e-8),
            (1, 1e20, 1.5e-20),
        ] {
            let error = abs(besselRatio(order: order, x) - (1 - distance))
            #expect(error < 1e-16 * min(x, 1e10).squareRoot().squareRoot(), "\(order) \(x)")
        }
    }

    @Test func ratioOnTheSphereIsLangevins() {
        for r in [0.5, 2.0, 30, 1e3] {
            #expect(abs(scaledBesselRatio(dimension: 3, r) - (1 / tanh(r) - 1 / r)) < 4e-16)
        }
    }

    @Test func kernelDegreesBoundTheGradient() {
        // mpmath: the last k with (k+1) I_k/I_0 >= 1e-16.
        let expected = [(0.1, 8), (1, 15), (5, 25), (20, 44), (100, 93), (1e3, 292), (1e4, 935)]
        for (β, degree) in expected {
            #expect(kernelDegree(β, tolerance: 1e-16) == degree, "β = \(β)")
        }
        #expect(kernelDegree(0, tolerance: 1e-16) == 0)
    }

    @Test func kernelValuesFallBelowRoundingAtThePublishedDegrees() {
        let expected = [(0.1, 9), (1, 15), (5, 25), (20, 43), (100, 89), (1e3, 273), (1e4, 859)]
        for (β, degree) in expected {
            let values = scaledBesselI(upTo: 1000, β)
            #expect(values.firstIndex { $0 < 1e-16 * values[0] } == degree, "β = \(β)")
        }
    }
}
