import Foundation
import Testing

@testable import MeanField

/// Multipliers against quadrature of the kernel: a_k = (1/2π) ∫ e^{β cos φ - |β|} cos kφ dφ.
@Suite struct KernelMultiplierTests {
    /// The trapezoidal rule, exact to rounding once it resolves the kernel.
    static func quadrature(_ β: Double, _ f: (Double) -> Double) -> Double {
        let n = 4096
        var sum = 0.0
        for i in 0..<n {
            let φ = 2 * .pi * Double(i) / Double(n)
            sum += exp(β * cos(φ) - abs(β)) * f(φ)
        }
        return sum / Double(n)
    }

    @Test(arguments: [0, 1e-9, 0.1, 1, 5, 25, 100, 1000, -0.1, -1, -5, -100])
    func kernelAndGradient(β: Double) {
        for fold in [1, 2, 3, 5] {
            let multipliers = KernelMultipliers(inverseTemperature: β, fold: fold, count: 20)
            for j in 0...20 {
                let k = Double(j * fold)
                let a = Self.quadrature(β) { cos(k * $0) }
                #expect(abs(multipliers.kernel[j] - a) < 1e-14)
                // k a_k/β = (1/2π) ∫ e^{…} sin φ sin kφ dφ, by parts; finite at β = 0.
                let g = Self.quadrature(β) { sin($0) * sin(k * $0) }
                #expect(abs(multipliers.gradient[j] - g) < 1e-14)
            }
        }
    }

    @Test func zeroTemperatureIsTheCosine() {
        let multipliers = KernelMultipliers(inverseTemperature: 0, count: 8)
        #expect(multipliers.kernel == [1] + [Double](repeating: 0, count: 8))
        #expect(multipliers.gradient == [0, 0.5] + [Double](repeating: 0, count: 7))
        #expect(multipliers.bandLimit == 1)
    }

    @Test func negativeTemperatureAlternates() {
        let positive = KernelMultipliers(inverseTemperature: 7, count: 30)
        let negative = KernelMultipliers(inverseTemperature: -7, count: 30)
        for k in 0...30 {
            let sign = k % 2 == 0 ? 1.0 : -1.0
            #expect(negative.kernel[k] == sign * positive.kernel[k])
            #expect(negative.gradient[k] == -sign * positive.gradient[k])
        }
        #expect(negative.bandLimit == positive.bandLimit)
    }

    @Test func nothingIsSubnormal() {
        for β in [1e-300, 1e-12, 0.5, 30, 1e4] {
            let multipliers = KernelMultipliers(inverseTemperature: β, count: 2000)
            #expect(multipliers.kernel.allSatisfy { $0 == 0 || abs($0) > 1e-40 })
            #expect(multipliers.gradient.allSatisfy { $0 == 0 || abs($0) > 1e-40 })
        }
    }
}
