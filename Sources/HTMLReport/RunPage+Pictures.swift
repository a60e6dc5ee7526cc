import Phases
import Scenarios

extension RunPage {
    /// Player, timeline, charts and tree.
    ///
    /// - Throws: ``OutputError`` if gnuplot fails.
    func pictures() throws -> Markup {
        let record = run.record
        let scale = TimeScale(record, lastSnapshot: snapshots.last?.time ?? .zero)
        let positions = snapshots.map { scale.share(of: $0.time) }
        let stage = Stage(snapshots)
        let frames = PlayerFrames(snapshots, record: record, scale: scale, stage: stage)
        let tree = ClusterTree(record).map { ClusterTreeChart(tree: $0, scale: scale).chart.markup }
        let charts = try draw(
            space(scale, positions)
                + SeriesCharts(
                    record: record, snapshots: snapshots, scale: scale, positions: positions
                ).all
                + (spectrum.map { [$0.drawn] } ?? []))
        let moments =
            snapshots.isEmpty
            ? Markup.empty
            : Moments(snapshots, record: record, scale: scale, stage: stage).markup
        return Markup(
            [
                PlayerSection(frames: frames).markup,
                PhaseTimeline(record: record, scale: scale).chart.markup,
            ] + charts.prefix(1) + [moments, tree ?? .empty] + charts.dropFirst())
    }

    /// The charts that gnuplot draws; none without it.
    private func draw(_ charts: [SeriesCharts.Drawn]) throws -> [Markup] {
        guard let gnuplot, !charts.isEmpty else { return [] }
        let pictures = try Panel.draw(charts.map(\.panel), with: gnuplot)
        return charts.map { $0.chart(pictures[$0.panel.name] ?? .empty).markup }
    }

    /// The measure in space and time.
    private func space(_ scale: TimeScale, _ positions: [Double]) -> [SeriesCharts.Drawn] {
        guard !snapshots.isEmpty else { return [] }
        if snapshots.contains(where: { $0.tokens != nil || $0.map != nil }) {
            let chart = InnerProductChart(snapshots: snapshots, scale: scale, positions: positions)
            return [SeriesCharts.Drawn(panel: chart.panel) { chart.chart($0) }]
        }
        let chart = DensityChart(
            record: run.record, snapshots: snapshots, scale: scale, positions: positions)
        return [SeriesCharts.Drawn(panel: chart.panel) { chart.chart($0) }]
    }

    private var spectrum: SpectrumChart? {
        SpectrumChart(snapshots, tolerance: run.scenario?.density.tolerance)
    }
}
