import Foundation
import Terminal

exit(Tokenfield.commandLine.run(Array(CommandLine.arguments.dropFirst())).rawValue)
