import TimeIntegration

extension AdaptiveIntegrator {
    /// Takes one accepted step from `time`, not beyond `limit`; returns the time at its end.
    mutating func step(from time: ModelTime, limit: ModelTime?) throws -> ModelTime {
        let longest = limit.map { ModelTime.difference($0, time, inUnitsOfTwoTo: 0) } ?? .infinity
        do {
            try step(limit: longest)
        } catch is IntegrationError {
            throw EvolutionError.stepTooSmall
        }
        return limit.flatMap { lastStep == longest ? $0 : nil } ?? time + ModelTime(lastStep)
    }

    /// The time at `fraction` of the last step, which went from `start` to `end`.
    func time(at fraction: Double, from start: ModelTime, to end: ModelTime) -> ModelTime {
        if fraction >= 1 { return end }
        if fraction <= 0 { return start }
        return start + ModelTime(fraction * lastStep)
    }

    /// The fraction at `t` of the last step, which began at `start`.
    func fraction(of t: ModelTime, from start: ModelTime) -> Double {
        let part = ModelTime.difference(t, start, inUnitsOfTwoTo: 0)
        return part <= 0 ? 0 : min(1, part / lastStep)
    }
}
