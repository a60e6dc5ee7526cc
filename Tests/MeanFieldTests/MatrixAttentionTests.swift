import Foundation
import Spectral
import Testing

@testable import MeanField

@Suite struct MatrixAttentionTests {
    static func mesh(_ angles: [Double], _ masses: [Double]) -> CircleMeasure {
        CircleMeasure(
            content: .mesh(
                CellMesh(sharpness: 1, tolerance: 1e-8, angles: angles, masses: masses)))
    }

    /// Four atoms, β = 2 and 50: v at 0.3, 0.7 (an atom) and 3.5 by mpmath with 40 digits.
    @Test(arguments: [
        (
            0,
            [
                0.1605496446872064, -0.25205957656037878, 0.075670965769241344,
                0.18556048231373557, -0.27737458002535944, 0.085772898325966255,
            ]
        ),
        (
            1,
            [
                0.75927549056572997, 0.63628067191982057, 0.71946868061260505,
                0.69380755948980372, 0.79996144830772681, 0.98972137267476261,
            ]
        ),
        (
            3,
            [
                0.067009161820371682, -0.47558814863369384, 0.055561535090474315,
                -0.21637970460074858, -0.5714251646068234, 0.21395191657651183,
            ]
        ),
        (
            4,
            [
                0.30370652921772971, 0.17995113702808823, 0.05775044876484182,
                0.34173109150183019, 0.6791776865238357, -0.17212461056852845,
            ]
        ),
        (
            5,
            [
                2.9683953048383429, 1.6536335700727755, 3.2404107180082941,
                3.316356942696408, 1.8181088806907944, 3.2988344473426674,
            ]
        ),
        (
            6,
            [
                0.21565116658707376, 0.18415723569199643, -0.2131142713295722,
                0.21565116658707376, 0.18415723569199643, -0.2131142713295722,
            ]
        ),
        (7, [0, 0, 0, 0, 0, 0]),
    ]) func fewAtomsByExtendedPrecision(index: Int, expected: [Double]) {
        let measure = Self.mesh([0.1, 0.7, 2.2, 4], [0.1, 0.2, 0.3, 0.4])
        for (i, β) in [2.0, 50].enumerated() {
            var field = CircleVelocity(
                of: measure, attention: MatrixReference.cases[index].attention(β))
            let v = field.values(at: [0.3, 0.7, 3.5])
            for j in 0..<3 { #expect(abs(v[j] - expected[3 * i + j]) <= 4e-15) }
        }
    }

    #if arch(x86_64)
        /// 800 points, most of them in three clusters of widths 0.3, 0.01 and 1e-7.
        static let points: (angles: [Double], masses: [Double]) = {
            var angles = [Double]()
            for i in 0..<800 {
                let u = (Double(i % 200) + 0.5) / 100 - 1
                let spread = [0.3, 0.01, 1e-7, 3.1][i / 200]
                angles.append([0.4, 2.0, 4.1, 3.14][i / 200] + spread * u)
            }
            return (angles, (0..<800).map { Double(1 + $0 % 7) / 3198 })
        }()

        @Test(arguments: MatrixReference.cases.indices, [0, 0.3, 2, 20, 150, 1e4])
        func velocityIsAccurateEverywhere(index: Int, β: Double) {
            let c = MatrixReference.cases[index]
            let (angles, masses) = Self.points
            var field = CircleVelocity(of: Self.mesh(angles, masses), attention: c.attention(β))
            let targets =
                (0..<40).map { 2 * Double.pi * Double($0) / 40 }
                + stride(from: 0, to: 800, by: 23).map { angles[$0] }
            let values = field.values(at: targets)
            for (x, v) in zip(targets, values) {
                let exact = MatrixReference.softmax(x, angles: angles, masses: masses, c, β: β)
                #expect(abs(v - exact.velocity) <= 1e-10 * exact.size + 1e-300, "at \(x)")
                let log = field.logPotential(at: x)
                // Rounding of the angles alone moves the exponents by 4e-16 b.
                let b = c.attention(β).sharpness
                #expect(abs(log - exact.logWeight) <= 1e-13 + 1e-15 * b)
            }
        }

        @Test func smoothDensities() throws {
            let start = StartingMeasure(
                .modes([
                    .init(degree: 1, cosine: 0.5, sine: 0.2),
                    .init(degree: 3, cosine: 0.1, sine: -0.3),
                ]))
            for c in MatrixReference.cases {
                let attention = c.attention(12)
                let evolution = try CircleEvolution(
                    of: start, attention: attention, options: EvolutionOptions())
                var copy = evolution
                let measure = copy.measure()
                let (angles, masses) = measure.points
                var field = CircleVelocity(of: measure, attention: attention)
                for x in [0, 0.7, 2.5, 4.4, 6] {
                    let exact = MatrixReference.softmax(
                        x, angles: angles, masses: masses, c, β: 12)
                    let v = field.values(at: [x])[0]
                    #expect(abs(v - exact.velocity) <= 1e-10 * exact.size, "\(c.name)")
                }
            }
        }

        /// The equations of atoms and of cells against the sums, at every one of their points.
        @Test(arguments: MatrixReference.cases.indices, [0, 0.3, 2, 20, 150, 1e4])
        func atomsAndCellsMoveByTheSums(index: Int, β: Double) {
            let c = MatrixReference.cases[index]
            let every = stride(from: 0, to: 800, by: 16)
            let angles = every.map { Self.points.angles[$0] }
            let mass = every.reduce(0) { $0 + Self.points.masses[$1] }
            let masses = every.map { Self.points.masses[$0] / mass }
            let free = [Bool](repeating: false, count: angles.count)
            var atoms = AtomEquation(
                attention: c.attention(β), symmetry: .none, masses: masses, isPinned: free,
                tolerance: 1e-12)
            var cells = PointEquation(
                attention: c.attention(β), symmetry: .none, masses: masses, isPinned: free,
                tolerance: 1e-12)
            let ofAtoms = atoms.velocities(at: angles)
            var ofCells = angles
            cells.derivative(of: angles, into: &ofCells, at: 0)
            for i in angles.indices {
                let exact = MatrixReference.softmax(
                    angles[i], angles: angles, masses: masses, c, β: β)
                let allowed = 1e-10 * exact.size + 1e-300
                #expect(abs(ofAtoms[i] - exact.velocity) <= allowed)
                #expect(abs(ofCells[i] - exact.velocity) <= allowed)
            }
        }

        /// log ∬ e^{β<Qx,Ky>} dμ dμ = log Σ_i m_i e^{log W(x_i)}.
        @Test(arguments: MatrixReference.cases.indices, [0.3, 2, 20, 150, 1e4])
        func interactionIsTheDoubleSum(index: Int, β: Double) {
            let c = MatrixReference.cases[index]
            let (angles, masses) = Self.points
            let logs = zip(angles, masses).map { x, m in
                log(m)
                    + MatrixReference.softmax(x, angles: angles, masses: masses, c, β: β).logWeight
            }
            let top = logs.max()!
            let exact = top + log(logs.reduce(0) { $0 + exp($1 - top) })
            let found = c.attention(β).interaction(of: Self.mesh(angles, masses))
            guard case .logarithm(let logarithm) = found else {
                Issue.record("no logarithm")
                return
            }
            #expect(abs(logarithm - exact) <= 1e-12 + 1e-15 * c.attention(β).sharpness)
        }

        /// Two atoms far apart: with V a multiple of the identity their drift is e^{-cβ} and right.
        @Test(arguments: [30.0, 200]) func driftOfSeparatedAtomsIsRelativelyAccurate(β: Double) {
            // <x,KᵀQ x> is the largest for both, so that each attends to itself.
            let c = MatrixReference.Case(
                name: "slow", query: PlaneMap(1, 0.2, 0.1, 1.3), key: MatrixReference.identity,
                value: MatrixReference.identity)
            let (angles, masses) = ([0.3, 1.9], [0.6, 0.4])
            var equation = AtomEquation(
                attention: c.attention(β), symmetry: .none, masses: masses,
                isPinned: [false, false], tolerance: 1e-12)
            let v = equation.velocities(at: angles)
            for i in 0..<2 {
                let exact = MatrixReference.softmax(
                    angles[i], angles: angles, masses: masses, c, β: β)
                #expect(exact.velocity != 0)
                #expect(abs(v[i] - exact.velocity) <= 1e-12 * abs(exact.velocity))
            }
        }
    #endif

    @Test func anIsolatedAtomMovesByItsOwnValue() {
        for c in MatrixReference.cases {
            for θ in [0, 0.4, 2.9] {
                let x = (cos(θ), sin(θ))
                let v = c.value
                let own =
                    x.0 * (v.yx * x.0 + v.yy * x.1) - x.1 * (v.xx * x.0 + v.xy * x.1)
                for β in [0.0, 7, 1e4] {
                    var equation = AtomEquation(
                        attention: c.attention(β), symmetry: .none, masses: [1],
                        isPinned: [false], tolerance: 1e-12)
                    let velocity = equation.velocities(at: [θ])[0]
                    #expect(abs(velocity - own) <= 1e-15 * max(1, v.norm))
                    if v == MatrixReference.identity { #expect(velocity == 0) }
                }
            }
        }
    }

    @Test func normalizations() {
        let measure = Self.mesh([0.1, 0.7, 2.2, 4], [0.1, 0.2, 0.3, 0.4])
        for c in MatrixReference.cases {
            let b = c.attention(3).sharpness
            func field(_ normalization: Normalization) -> CircleVelocity {
                CircleVelocity(of: measure, attention: c.attention(3, normalization))
            }
            var (softmax, plain, rescaled) = (field(.softmax), field(.none), field(.rescaled))
            for x in [0.1, 1.3, 5] {
                let v = softmax.values(at: [x])[0]
                let weight = exp(softmax.logPotential(at: x))
                let expected = v * weight
                #expect(abs(plain.values(at: [x])[0] - expected) <= 1e-13 * exp(b) * c.value.norm)
                #expect(
                    abs(rescaled.values(at: [x])[0] - expected * exp(-b))
                        <= 1e-13 * c.value.norm)
            }
        }
    }

    // MARK: Spectral form

    @Test func multiplesOfTheIdentityGiveTheConvolution() {
        for normalization in Normalization.allCases {
            for (β, v) in [(4.0, 1.0), (-3, 0.7), (0, -1)] {
                let plain = IsotropicAttention(
                    beta: β, value: v, normalization: normalization, diffusion: 0.1)
                let matrix = MatrixAttention(
                    beta: abs(β), product: PlaneMap(scale: β < 0 ? -1 : 1),
                    value: PlaneMap(scale: v), normalization: normalization, diffusion: 0.1)
                for fold in [1, 2, 3] {
                    var a = SpectralEquation(attention: plain, points: 192, fold: fold)
                    var b = SpectralEquation(attention: matrix, points: 192, fold: fold)
                    let y = Self.coefficients(a.modes)
                    var (da, db) = (y, y)
                    a.derivative(of: y, into: &da, at: 0)
                    b.derivative(of: y, into: &db, at: 0)
                    let size = da.reduce(0) { max($0, abs($1)) }
                    for i in y.indices { #expect(abs(da[i] - db[i]) <= 1e-13 * size) }
                }
            }
        }
    }

    static func coefficients(_ modes: Int) -> [Double] {
        (0..<(2 * modes)).map { i in
            let j = Double(i / 2 + 1)
            return 0.3 * exp(-0.5 * j) * (i % 2 == 0 ? cos(0.7 * j) : sin(1.3 * j))
        }
    }

    @Test(arguments: MatrixReference.cases.indices, Normalization.allCases)
    func spectralEquationTransportsByTheVelocity(index: Int, normalization: Normalization) {
        let attention = MatrixReference.cases[index].attention(3, normalization)
        for points in [96, 1536] {
            var equation = SpectralEquation(attention: attention, points: points)
            let y = Self.coefficients(equation.modes)
            var dy = y
            equation.derivative(of: y, into: &dy, at: 0)
            let measure = equation.measure(of: y, symmetry: .none)
            var field = CircleVelocity(of: measure, attention: attention)
            let n = 512
            let angles = (0..<n).map { 2 * Double.pi * Double($0) / Double(n) }
            let v = field.values(at: angles)
            let scale = max(attention.velocityScale, 1e-300)
            for k in [1, 2, 5, 11] {
                var (re, im) = (0.0, 0.0)
                for (x, u) in zip(angles, v) {
                    let flux = equation.density(of: y, at: x) * u * 2 * .pi / Double(n)
                    re += flux * cos(Double(k) * x)
                    im -= flux * sin(Double(k) * x)
                }
                // dc_k/dt = -ik (ρv)_k.
                #expect(abs(dy[2 * k - 2] - Double(k) * im) <= 1e-12 * scale * Double(k))
                #expect(abs(dy[2 * k - 1] + Double(k) * re) <= 1e-12 * scale * Double(k))
            }
        }
    }

    @Test(arguments: MatrixReference.cases.indices, Normalization.allCases)
    func jacobianIsTheDerivative(index: Int, normalization: Normalization) {
        let attention = MatrixReference.cases[index].attention(2, normalization, diffusion: 0.1)
        for fold in [1, 2] {
            var equation = SpectralEquation(attention: attention, points: 64, fold: fold)
            var jacobian = equation.jacobian
            let n = equation.dimension
            let y = Self.coefficients(equation.modes)
            var matrix = [Double](repeating: 0, count: n * n)
            jacobian.evaluate(at: y, into: &matrix)
            let size = matrix.reduce(0) { max($0, abs($1)) }
            var (plus, minus) = (y, y)
            for column in [0, 1, 2, 5, 10, 17] {
                var (up, down) = (y, y)
                up[column] += 1e-5
                down[column] -= 1e-5
                equation.derivative(of: up, into: &plus, at: 0)
                equation.derivative(of: down, into: &minus, at: 0)
                for row in 0..<n {
                    let slope = (plus[row] - minus[row]) / 2e-5
                    #expect(abs(matrix[row * n + column] - slope) < 1e-8 * size)
                }
            }
        }
    }

    @Test func growthRatesOfRotatingAttention() throws {
        // Multiples of the identity: the rates of the linear theory.
        let scalar = MatrixAttention(
            beta: 5, product: PlaneMap(scale: 1), value: PlaneMap(scale: 1), diffusion: 0.02)
        let theory = try #require(RotatingTheory(attention: scalar))
        let known = LinearTheory(inverseTemperature: 5, diffusion: 0.02)
        for k in 1...12 {
            #expect(abs(theory.growthRate(degree: k) - known.growthRate(degree: k)) < 1e-13)
        }
        #expect(theory.mostUnstableDegree == known.mostUnstableDegree)
        #expect(abs(theory.criticalDiffusion! - known.criticalDiffusion!) < 1e-14)
        // Rotations: the Jacobian of the equation about the uniform density.
        for normalization in Normalization.allCases {
            let attention = MatrixAttention(
                beta: 3, product: PlaneMap(0.6, -0.8, 0.8, 0.6),
                value: PlaneMap(0.8, -0.7, 0.7, 0.8), normalization: normalization)
            let rates = try #require(RotatingTheory(attention: attention))
            let equation = SpectralEquation(attention: attention, points: 64)
            var jacobian = equation.jacobian
            let n = equation.dimension
            var matrix = [Double](repeating: 0, count: n * n)
            jacobian.evaluate(at: [Double](repeating: 0, count: n), into: &matrix)
            for k in 1...6 {
                let i = 2 * k - 2
                #expect(
                    abs(matrix[i * n + i] - rates.growthRate(degree: k))
                        < 1e-12 * attention.velocityScale)
            }
        }
        let diagonal = MatrixReference.cases.last!.attention(3)
        #expect(RotatingTheory(attention: diagonal) == nil)
    }

    // MARK: Simplest form, symmetry

    @Test func simplestForm() {
        func simplest(_ q: PlaneMap, _ k: PlaneMap, _ v: PlaneMap) -> any CircleAttention {
            MatrixAttention.simplest(beta: 2, query: q, key: k, value: v)
        }
        let turn = PlaneMap(rotation: 1.1)
        let one = PlaneMap(scale: 1)
        #expect(
            simplest(PlaneMap(scale: 3), PlaneMap(scale: -0.1), one) as? IsotropicAttention
                == IsotropicAttention(beta: 2, query: 3, key: -0.1))
        let turned = simplest(turn, turn, one) as? IsotropicAttention
        #expect(abs(turned!.inverseTemperature - 2) < 1e-15)
        #expect(simplest(turn, one, one) is MatrixAttention)
        #expect(simplest(one, one, PlaneMap(1, 0, 0, 1 - 1e-12)) is MatrixAttention)
        #expect(simplest(PlaneMap(scale: 0), one, PlaneMap(scale: 0)) is IsotropicAttention)
        #expect(simplest(PlaneMap(scale: 0), one, PlaneMap(1, 0, 0, 0)) is MatrixAttention)
    }

    @Test func keptSymmetry() {
        let diagonal = MatrixReference.cases.last!.attention(3)
        let uniform = diagonal.keptSymmetry(of: StartingMeasure(.uniform))
        #expect(uniform == DihedralSymmetry(fold: 2, reflects: true, origin: 0))
        func modes(_ list: [(Int, Double, Double)]) -> StartingMeasure {
            StartingMeasure(
                .modes(list.map { CircleInitial.Mode(degree: $0.0, cosine: $0.1, sine: $0.2) }))
        }
        #expect(diagonal.keptSymmetry(of: modes([(4, 0.1, 0)])).fold == 2)
        #expect(diagonal.keptSymmetry(of: modes([(4, 0.1, 0)])).reflects)
        #expect(diagonal.keptSymmetry(of: modes([(3, 0.1, 0)])).fold == 1)
        #expect(diagonal.keptSymmetry(of: modes([(3, 0.1, 0)])).reflects)
        // An axis of the start that is none of the attention.
        #expect(!diagonal.keptSymmetry(of: modes([(1, 0.1, 0.1)])).reflects)
        let rotation = MatrixReference.cases[1].attention(3)
        let kept = rotation.keptSymmetry(of: modes([(3, 0.1, 0)]))
        #expect(kept.fold == 3 && !kept.reflects)
    }
}
