import Foundation
import Ranks
import Terminal

StandardOutput.prepare()
let arguments = Array(CommandLine.arguments.dropFirst())
if let ranks = Job.communicator, ranks.rank > 0 {
    // Rank 0 speaks for all, and does alone what is no work for several.
    StandardOutput.silence()
    guard ["run", "sweep"].contains(arguments.first) else {
        Job.finish()
        exit(ExitStatus.done.rawValue)
    }
}
let status = Tokenfield.commandLine.run(arguments)
Job.finish()
exit(StandardOutput.finish(status).rawValue)
