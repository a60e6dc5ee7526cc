/// A picture with axes whose body fills its box and whose labels are text of the page.
///
/// The body is stretched to whatever width there is, the labels keep their size, so that the same
/// chart is readable on a phone, on a large screen and on paper. Charts over time share one axis,
/// the phases as its background and the cursor of the player.
struct Chart: Sendable {
    /// Anchor of the chart.
    var id: String
    /// Heading.
    var title: String
    /// What to look for.
    var caption: Markup
    /// What the picture shows, for those who do not see it.
    var alternative: String
    /// Height of the box in CSS pixels.
    var height: Int
    /// Marks of the left axis, from the bottom up.
    var left: [Tick] = []
    /// Name and colour of the left axis.
    var leftTitle: Markup = .empty
    /// Marks of the right axis, from the bottom up.
    var right: [Tick] = []
    /// Name and colour of the right axis.
    var rightTitle: Markup = .empty
    /// The horizontal axis.
    var bottom: Bottom
    /// Elements that fill the box.
    var body: Markup
    /// Below the chart.
    var legend: [Markup] = []

    /// The horizontal axis of a chart.
    enum Bottom: Sendable {
        /// The common time axis.
        case time(TimeScale)
        /// An axis of its own, for narrow and for wide screens.
        case other(title: Markup, ticks: [Tick])
    }

    /// The chart as a figure.
    var markup: Markup {
        """
        <figure class="chart" id="\(id)">
        <figcaption><h3>\(title)</h3><p>\(caption)</p></figcaption>
        \(titles)<div class="plot" style="--h:\(height)px">
        <div class="y l">\(left.map(Self.vertical))</div>
        <div class="area\(isTime ? " time" : "")" role="img" aria-label="\(alternative)">\
        \(background)\(body)\(grid)</div>
        <div class="y r">\(right.map(Self.vertical))</div>
        \(axis)
        </div>
        \(legend.isEmpty ? .empty : "<ul class=\"legend\">\(legend.map { "<li>\($0)</li>" })</ul>")
        </figure>

        """
    }

    private var isTime: Bool {
        if case .time = bottom { return true }
        return false
    }

    private var titles: Markup {
        if leftTitle == .empty && rightTitle == .empty { return .empty }
        return "<div class=\"axes\"><span>\(leftTitle)</span><span>\(rightTitle)</span></div>\n"
    }

    /// The phases behind the picture.
    private var background: Markup {
        guard case .time(let scale) = bottom else { return .empty }
        return Markup(
            scale.bands.map { band in
                let (start, width) = (band.start, band.end - band.start)
                return """
                    <i class="band \(band.name.rawValue)" style="left:\(.percent(start));\
                    width:\(.percent(width))"></i>
                    """
            })
    }

    /// Where phases end, and the cursor.
    private var grid: Markup {
        guard case .time(let scale) = bottom else { return .empty }
        let ends = scale.bands.filter { $0.end < 1 }.map { band -> Markup in
            "<i class=\"end\" style=\"left:\(.percent(band.end))\"></i>"
        }
        return Markup(ends + ["<b class=\"cursor\" hidden></b>"])
    }

    private var axis: Markup {
        switch bottom {
        case .time(let scale):
            let (wide, narrow) = (scale.ticks(count: 22), scale.ticks(count: 9))
            return """
                <div class="x wide">\(wide.map(Self.horizontal))</div>\
                <div class="x narrow">\(narrow.map(Self.horizontal))</div>\
                <div class="xt">time t</div>
                """
        case .other(let title, let ticks):
            return """
                <div class="x">\(ticks.map(Self.horizontal))</div><div class="xt">\(title)</div>
                """
        }
    }

    private static func vertical(_ tick: Tick) -> Markup {
        "<span style=\"bottom:\(.percent(tick.share))\">\(tick.label)</span>"
    }

    private static func horizontal(_ tick: Tick) -> Markup {
        "<span style=\"left:\(.percent(tick.share))\">\(tick.label)</span>"
    }
}
