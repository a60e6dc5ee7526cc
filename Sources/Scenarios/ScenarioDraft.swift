import Foundation

/// The text of a scenario to start from: with every key explained, or a copy of one that is there.
public struct ScenarioDraft: Sendable {
    /// TOML.
    public let text: String

    /// A scenario called `title` that shows every key; those that are not needed are commented out.
    public init(title: String) {
        text = "title = \(title.quoted)\n" + Self.template
    }

    /// A copy of `entry`; the data files that it names beside it are named by their absolute path.
    ///
    /// - Throws: a Foundation error if the file cannot be read.
    public init(like entry: ScenarioLibrary.Entry) throws {
        let data = entry.file.deletingLastPathComponent().appending(path: "data").path + "/"
        text = try String(contentsOf: entry.file, encoding: .utf8)
            .replacing("\"data/", with: "\"" + data)
    }

    /// Keys behind `#` and a blank are examples or defaults; the others are needed.
    private static let template = """
        evolve = "density"                # "density", or "particles": tokens

        [model]
        beta = 9.0                        # inverse temperature, >= 0
        # dimension = 2                   # of R^d: 2 is the circle, 3 the sphere S^2
        # normalization = "softmax"       # "softmax", "none", or "rescaled": none times e^(-beta)
        # query = 1.0                     # a number, a diagonal [1.0, 0.5], a matrix, or a .npy file
        # key = 1.0
        # value = 1.0                     # negative: repulsion
        # diffusion = 0.0                 # strength D of the noise
        # limit = "none"                  # "alignment", "heat", "pairing": the limits beta -> infinity

        [initial]                         # one kind; the manual lists all of them with their keys
        kind = "modes"                    # (1 + sum a cos(k theta) + b sin(k theta))/(2 pi)
        modes = [[1, 0.02, 0.01], [2, -0.013, 0.02]]   # [k, a, b]
        # perturbation = { amplitude = 0.01, max_degree = 8, seed = 1 }

        [density]
        # resolution = "auto"             # grid points, or as many as are needed
        # tolerance = 1e-8                # what the representation may lose

        [particles]                       # for evolve = "particles", and for compare
        # count = 10000                   # number of tokens; "all": those that are listed
        # replicas = 1                    # draws, for compare
        # seed = 1
        # sampling = "random"             # "random" or "stratified"
        # beta_exponent = 0.0             # beta grows with the number of tokens, for compare
        # engine = "auto"                 # "auto", "direct" or "fast"
        # coalesce = true                 # tokens that meet are joined

        [compare]
        # counts = [1000, 4000, 16000]    # numbers of tokens
        # times = [1.0, 2.0, 4.0]         # when to compare

        [time]
        end = "consensus"                 # a time, "consensus" or "stationary"
        # max = 1e300                     # no later than this; max_log10 = 400 beyond double range
        # tolerance = 1e-9                # local error of the steps
        # method = "adaptive"             # or "euler" with step = 0.1, for comparison
        # snapshots = 200                 # their number, or a list of times

        [phases]
        # collapse_residual = 0.01        # share outside the leading directions that ends collapse
        # condensed_fraction = 0.99       # share in narrow clusters that ends clustering
        # minimum_mass = 1e-3             # of a cluster

        """
}
