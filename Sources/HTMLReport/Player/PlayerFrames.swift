import Foundation
import MeanField
import Phases
import Scenarios
import Terminal

/// What the player shows: the snapshots, thinned out and in few bytes.
///
/// | key | content |
/// |---|---|
/// | `stage` | `circle`, `sphere` or `ball` |
/// | `time`, `x`, `phase`, `clusters`, `energy`, `condensed` | one value for each frame |
/// | `rows`, `density` | log10 ρ at `rows` angles from -π: base64 of 16-bit numbers q, ρ = 10^((q - 1)/65534 · 12 - 8), 0 for none |
/// | `field` | levels 1 … 255 of densities on S² in 32 x 64 cells of equal angles from the north pole: base64 of bytes, 0 for none |
/// | `counts`, `points` | dots of each frame: base64 of 16-bit coordinates (angle/π, or three of a vector) and √mass, as shares of 32767 |
struct PlayerFrames: Sendable {
    private let frames: [Snapshot]
    private let record: RunRecord
    private let scale: TimeScale
    private let stage: Stage

    /// More snapshots than this are thinned out.
    static let mostFrames = 160
    /// Most dots of all frames together.
    static let mostDots = 120_000
    /// Dots of a frame that are drawn from a density on S³.
    static let dotsOfDensity = 1000
    /// Angles of a density.
    static let rows = 240

    init(_ snapshots: [Snapshot], record: RunRecord, scale: TimeScale, stage: Stage) {
        let count = min(Self.mostFrames, snapshots.count)
        frames = (0..<count).map {
            snapshots[count == 1 ? 0 : $0 * (snapshots.count - 1) / (count - 1)]
        }
        self.record = record
        self.scale = scale
        self.stage = stage
    }

    /// Whether there is anything to play.
    var isEmpty: Bool { frames.count < 2 }

    /// The object that the player reads.
    var json: JSONValue {
        let largest = frames.map(\.observables.logEnergy).max() ?? 0
        var members: [JSONValue.Member] = [
            .init("stage", .string(name)),
            .init("time", .array(frames.map { .string(NumberText.time($0.time)) })),
            .init("x", numbers { Self.rounded(scale.share(of: $0.time), 5) }),
            .init("phase", .array(frames.map { .string(phase(at: $0.time)) })),
            .init("clusters", .array(frames.map { .integer($0.observables.clusters) })),
            .init(
                "energy",
                numbers {
                    largest.isFinite
                        ? Self.rounded(exp($0.observables.logEnergy - largest), 4) : nil
                }),
            .init("condensed", numbers { Self.rounded($0.observables.condensed, 4) }),
        ]
        if name == "circle" {
            members.append(.init("rows", .integer(Self.rows)))
            members.append(.init("density", .string(densities)))
        }
        if frames.contains(where: { $0.field != nil }) {
            members.append(.init("field", .string(fields)))
        }
        let dots = frames.map(dots)
        members.append(.init("counts", .array(dots.map { .integer($0.count) })))
        members.append(
            .init(
                "points", .string(Self.base64(dots.flatMap { $0.flatMap { $0.map(Self.share) } }))))
        return .object(members)
    }

    private var name: String {
        switch stage {
        case .circle, .meridian: "circle"
        case .sphere: "sphere"
        case .ball: "ball"
        }
    }

    private func numbers(_ value: (Snapshot) -> Double?) -> JSONValue {
        .array(frames.map { JSONValue(value($0)) })
    }

    private func phase(at time: ModelTime) -> String {
        if let consensus = record.consensus, time >= consensus.time { return "consensus" }
        let running = record.phases.last { phase in
            phase.start.map { $0.time <= time } ?? false
        }
        return (running?.name ?? .collapse).rawValue
    }

    private var densities: String {
        Self.base64(
            frames.flatMap { snapshot in
                DensityRaster.column(of: snapshot, height: Self.rows).map { density -> UInt16 in
                    guard density > 0 else { return 0 }
                    let level = (log10(density) + 8) / 12
                    return 1 + UInt16(min(max(level, 0), 1) * 65534)
                }
            })
    }

    /// Cells of the fields from pole to pole, and half as many as around.
    private static let fieldRows = 32

    private var fields: String {
        let rows = Self.fieldRows
        let centres = (0..<2 * rows * rows).map { cell -> [Double] in
            let colatitude = .pi * (Double(cell / (2 * rows)) + 0.5) / Double(rows)
            let longitude = .pi * (Double(cell % (2 * rows)) + 0.5) / Double(rows)
            return [
                sin(colatitude) * cos(longitude), sin(colatitude) * sin(longitude), cos(colatitude),
            ]
        }
        let range = SphereField.range(of: frames)
        let width = range.upperBound - range.lowerBound
        let levels = frames.flatMap { snapshot -> [UInt8] in
            guard let field = snapshot.field else {
                return [UInt8](repeating: 0, count: centres.count)
            }
            return centres.map { centre in
                let logarithm = log10(max(field.value(at: centre), 1e-300))
                return 1 + UInt8(min(max((logarithm - range.lowerBound) / width, 0), 1) * 254)
            }
        }
        return Data(levels).base64EncodedString()
    }

    /// Coordinates in [-1, 1] and the root of the mass, one list for each dot.
    private func dots(_ snapshot: Snapshot) -> [[Double]] {
        let isDensity = snapshot.tokens == nil && snapshot.cloud != nil
        let most = min(
            max(Self.mostDots / max(frames.count, 1), 1),
            isDensity ? Self.dotsOfDensity : Self.mostDots)
        guard snapshot.cloud != nil, let sample = TokenSample(snapshot, count: most) else {
            let count = min(most, snapshot.atoms.count)
            return (0..<count).map {
                let atom = snapshot.atoms[$0 * snapshot.atoms.count / count]
                return [atom.angle / .pi, atom.mass.squareRoot()]
            }
        }
        let total = max(sample.masses.reduce(0, +), 1e-300)
        return zip(sample.points, sample.masses).map { point, mass in
            let place = if case .ball(let axes) = stage { axes.project(point) } else { point }
            return place + [(mass / total).squareRoot()]
        }
    }

    private static func share(_ value: Double) -> UInt16 {
        UInt16(bitPattern: Int16(min(max(value, -1), 1) * 32767))
    }

    private static func base64(_ numbers: [UInt16]) -> String {
        numbers.map(\.littleEndian).withUnsafeBytes { Data($0) }.base64EncodedString()
    }

    private static func rounded(_ value: Double, _ digits: Int) -> Double {
        let scale = pow(10, Double(digits))
        return (value * scale).rounded() / scale
    }
}
