import Foundation
import MeanField
import Phases

/// The state of a run at one time as CSV: a density, or weighted points.
///
/// | what | columns | read again by |
/// |---|---|---|
/// | density | `theta` in radians, `rho` per radian | `initial.kind = "table"` |
/// | cells, atoms | `angle` in radians, `mass`, `x1`, `x2` | `initial.kind = "tokens"`, masses apart |
/// | density on S² | `latitude` and `longitude` in degrees, `density` with respect to the uniform probability measure | |
/// | density on S³ | `x1` … `x4`, `density` with respect to the uniform probability measure, `weight` as a share of the sphere | |
/// | zonal density | `angle` to the axis in radians, `density` per radian | |
/// | zonal cells, atoms | `angle` to the axis in radians, `mass` | |
/// | tokens beyond the circle | `x1` … `xd`, `mass` | the same |
///
/// Comment lines that begin with `#` say which time it is and what the columns mean. Numbers have as
/// many digits as they need to come back with their bits.
public struct SnapshotTable: Sendable {
    /// Which time is written.
    public let time: ModelTime
    /// The content of the file.
    public let text: String

    /// What to write where a snapshot has both points and a density.
    public enum Content: Sendable {
        /// The points if there are any.
        case points
        /// The density: of crowds of tokens their histogram.
        case density
    }

    /// What cannot be written, in a sentence.
    public struct Unavailable: Error, Equatable {
        /// What and why.
        public let sentence: String
    }

    /// The state at `time`, or at the nearest time there is.
    ///
    /// - Parameters:
    ///   - snapshots: Those of the run, in the order of time, at least one.
    ///   - interpolates: Whether densities are interpolated linearly in t between snapshots.
    /// - Throws: ``Unavailable``.
    public init(
        of snapshots: [Snapshot], at time: ModelTime, content: Content = .points,
        interpolates: Bool = false, title: String
    ) throws {
        let place = Place(snapshots, time)
        var snapshot = snapshots[place.nearest]
        var origin =
            snapshot.time == time
            ? "snapshot \(place.nearest + 1) of \(snapshots.count)"
            : "snapshot \(place.nearest + 1) of \(snapshots.count), the nearest to t = "
                + Self.words(time)
        if interpolates, let share = place.share, snapshot.time != time {
            let (before, after) = (snapshots[place.lower], snapshots[place.lower + 1])
            guard let kind = before.function, kind == after.function,
                let low = before[keyPath: kind], let high = after[keyPath: kind]
            else {
                throw Unavailable(
                    sentence:
                        "only densities are interpolated, and between t = "
                        + "\(Self.words(before.time)) and \(Self.words(after.time)) the run has "
                        + "points; leave --interpolate out to get the nearest snapshot")
            }
            snapshot = before
            snapshot.time = time
            snapshot[keyPath: kind] = zip(low, high).map { (1 - share) * $0 + share * $1 }
            origin =
                "linear in t between the snapshots at \(Self.words(before.time)) and "
                + Self.words(after.time)
        }
        self.time = snapshot.time
        let log10 = snapshot.time > .zero ? ", log10 t = \(snapshot.time.log10)" : ""
        let lines =
            ["# \(title.quoted)", "# t = \(Self.words(snapshot.time))\(log10) (\(origin))"]
            + (try Self.lines(snapshot, content, isZonal: snapshots.areZonal))
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func lines(
        _ snapshot: Snapshot, _ content: Content, isZonal: Bool
    ) throws -> [String] {
        if let tokens = snapshot.tokens, content == .points || snapshot.map == nil {
            let names = (1...tokens.dimension).map { "x\($0)" }
            return ["# tokens: unit vectors x1 … x\(tokens.dimension), mass as a share of all"]
                + [(names + ["mass"]).joined(separator: ",")]
                + (0..<tokens.count).map { i in
                    (tokens.point(i) + [tokens.masses[i]]).map { "\($0)" }.joined(separator: ",")
                }
        }
        if let map = snapshot.map { return lines(ofMap: map) }
        let isFunction = snapshot.function != nil
        if let profile = snapshot.profile, content == .density || isFunction {
            let step = Double.pi / Double(profile.count)
            return [
                "# zonal density: angle to the axis in radians, density in mass per radian of it, its "
                    + "integral is 1", "angle,density",
            ] + profile.enumerated().map { "\(step * (Double($0) + 0.5)),\($1)" }
        }
        if let density = snapshot.density, content == .density || isFunction {
            let step = 2 * Double.pi / Double(density.count)
            let kind = isFunction ? "density" : "histogram of the points"
            return [
                "# \(kind): theta in radians, rho in mass per radian, its integral is 1",
                "theta,rho",
            ] + density.enumerated().map { "\(step * Double($0)),\(max($1, 0))" }
        }
        guard content == .points else {
            throw Unavailable(
                sentence:
                    "at t = \(words(snapshot.time)) the measure is no function on the grid; leave "
                    + "--density out to get its points")
        }
        let isCells = snapshot.atoms.isEmpty
        let kind = isCells ? "cells, nodes of a density" : "atoms"
        let points = isCells ? snapshot.cells : snapshot.atoms
        if isZonal {
            return [
                "# \(kind): angle to the axis in radians, mass of the ring as a share of all",
                "angle,mass",
            ] + points.map { "\($0.angle),\($0.mass)" }
        }
        return [
            "# \(kind): angle in radians, mass as a share of all, (x1, x2) on the unit circle",
            "angle,mass,x1,x2",
        ] + points.map { "\($0.angle),\($0.mass),\(cos($0.angle)),\(sin($0.angle))" }
    }

    /// A density on S² or S³.
    private static func lines(ofMap map: [Double]) -> [String] {
        if map.count == HypersphereGrid.shown.points.count {
            return [
                "# density on the sphere in R^4: unit vectors x1 … x4, density with respect to the "
                    + "uniform probability measure, weight as a share of the sphere",
                "x1,x2,x3,x4,density,weight",
            ]
                + map.indices.map { i in
                    (HypersphereGrid.shown.points[i] + [map[i], HypersphereGrid.shown.weights[i]])
                        .map { "\($0)" }.joined(separator: ",")
                }
        }
        let columns = SphereMap.longitudes
        return [
            "# density on the sphere: latitude and longitude in degrees, density with respect to the "
                + "uniform probability measure", "latitude,longitude,density",
        ]
            + map.indices.map { i in
                let latitude = asin(SphereMap.heights[i / columns]) * 180 / .pi
                return "\(latitude),\(360 * Double(i % columns) / Double(columns)),\(map[i])"
            }
    }

    /// A time in all its digits; beyond double range as a power of ten.
    private static func words(_ time: ModelTime) -> String {
        time.value.map { "\($0)" } ?? String(format: "10^%.12g", time.log10)
    }

    /// Where a time stands among snapshots.
    private struct Place {
        /// The last snapshot not after the time, or the first.
        var lower: Int
        var nearest: Int
        /// How far between the two neighbours; `nil` beyond the ends.
        var share: Double?

        init(_ snapshots: [Snapshot], _ time: ModelTime) {
            lower = snapshots.lastIndex { $0.time <= time } ?? 0
            nearest = lower
            guard lower + 1 < snapshots.count, snapshots[lower].time <= time else { return }
            let (before, after) = (snapshots[lower].time, snapshots[lower + 1].time)
            if time.scaled(byPowerOfTwo: 1) > before + after { nearest = lower + 1 }
            let unit = after.exponent
            share =
                ModelTime.difference(time, before, inUnitsOfTwoTo: unit)
                / ModelTime.difference(after, before, inUnitsOfTwoTo: unit)
        }
    }
}

extension Snapshot {
    /// The function that is all there is: no cells, no atoms, no tokens.
    package var function: WritableKeyPath<Snapshot, [Double]?>? {
        guard cells.isEmpty, atoms.isEmpty, tokens == nil else { return nil }
        return [\.density, \.profile, \.map].first { self[keyPath: $0] != nil }
    }
}
