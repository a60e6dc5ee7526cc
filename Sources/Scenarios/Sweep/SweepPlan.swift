import Foundation

/// The points of a sweep: every combination of the values of its axes.
///
/// Point n has the values whose indices are the digits of n, the last axis running fastest.
public struct SweepPlan: Sendable {
    /// Path of the scenario file.
    public let file: String
    /// Keys replaced at every point, `key.path=value`.
    public let overrides: [String]
    /// What is swept, the slowest first.
    public let axes: [SweepAxis]
    /// The first point.
    public let first: Scenario
    /// Whether there are points on the circle, and points beyond it.
    let (hasCircle, hasSphere): (Bool, Bool)

    /// Most points of a sweep.
    static let mostPoints = 1_000_000

    /// Reads the scenario of every point, so that nothing is computed where one is wrong.
    ///
    /// - Throws: ``ScenarioError``: of an axis at `--over:n:column`.
    public init(
        file: String, overrides: [String], axes: [SweepAxis]
    ) throws(ScenarioError) {
        precondition(!axes.isEmpty, "a sweep has an axis")
        self.file = file
        self.overrides = overrides
        self.axes = axes
        func error(_ axis: Int, _ message: String) -> ScenarioError {
            ScenarioError(SourcePosition(file: "--over", line: axis + 1, column: 1), message)
        }
        for (index, axis) in axes.enumerated()
        where axes[..<index].contains(where: { $0.key == axis.key }) {
            throw error(index, "\(axis.key) is swept twice; give all its values at once.")
        }
        var count = 1
        for (index, axis) in axes.enumerated() {
            count *= axis.values.count
            guard count <= Self.mostPoints else {
                throw error(
                    index, "the sweep has more than \(Self.mostPoints) points; give fewer values.")
            }
        }
        var found: (first: Scenario?, circle: Bool, sphere: Bool) = (nil, false, false)
        for point in 0..<count {
            let scenario = try Self.scenario(file, overrides, axes, point)
            if found.first == nil { found.first = scenario }
            if scenario.isOnCircle { found.circle = true } else { found.sphere = true }
        }
        first = found.first!
        (hasCircle, hasSphere) = (found.circle, found.sphere)
    }

    /// Number of points.
    public var count: Int { axes.reduce(1) { $0 * $1.values.count } }

    /// The values of a point, one for each axis.
    public func values(_ point: Int) -> [String] { Self.values(axes, point) }

    /// The scenario of a point.
    ///
    /// - Throws: ``ScenarioError`` where a file has changed in the meantime.
    public func scenario(_ point: Int) throws(ScenarioError) -> Scenario {
        try Self.scenario(file, overrides, axes, point)
    }

    /// The scenario of the first point with other values of the axes, in their order.
    func scenario(with values: [String]) throws(ScenarioError) -> Scenario {
        try Self.scenario(file, overrides, axes, values)
    }

    /// What identifies the sweep: the scenario of its first point under a comment with its axes.
    var text: String {
        let lines = axes.map { "#     \($0.key) = \($0.values.joined(separator: ", "))" }
        return (["# The first point of a sweep over"] + lines + ["", first.tomlText])
            .joined(separator: "\n")
    }

    private static func values(_ axes: [SweepAxis], _ point: Int) -> [String] {
        var rest = point
        return axes.reversed().map { axis in
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: axis.values.count)
            rest = quotient
            return axis.values[index]
        }.reversed()
    }

    private static func scenario(
        _ file: String, _ overrides: [String], _ axes: [SweepAxis], _ point: Int
    ) throws(ScenarioError) -> Scenario {
        try scenario(file, overrides, axes, values(axes, point))
    }

    private static func scenario(
        _ file: String, _ overrides: [String], _ axes: [SweepAxis], _ values: [String]
    ) throws(ScenarioError) -> Scenario {
        do {
            return try ScenarioDecoder.decode(
                file: file, overrides: overrides + zip(axes, values).map { "\($0.key)=\($1)" })
        } catch {
            throw ScenarioError(
                issues: error.issues.map { issue in
                    var issue = issue
                    if issue.position.file == "override", issue.position.line > overrides.count {
                        issue.position.file = "--over"
                        issue.position.line -= overrides.count
                    }
                    return issue
                })
        }
    }
}
