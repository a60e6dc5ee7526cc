extension LinearTheory {
    /// The linear theory of `attention`.
    public init(attention: IsotropicAttention) {
        // q = 1 and k carries the sign, so that β·q·k is β' exactly.
        self.init(
            inverseTemperature: attention.sharpness, normalization: attention.normalization,
            query: 1, key: attention.inverseTemperature < 0 ? -1 : 1, value: attention.value,
            diffusion: attention.diffusion)
    }
}
