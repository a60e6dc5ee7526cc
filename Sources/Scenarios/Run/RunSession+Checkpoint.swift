import MeanField
import Phases

// What a session writes into checkpoint.nc and reads back.

extension RunSession {
    /// Version of the layout below.
    private static var layout: Int { 4 }

    /// The session as named arrays.
    var archive: Archive {
        var archive = Archive()
        archive[integers: "layout"] = [Self.layout, nextSnapshot]
        archive.store(snapshots, as: "snapshots")
        archive.store(realization.evolution.state)
        archive.store(realization.detector)
        archive.store(plan.coarser, as: "coarser")
        archive.store(plan.perturbed, as: "perturbed")
        if let confirmation = plan.confirmation { archive.store(confirmation, as: "confirmation") }
        archive.store(times: plan.snapshotTimes, as: "snapshot_times")
        archive.store(times: plan.stepTimes, as: "step_times")
        return archive
    }

    /// The session that `archive` holds.
    ///
    /// Throws ``OutputError`` if the arrays are not those of a session of this scenario.
    static func resume(_ scenario: Scenario, from archive: Archive) throws -> RunSession {
        let header = try archive.integers("layout")
        guard header.count == 2, header[0] == layout else {
            throw CheckpointError.layout
        }
        let plan = RunPlan(
            coarser: try archive.outcome("coarser"), perturbed: try archive.outcome("perturbed"),
            snapshotTimes: try archive.times("snapshot_times"),
            confirmation: archive[string: "confirmation.ended"] == nil
                ? nil : try archive.outcome("confirmation"),
            stepTimes: try archive.times("step_times"))
        let state = try archive.evolutionState()
        guard
            let evolution = Evolution(resuming: state, of: scenario)
        else { throw CheckpointError.layout }
        let realization = try Realization<Evolution>(
            resuming: evolution, phases: scenario.phases,
            rules: StoppingRules(scenario.time), from: archive)
        var session = RunSession(scenario: scenario, plan: plan, realization: realization)
        session.snapshots = try archive.snapshots("snapshots")
        guard (0...plan.snapshotTimes.count).contains(header[1]) else {
            throw CheckpointError.layout
        }
        session.nextSnapshot = header[1]
        return session
    }
}

/// A checkpoint that is intact but not of this program or scenario.
public enum CheckpointError: Error {
    /// The arrays do not fit together.
    case layout

    /// What to do about it.
    public var sentence: String {
        "the checkpoint was written by another version or for another scenario; start again with "
            + "--force"
    }
}

extension Realization {
    init(
        resuming evolution: Evolution, phases: Scenario.Phases, rules: StoppingRules,
        from archive: Archive
    ) throws {
        self.rules = rules
        self.evolution = evolution
        detector = PhaseDetector(
            &self.evolution, collapseResidual: phases.collapseResidual,
            condensedFraction: phases.condensedFraction, minimumMass: phases.minimumMass)
        detector.restore(
            collapseEnd: try archive.times("collapse_end").first,
            clusteringEnd: try archive.times("clustering_end").first,
            clusters: try archive.census("clusters"),
            consensus: try archive.times("consensus").first, mergers: try archive.mergers(),
            current: try archive.censusResult("current"))
        ended = reasonToStop()
    }
}

extension Archive {
    mutating func store(times: [ModelTime], as name: String) {
        self[doubles: name + ".significand"] = times.map(\.significand)
        self[integers: name + ".exponent"] = times.map(\.exponent)
    }

    func times(_ name: String) throws -> [ModelTime] {
        let significands = try doubles(name + ".significand")
        let exponents = try integers(name + ".exponent")
        guard significands.count == exponents.count,
            significands.allSatisfy({ $0.isFinite && $0 >= 0 })
        else { throw CheckpointError.layout }
        return zip(significands, exponents).map { ModelTime($0, exponent: $1) }
    }

    // MARK: Outcomes

    mutating func store(_ outcome: Outcome, as name: String) {
        self[string: name + ".ended"] = outcome.ended.rawValue
        store(times: [outcome.endTime], as: name + ".end")
        store(times: outcome.collapseEnd.map { [$0] } ?? [], as: name + ".collapse_end")
        store(times: outcome.clusteringEnd.map { [$0] } ?? [], as: name + ".clustering_end")
        store(times: outcome.consensus.map { [$0] } ?? [], as: name + ".consensus")
        store(times: outcome.mergers, as: name + ".mergers")
        self[integers: name + ".clusters"] = [
            outcome.clustersAtEnd, outcome.clustersAtClusteringEnd ?? -1,
        ]
    }

    func outcome(_ name: String) throws -> Outcome {
        let counts = try integers(name + ".clusters")
        guard let ended = Reason(rawValue: try string(name + ".ended")), counts.count == 2,
            let end = try times(name + ".end").first
        else { throw CheckpointError.layout }
        return Outcome(
            ended: ended, endTime: end, collapseEnd: try times(name + ".collapse_end").first,
            clusteringEnd: try times(name + ".clustering_end").first,
            clustersAtClusteringEnd: counts[1] < 0 ? nil : counts[1], clustersAtEnd: counts[0],
            mergers: try times(name + ".mergers"), consensus: try times(name + ".consensus").first)
    }

    // MARK: Evolution

    mutating func store(_ state: EvolutionState) {
        store(times: [state.time], as: "time")
        self[string: "equation"] = state.equation
        self[integers: "steps"] = [state.steps, state.parameter]
        self[doubles: "unknowns"] = state.unknowns
        self[doubles: "controller"] = state.controller
        self[doubles: "masses"] = state.masses
        self[integers: "spans"] = state.spans
        self[integers: "stiffness"] = state.stiffness
        self[integers: "pinned"] = state.isPinned.map { $0 ? 1 : 0 }
        store(times: state.changes.map(\.from), as: "changes.from")
        self[string: "changes.kind"] = state.changes.map(\.kind).joined(separator: "\n")
        self[string: "changes.reason"] = state.changes.map(\.reason).joined(separator: "\n")
        self[integers: "changes.size"] = state.changes.map(\.size)
        self[doubles: "changes.error"] = state.changes.map(\.error)
    }

    func evolutionState() throws -> EvolutionState {
        let numbers = try integers("steps")
        let from = try times("changes.from")
        let kinds = try string("changes.kind").split(separator: "\n").map(String.init)
        let reasons = try string("changes.reason").split(separator: "\n").map(String.init)
        let (sizes, errors) = (try integers("changes.size"), try doubles("changes.error"))
        guard numbers.count == 2, let time = try times("time").first, kinds.count == from.count,
            reasons.count == from.count, sizes.count == from.count, errors.count == from.count
        else { throw CheckpointError.layout }
        var state = EvolutionState(
            steps: numbers[0], time: time, equation: try string("equation"),
            parameter: numbers[1], unknowns: try doubles("unknowns"),
            controller: try doubles("controller"), masses: try doubles("masses"),
            spans: try integers("spans"), isPinned: try integers("pinned").map { $0 != 0 },
            changes: from.indices.map {
                RepresentationChange(
                    from: from[$0], kind: kinds[$0], size: sizes[$0], reason: reasons[$0],
                    error: errors[$0])
            })
        state.stiffness = try integers("stiffness")
        return state
    }

    // MARK: Detector

    mutating func store<Evolution>(_ detector: PhaseDetector<Evolution>) {
        store(times: detector.collapseEnd.map { [$0] } ?? [], as: "collapse_end")
        store(times: detector.clusteringEnd.map { [$0] } ?? [], as: "clustering_end")
        store(times: detector.consensus.map { [$0] } ?? [], as: "consensus")
        store(times: detector.mergers.map(\.time.time), as: "mergers.time")
        self[integers: "mergers.kind"] = detector.mergers.map { $0.kind == .merged ? 0 : 1 }
        self[integers: "mergers.after"] = detector.mergers.map(\.clustersAfter)
        store(detector.mergers.map(\.into), as: "mergers.into")
        store(detector.mergers.flatMap(\.from), as: "mergers.from")
        self[integers: "mergers.parents"] = detector.mergers.map(\.from.count)
        let census = detector.clustersAtClusteringEnd
        store(census?.members ?? [], as: "clusters")
        store(times: census.map { [$0.time] } ?? [], as: "clusters.time")
        self[doubles: "clusters.condensed"] = census.map { [$0.condensed] } ?? []
        store(detector.current.clusters, as: "current")
        self[doubles: "current.condensed"] = [detector.current.condensed]
        self[integers: "current.flat"] = [detector.current.isFlat ? 1 : 0]
    }

    private mutating func store(_ clusters: [Cluster], as name: String) {
        self[doubles: name + ".angle"] = clusters.map { $0.angle ?? .nan }
        self[doubles: name + ".mass"] = clusters.map(\.mass)
        self[doubles: name + ".position"] = clusters.flatMap(\.position)
    }

    private func clusters(_ name: String) throws -> [Cluster] {
        let (angles, masses) = (try doubles(name + ".angle"), try doubles(name + ".mass"))
        let positions = try doubles(name + ".position")
        guard masses.count == angles.count, !masses.isEmpty else {
            if positions.isEmpty && masses.count == angles.count { return [] }
            throw CheckpointError.layout
        }
        let (d, rest) = positions.count.quotientAndRemainder(dividingBy: masses.count)
        guard rest == 0, d >= 2 else { throw CheckpointError.layout }
        return angles.indices.map {
            Cluster(
                position: Array(positions[(d * $0)..<(d * $0 + d)]),
                angle: angles[$0].isNaN ? nil : angles[$0], mass: masses[$0])
        }
    }

    func census(_ name: String) throws -> ClusterCensus? {
        guard let time = try times(name + ".time").first,
            let condensed = try doubles(name + ".condensed").first
        else { return nil }
        return ClusterCensus(time: time, members: try clusters(name), condensed: condensed)
    }

    /// The census at the end of the last step; where its basins were is no longer needed.
    func censusResult(_ name: String) throws -> CensusResult {
        guard let condensed = try doubles(name + ".condensed").first,
            let flat = try integers(name + ".flat").first
        else { throw CheckpointError.layout }
        return CensusResult(
            clusters: try clusters(name), condensed: condensed, isFlat: flat != 0,
            basins: .arcs([]))
    }

    func mergers() throws -> [Merger] {
        let times = try self.times("mergers.time")
        let (kinds, after) = (try integers("mergers.kind"), try integers("mergers.after"))
        let into = try clusters("mergers.into")
        let (from, parents) = (try clusters("mergers.from"), try integers("mergers.parents"))
        guard kinds.count == times.count, after.count == times.count, into.count == times.count,
            parents.count == times.count, parents.allSatisfy({ $0 >= 0 }),
            parents.reduce(0, +) == from.count
        else { throw CheckpointError.layout }
        var start = 0
        return times.indices.map { i in
            defer { start += parents[i] }
            return Merger(
                kind: kinds[i] == 0 ? .merged : .vanished,
                time: EventTime(time: times[i], relativeError: 0), clustersAfter: after[i],
                into: into[i], from: Array(from[start..<start + parents[i]]))
        }
    }
}
