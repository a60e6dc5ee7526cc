import Foundation
import MeanField
import Scenarios
import Terminal

/// `tokenfield velocity`: the velocity field of the initial measure at points.
struct VelocityCommand: Command {
    private static let at = Option.points(
        "at", "P",
        help: "a point: an angle in radians (--at -0.3) or its coordinates (--at 0.6,0.8)")

    static let description = CommandDescription(
        name: "velocity",
        abstract: "the velocity of the initial measure at points",
        discussion: [
            "Prints d theta/dt of a token at each point, in the papers' time t, and the logarithm "
                + "of the attention potential there. Nothing is evolved and nothing is written."
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: [at.declaration, Shared.json.declaration],
        examples: [
            Example(
                "tokenfield velocity scenarios/three-phases-circle.toml --at -0.3",
                "At one angle:"),
            Example(
                "tokenfield velocity scenarios/two-clusters.toml --at 0.5 1.0 0.6,0.8 --json",
                "At several points, for a program:"),
        ])

    /// Path of the scenario file.
    let scenario: String
    /// Keys replaced on the command line, `key.path=value` in their order.
    let overrides: [String]
    /// Angles (one number each) or points of the plane (two), as they were given.
    let points: [[Double]]
    /// Whether standard output is one JSON object.
    let json: Bool

    init(_ arguments: ParsedArguments) throws {
        scenario = try arguments[Shared.scenario]
        overrides = arguments.overrides
        points = try arguments[Self.at]
        json = try arguments[Shared.json]
    }

    func execute() throws -> ExitStatus {
        let scenario = try ScenarioDecoder.decode(file: scenario, overrides: overrides)
        guard [.none, .alignment].contains(scenario.model.limit) else {
            throw UsageError(
                "velocity shows the field of attention or of its alignment limit; add "
                    + "model.limit='none'")
        }
        let objects =
            scenario.isOnCircle ? try onCircle(scenario) : try onSphere(scenario)
        if json { StandardOutput.write(.array(objects)) }
        return .done
    }

    /// The field of tokens or of a zonal density at points of S^{d-1}.
    private func onSphere(_ scenario: Scenario) throws -> [JSONValue] {
        let d = scenario.model.dimension
        let field = try scenario.sphereField()
        return try points.map { point in
            let length = point.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard point.count == d, length > 0 else {
                throw UsageError("--at takes \(d) coordinates, not all zero, in R^\(d)")
            }
            let (vector, potential) = field(point.map { $0 / length })
            if !json {
                let place = point.map { NumberText.plain($0) }.joined(separator: ",")
                let numbers = vector.map { "\($0)" }.joined(separator: ", ")
                print("at \(place)  velocity = (\(numbers))  log potential = \(potential)")
            }
            return [
                "at": coordinates(point), "velocity": .array(vector.map { JSONValue($0) }),
                "log_potential": JSONValue(potential),
            ]
        }
    }

    private func onCircle(_ scenario: Scenario) throws -> [JSONValue] {
        let angles = try points.map { try angle(of: $0) }
        let attention = scenario.attention
        let measure = scenario.startingMeasure.points(sharpness: attention.meshSharpness)
        var field = CircleVelocity(of: measure, attention: attention)
        let velocities = field.values(at: angles)
        var objects = [JSONValue]()
        for (i, point) in points.enumerated() {
            let potential = field.logPotential(at: angles[i])
            if json {
                objects.append([
                    "at": coordinates(point), "velocity": vector(velocities[i], point, angles[i]),
                    "log_potential": JSONValue(potential),
                ])
            } else {
                let place = point.map { NumberText.plain($0) }.joined(separator: ",")
                print("at \(place)  d theta/dt = \(velocities[i])  log potential = \(potential)")
            }
        }
        return objects
    }

    private func angle(of point: [Double]) throws -> Double {
        if point.count == 1 { return point[0] }
        guard point.count == 2, point.contains(where: { $0 != 0 }) else {
            throw UsageError(
                "--at takes an angle or two coordinates, not both zero, on the circle")
        }
        return atan2(point[1], point[0])
    }

    private func coordinates(_ point: [Double]) -> JSONValue {
        point.count == 1 ? JSONValue(point[0]) : .array(point.map { JSONValue($0) })
    }

    /// d theta/dt for an angle; the tangent vector for a point of the plane.
    private func vector(_ rate: Double, _ point: [Double], _ angle: Double) -> JSONValue {
        point.count == 1
            ? JSONValue(rate)
            : .array([JSONValue(-rate * sin(angle)), JSONValue(rate * cos(angle))])
    }
}
