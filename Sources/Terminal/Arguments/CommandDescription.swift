/// An argument without a name, told by its place.
public struct Positional: Sendable, Hashable {
    /// Its name in the help, in capitals.
    public let name: String
    /// What it is, for the help.
    let help: String
    /// Whether the command can do without.
    let isOptional: Bool
    /// Whether it may be given several times; the last one of a command only.
    let isRepeated: Bool

    /// An argument called `name`.
    public init(
        _ name: String, help: String, isOptional: Bool = false, isRepeated: Bool = false
    ) {
        self.name = name
        self.help = help
        self.isOptional = isOptional
        self.isRepeated = isRepeated
    }
}

/// A command line to copy, and what it does.
public struct Example: Sendable, Hashable {
    /// The command line.
    let line: String
    /// What it does.
    let meaning: String

    /// `line` does what `meaning` says.
    public init(_ line: String, _ meaning: String) {
        self.line = line
        self.meaning = meaning
    }
}

/// Everything a command accepts, declared once: the parser obeys it, the help is made from it.
public struct CommandDescription: Sendable {
    /// The word after `tokenfield`.
    public let name: String
    /// Half a sentence for the list of commands.
    public let abstract: String
    /// Paragraphs for the command's own help.
    let discussion: [String]
    /// Arguments told by their place.
    let positionals: [Positional]
    /// Whether `key.path=value` arguments are accepted.
    let takesOverrides: Bool
    /// The options, without `--help`, which every command has.
    let options: [OptionDeclaration]
    /// Command lines to copy.
    let examples: [Example]

    /// The declaration of the command `name`.
    public init(
        name: String, abstract: String, discussion: [String], positionals: [Positional],
        takesOverrides: Bool = false, options: [OptionDeclaration] = [], examples: [Example]
    ) {
        self.name = name
        self.abstract = abstract
        self.discussion = discussion
        self.positionals = positionals
        self.takesOverrides = takesOverrides
        self.options = options
        self.examples = examples
    }
}

/// A subcommand: its declaration, its arguments as typed values, and what it does.
public protocol Command: Sendable {
    /// Name, arguments, help.
    static var description: CommandDescription { get }
    /// Reads the values; throws ``UsageError`` where one is wrong.
    init(_ arguments: ParsedArguments) throws
    /// Does the work and says how it ended.
    func execute() throws -> ExitStatus
}
