import MeanField
import Phases
import Terminal

/// The run at a few chosen times: small pictures that need neither gnuplot nor a player.
struct Moments: Sendable {
    /// The chosen snapshots in the order of time.
    private let shown: [Snapshot]
    private let stage: Stage
    /// Of the colours of densities on S².
    private let range: ClosedRange<Double>

    /// Most pictures.
    private static let count = 6

    /// Half of the pictures up to the end of clustering, half beyond; evenly over the time axis where
    /// clustering does not end.
    init(_ snapshots: [Snapshot], record: RunRecord, scale: TimeScale, stage: Stage) {
        let clustering = record.phases.first { $0.name == .clustering }
        let border = clustering?.end.map { scale.share(of: $0.time) }
        let half = Self.count / 2
        let wanted: [Double]
        if let border, border > 0, border < 1 {
            wanted =
                (0..<half).map { border * Double($0) / Double(half - 1) }
                + (1...half).map { border + (1 - border) * Double($0) / Double(half) }
        } else {
            wanted = (0..<Self.count).map { Double($0) / Double(Self.count - 1) }
        }
        let places = snapshots.map { scale.share(of: $0.time) }
        let indices = wanted.compactMap { wish in
            places.indices.min { abs(places[$0] - wish) < abs(places[$1] - wish) }
        }
        shown = Set(indices).sorted().map { snapshots[$0] }
        self.stage = stage
        range = SphereField.range(of: snapshots)
    }

    /// The pictures side by side.
    var markup: Markup {
        """
        <figure id="moments">
        <figcaption><h3>\(stage.title)</h3><p>\(stage.explanation)</p></figcaption>
        <div class="moments \(stage.isWide ? "maps" : "")">
        \(shown.map(picture))</div>\(legend)</figure>

        """
    }

    private var legend: Markup {
        guard shown.contains(where: { $0.field != nil }) else { return .empty }
        return
            "<ul class=\"legend\"><li>\(ColorBar(range: range, title: "density").markup)</li></ul>"
    }

    private func picture(_ snapshot: Snapshot) -> Markup {
        let count = snapshot.observables.clusters
        let clusters = count == 1 ? "1 cluster" : "\(count) clusters"
        let time = NumberText.time(snapshot.time)
        return """
            <div role="img" aria-label="t = \(time): \(clusters)">\(stage.picture(snapshot, range))\
            <p>t = \(time)<br><small>\(clusters)</small></p></div>

            """
    }
}

/// Where the tokens live, and how it is drawn.
enum Stage: Sendable {
    /// The circle.
    case circle
    /// A great circle through the axis of a zonal measure.
    case meridian
    /// S², as maps of the whole sphere.
    case sphere
    /// A sphere of more dimensions, seen along its principal axes.
    case ball(PrincipalAxes)

    /// The stage of a run.
    init(_ snapshots: [Snapshot]) {
        switch snapshots.lazy.compactMap({ $0.cloud?.dimension ?? $0.field.map { _ in 3 } }).first {
        case nil, 2: self = snapshots.areZonal ? .meridian : .circle
        case 3: self = .sphere
        default: self = .ball(PrincipalAxes(snapshots.compactMap(\.cloud)))
        }
    }

    /// Heading of the pictures.
    fileprivate var title: String {
        switch self {
        case .circle: "The circle, moment by moment"
        case .meridian: "A great circle through the axis, moment by moment"
        case .sphere: "The sphere, moment by moment"
        case .ball: "The tokens, moment by moment"
        }
    }

    /// What the pictures show.
    fileprivate var explanation: Markup {
        switch self {
        case .circle:
            """
            The hill over the circle is the density ρ, its height ρ/(ρ + 0.6) so that wide and \
            narrow ones fit; dots are atoms, their areas their masses. θ = 0 is on the right.
            """
        case .meridian:
            """
            The hill over the circle is the mass per angle to the axis, the same on both sides, its \
            height ρ/(ρ + 0.6) so that wide and narrow ones fit; dots are atoms, at the poles or \
            rings, their areas their masses. The axis points to the right.
            """
        case .sphere:
            """
            Maps of the whole sphere in Mollweide's projection, which keeps areas: x<sub>3</sub> \
            up, longitude 0 (the x<sub>1</sub>-axis) in the middle. Areas of dots are masses, \
            colours densities.
            """
        case .ball:
            """
            Tokens, or points drawn from the density, along the two axes of their largest variance \
            over the whole run; the circle is the outline of the sphere. Areas of dots are masses.
            """
        }
    }

    /// Whether pictures are twice as wide as high.
    fileprivate var isWide: Bool {
        if case .sphere = self { return true }
        return false
    }

    /// The picture of a snapshot.
    fileprivate func picture(_ snapshot: Snapshot, _ range: ClosedRange<Double>) -> Markup {
        switch self {
        case .circle, .meridian: return RingPicture(snapshot).markup
        case .sphere:
            if let field = snapshot.field { return SpherePicture(field, range: range).markup }
            return snapshot.tokens.map { SpherePicture($0).markup } ?? .empty
        case .ball(let axes):
            return BallPicture(snapshot, axes: axes)?.markup ?? .empty
        }
    }
}
