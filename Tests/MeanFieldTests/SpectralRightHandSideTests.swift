import CAllocationCount
import Foundation
import Spectral
import Testing
import TimeIntegration

@testable import MeanField

/// The plain pseudo-spectral right-hand side: everything on the full grid, nothing left out.
private struct PlainRightHandSide {
    let attention: IsotropicAttention
    let points: Int
    let fold: Int

    /// (ρ v)^_j, j = 1 … J, interleaved, and the size of the terms it consists of.
    func flux(of y: [Double]) -> (values: [Double], noise: Double) {
        let multipliers = KernelMultipliers(
            inverseTemperature: attention.inverseTemperature, fold: fold, count: points / 2)
        let modes = y.count / 2
        var (gradient, potential) = ([Double](repeating: 0, count: points + 2), [Double]())
        potential = gradient
        var density = gradient
        density[0] = 1
        potential[0] = multipliers.kernel[0]
        for j in 1...modes {
            let (re, im) = (y[2 * j - 2], y[2 * j - 1])
            gradient[2 * j] = -multipliers.gradient[j] * im
            gradient[2 * j + 1] = multipliers.gradient[j] * re
            potential[2 * j] = multipliers.kernel[j] * re
            potential[2 * j + 1] = multipliers.kernel[j] * im
            density[2 * j] = re
            density[2 * j + 1] = im
        }
        let fft = RealFFT(length: points)
        var (g, w, ρ) = (
            [Double](repeating: 0, count: points), [Double](repeating: 1, count: points),
            [Double](repeating: 0, count: points)
        )
        fft.synthesise(&gradient, into: &g)
        let isSoftmax = attention.normalization == .softmax
        if isSoftmax { fft.synthesise(&potential, into: &w) }
        fft.synthesise(&density, into: &ρ)
        let gain = isSoftmax ? attention.value : attention.unnormalizedGain
        let (largestG, largestW) = (g.map(abs).max()!, w.map(abs).max()!)
        // Where W is small its own rounding error, relative to its largest value, is all there is.
        var noise = 0.0
        var product = [Double](repeating: 0, count: points)
        for i in 0..<points {
            product[i] = gain * g[i] / w[i] * ρ[i]
            let amplified = (largestG + abs(g[i] / w[i]) * largestW) / abs(w[i])
            noise += abs(gain * ρ[i]) * amplified / Double(points)
        }
        var spectrum = gradient
        fft.analyse(&product, into: &spectrum)
        return (spectrum[2..<(2 * modes + 2)].map { $0 / Double(points) }, noise)
    }
}

private enum Shape: CaseIterable {
    case smooth, peaked

    /// c_1 … c_J of a density of mass 1 and symmetry `fold`: two bumps, without or with reflections.
    func coefficients(modes: Int, isEven: Bool) -> [Double] {
        // Smooth: width 0.7. Peaked: coefficients down to 1e-12 of c_0 at J.
        let width = self == .smooth ? 0.7 : (2 * log(1e12)).squareRoot() / Double(modes)
        let (near, far, share) = (isEven ? 0 : 0.3, isEven ? Double.pi : 2.5, 0.7)
        return (1...modes).flatMap { j -> [Double] in
            let degree = Double(j)
            let size = exp(-0.5 * degree * degree * width * width)
            let re = share * cos(degree * near) + (1 - share) * cos(degree * far)
            let im = share * sin(degree * near) + (1 - share) * sin(degree * far)
            return [size * re, isEven ? 0 : -size * im]
        }
    }
}

@Suite struct SpectralRightHandSideTests {
    @Test(arguments: [64, 256, 1024, 4096], [0, 0.5, 5, 50, 1000])
    func agreesWithThePlainOne(points: Int, beta: Double) {
        for normalization in [Normalization.softmax, .rescaled] {
            for (fold, isEven) in [(1, false), (3, false), (1, true), (3, true)] {
                for shape in Shape.allCases {
                    let attention = IsotropicAttention(beta: beta, normalization: normalization)
                    var equation = SpectralEquation(
                        attention: attention, points: points, fold: fold, isEven: isEven)
                    let y = shape.coefficients(modes: equation.modes, isEven: isEven)
                    var dy = y
                    equation.derivative(of: y, into: &dy, at: 0)
                    let plain = PlainRightHandSide(
                        attention: attention, points: points, fold: fold)
                    let (flux, noise) = plain.flux(of: y)
                    let scale = flux.reduce(0) { max($0, abs($1)) }
                    var error = 0.0
                    for j in 1...equation.modes {
                        let degree = Double(j * fold)
                        let re = degree * flux[2 * j - 1]
                        let im = isEven ? 0 : -degree * flux[2 * j - 2]
                        error = max(
                            error, abs(dy[2 * j - 2] - re) / degree,
                            abs(dy[2 * j - 1] - im) / degree)
                    }
                    let bound = 1e-13 * scale + 0x1p-52 * noise
                    #expect(
                        !(error > bound),
                        "\(normalization) fold \(fold) even \(isEven) \(shape): \(error / scale)")
                }
            }
        }
    }

    @Test(arguments: [Normalization.softmax, .rescaled])
    func repeatsItsBits(normalization: Normalization) {
        let attention = IsotropicAttention(beta: 5, normalization: normalization)
        var equation = SpectralEquation(attention: attention, points: 1024)
        let y = Shape.smooth.coefficients(modes: equation.modes, isEven: false)
        let other = Shape.peaked.coefficients(modes: equation.modes, isEven: false)
        var (first, second) = (y, y)
        equation.derivative(of: y, into: &first, at: 0)
        equation.derivative(of: other, into: &second, at: 0)
        equation.derivative(of: y, into: &second, at: 0)
        #expect(first == second)
    }

    @Test(arguments: [Normalization.softmax, .rescaled], [0, 5, 1000])
    func allocatesNothing(normalization: Normalization, beta: Double) {
        let attention = IsotropicAttention(beta: beta, normalization: normalization)
        for shape in Shape.allCases {
            var equation = SpectralEquation(attention: attention, points: 1024)
            let y = shape.coefficients(modes: equation.modes, isEven: false)
            var dy = y
            equation.derivative(of: y, into: &dy, at: 0)
            let before = tf_allocation_count()
            equation.derivative(of: y, into: &dy, at: 0)
            #expect(tf_allocation_count() == before)
        }
    }

    @Test func diffusionDampsEachMode() {
        let (diffusion, fold) = (0.25, 3)
        var still = SpectralEquation(
            attention: IsotropicAttention(beta: 5), points: 256, fold: fold)
        var diffusing = SpectralEquation(
            attention: IsotropicAttention(beta: 5, diffusion: diffusion), points: 256, fold: fold)
        let y = Shape.smooth.coefficients(modes: still.modes, isEven: false)
        var (without, with) = (y, y)
        still.derivative(of: y, into: &without, at: 0)
        diffusing.derivative(of: y, into: &with, at: 0)
        for i in 0..<y.count {
            let degree = Double((i / 2 + 1) * fold)
            let expected = without[i] - diffusion * degree * degree * y[i]
            #expect(abs(with[i] - expected) <= 1e-15 * (abs(without[i]) + abs(expected)))
        }
    }
}
