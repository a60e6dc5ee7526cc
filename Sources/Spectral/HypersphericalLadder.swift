import Foundation

/// Coordinates times harmonics on S³, and the gradients of harmonics.
///
///     x_i Y = A_i⁺Y + A_i⁻Y,   (grad Y)_i = -l A_i⁺Y + (l + 2) A_i⁻Y
///
/// with A_i^± Y of degree l ± 1. Each has few terms: orders m ± e of the angle of x_i, with the integrals
/// ∫ √u g g' du or ∫ √(1-u) g g' du by an exact quadrature. Products beyond the layout are left out.
public struct HypersphericalLadder: Sendable {
    /// Where coefficients stand.
    public let layout: HypersphericalLayout

    /// The terms of one coordinate.
    private struct Terms: Sendable {
        var sources = [Int32]()
        var targets = [Int32]()
        var factors = [Double]()
        /// The factors of the gradient.
        var slopes = [Double]()
    }

    private let terms: [Terms]

    /// The ladder of a layout.
    public init(_ layout: HypersphericalLayout) {
        self.layout = layout
        let functions = HopfFunctions(degree: layout.degree)
        let rule = gaussLegendreRule(layout.degree / 2 + 2)
        let heights = rule.nodes.map { (1 + $0) / 2 }
        let tables = heights.map { functions.table(at: $0) }
        var terms = [Terms](repeating: Terms(), count: 4)
        for order in layout.orders {
            for angle in 0..<2 {
                let roots = heights.indices.map {
                    rule.weights[$0] / 2
                        * (angle == 0 ? heights[$0] : 1 - heights[$0]).squareRoot()
                }
                for shift in [-1, 1] {
                    let (m1, m2) = (
                        order.first + (angle == 0 ? shift : 0),
                        order.second + (angle == 1 ? shift : 0)
                    )
                    let isMirrored = m2 < 0 || m2 == 0 && m1 < 0
                    let (first, second) = isMirrored ? (-m1, -m2) : (m1, m2)
                    guard abs(first) + second <= layout.degree else { continue }
                    let target = layout.orders[layout.index(first, second)]
                    let norms =
                        (order.isZero ? 1 : 2.0.squareRoot())
                        / (target.isZero ? 1 : 2.0.squareRoot())
                    for n in 0..<order.count {
                        let l = order.degree + 2 * n
                        for other in [l - 1, l + 1] {
                            let k = (other - target.degree) / 2
                            guard other >= target.degree, k < target.count else { continue }
                            let a = functions.start(abs(order.first), order.second) + n
                            let b = functions.start(abs(first), second) + k
                            var factor = 0.0
                            for (root, table) in zip(roots, tables) {
                                factor += root * table[a] * table[b]
                            }
                            factor *= norms / 2
                            let slope = other > l ? -Double(l) : Double(l + 2)
                            let (from, to) = (2 * (order.start + n), 2 * (target.start + k))
                            let side: Double = isMirrored ? -1 : 1
                            let turn = Double(shift)
                            // cos times (cos, sin), then sin times (cos, sin).
                            let rules: [(axis: Int, from: Int, to: Int, sign: Double)] = [
                                (0, 0, 0, 1), (0, 1, 1, side), (1, 0, 1, turn * side),
                                (1, 1, 0, -turn),
                            ]
                            for rule in rules {
                                if rule.from == 1 && order.isZero { continue }
                                if rule.to == 1 && target.isZero { continue }
                                let axis = 2 * angle + rule.axis
                                terms[axis].sources.append(Int32(from + rule.from))
                                terms[axis].targets.append(Int32(to + rule.to))
                                terms[axis].factors.append(rule.sign * factor)
                                terms[axis].slopes.append(rule.sign * factor * slope)
                            }
                        }
                    }
                }
            }
        }
        self.terms = terms
    }

    /// Writes the coefficients of x_i f.
    public func multiply(_ f: [Double], byCoordinate i: Int, into result: inout [Double]) {
        precondition(f.count == layout.count && result.count == layout.count)
        for k in result.indices { result[k] = 0 }
        let terms = terms[i]
        for k in terms.factors.indices {
            result[Int(terms.targets[k])] += terms.factors[k] * f[Int(terms.sources[k])]
        }
    }

    /// Adds ∫ (grad Y)_i F_i dσ for every harmonic, from the coefficients of F_i.
    ///
    /// Those of the last degree are incomplete.
    public func addWeakDivergence(
        _ component: [Double], alongCoordinate i: Int, to result: inout [Double]
    ) {
        precondition(component.count == layout.count && result.count == layout.count)
        let terms = terms[i]
        for k in terms.slopes.indices {
            result[Int(terms.sources[k])] += terms.slopes[k] * component[Int(terms.targets[k])]
        }
    }
}
