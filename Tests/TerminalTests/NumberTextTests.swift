import MeanField
import Phases
import Testing

@testable import Terminal

@Suite struct NumberTextTests {
    @Test(arguments: [
        (51.750123, 0.003, "51.750 ± 0.003"), (17213.312, 0.2, "17213.3 ± 0.2"),
        (17213.312, 0.12, "17213.31 ± 0.12"), (17213.312, 0.1, "17213.3 ± 0.1"),
        (17213.312, 200, "17200 ± 200"), (51.75, 0.0011, "51.7500 ± 0.0011"),
        (51.75, 0.00101, "51.7500 ± 0.0011"), (51.75, 0.0095, "51.750 ± 0.010"),
        (9.999_999, 0.001, "10.000 ± 0.001"), (0, 0.01, "0.00 ± 0.01"),
        (3, 5, "3 ± 5"), (51.75, 2e-13, "51.75000000 ± 2e-13"), (51.75, 0, "51.75"),
        (1.721_334e12, 2e7, "1.72133e12 ± 2e7"), (1e300, 1.5e290, "1.000000000e300 ± 1.5e290"),
        (2e-7, 3e-9, "2.00e-7 ± 3e-9"), (0.5, 1e-20, "0.5000000000 ± 1e-20"),
        (0, 1e-20, "0.000000000000 ± 1e-20"), (7, .infinity, "about 7"), (7, .nan, "about 7"),
        (.infinity, 1, "∞"), (1e9, 1e10, "1e9 ± 1e10"),
        (7, .leastNonzeroMagnitude, "7"), (1e305, .greatestFiniteMagnitude, "about 1e305"),
        (.leastNonzeroMagnitude, 1e-300, "5e-324 ± 1e-300"),
    ])
    func valueWithError(_ value: Double, _ error: Double, _ expected: String) {
        #expect(NumberText.value(value, error: error) == expected)
    }

    @Test(arguments: [
        (0, "0"), (9, "9"), (0.1 + 0.2, "0.3"), (-0.3, "-0.3"), (123_456_789, "123456789"),
        (1e9, "1e9"), (1.234_567_89e12, "1.23457e12"), (1e-3, "0.001"), (1e-4, "1e-4"),
        (1e300, "1e300"), (.leastNonzeroMagnitude, "4.94066e-324"), (.nan, "undefined"),
        (-.infinity, "-∞"),
    ])
    func plain(_ value: Double, _ expected: String) {
        #expect(NumberText.plain(value) == expected)
    }

    @Test func timesBeyondDouble() {
        let time = ModelTime(logarithm: 344.1234 * 2.302_585_092_994_046)
        #expect(time.value == nil)
        #expect(NumberText.time(time) == "10^344.12")
        #expect(
            NumberText.time(EventTime(time: time, relativeError: 4e-4))
                == "10^(344.12340 ± 0.00018)")
        #expect(NumberText.time(EventTime(time: time, relativeError: 0)) == "10^344.12")
        #expect(
            NumberText.time(EventTime(time: ModelTime(51.75), relativeError: 1e-4))
                == "51.750 ± 0.006")
        #expect(NumberText.time(ModelTime.zero) == "0")
        #expect(NumberText.time(EventTime(time: .zero, relativeError: 0)) == "0")
        #expect(NumberText.time(ModelTime(1, exponent: -4000)) == "10^-1204.12")
    }

    @Test(arguments: [
        (0, "0 s"), (7.2, "8 s"), (200, "3 min 20 s"), (7500, "2 h 05 min"), (.infinity, "long"),
        (-3, "0 s"),
    ])
    func durations(_ seconds: Double, _ expected: String) {
        #expect(NumberText.duration(seconds) == expected)
    }
}
