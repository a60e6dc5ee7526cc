import TimeIntegration

/// Weighted rings about an axis moved by their own attention velocity.
///
///     dθ_i/dt = v(θ_i),   μ = Σ_i m_i (uniform on the ring at θ_i)
///
/// Rings at 0 and π are the poles, which do not move. With `isEven` each θ_i stands for π - θ_i as well,
/// with half of the mass each, and a ring on the equator stays there. Cost O(n²) at the worst
/// (``RingKernel``).
struct RingEquation: DifferentialEquation {
    let attention: ZonalAttention
    let isEven: Bool
    /// Absolute error allowed in an angle per step.
    let tolerance: Double
    /// Shape [n].
    let masses: [Double]
    private var kernel: RingKernel
    private var images: [Double]
    private var shares: [Double]

    init(
        attention: ZonalAttention, masses: [Double], isEven: Bool, tolerance: Double,
        kernel: RingKernel
    ) {
        self.attention = attention
        self.isEven = isEven
        self.tolerance = tolerance
        self.masses = masses
        self.kernel = kernel
        shares = isEven ? (masses + masses).map { $0 / 2 } : masses
        images = shares
    }

    var dimension: Int { masses.count }

    var isAngular: Bool { true }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        let n = masses.count
        for i in 0..<n { images[i] = y[i] }
        if isEven { for i in 0..<n { images[n + i] = .pi - y[i] } }
        if attention.limit == .none { kernel.setSources(angles: images, masses: shares) }
        for i in 0..<n {
            dy[i] = isEven && y[i] == .pi / 2 ? 0 : kernel.velocity(at: y[i])
        }
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        for i in 0..<scale.count { scale[i] = tolerance }
    }
}
