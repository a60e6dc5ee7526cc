import Spectral

/// A sphere on which harmonic coefficients carry densities: ``TwoSphere`` or ``ThreeSphere``.
public protocol HarmonicSpace: Sendable {
    /// What attention does to coefficients.
    associatedtype Transport: HarmonicTransport

    /// Highest degree of any density.
    static var mostDegrees: Int { get }
    /// Degree of the first grid that a start is tried on.
    static var firstDegree: Int { get }

    /// Whether panels (``SphereMesh``) carry densities without noise that no grid holds.
    static var hasPanels: Bool { get }

    /// Highest degree of a density without noise: where it is not enough, points take over.
    static func largestDegree(_ attention: SphereAttention, tolerance: Double) -> Int
    /// Points of the grid on which densities of so many degrees move.
    static func nodes(degree: Int) -> Int
    /// c = ∫ Y dμ of a smooth start.
    static func modes(of start: SphereStart, in layout: Transport.Transform.Layout) -> [Double]
    /// Points that stand for a density under a kernel of sharpness b, and what they miss.
    static func points(
        of density: HarmonicDensity<Transport.Transform>, sharpness b: Double, tolerance: Double
    ) -> (measure: TokenMeasure, error: Double)
    /// The nodes of panels that stand for a density above an equator (``SphereMesh``), and what they miss; `nil` where
    /// there are none.
    static func mesh(
        of density: HarmonicDensity<Transport.Transform>, equator: [[Double]],
        sharpness b: Double, tolerance: Double
    ) -> (nodes: TokenMeasure, panels: Int, error: Double)?
    /// The velocity at unit vectors x, and log ∫ e^{β<Qx,Ky>} dμ(y) there.
    static func velocity(
        of density: HarmonicDensity<Transport.Transform>, attention: SphereAttention
    ) -> ([Double]) -> (vector: [Double], logPotential: Double)
}

/// S²: ``HarmonicEvolution`` on it is ``SphereEvolution``.
public enum TwoSphere: HarmonicSpace {
    /// By ``SphereTransport``.
    public typealias Transport = SphereTransport

    public static let mostDegrees = 511
    public static let firstDegree = 31
    public static let hasPanels = true

    public static func largestDegree(_ attention: SphereAttention, tolerance: Double) -> Int {
        let accuracy = tolerance <= 1e-9 ? 255 : tolerance < 1e-7 ? 127 : 95
        let band = FunkHeckeMultipliers(dimension: 3, inverseTemperature: attention.sharpness)
            .bandLimit
        return min(mostDegrees, max(accuracy, 2 * band))
    }

    public static func nodes(degree: Int) -> Int { 3 * (degree + 16) * (degree + 16) }

    public static func modes(of start: SphereStart, in layout: HarmonicLayout) -> [Double] {
        start.modes(in: layout)
    }

    /// The nodes of the grid.
    public static func points(
        of density: SphereDensity, sharpness b: Double, tolerance: Double
    ) -> (measure: TokenMeasure, error: Double) {
        let points = density.points
        return (points, error(of: points, for: density, sharpness: b))
    }

    public static func mesh(
        of density: SphereDensity, equator: [[Double]], sharpness b: Double, tolerance: Double
    ) -> (nodes: TokenMeasure, panels: Int, error: Double)? {
        let mesh = density.mesh(equator: equator, sharpness: b, tolerance: tolerance)
        return (mesh.measure, mesh.panels, error(of: mesh.measure, for: density, sharpness: b))
    }

    private static func error(
        of points: TokenMeasure, for density: SphereDensity, sharpness b: Double
    ) -> Double {
        points.kernelError(sharpness: b) { density.layout.moved(density.modes, to: $0) }
    }

    public static func velocity(
        of density: SphereDensity, attention: SphereAttention
    ) -> ([Double]) -> (vector: [Double], logPotential: Double) {
        SphereDensityVelocity(of: density, attention: attention).velocity
    }
}

/// S³: ``HarmonicEvolution`` on it is ``HypersphereEvolution``.
public enum ThreeSphere: HarmonicSpace {
    /// By ``HypersphereTransport``.
    public typealias Transport = HypersphereTransport

    public static let mostDegrees = 63
    public static let firstDegree = 15
    /// Panels have two labels.
    public static let hasPanels = false

    /// The next grid takes eight times as long.
    public static func largestDegree(_ attention: SphereAttention, tolerance: Double) -> Int { 31 }

    public static func nodes(degree: Int) -> Int {
        let waves = 3 * degree + 4
        return waves * waves * (waves / 4 + 1)
    }

    public static func modes(
        of start: SphereStart, in layout: HypersphericalLayout
    ) -> [Double] { start.modes(in: layout) }

    /// Those of a coarse grid, made right in the lowest degrees.
    public static func points(
        of density: HypersphereDensity, sharpness b: Double, tolerance: Double
    ) -> (measure: TokenMeasure, error: Double) {
        let points = density.points(tolerance: tolerance)
        return (points.measure, points.error(sharpness: b))
    }

    /// None.
    public static func mesh(
        of density: HypersphereDensity, equator: [[Double]], sharpness b: Double,
        tolerance: Double
    ) -> (nodes: TokenMeasure, panels: Int, error: Double)? { nil }

    public static func velocity(
        of density: HypersphereDensity, attention: SphereAttention
    ) -> ([Double]) -> (vector: [Double], logPotential: Double) {
        HypersphereVelocity(of: density, attention: attention).velocity
    }
}
