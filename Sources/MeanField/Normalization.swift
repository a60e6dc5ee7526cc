/// What the attention sum is divided by.
public enum Normalization: String, Sendable, CaseIterable {
    /// SA: v(x) = P_x V ∫ e^{β<Qx,Ky>} y dμ(y) / ∫ e^{β<Qx,Ky>} dμ(y).
    case softmax
    /// USA: the same without the denominator.
    case none
    /// USA with the kernel divided by its maximum: e^{β'(<x,y> - 1)}.
    case rescaled
}
