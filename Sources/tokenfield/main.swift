import Foundation
import MeanField
import Phases

let args = CommandLine.arguments
let beta = Double(args[1])!
let which = args[2]
let tol = Double(args[3])!
let rot = args.count > 4 ? Double(args[4])! : 0
var initial: CircleInitial
func mode(_ k: Int, _ a: Double, _ b: Double) -> CircleInitial.Mode {
    // rotate by rot
    let c = cos(Double(k) * rot), s = sin(Double(k) * rot)
    return .init(degree: k, cosine: a * c - b * s, sine: a * s + b * c)
}
switch which {
case "a": initial = .modes([mode(1, 0.03, 0), mode(2, 0.01, 0.02), mode(3, 0.02, -0.02)])
case "b": initial = .modes([mode(1, 0.02, 0.01), mode(2, -0.013, 0.02)])
case "c": initial = .modes([mode(3, 0.01, 0)])
case "atoms": initial = .atoms(angles: [rot, rot + 2], masses: [0.5, 0.5])
default: initial = .mixture([.init(angle: rot, shape: .wrappedNormal(sigma: Double(which)!), weight: 0.5), .init(angle: rot+2, shape: .wrappedNormal(sigma: Double(which)!), weight: 0.5)])
}
let attention = IsotropicAttention(beta: beta)
let t0 = Date()
var opt = EvolutionOptions(timeTolerance: tol, densityTolerance: tol * 10)
var evo = try CircleEvolution(of: StartingMeasure(initial), attention: attention, options: opt)
print("symmetry", evo.symmetry)
var det = PhaseDetector(&evo, condensedFraction: 0.99, minimumMass: 1e-3)
var shown = 0
if which == "c" { for t in [2.0, 4, 5] { while evo.time < ModelTime(t) { try evo.step(limit: ModelTime(t)); det.observe(&evo); try evo.finishStep() }; print(t, evo.measure().coefficients(upTo: 3).re[3], evo.representation, evo.steps) } }
while det.consensus == nil && evo.steps < 100000 {
    try evo.step(limit: nil)
    det.observe(&evo)
    try evo.finishStep()
    if evo.changes.count > shown { print(evo.changes[shown], evo.steps, Date().timeIntervalSince(t0)); shown += 1 }
    if args.count > 5 && evo.steps % Int(args[5])! == 0 { print(evo.steps, evo.time.log10, evo.time.approximation, evo.representation, det.current.clusters.count, det.current.condensed, evo.drift()) }
}
print("clustering", det.clusteringEnd?.approximation as Any)
for c in det.clustersAtClusteringEnd?.members ?? [] { print("  ", c.angle! - rot, c.mass) }
for m in det.mergers { print(m.kind, m.time.time.approximation, m.clustersAfter, m.into.mass) }
print("consensus", det.consensus?.approximation as Any, evo.steps, evo.time.approximation)
print("time", Date().timeIntervalSince(t0))
