import Foundation
import Terminal

StandardOutput.prepare()
let status = Tokenfield.commandLine.run(Array(CommandLine.arguments.dropFirst()))
exit(StandardOutput.finish(status).rawValue)
