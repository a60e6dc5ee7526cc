import Foundation
import Testing
import TimeIntegration

@testable import MeanField

/// The alignment limit against its closed form, an independent integration, and attention at finite β.
@Suite struct AlignmentFlowTests {
    static let one = PlaneMap(scale: 1)
    static let diagonal = PlaneMap(1, 0, 0, 0.5)
    static let tight = EvolutionOptions(timeTolerance: 1e-12, densityTolerance: 1e-12)

    static func flow(_ value: PlaneMap, product: PlaneMap = one, β: Double = 9) -> AlignmentFlow {
        AlignmentFlow(of: MatrixAttention(beta: β, product: product, value: value))
    }

    static func run(
        _ initial: CircleInitial, _ attention: any CircleAttention, to t: Double
    ) throws -> CircleMeasure {
        var evolution = try CircleEvolution(
            of: StartingMeasure(initial), attention: attention, options: tight)
        while evolution.time < ModelTime(t) {
            try evolution.step(limit: ModelTime(t))
            if evolution.time == ModelTime(t) { break }
            try evolution.finishStep()
        }
        return evolution.measure()
    }

    /// M x.
    static func apply(_ m: PlaneMap, _ x: SIMD2<Double>) -> SIMD2<Double> {
        SIMD2(m.xx * x.x + m.xy * x.y, m.yx * x.x + m.yy * x.y)
    }

    /// e^M by squaring and Taylor's series.
    static func exponential(_ m: PlaneMap) -> PlaneMap {
        let s = 1.0 / 1024
        var (sum, term) = (one, one)
        for n in 1...12 {
            term = term * PlaneMap(scale: s / Double(n)) * m
            sum = PlaneMap(sum.xx + term.xx, sum.xy + term.xy, sum.yx + term.yx, sum.yy + term.yy)
        }
        return (0..<10).reduce(sum) { power, _ in power * power }
    }

    /// det(e^{-tM})/|e^{-tM} x|²/2π: the density of z' = M z from the uniform one.
    static func closedForm(_ map: PlaneMap, _ t: Double, at θ: Double) -> Double {
        let back = exponential(PlaneMap(scale: -t) * map)
        let x = apply(back, SIMD2(cos(θ), sin(θ)))
        let determinant = back.xx * back.yy - back.xy * back.yx
        return determinant / (x * x).sum() / (2 * .pi)
    }

    // MARK: The velocity

    @Test(arguments: MatrixReference.cases.indices) func velocity(index: Int) {
        let c = MatrixReference.cases[index]
        let product = c.key.transposed * c.query
        let flow = Self.flow(c.value, product: product)
        guard flow.conditionNumber < 1e12 else {
            #expect(c.name == "singular" || c.name == "zero Q")
            return
        }
        for θ in stride(from: -3.0, to: 3.5, by: 0.37) {
            let x = SIMD2(cos(θ), sin(θ))
            let y = Self.apply(product, x)
            let v = Self.apply(c.value, y) / (y * y).sum().squareRoot()
            let tangential = x.x * v.y - x.y * v.x
            #expect(abs(flow.velocity(at: θ) - tangential) <= 4e-15 * c.value.norm)
            #expect(abs(tangential) <= flow.velocityScale * (1 + 1e-14))
            let turned = flow.turned(by: 0.8).velocity(at: θ - 0.8)
            #expect(abs(turned - tangential) <= 1e-14 * c.value.norm * product.norm)
        }
    }

    @Test func multiplesOfTheIdentityMoveNothing() {
        let flow = Self.flow(PlaneMap(scale: -2), product: PlaneMap(scale: 3))
        #expect((0..<100).allSatisfy { flow.velocity(at: 0.1 * Double($0)) == 0 })
        #expect(flow.velocityScale == 0 && flow.mostUnstableDegree == nil && !flow.attracts)
    }

    /// Spectral and panels have the same field.
    @Test func modesAreThoseOfTheVelocity() throws {
        let flow = Self.flow(PlaneMap(0.4, 1, -0.3, 0.8), product: PlaneMap(1, 0.4, 0, 0.7))
        #expect(flow.hasSpectralForm)
        var equation = SpectralEquation(attention: flow, points: 1024)
        var y = [Double](repeating: 0, count: equation.dimension)
        var dy = y
        (y[0], y[1], y[3]) = (0.1, 0.05, -0.1)
        equation.derivative(of: y, into: &dy, at: 0)
        // -ik (ρ v)^_k by the trapezoidal rule.
        let n = 512
        for k in 1...40 {
            var sum = Complex.zero
            for j in 0..<n {
                let θ = 2 * .pi * Double(j) / Double(n)
                let ρ =
                    (1 + 2 * (y[0] * cos(θ) - y[1] * sin(θ)) - 2 * y[3] * sin(2 * θ)) / Double(n)
                sum =
                    sum
                    + Complex(size: ρ * flow.velocity(at: θ), angle: -Double(k) * θ)
            }
            let exact = Complex(0, -Double(k)) * sum
            #expect(abs(dy[2 * k - 2] - exact.re) < 1e-14 * Double(k))
            #expect(abs(dy[2 * k - 1] - exact.im) < 1e-14 * Double(k))
        }
    }

    @Test func nearlySingularMapsAreFollowedByPanels() throws {
        let product = PlaneMap(1, 0, 0, 0.02)
        let flow = Self.flow(PlaneMap(1, 0.3, 0.2, 0.5), product: product)
        #expect(!flow.hasSpectralForm && abs(flow.conditionNumber - 50) < 1e-12)
        let measure = try Self.run(.uniform, flow, to: 1)
        #expect(!measure.isSmooth)
        try Self.expectFlow(measure, of: flow, t: 1, tolerance: 1e-9)
    }

    // MARK: Densities

    @Test func densityOfTheTable() throws {
        // theory.md 5.
        let measure = try Self.run(
            .uniform, Self.flow(Self.diagonal), to: 2)
        let ρ = Self.density(measure, at: 0.3)
        #expect(abs(ρ - 0.2776869340757446) < 1e-11)
        let exact = Self.closedForm(Self.diagonal, 2, at: 0.3)
        #expect(abs(exact - 0.2776869340757446) < 1e-14)
    }

    /// ρ(θ), whatever represents it: the mass of arcs over their length, extrapolated to length 0.
    static func density(_ measure: CircleMeasure, at θ: Double) -> Double {
        var means = (0..<5).map { level in
            let h = 0.08 / Double(1 << level)
            return measure.mass(from: θ - h, to: θ + h) / (2 * h)
        }
        for order in 1..<5 {
            let factor = Double(1 << (2 * order))
            for i in (order..<5).reversed() {
                means[i] = (factor * means[i] - means[i - 1]) / (factor - 1)
            }
        }
        return means[4]
    }

    /// KᵀQ is a multiple of an orthogonal map: the flow is that of z' = V KᵀQ z/|KᵀQ|.
    @Test(arguments: [
        (PlaneMap(1, 0, 0, 0.5), PlaneMap(scale: 1)),
        (PlaneMap(1, 0.5, 0.5, 0.2), PlaneMap(0, -2, 2, 0)),
        (PlaneMap(0.3, 1, 0, 0.3), PlaneMap(scale: 0.5)),
        (PlaneMap(-1, 0.4, 0.2, 0.5), PlaneMap(1, 0, 0, -1)),
        (PlaneMap(0.6, -0.8, 0.8, 0.6), PlaneMap(scale: -1)),
        (PlaneMap(1, -2, 0.5, 1), PlaneMap(scale: 1)),
    ]) func densitiesOfTheClosedForm(value: PlaneMap, product: PlaneMap) throws {
        let t = 1.5
        let measure = try Self.run(
            .uniform, Self.flow(value, product: product), to: t)
        let map = PlaneMap(scale: 1 / product.norm) * value * product
        for θ in stride(from: -3.1, to: 3.2, by: 0.1) {
            let exact = Self.closedForm(map, t, at: θ)
            #expect(abs(Self.density(measure, at: θ) - exact) < 1e-10 * max(1, exact), "\(θ)")
        }
    }

    /// The mass between two tokens stays between them, whatever represents it.
    @Test(arguments: [2.0, 8, 20, 40]) func massesStayBetweenTokens(t: Double) throws {
        let measure = try Self.run(.uniform, Self.flow(Self.diagonal), to: t)
        for θ in [0.2, 0.9, 1.5, 1.57, 1.5707963] {
            // tan θ falls as e^{-t/2}.
            let there = atan(tan(θ) * exp(-t / 2))
            // Within 0.025/√β of 0 panels are joined to points, which no arc separates.
            guard there > 0.01 else { continue }
            let mass = measure.mass(from: -there, to: there)
            #expect(abs(mass - θ / .pi) < 1e-10, "θ = \(θ)")
        }
    }

    // MARK: Any Q, K, V

    /// θ' = v(θ), v from the matrices by products alone.
    struct Token: DifferentialEquation {
        let value, product: PlaneMap
        var dimension: Int { 2 }
        mutating func derivative(of z: [Double], into dz: inout [Double], at t: Double) {
            // In the plane, without angles: z' = P_z V KᵀQ z/|KᵀQ z| on |z| = 1.
            let z = SIMD2(z[0], z[1])
            let y = AlignmentFlowTests.apply(product, z)
            let v = AlignmentFlowTests.apply(value, y) / (y * y).sum().squareRoot()
            let p = v - (v * z).sum() / (z * z).sum() * z
            (dz[0], dz[1]) = (p.x, p.y)
        }
        func errorScale(of y: [Double], into scale: inout [Double]) {
            (scale[0], scale[1]) = (1e-13, 1e-13)
        }
    }

    /// Where a token at θ is after t, by an integration of its own.
    static func position(of θ: Double, after t: Double, under flow: AlignmentFlow) throws -> Double
    {
        let token = Token(value: flow.attention.value, product: flow.attention.product)
        var integrator = AdaptiveIntegrator(equation: token, state: [cos(θ), sin(θ)])
        var left = t
        while left > 0 {
            try integrator.step(limit: left)
            left -= integrator.lastStep
        }
        return atan2(integrator.state[1], integrator.state[0])
    }

    /// The mass between two tokens at t is what was there at the start: `share` below an angle.
    static func expectFlow(
        _ measure: CircleMeasure, of flow: AlignmentFlow, t: Double, tolerance: Double,
        share: (Double) -> Double = { $0 / (2 * .pi) }
    ) throws {
        let labels = (0...24).map { 0.1 + 2 * .pi * Double($0) / 24 }
        for (a, b) in zip(labels, labels.dropFirst()) {
            let from = try position(of: a, after: t, under: flow)
            var to = try position(of: b, after: t, under: flow)
            if to < from { to += 2 * .pi }
            let mass = measure.mass(from: from, to: to)
            #expect(abs(mass - (share(b) - share(a))) < tolerance, "from \(a) to \(b)")
        }
    }

    @Test(arguments: [0, 3, 4, 7]) func densitiesOfAnyMatrices(index: Int) throws {
        let c = MatrixReference.cases[index]
        let flow = Self.flow(c.value, product: c.key.transposed * c.query)
        let initial: CircleInitial = .modes([
            .init(degree: 1, cosine: 0.3, sine: 0.2), .init(degree: 3, cosine: 0, sine: -0.1),
        ])
        let measure = try Self.run(initial, flow, to: 1)
        try Self.expectFlow(measure, of: flow, t: 1, tolerance: 1e-10) { θ in
            (θ + 0.3 * sin(θ) - 0.2 * cos(θ) + 0.1 / 3 * cos(3 * θ)) / (2 * .pi)
        }
    }

    @Test func atomsOfAnyMatrices() throws {
        let angles = [-2.0, -0.4, 0.3, 1.7]
        for c in MatrixReference.cases where c.name != "singular" && c.name != "zero Q" {
            let flow = Self.flow(c.value, product: c.key.transposed * c.query)
            let atoms = try Self.run(
                .atoms(angles: angles, masses: [0.1, 0.2, 0.3, 0.4]), flow, to: 3)
            let (found, masses) = atoms.points
            for (θ, mass) in zip(angles, [0.1, 0.2, 0.3, 0.4]) {
                let exact = try Self.position(of: θ, after: 3, under: flow)
                let nearest = found.indices.min {
                    abs(remainder(found[$0] - exact, 2 * .pi))
                        < abs(remainder(found[$1] - exact, 2 * .pi))
                }!
                #expect(abs(remainder(found[nearest] - exact, 2 * .pi)) < 1e-11, "\(c.name)")
                #expect(masses[nearest] == mass)
            }
        }
    }

    // MARK: Rotation

    @Test func tokensComeBackAfterATurn() throws {
        for (value, product) in [
            (PlaneMap(1, -2, 0.5, 1), PlaneMap(1, 0.4, 0, 0.7)),
            (PlaneMap(0.2, 1, -3, 0.1), Self.one),
        ] {
            let flow = Self.flow(value, product: product)
            let period = 2 * .pi / abs(try #require(flow.meanRotation))
            for θ in [0.3, 2.0] {
                let end = try Self.position(of: θ, after: period, under: flow)
                #expect(abs(remainder(end - θ, 2 * .pi)) < 1e-11)
            }
        }
        // z' = V z turns at the imaginary part of its eigenvalues.
        let spiral = Self.flow(PlaneMap(1, -2, 0.5, 1)).meanRotation
        #expect(abs(try #require(spiral) - 1) < 1e-13)
        #expect(Self.flow(Self.diagonal).meanRotation == nil)
        #expect(Self.flow(PlaneMap(1, 1, 0, 1)).meanRotation == nil)
    }

    // MARK: Against finite β

    /// The density at 64 angles and c_2 = tanh(t/4) of attention at finite β.
    @Test func attentionTendsToAlignment() throws {
        let t = 2.0
        let angles = (0..<64).map { 2 * .pi * Double($0) / 64 }
        let exact = angles.map { Self.closedForm(Self.diagonal, t, at: $0) }
        var (densities, moments) = ([(β: Double, error: Double)](), [(β: Double, error: Double)]())
        for β in [25.0, 50, 100, 200, 400, 800, 1600] {
            let attention = MatrixAttention(beta: β, product: Self.one, value: Self.diagonal)
            let measure = try Self.run(.uniform, attention, to: t)
            let errors = zip(angles, exact).map { abs(Self.density(measure, at: $0) - $1) }
            densities.append((β, errors.max()!))
            moments.append((β, abs(measure.coefficients(upTo: 2).re[2] - tanh(t / 4))))
        }
        HeatLimitTests.printTable("Alignment: max |rho(2) - limit|, V = diag(1, 1/2)", densities)
        HeatLimitTests.printTable("Alignment: |c_2(2) - limit|, V = diag(1, 1/2)", moments)
        #expect(abs(HeatLimitTests.rate(Array(densities.suffix(4))) + 1) < 0.03)
        #expect(abs(HeatLimitTests.rate(Array(moments.prefix(5))) + 1) < 0.03)
    }
}
