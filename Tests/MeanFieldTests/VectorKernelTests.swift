import CAllocationCount
import CVectorMath
import Foundation
import Testing
import TimeIntegration

@testable import MeanField

@Suite struct VectorKernelTests {
    @Test(arguments: [1e-300, 1e-3, 2.3, 100, 1e5])
    func sineAndCosine(range: Double) {
        // 8 m + 5 arguments: the vector loop and its remainder.
        let x = (0..<1005).map { range * sin(Double($0) * 1.7) }
        var (s, c) = (x, x)
        tf_sincos(x, &s, &c, x.count)
        for i in 0..<x.count {
            let relative = abs(x[i]) < 2.35 ? 0x1p-51 * abs(sin(x[i])) : 0x1p-52
            #expect(abs(s[i] - sin(x[i])) <= relative)
            #expect(abs(c[i] - cos(x[i])) <= 0x1p-52)
        }
    }

    @Test func sineAndCosineOfSpecialArguments() {
        let x = [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude]
        var (s, c) = (x, x)
        tf_sincos(x, &s, &c, x.count)
        #expect(s[0] == 0 && c[0] == 1 && s[1] == 0 && c[1] == 1)
        for i in 2...4 { #expect(s[i].isNaN && c[i].isNaN) }
        #expect(s[5] == x[5] && c[5] == 1)
    }

    @Test(arguments: [0, 1, 7, 8, 9, 64, 101])
    func largest(count: Int) {
        var x = (0..<count).map { sin(Double(3 * $0)) - 2 }
        let scale = (0..<count).map { 1 + Double($0) }
        #expect(tf_largest(x, count) == x.map(abs).max() ?? 0)
        #expect(tf_largest_ratio(x, scale, count) == zip(x, scale).map { abs($0) / $1 }.max() ?? 0)
        if count == 0 { return }
        x[count / 2] = .nan
        #expect(tf_largest(x, count).isNaN)
        #expect(tf_largest_ratio(x, scale, count) == .infinity)
    }

    @Test(arguments: [1, 7, 8, 63, 64, 75, 200])
    func combination(count: Int) {
        let base = (0..<count).map { cos(Double($0)) }
        let rows = (0..<(4 * count)).map { sin(Double($0)) }
        let (indices, weights): ([Int32], [Double]) = ([0, 1, 3], [0.5, -2, 3])
        var y = base
        y.withUnsafeMutableBufferPointer {
            tf_combine(
                count, $0.baseAddress!, 0.1, rows, indices, weights, 3, $0.baseAddress!)
        }
        for i in 0..<count {
            let sum = 0.5 * rows[i] - 2 * rows[count + i] + 3 * rows[3 * count + i]
            #expect(abs(y[i] - (base[i] + 0.1 * sum)) < 1e-15)
        }
    }

    @Test(arguments: [6, 500], [Normalization.softmax, .rescaled])
    func pointsFollowTheScaledSums(count: Int, normalization: Normalization) {
        let angles = (0..<count).map { i in
            let x = 2 * Double.pi * Double(i) / Double(count)
            return x + 0.5 * sin(x) + 0.2 * cos(2 * x)
        }
        let β = 5.0
        var equation = PointEquation(
            attention: IsotropicAttention(beta: β, normalization: normalization), symmetry: .none,
            masses: [Double](repeating: 1 / Double(count), count: count),
            isPinned: [Bool](repeating: false, count: count), tolerance: 1e-9)
        var dy = angles
        equation.derivative(of: angles, into: &dy, at: 0)
        for i in 0..<count {
            var (force, weight, terms) = (0.0, 0.0, 0.0)
            for φ in angles {
                let e = exp(β * (cos(φ - angles[i]) - 1)) / Double(count)
                force += e * sin(φ - angles[i])
                terms += e * abs(sin(φ - angles[i]))
                weight += e
            }
            let normalizer = normalization == .softmax ? weight : 1
            #expect(abs(dy[i] - force / normalizer) <= 1e-11 * terms / normalizer)
        }
        let before = tf_allocation_count()
        equation.derivative(of: angles, into: &dy, at: 0)
        #expect(tf_allocation_count() == before)
    }

    @Test func stepsAllocateNothing() {
        var equation = SpectralEquation(attention: IsotropicAttention(beta: 5), points: 256)
        var y = [Double](repeating: 0, count: equation.dimension)
        y[0] = 0.3
        var (derivative, result) = (y, y)
        let scale = [Double](repeating: 1e-9, count: y.count)
        equation.derivative(of: y, into: &derivative, at: 0)
        var stepper = DormandPrince853(dimension: y.count)
        var counts = [Int]()
        for _ in 0..<2 {
            let before = tf_allocation_count()
            _ = stepper.attempt(
                &equation, from: y, derivative: derivative, scale: scale, into: &result, at: 0,
                dt: 0.1)
            counts.append(tf_allocation_count() - before)
        }
        #expect(counts[1] == 0)
    }
}
