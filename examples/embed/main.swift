import Scenarios

let text = """
    model.beta = 9.0
    initial.kind = "modes"
    initial.modes = [[1, 0.02, 0.01], [2, -0.013, 0.02]]
    """
let scenario = try ScenarioDecoder.decode(text: text, name: "embedded.toml")
if let run = try scenario.run() {
    for merger in run.record.mergers { print(merger.clustersAfter, merger.time.time.log10) }
    print(run.record.ended.rawValue, run.snapshots.count)
}
