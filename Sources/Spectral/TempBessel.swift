import Foundation
public func scaledBesselI(upTo count: Int, _ beta: Double) -> [Double] {
    if beta == 0 { return [1] + [Double](repeating: 0, count: count) }
    let start = count + 40 + Int(12 * beta.squareRoot()) + 2 * (beta < 1 ? 0 : 10)
    var out = [Double](repeating: 0, count: count + 1)
    var (next, this) = (0.0, 1e-280)
    var sum = 0.0
    for k in stride(from: start, through: 0, by: -1) {
        if k <= count { out[k] = this }
        sum += (k == 0 ? 1 : 2) * this
        if k > 0 {
            let previous = next + 2 * Double(k) / beta * this
            next = this
            this = previous
            if this > 1e200 {
                this *= 1e-250
                next *= 1e-250
                sum *= 1e-250
                for i in 0...count { out[i] *= 1e-250 }
            }
        }
    }
    return out.map { $0 / sum }
}
