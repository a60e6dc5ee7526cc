import MeanField
import Phases
import Terminal

/// The tree of mergers over the common time axis; lines are as thick as clusters are heavy.
struct ClusterTreeChart: Sendable {
    let tree: ClusterTree
    let scale: TimeScale

    /// More leaves than this have no labels.
    private static let mostLabels = 20
    /// Height of a labelled leaf in CSS pixels.
    private static let rowHeight = 38

    /// The chart.
    var chart: Chart {
        let leaves = tree.leaves
        let isLabelled = leaves <= Self.mostLabels
        return Chart(
            id: "tree", title: "Who merged with whom",
            caption: """
                Every line is a cluster, from the end of clustering on; the thicker, the more mass. \
                \(isLabelled ? labels : .empty)
                """,
            alternative:
                "Tree of \(leaves) clusters that merge; the table of mergers has the numbers.",
            height: isLabelled ? max(110, Self.rowHeight * leaves) : min(520, max(240, 4 * leaves)),
            bottom: .time(scale),
            body: Markup(
                [
                    "<svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" ",
                    "aria-hidden=\"true\" focusable=\"false\" class=\"tree\">",
                ] + tree.nodes.map(line) + ["</svg>"]
                    + (isLabelled ? tree.nodes.map(label) : []) + tree.nodes.map(vanishing)))
    }

    private var labels: Markup {
        let places = tree.nodes.first?.cluster.angle == nil ? "first coordinates" : "angle"
        return "Labels: \(places) and share of the mass."
    }

    private func height(_ node: ClusterTree.Node) -> Double {
        (node.row + 0.35) / Double(tree.leaves)
    }

    private func end(of node: ClusterTree.Node) -> Double {
        node.end.map(scale.share) ?? 1
    }

    private func line(_ node: ClusterTree.Node) -> Markup {
        let (y, start) = (1000 * (1 - height(node)), 1000 * scale.share(of: node.start))
        let along: Markup = "M\(start) \(y)H\(1000 * end(of: node))"
        let joints = node.parents.map { parent -> Markup in
            "<path d=\"M\(start) \(1000 * (1 - height(tree.nodes[parent])))V\(y)\"/>"
        }
        let width = 1 + 7 * max(node.cluster.mass, 0).squareRoot()
        return "<path d=\"\(along)\" style=\"stroke-width:\(width)px\"/>\(joints)"
    }

    /// Place and mass, where the line is long enough for them.
    private func label(_ node: ClusterTree.Node) -> Markup {
        let length = end(of: node) - scale.share(of: node.start)
        let isLast = node.end == nil
        guard isLast || node.parents.isEmpty || length > 0.13 else { return .empty }
        let mass = NumberText.plain((1000 * node.cluster.mass).rounded() / 10)
        let place: String
        if let angle = node.cluster.angle {
            place = NumberText.plain((100 * angle).rounded() / 100)
        } else {
            place =
                "("
                + node.cluster.position.prefix(3).map {
                    NumberText.plain((100 * $0).rounded() / 100)
                }.joined(separator: ", ") + ")"
        }
        let share = scale.share(of: node.start)
        let side: Markup =
            share > 0.75 ? "right:\(.percent(1 - share))" : "left:\(.percent(share))"
        return """
            <span class="leaf" style="\(side);bottom:\(.percent(height(node)))">\
            <small>\(place)</small> \(mass) %</span>
            """
    }

    private func vanishing(_ node: ClusterTree.Node) -> Markup {
        guard node.hasVanished else { return .empty }
        return """
            <i class="mark vanished" style="left:\(.percent(end(of: node)));\
            bottom:\(.percent(height(node)))"></i>
            """
    }
}
