import Foundation
import Testing
import TimeIntegration

@testable import MeanField

/// The pairing limit: its closed form, its evolution, and softmax attention beside it.
@Suite struct PairingLimitTests {
    static func attention(_ β: Double, limit: LimitEquation = .pairing, value: Double = 1)
        -> IsotropicAttention
    {
        IsotropicAttention(beta: β, value: value, limit: limit)
    }

    static func evolution(
        _ angles: [Double], _ masses: [Double], _ attention: IsotropicAttention,
        keepsSymmetry: Bool = true
    ) throws -> CircleEvolution {
        var options = EvolutionOptions()
        options.keepsSymmetry = keepsSymmetry
        return try CircleEvolution(
            of: StartingMeasure(.atoms(angles: angles, masses: masses)), attention: attention,
            options: options)
    }

    @Test func closedFormOfEqualMasses() {
        let flow = PairingFlow(inverseTemperature: 9)
        #expect(flow.rate == 2 && flow.firstShare == 0.5)
        let δ = flow.gap(from: 1, after: 0.5)
        #expect(abs(cos(δ) - 0.9223554307665154) < 2e-16)
        for s in [0.0, 0.2, 3] {
            let exact = tanh(2 * s + atanh(cos(2.0)))
            #expect(abs(cos(flow.gap(from: 2, after: s)) - exact) < 1e-15)
        }
    }

    @Test func closedFormOfUnequalMasses() throws {
        // y_i' = (m_j/m_i) P_{y_i} y_j, integrated.
        struct Pair: DifferentialEquation {
            let dimension = 2
            let m: SIMD2<Double>
            mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
                dy[0] = m.y / m.x * sin(y[1] - y[0])
                dy[1] = -m.x / m.y * sin(y[1] - y[0])
            }
            func errorScale(of y: [Double], into scale: inout [Double]) { scale = [1e-14, 1e-14] }
        }
        let flow = PairingFlow(inverseTemperature: 9, masses: [0.2, 0.5])
        var integrator = AdaptiveIntegrator(equation: Pair(m: [0.2, 0.5]), state: [0, 2])
        var s = 0.0
        while s < 0.7 {
            try integrator.step(limit: 0.7 - s)
            s += integrator.lastStep
        }
        let y = integrator.state
        let gap = flow.gap(from: 2, after: s)
        #expect(abs(y[1] - y[0] - gap) < 1e-12)
        #expect(abs(y[0] - flow.firstShare * (2 - gap)) < 1e-12)
        #expect(abs(flow.firstShare - 0.25 / 0.29) < 1e-15)
    }

    @Test(arguments: [(9.0, 1.0), (40, 2.5), (400, 3)]) func timeIsTheIntegralOfItsRate(
        β: Double, gap: Double
    ) {
        // dt/dδ = e^{βu}/(κ sin δ): Gauss panels in δ, scaled by e^{βu₀}.
        let flow = PairingFlow(inverseTemperature: β, value: 2, masses: [0.3, 0.6])
        let (a, b) = (0.1, gap)
        let pieces = 400
        var sum = 0.0
        let rule = CellMesh.panel
        let top = 2 * β * sin(gap / 2) * sin(gap / 2)
        for i in 0..<pieces {
            let width = (b - a) / Double(pieces)
            for (x, w) in zip(rule.nodes, rule.weights) {
                let δ = a + width * (Double(i) + (x + 1) / 2)
                let u = 2 * sin(δ / 2) * sin(δ / 2)
                sum += w * width / 2 * exp(β * u - top) / (sin(δ) * flow.rate * 2)
            }
        }
        let time = flow.time(from: gap, to: a)
        #expect(abs(time.logarithm - (log(sum) + top)) < 1e-12 * max(1, top))
    }

    @Test(arguments: [(9.0, 1.0), (9, 2.5), (100, 1.5), (400, 3)]) func twoAtomsFollowTheClosedForm(
        β: Double, gap: Double
    ) throws {
        for masses in [[0.5, 0.5], [0.2, 0.8]] {
            let flow = PairingFlow(
                inverseTemperature: β, value: 3, masses: [masses[0], masses[1]])
            // Until e^{βu} has fallen to a fifth: later the gap moves fast against the time passed.
            let u = 2 * sin(gap / 2) * sin(gap / 2) - 1.6 / β
            let end = 2 * asin((u / 2).squareRoot())
            var evolution = try Self.evolution(
                [0.4, 0.4 + gap], masses, Self.attention(β, value: 3))
            let time = flow.time(from: gap, to: end)
            while evolution.time < time {
                try evolution.step(limit: time)
                try evolution.finishStep()
            }
            #expect(evolution.time == time)
            let angles = evolution.measure().points.angles.sorted()
            let first = 0.4 + flow.firstShare * (gap - end)
            #expect(abs(angles[1] - angles[0] - end) < 1e-9 / β, "\(masses)")
            #expect(abs(angles[0] - first) < 1e-9 / β, "\(masses)")
        }
    }

    @Test(arguments: [(9.0, 1.0), (100, 1.5), (400, 3)]) func everyPairMeets(
        β: Double, gap: Double
    ) throws {
        for masses in [[0.5, 0.5], [0.2, 0.8], [0.01, 0.99]] {
            let flow = PairingFlow(inverseTemperature: β, masses: [masses[0], masses[1]])
            var evolution = try Self.evolution([0.4, 0.4 + gap], masses, Self.attention(β))
            let time = flow.time(from: gap, to: 3e-8 / β)
            while evolution.representation.size > 1 {
                try evolution.step(limit: time + time)
                try evolution.finishStep()
                try #require(evolution.steps < 20000)
            }
            // Within the last step, to the local errors of the time integration.
            func error(_ t: ModelTime) -> Double {
                ModelTime.difference(t, time, inUnitsOfTwoTo: time.exponent)
            }
            #expect(error(evolution.time) > -1e-9, "\(masses)")
            #expect(error(evolution.previousTime) < 1e-9, "\(masses)")
            let meeting = 0.4 + flow.firstShare * gap
            #expect(abs(evolution.measure().points.angles[0] - meeting) < 1e-9 / β.squareRoot())
        }
    }

    @Test func onlyTheClosestPairMoves() throws {
        var evolution = try Self.evolution(
            [0, 1.2, 2, 4.5], [0.1, 0.2, 0.3, 0.4], Self.attention(30))
        try evolution.step(limit: nil)
        try evolution.finishStep()
        let (angles, _) = evolution.measure().points
        #expect(angles[0] == 0 && angles[3] == 4.5)
        #expect(angles[1] > 1.2 && angles[2] < 2)
        // Shares m_j² : m_i².
        #expect(abs((angles[1] - 1.2) / (2 - angles[2]) - 0.09 / 0.04) < 1e-6)
    }

    @Test func fiveAtomsMergeInTheOrderOfTheirGaps() throws {
        // Gaps 0.4, 0.5, 0.8, 1.5, then across the seam; plateaus of Σ m_i² (arXiv:2410.06833).
        let angles = [0, 0.4, 0.9, 1.7, 3.2]
        var evolution = try Self.evolution(
            angles, [Double](repeating: 0.2, count: 5), Self.attention(100))
        var heights = [Double]()
        var times = [Double]()
        while evolution.representation.size > 1 && evolution.steps < 5000 {
            let height = evolution.measure().points.masses.reduce(0) { $0 + $1 * $1 }
            if abs((heights.last ?? 0) - height) > 1e-9 {
                heights.append(height)
                times.append(evolution.time.log10)
            }
            try evolution.step(limit: nil)
            try evolution.finishStep()
        }
        heights.append(evolution.measure().points.masses.reduce(0) { $0 + $1 * $1 })
        for (height, exact) in zip(heights, [0.2, 0.28, 0.44, 0.68, 1]) {
            #expect(abs(height - exact) < 1e-12)
        }
        #expect(heights.count == 5 && times.count == 4)
        // First merger: log t ≈ β(1 - cos 0.4).
        #expect(abs(times[1] * log(10) / 100 - (1 - cos(0.4))) < 0.05)
    }

    @Test func tiedPairsMoveTogetherAndPolygonsRest() throws {
        // Two pairs of the same gap, without any symmetry of the masses.
        var evolution = try Self.evolution(
            [0, 1, 3, 4], [0.2, 0.2, 0.3, 0.3], Self.attention(20), keepsSymmetry: false)
        let time = PairingFlow(inverseTemperature: 20).time(from: 1, to: 0.4)
        while evolution.time < time {
            try evolution.step(limit: time)
            try evolution.finishStep()
        }
        let angles = evolution.measure().points.angles
        #expect(abs(angles[1] - angles[0] - 0.4) < 1e-7)
        #expect(abs(angles[3] - angles[2] - 0.4) < 1e-7)
        let third = 2 * Double.pi / 3
        var polygon = try Self.evolution(
            [0.2, 0.2 + third, 0.2 + 2 * third], [1 / 3.0, 1 / 3, 1 / 3], Self.attention(20))
        #expect(polygon.drift() == (0, 0))
        var single = try Self.evolution([1], [1], Self.attention(20))
        #expect(single.drift() == (0, 0))
    }

    @Test func symmetricPairsFollowTheClosedForm() throws {
        // Twofold, with mirrors or without: one orbit, gap across the axis or the seam.
        for (angles, gap) in [
            ([0.3, 1.1, 0.3 + .pi, 1.1 + .pi], 0.8), ([-0.4, 0.4, 2.9, -2.9], 2 * (.pi - 2.9)),
        ] {
            var evolution = try Self.evolution(
                angles, [0.25, 0.25, 0.25, 0.25], Self.attention(15))
            #expect(!evolution.symmetry.isTrivial)
            let time = PairingFlow(inverseTemperature: 15).time(from: gap, to: 0.3)
            while evolution.time < time {
                try evolution.step(limit: time)
                try evolution.finishStep()
            }
            let found = evolution.measure().points.angles.sorted()
            let gaps = zip(found, found.dropFirst() + [found[0] + 2 * .pi]).map { $1 - $0 }
            #expect(abs(gaps.min()! - 0.3) < 1e-7)
        }
    }

    @Test func manyAtomsStayAtoms() throws {
        // More than are summed pair by pair under attention; gaps grow from 0.003 to 0.009.
        let angles = (0..<1000).map { 0.003 * Double($0) + 3e-6 * Double($0 * $0) }
        var evolution = try Self.evolution(
            angles, [Double](repeating: 1e-3, count: 1000), Self.attention(1e6))
        for _ in 0..<10 {
            try evolution.step(limit: nil)
            try evolution.finishStep()
        }
        #expect(evolution.representation.kind == "atoms")
        let found = evolution.measure().points.angles
        #expect(found[0] > 0 && found[1] < angles[1] && found[999] == angles[999])
        #expect(Array(found[2...]) == Array(angles[2...]))
    }

    // MARK: Against finite β

    /// Softmax attention in the running time of its closest pair, dt = e^{β(1 - <x₀, x₁>)} ds.
    struct RunningTime: DifferentialEquation {
        let β: Double
        var atoms: AtomEquation
        var dimension: Int { atoms.dimension }
        mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
            atoms.derivative(of: y, into: &dy, at: t)
            let scale = exp(β * (1 - cos(y[1] - y[0])))
            for i in dy.indices { dy[i] *= scale }
        }
        func errorScale(of y: [Double], into scale: inout [Double]) {
            for i in scale.indices { scale[i] = 1e-12 }
        }
    }

    /// max over s of |<x₀, x₁> - tanh(2s + artanh <x₀, x₁>(0))|.
    static func largestError(_ angles: [Double], β: Double) throws -> Double {
        let n = angles.count
        let equation = RunningTime(
            β: β,
            atoms: AtomEquation(
                attention: attention(β, limit: .none), symmetry: .none,
                masses: [Double](repeating: 1 / Double(n), count: n),
                isPinned: [Bool](repeating: false, count: n), tolerance: 1e-13))
        var integrator = AdaptiveIntegrator(equation: equation, state: angles)
        let flow = PairingFlow(inverseTemperature: β)
        let gap = angles[1] - angles[0]
        var (s, largest) = (0.0, 0.0)
        while flow.gap(from: gap, after: s) > 0.1 / β.squareRoot() {
            try integrator.step(limit: .infinity)
            for i in 1...20 {
                let y = integrator.state(at: Double(i) / 20)
                let here = s + integrator.lastStep * Double(i) / 20
                let error = cos(flow.gap(from: gap, after: here)) - cos(y[1] - y[0])
                largest = max(largest, abs(error))
            }
            s += integrator.lastStep
        }
        return largest
    }

    @Test func attentionTendsToPairing() throws {
        for angles in [[0, 1.0], [0, 1.0, 2.6]] {
            var rows = [(β: Double, error: Double)]()
            for β in [9.0, 16, 25, 50, 100] {
                rows.append((β, try Self.largestError(angles, β: β)))
            }
            HeatLimitTests.printTable(
                "Pairing, \(angles.count) atoms: max over s of the error of <x_i, x_j>", rows)
            #expect(abs(HeatLimitTests.rate(Array(rows.dropFirst())) + 1) < 0.02)
            // max_w w(1 - e^{-E₁(w)}) = 0.219358798368477.
            #expect(abs(rows[4].error * 100 - 0.2193588) < 0.004)
        }
    }
}
