extension TokenMeasure {
    /// Adds independent N(0, amplitude²) numbers to all components and puts the tokens back on the sphere.
    public mutating func perturb(amplitude: Double, seed: UInt64) {
        var generator = Random(seed: seed)
        for i in positions.indices { positions[i] += amplitude * generator.nextNormal() }
        normalize()
    }
}
