/// A place in a text that a person wrote: a file, or an override on the command line.
public struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
    /// Name of the file as it was given, or `override`.
    public var file: String
    /// Line, from 1; for an override its number on the command line.
    public var line: Int
    /// Column in characters, from 1.
    public var column: Int

    /// The form `file:line:column` that editors and terminals follow.
    public var description: String { "\(file):\(line):\(column)" }
}
