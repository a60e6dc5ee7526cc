import TimeIntegration

/// The numbers from which an evolution continues bit for bit.
public struct EvolutionState: Sendable, Equatable {
    /// Accepted steps.
    public var steps: Int
    /// Time reached.
    public var time: ModelTime
    /// `spectral`, `cells`, `atoms` or `exact`: what carries the measure.
    public var equation: String
    /// Grid points of the spectral equation; u of the atoms.
    public var parameter: Int
    /// The unknowns.
    public var unknowns: [Double]
    /// The step controller: next step, previous error.
    public var controller: [Double]
    /// Masses of nodes or atoms.
    public var masses: [Double]
    /// Node counts of the spans, negative for panels.
    public var spans: [Int]
    /// Which points are pinned to an axis.
    public var isPinned: [Bool]
    /// Changes of representation so far.
    public var changes: [RepresentationChange]
    /// Whether the spectral equation is stepped implicitly (1 or 0), and its quiet steps in a row.
    public var stiffness: [Int] = [0, 0]

    /// A state from stored numbers.
    public init(
        steps: Int, time: ModelTime, equation: String, parameter: Int, unknowns: [Double],
        controller: [Double], masses: [Double], spans: [Int], isPinned: [Bool],
        changes: [RepresentationChange]
    ) {
        self.steps = steps
        self.time = time
        self.equation = equation
        self.parameter = parameter
        self.unknowns = unknowns
        self.controller = controller
        self.masses = masses
        self.spans = spans
        self.isPinned = isPinned
        self.changes = changes
    }
}

extension CircleEvolution {
    /// The state after ``finishStep()``.
    public var state: EvolutionState {
        var state = EvolutionState(
            steps: steps, time: time, equation: "", parameter: 0, unknowns: [], controller: [],
            masses: [], spans: [], isPinned: [], changes: changes)
        func keep(_ unknowns: [Double], _ controller: StepController) {
            state.unknowns = unknowns
            state.controller = [controller.nextStep, controller.previousError]
        }
        if let spectral {
            state.equation = "spectral"
            state.parameter = spectral.equation.base.points
            state.stiffness = [isImplicit ? 1 : 0, quietSteps]
            keep(spectral.state, spectral.controller)
        } else if let cells, let mesh {
            state.equation = "cells"
            keep(cells.state, cells.controller)
            state.masses = mesh.masses
            state.spans = mesh.spans.map { $0.isPanel ? -$0.count : $0.count }
            state.isPinned = cells.equation.isPinned
        } else if let atoms {
            state.equation = "atoms"
            state.parameter = atoms.equation.timeUnit
            keep(atomAngles, atoms.controller)
            state.masses = atoms.equation.masses
            state.isPinned = atoms.equation.isPinned
        } else if exact != nil {
            state.equation = "exact"
        }
        return state
    }

    /// The evolution of `start` that goes on from `state`; `nil` if the numbers do not fit together.
    public init?(
        resuming state: EvolutionState, of start: StartingMeasure, attention: any CircleAttention,
        options: EvolutionOptions
    ) {
        self.init(
            attention: attention, options: options,
            symmetry: options.keepsSymmetry ? attention.keptSymmetry(of: start) : .none)
        if state.equation == "exact" {
            guard
                let motion = try? attention.exactMotion(from: start, options: options)
            else { return nil }
            exact = ExactEvolution(motion)
            restore(time: state.time, steps: state.steps, changes: state.changes)
            return
        }
        guard state.controller.count == 2 else { return nil }
        var controller = StepController(firstStep: state.controller[0])
        controller.previousError = state.controller[1]
        let n = state.unknowns.count
        switch state.equation {
        case "spectral":
            guard state.parameter >= 16, state.parameter % 2 == 0, state.stiffness.count == 2
            else { return nil }
            isImplicit = state.stiffness[0] != 0
            quietSteps = state.stiffness[1]
            let equation = spectralEquation(points: state.parameter)
            guard equation.dimension == n else { return nil }
            spectral = AdaptiveIntegrator(
                equation: equation, state: state.unknowns, controller: controller,
                method: isImplicit ? .implicit : options.method)
        case "cells":
            guard state.masses.count == n, state.isPinned.count == n,
                let mesh = CellMesh(
                    sharpness: attention.meshSharpness, tolerance: options.cellTolerance,
                    angles: state.unknowns, masses: state.masses, spans: state.spans)
            else { return nil }
            moveCells(mesh, pinned: state.isPinned, controller: controller)
        case "atoms":
            guard state.masses.count == n, state.isPinned.count == n else { return nil }
            resumeAtoms(state, controller: controller)
        default: return nil
        }
        restore(time: state.time, steps: state.steps, changes: state.changes)
    }
}
