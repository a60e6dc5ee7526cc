import Foundation

/// The rotations and reflections that leave a measure on the circle as it is.
///
/// Rotations by 2π/fold, and with `reflects` the reflections φ → -φ as well, where φ = θ - origin.
/// An evolution that stores one representative of each orbit keeps the symmetry exactly: attention
/// commutes with rotations and reflections, but rounding does not, and where the symmetric state is
/// unstable rounding would decide the outcome.
public struct DihedralSymmetry: Sendable, Equatable {
    /// Order of the group of rotations, at least 1.
    public var fold: Int
    /// Reflections about `origin` belong to the group.
    public var reflects: Bool
    /// The angle θ that the internal angle φ = 0 stands for.
    public var origin: Double

    /// No symmetry.
    public static let none = DihedralSymmetry(fold: 1, reflects: false, origin: 0)

    /// Whether there is more than the identity.
    public var isTrivial: Bool { fold == 1 && !reflects }

    /// Whether clusters at these angles cannot move: each on an axis of reflection, or all one orbit.
    public func holds(_ angles: [Double]) -> Bool {
        if fold > 1 && angles.count == fold { return true }
        return reflects
            && angles.allSatisfy { abs(remainder($0 - origin, period / 2)) < 1e-9 }
    }

    /// The length of the interval [0, period) that rotations carry over the circle.
    public var period: Double { 2 * .pi / Double(fold) }

    /// The symmetry of a density with the Fourier coefficients c_k = (re_k, im_k), k = 0 … K.
    ///
    /// A coefficient breaks a rotation if it is not exactly zero; it breaks a reflection if it is off
    /// the axis by more than the rounding of its own phase.
    public static func of(re: [Double], im: [Double]) -> DihedralSymmetry {
        let present = re.indices.dropFirst().filter { re[$0] != 0 || im[$0] != 0 }
        guard let first = present.first else { return .none }
        let fold = present.reduce(0, greatestCommonDivisor)
        // c_k e^{ikα} is real for every k: α = (-arg c_k + πj)/k for some j.
        let phase = atan2(im[first], re[first])
        for j in 0..<(2 * first / fold) {
            let origin = (-phase + .pi * Double(j)) / Double(first)
            let isAxis = present.allSatisfy { k in
                let angle = Double(k) * origin
                let imaginary = re[k] * sin(angle) + im[k] * cos(angle)
                let size = abs(re[k]) + abs(im[k])
                return abs(imaginary) <= 1e-15 * (4 + abs(angle)) * size
            }
            if isAxis {
                return DihedralSymmetry(fold: fold, reflects: true, origin: origin)
            }
        }
        return DihedralSymmetry(fold: fold, reflects: false, origin: 0)
    }

    /// The symmetry of labelled points (atoms, mixture components): equal labels may be exchanged.
    ///
    /// Angles count as equal within 1e-14, labels within a relative 1e-14. Cost O(n³) at the worst.
    public static func of(angles: [Double], labels: [[Double]]) -> DihedralSymmetry {
        let n = angles.count
        func same(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-14 * max(abs(a), abs(b)) }
        func multiplicity(_ angle: Double, _ label: [Double]) -> Int {
            (0..<n).count { j in
                abs(remainder(angle - angles[j], 2 * .pi)) < 1e-14
                    && zip(label, labels[j]).allSatisfy { same($0, $1) }
            }
        }
        // Points may coincide: an image must hold as many of a kind as the place itself.
        let own = (0..<n).map { multiplicity(angles[$0], labels[$0]) }
        func isInvariant(_ map: (Double) -> Double) -> Bool {
            (0..<n).allSatisfy { multiplicity(map(angles[$0]), labels[$0]) == own[$0] }
        }
        let fold =
            (1...n).last { q in
                n % q == 0 && isInvariant { $0 + 2 * .pi / Double(q) }
            } ?? 1
        for j in 0..<n {
            let origin = (angles[0] + angles[j]) / 2
            if isInvariant({ 2 * origin - $0 }) {
                return DihedralSymmetry(fold: fold, reflects: true, origin: origin)
            }
        }
        return DihedralSymmetry(fold: fold, reflects: false, origin: 0)
    }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
}
