// Series on the equispaced grid between points and modes, for the transforms of points anywhere.

/// Writes Σ_{k≥1} Re(w_k f_k e^{2πikj/n}) into `values`, j = 0 … n - 1; the constant is left out.
///
/// w: `correction` of the modes k = 0 … K, which f has to reach; `spectrum` is work space, n + 2 numbers.
func tabulateSeries(
    _ re: [Double], _ im: [Double], correction: [Double], by fft: RealFFT,
    spectrum: inout [Double], into values: inout [Double]
) {
    for i in 0..<spectrum.count { spectrum[i] = 0 }
    for k in 1..<correction.count {
        spectrum[2 * k] = 0.5 * correction[k] * re[k]
        spectrum[2 * k + 1] = 0.5 * correction[k] * im[k]
    }
    fft.synthesise(&spectrum, into: &values)
}

/// Writes the periodic `values` into `grid`, with as many as `margin` again beyond each end.
func padPeriodically(_ values: [Double], margin: Int, into grid: inout [Double]) {
    let n = values.count
    for i in 0..<n { grid[i + margin] = values[i] }
    for i in 0..<margin {
        grid[i] = values[n - margin + i]
        grid[n + margin + i] = values[i]
    }
}
