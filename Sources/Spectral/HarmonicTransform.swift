import Foundation

/// Where the coefficients of real harmonics on a sphere stand, up to a degree.
///
/// ``HarmonicLayout`` on S², ``HypersphericalLayout`` on S³. The harmonics are orthonormal with respect to
/// the uniform probability measure.
public protocol HarmonicPlaces: Sendable, Equatable {
    /// The layout of degrees 0 … `degree`.
    init(degree: Int)

    /// Highest degree D.
    var degree: Int { get }
    /// Number of coefficients, the zeros that stand for no harmonic among them.
    var count: Int { get }
    /// Number of harmonics.
    var harmonics: Int { get }
    /// The degree of every coefficient, shape [count].
    var degrees: [Int] { get }

    /// The coefficients `modes` of this layout in another, with zeros or cut off.
    func moved(_ modes: [Double], to other: Self) -> [Double]
}

/// Fields on a sphere between coefficients of harmonics and values on the points of a quadrature.
///
/// ``SphericalTransform`` on S², ``HypersphericalTransform`` on S³.
public protocol HarmonicTransform: Sendable {
    /// Where coefficients stand.
    associatedtype Layout: HarmonicPlaces

    /// A transform for degrees up to `degree` whose analysis is exact for fields of degree
    /// `fieldDegree`.
    init(degree: Int, analysing fieldDegree: Int)

    /// Where coefficients stand.
    var layout: Layout { get }
    /// Number of points.
    var count: Int { get }
    /// Weights of the points, equal for stretches of equal length, shape [stretches].
    var weights: [Double] { get }

    /// Values of the field with these coefficients, shape [count].
    func values(of modes: [Double], in short: Layout) -> [Double]
    /// Coefficients of the field with these values.
    func modes(of grid: [Double]) -> [Double]
    /// Calls `body` for every point with its index and its unit vector.
    func forEachPoint(_ body: (Int, [Double]) -> Void)
}

extension SphericalTransform: HarmonicTransform {
    public init(degree: Int, analysing fieldDegree: Int) {
        let waves = degree + fieldDegree + 1
        self.init(degree: degree, rings: waves / 2 + 1, longitudes: waves)
    }

    public var count: Int { rings * longitudes }

    public func values(of modes: [Double], in short: HarmonicLayout) -> [Double] {
        values(of: modes, in: short, turns: nil)
    }

    /// Calls `body` for every node with its index and its unit vector, ring after ring.
    public func forEachPoint(_ body: (Int, [Double]) -> Void) {
        let directions = (0..<longitudes).map { j -> (Double, Double) in
            let φ = 2 * .pi * Double(j) / Double(longitudes)
            return (cos(φ), sin(φ))
        }
        var index = 0
        for z in heights {
            let s = ((1 - z) * (1 + z)).squareRoot()
            for (c, d) in directions {
                body(index, [s * c, s * d, z])
                index += 1
            }
        }
    }
}

extension HypersphericalTransform: HarmonicTransform {}
