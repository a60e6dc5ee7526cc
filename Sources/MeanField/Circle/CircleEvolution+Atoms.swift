import Foundation
import TimeIntegration

// Atoms: their unit of time, and how they are joined.

extension CircleEvolution {
    /// Most atoms that are summed pair by pair with full relative accuracy.
    static let fewAtoms = 512

    /// Representatives of the orbits of atoms, ascending.
    struct AtomList {
        var angles: [Double]
        var masses: [Double]
        var isPinned: [Bool]
    }

    /// Goes on with `list`, in a unit of time of its own, at most 2^`longestUnit`.
    ///
    /// Forward Euler keeps its steps in the papers' time.
    mutating func moveAtoms(
        _ list: AtomList, controller: StepController?, longestUnit: Int = .max
    ) {
        let old = atoms?.equation.timeUnit ?? 0
        var equation = atomEquation(masses: list.masses, isPinned: list.isPinned)
        if hasClock {
            equation.timeUnit = min(equation.suitableUnit(at: list.angles) ?? old, longestUnit)
        }
        let next =
            atoms?.controller(inUnit: equation.timeUnit, from: controller)
            ?? (atoms == nil ? controller : nil)
        atoms = AdaptiveIntegrator(
            equation: equation, state: equation.unknowns(at: list.angles), controller: next,
            method: options.method)
        spectral = nil
        cells = nil
        mesh = nil
    }

    private func atomEquation(masses: [Double], isPinned: [Bool]) -> AtomEquation {
        AtomEquation(
            attention: frameAttention, symmetry: symmetry, masses: masses, isPinned: isPinned,
            tolerance: atomTolerance, hasClock: options.eulerStep == nil)
    }

    /// Merge times multiply an error of the gap by β sin: keep it far below the tolerance.
    private var atomTolerance: Double {
        max(1e-2 * options.timeTolerance / sharpness, 4e-16)
    }

    /// The angles of the atoms now.
    var atomAngles: [Double] { atoms!.equation.angles(of: atoms!.state) }

    /// Goes on with stored atoms in their stored unit of time.
    mutating func resumeAtoms(_ state: EvolutionState, controller: StepController) {
        var equation = atomEquation(masses: state.masses, isPinned: state.isPinned)
        equation.timeUnit = state.parameter
        atoms = AdaptiveIntegrator(
            equation: equation, state: equation.unknowns(at: state.unknowns),
            controller: controller, method: options.method)
    }

    /// Leaves a unit of time in which `limit` is very short: up to there atoms hardly move.
    mutating func shortenUnit(to limit: ModelTime) {
        guard let atoms, atoms.outlasts(limit) else { return }
        let equation = atoms.equation
        let list = AtomList(
            angles: atomAngles, masses: equation.masses, isPinned: equation.isPinned)
        moveAtoms(list, controller: nil, longestUnit: limit.exponent)
        // All the way, less than two units, in one step.
        self.atoms!.controller = StepController(firstStep: 4)
    }

    /// Whether the last unknown is the time.
    var hasClock: Bool { atoms?.equation.hasClock ?? false }

    mutating func finishAtomStep() {
        let equation = atoms!.equation
        var list = AtomList(
            angles: atomAngles, masses: equation.masses, isPinned: equation.isPinned)
        if options.joinsTokens && joinAtoms(&list, velocities: atoms!.derivative) {
            moveAtoms(list, controller: atoms!.controller)
            return
        }
        if hasClock, let unit = atoms!.equation.suitableUnit(at: list.angles),
            atoms!.needsUnit(unit)
        {
            moveAtoms(list, controller: atoms!.controller)
        }
    }

    /// Brings atoms that have crossed an axis of reflection back by that reflection, in order.
    ///
    /// Nodes of a panel that ends at a repelling axis may be interpolated beyond it.
    func fold(_ list: inout AtomList) {
        guard symmetry.reflects else { return }
        let angles = list.angles.map { abs(remainder($0, symmetry.period)) }
        let order = angles.indices.sorted { angles[$0] < angles[$1] }
        list = AtomList(
            angles: order.map { angles[$0] }, masses: order.map { list.masses[$0] },
            isPinned: order.map { list.isPinned[$0] })
    }

    /// Joins contracting neighbours within 3e-8/b at their centre of mass; `true` if any were joined.
    ///
    /// What is lost is the variance of the pair, (b·gap)² of the force: below rounding. Without
    /// velocities only coinciding atoms are joined.
    @discardableResult
    func joinAtoms(_ list: inout AtomList, velocities: [Double]?) -> Bool {
        let reach = velocities == nil ? 0 : 3e-8 / sharpness
        var v = velocities ?? [Double](repeating: 0, count: list.angles.count)
        var joined = false
        func contracts(_ gap: Double, _ closing: Double) -> Bool {
            // Atoms never pass one another: a negative gap is a step too long for the contraction.
            gap <= reach && (gap <= 0 || closing < 0)
        }
        var i = 0
        while i + 1 < list.angles.count {
            let gap = list.angles[i + 1] - list.angles[i]
            guard contracts(gap, v[i + 1] - v[i]) else {
                i += 1
                continue
            }
            let (m, n) = (list.masses[i], list.masses[i + 1])
            let isPinned = list.isPinned[i] || list.isPinned[i + 1]
            list.angles[i] =
                list.isPinned[i]
                ? list.angles[i]
                : list.isPinned[i + 1] ? list.angles[i + 1] : list.angles[i] + gap * (n / (m + n))
            list.masses[i] = m + n
            list.isPinned[i] = isPinned
            list.angles.remove(at: i + 1)
            list.masses.remove(at: i + 1)
            list.isPinned.remove(at: i + 1)
            v.remove(at: i + 1)
            joined = true
        }
        let last = list.angles.count - 1
        if symmetry.reflects {
            // Meeting its own mirror image pins an atom to the axis.
            for (index, axis) in [(0, 0.0), (last, symmetry.period / 2)]
            where !list.isPinned[index] {
                let side = axis == 0 ? 1.0 : -1.0
                if contracts(2 * side * (list.angles[index] - axis), side * v[index]) {
                    list.angles[index] = axis
                    list.isPinned[index] = true
                    joined = true
                }
            }
        } else if last > 0 {
            let gap = list.angles[0] + symmetry.period - list.angles[last]
            if contracts(gap, v[0] - v[last]) {
                let (m, n) = (list.masses[last], list.masses[0])
                list.angles[last] += gap * (n / (m + n))
                list.masses[last] = m + n
                list.angles.remove(at: 0)
                list.masses.remove(at: 0)
                list.isPinned.remove(at: 0)
                joined = true
            }
        }
        return joined
    }
}
