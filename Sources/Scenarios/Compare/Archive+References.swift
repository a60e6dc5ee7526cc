import MeanField

// The references of a comparison as a checkpoint, so that an interruption loses none.

extension Archive {
    private static let phases = "reference.phases"
    private static let clusters = "reference.clusters"
    private static let numbers = "reference.numbers"

    /// The references that a study has computed.
    init(_ study: ComparisonStudy) {
        self.init()
        let own = study.references.indices.filter { study.plan.referenceIndex($0) == $0 }
        self[integers: Self.numbers] = own
        for index in own {
            let reference = study.references[index]
            self[doubles: "\(Self.phases).\(index)"] = ComparedPhases.events.map {
                reference.phases[keyPath: $0.time] ?? .nan
            }
            self[integers: "\(Self.clusters).\(index)"] = [reference.phases.clusters ?? -1]
            for (time, state) in reference.states.enumerated() {
                var part = Archive()
                part.store(state)
                store(part, as: Self.state(index, time))
            }
        }
    }

    /// The first references of a comparison, in the order of its counts.
    ///
    /// Throws ``OutputError`` or ``CheckpointError`` where the archive is not of this comparison.
    func references(of plan: ComparisonPlan) throws -> [ComparisonReference] {
        var references = [ComparisonReference]()
        let stored = try Set(integers(Self.numbers))
        for index in plan.counts.indices {
            let own = plan.referenceIndex(index)
            if own < index {
                references.append(references[own])
                continue
            }
            guard stored.contains(index) else { break }
            let ends = try doubles("\(Self.phases).\(index)")
            let clusters = try integers("\(Self.clusters).\(index)")
            guard ends.count == ComparedPhases.events.count, clusters.count == 1 else {
                throw CheckpointError.layout
            }
            references.append(
                try ComparisonReference(
                    plan.reference(index),
                    phases: ComparedPhases(
                        ends.map { $0.isNaN ? nil : $0 },
                        clusters: clusters[0] < 0 ? nil : clusters[0]),
                    states: plan.times.indices.map {
                        try part(Self.state(index, $0)).evolutionState()
                    }))
        }
        return references
    }

    private static func state(_ index: Int, _ time: Int) -> String {
        "reference.\(index).\(time)"
    }
}
