import Foundation
import MeanField
import Phases

/// What a run will need, from counts of operations; no clock is looked at.
public struct CostEstimate: Sendable, Equatable {
    /// Representation at the start.
    public var representation: String
    /// Its grid points, nodes or atoms.
    public var size: Int
    /// Fourier modes of the kernel that count; `nil` beyond the circle.
    public var kernelModes: Int?
    /// Bytes that the program, the snapshots and the work arrays take at the most.
    public var memory: Int

    /// Bytes of the program and its libraries, measured.
    private static let program = 60_000_000

    /// Bytes below which not even the state and its derivative fit.
    public var leastMemory: Int

    /// Estimates the cost of `scenario`.
    ///
    /// Throws ``MeanField/EvolutionError`` where no grid can hold the start.
    public init(_ scenario: Scenario) throws {
        if scenario.evolve == .particles, let count = scenario.particles.count {
            // Nothing is drawn: there may be more tokens than memory.
            (representation, size) = ("atoms", count)
            kernelModes = scenario.isOnCircle ? scenario.attention.kernelModes : nil
        } else if scenario.isOnCircle {
            let evolution = try CircleEvolution(
                scenario, options: scenario.evolutionOptions, isRounded: false)
            (representation, size) = evolution.representation
            kernelModes = evolution.attention.kernelModes
        } else if scenario.evolve == .density {
            (representation, size) = try scenario.withEvolution(StartingRepresentation(scenario))
            kernelModes = nil
        } else {
            (representation, size) = ("atoms", scenario.startingTokens.count)
            kernelModes = nil
        }
        let snapshots: Int
        switch scenario.time.snapshots {
        case .count(let count): snapshots = count
        case .times(let list): snapshots = list.count
        }
        if scenario.evolve == .density && !scenario.isOnCircle && !scenario.isZonal {
            // Degrees and points grow to those of the largest grid; a snapshot holds a map of it.
            let isSphere = scenario.model.dimension == 3
            let mostNodes = isSphere ? SphereEvolution.mostNodes : HypersphereEvolution.mostNodes
            let largest = mostNodes(scenario.sphereAttention, scenario.evolutionOptions)
            let map =
                isSphere
                ? SphereMap.rings * SphereMap.longitudes : HypersphereGrid.shown.points.count
            leastMemory = 8 * 3 * size
            memory = Self.program + 8 * (snapshots * (map + 64) + 60 * max(size, largest))
            return
        }
        // Cells grow to a few times their number at the hand-over; a snapshot holds angles and masses.
        let nodes = max(size, representation == "atoms" ? size : 4096)
        // Beyond the circle a snapshot holds d coordinates and the mass of every token.
        let hasAngles = scenario.isOnCircle || scenario.isZonal
        let isListed = !hasAngles || nodes <= CircleRecorder.largestList
        let numbers = hasAngles ? 2 : scenario.model.dimension + 1
        leastMemory = 8 * 3 * numbers * size
        memory =
            Self.program + 8
            * (snapshots * ((isListed ? numbers * nodes : 0) + 2048) + 20 * numbers * nodes)
    }
}

/// A run that no memory of this machine can hold.
public struct InsufficientMemory: Error {
    /// What to do about it.
    public let sentence: String

    /// Checks that what `scenario` needs at the least fits.
    ///
    /// - Throws: ``InsufficientMemory``.
    static func check(_ scenario: Scenario) throws {
        guard scenario.evolve == .particles else { return }
        let need = Double(try CostEstimate(scenario).leastMemory) / 1e9
        let have = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
        guard need > have else { return }
        let (needed, there) = (need.rounded(.up), have.rounded(.down))
        throw InsufficientMemory(
            sentence:
                "the run needs \(Int(needed)) GB of memory at the least, and this machine has "
                + "\(Int(there)) GB; lower particles.count or model.dimension")
    }
}

/// What stands for the measure at the start.
private struct StartingRepresentation: EvolutionWork {
    let scenario: Scenario

    init(_ scenario: Scenario) { self.scenario = scenario }

    func callAsFunction<Evolution: RunnableEvolution>(
        _ kind: Evolution.Type
    ) throws -> (String, Int) {
        let evolution = try Evolution(
            scenario, options: scenario.evolutionOptions, isRounded: false)
        return (evolution.representation.kind, evolution.representation.size)
    }
}
