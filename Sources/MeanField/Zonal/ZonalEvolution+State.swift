import TimeIntegration

// Going on from stored numbers.

extension ZonalEvolution {
    /// The state after ``finishStep()``.
    public var state: EvolutionState {
        let controller = spectral?.controller ?? rings!.controller
        var state = EvolutionState(
            steps: steps, time: time, equation: spectral == nil ? "rings" : "zonal",
            parameter: spectral?.equation.base.basis.modes ?? 0,
            unknowns: spectral?.state ?? rings!.state,
            controller: [controller.nextStep, controller.previousError],
            masses: mesh?.masses ?? [],
            spans: mesh?.spans.map { $0.isPanel ? -$0.count : $0.count } ?? [], isPinned: [],
            changes: changes)
        state.stiffness = [isImplicit ? 1 : 0, quietSteps]
        return state
    }

    /// The evolution of `start` that goes on from `state`; `nil` if the numbers do not fit together.
    public init?(
        resuming state: EvolutionState, of start: ZonalStart, attention: ZonalAttention,
        options: EvolutionOptions
    ) {
        self.init(
            attention, options, axis: start.axis, isEven: options.keepsSymmetry && start.isEven)
        guard state.controller.count == 2 else { return nil }
        var controller = StepController(firstStep: state.controller[0])
        controller.previousError = state.controller[1]
        let n = state.unknowns.count
        if state.equation == "zonal" {
            guard state.parameter == n + 1, n > 0 else { return nil }
            isImplicit = state.stiffness.first == 1
            goOn(state.unknowns, controller: controller)
            quietSteps = state.stiffness.last ?? 0
        } else {
            guard state.equation == "rings", n > 0,
                let mesh = CellMesh(
                    sharpness: sharpness, tolerance: options.cellTolerance,
                    angles: state.unknowns, masses: state.masses, spans: state.spans)
            else { return nil }
            move(mesh, controller: controller)
        }
        (time, previousTime) = (state.time, state.time)
        steps = state.steps
        changes = state.changes
    }
}
