import Testing

@testable import Scenarios

@Suite struct ScenarioDecoderRefusalTests {
    static let syntax: [Refusal] = [
        .model("beta = 1\nbeta = 2", "3:1", "duplicate key", "'beta'", "once"),
        .more("[model]\nkey = 1", "5:1", "duplicate key", "'model'"),
        .more("[time]\nend = {a = 1, a = 2}", "6:15", "duplicate key"),
        .model("beta = ", "2:8", "no valid TOML"),
        .model("beta = 1e999", "2:8", "no valid TOML", "'1e999'"),
        .model("beta = high", "2:8", "no valid TOML", "value type", "in quotes"),
        Refusal(text: "title = \"x", position: "1:11", words: ["no valid TOML", "end-of-file"]),
    ]

    static let keys: [Refusal] = [
        .model("beta = 1\nbetta = 2", "3:1", "unknown key model.betta", "did you mean model.beta?"),
        .model("beta = 1\nzzz = 2", "3:1", "unknown key model.zzz", "takes dimension, beta,"),
        .more("[tiem]\nend = 1", "5:2", "unknown key tiem", "did you mean time?"),
        .more(
            "[density]\ncollapse_residual = 0.1", "6:1", "did you mean phases.collapse_residual?"),
        .more("[density]\nresolutoin = 64", "6:1", "did you mean density.resolution?"),
        .more("[time]\nends = 1", "6:1", "unknown key time.ends", "did you mean time.end?"),
        .more("[phases]\nminimummass = 0.1", "6:1", "did you mean phases.minimum_mass?"),
        .more("perturbation = { amplitud = 0.1 }", "5:18", "did you mean initial.perturbation.amp"),
        .more("wobble = 1", "5:1", "unknown key initial.wobble", "kind, perturbation"),
        Refusal(
            text: "beta = 2\n[model]\nbeta = 1\n[initial]\nkind = 'uniform'", position: "1:1",
            words: ["unknown key beta", "did you mean model.beta?"]),
    ]

    static let model: [Refusal] = [
        .model("", "1:1", "model.beta is missing", ">= 0"),
        Refusal(
            text: "[initial]\nkind = 'uniform'", position: "1:1", words: ["model.beta is missing"]),
        Refusal(
            text: "model = 3\n[initial]\nkind = 'uniform'", position: "1:9",
            words: ["model is 3; it must be a table"]),
        Refusal(
            text: "[[model]]\nbeta = 3\n[initial]\nkind = 'uniform'", position: "1:1",
            words: ["model is a list; it must be a table"]),
        Refusal(
            text: "title = 3\n[model]\nbeta = 3\n[initial]\nkind = 'uniform'", position: "1:9",
            words: ["title is 3", "a string"]),
        Refusal(
            text: "evolve = 'densty'\n[model]\nbeta = 3\n[initial]\nkind = 'uniform'",
            position: "1:10", words: ["\"densty\"", "did you mean \"density\"?"]),
        Refusal(
            text: "evolve = 'particles'\n[model]\nbeta = 3\nlimit = 'heat'\nvalue = -1\n"
                + "[initial]\nkind = 'uniform'",
            position: "4:9", words: ["moves tokens", "limit = \"none\""]),
        .model("beta = \"9\"", "2:8", "the string \"9\"", "a finite number >= 0"),
        .model("beta = true", "2:8", "is true", "a finite number >= 0"),
        .model("beta = 1979-05-27", "2:8", "a date", "a finite number >= 0"),
        .model("beta = -1", "2:8", "is -1", ">= 0"),
        .model("beta = nan", "2:8", "is nan", "finite"),
        .model("beta = inf", "2:8", "is inf", "finite"),
        .model("beta = 1\ndiffusion = -0.1", "3:13", "model.diffusion is -0.1", ">= 0"),
        .model("beta = 1\ndiffusion = inf", "3:13", "model.diffusion is inf"),
        .model("beta = 1\nvalue = nan", "3:9", "model.value is nan"),
        .model("beta = 1\nquery = 'I'", "3:9", "model.query: \"I\" cannot be read", ".npy"),
        .model("beta = 1\nquery = true", "3:9", "model.query is true", "a number, a list of 2"),
        .model("beta = 1\nquery = [1, 2, 3]", "3:9", "has 3 entries", "a list of 2 numbers"),
        .model("beta = 1\nquery = []", "3:9", "has 0 entries"),
        .model("beta = 1\nquery = [1, nan]", "3:13", "model.query[2] is nan", "finite"),
        .model("beta = 1\nquery = [1, 'a']", "3:13", "model.query[2] is the string"),
        .model("beta = 1\nkey = [[1, 0]]", "3:7", "model.key has 1 rows", "2 lists of 2"),
        .model("beta = 1\nkey = [[1, 0], [0]]", "3:16", "model.key[2] has 1 entries"),
        .model("beta = 1\nkey = [[1, 0], 1]", "3:16", "model.key[2] is 1", "a list of 2 numbers"),
        .model("beta = 1\nkey = [[1, inf], [0, 1]]", "3:12", "model.key[1][2] is inf"),
        .model(
            "beta = 200\nnormalization = 'none'\nkey = [[1, 1], [0, 1]]", "3:17",
            "beta * norm(K^T Q) = 323.", "rescaled"),
        .model("beta = 1\ndimension = 1", "3:13", "model.dimension is 1", "from 2 to"),
        .model("beta = 1\ndimension = 2.0", "3:13", "model.dimension is 2.0", "an integer"),
        .model("beta = 1\nlimit = 'heta'", "3:9", "did you mean \"heat\"?"),
        .model("beta = 1\nnormalization = 'soft'", "3:17", "did you mean \"softmax\"?"),
        .model("beta = 1\nnormalization = 1", "3:17", "is 1", "\"softmax\", \"none\", \"resc"),
        .model(
            "beta = 200\nnormalization = 'none'\nquery = -2", "3:17", "= 400", "e^400",
            "at most 300", "\"rescaled\""),
        .model("beta = 1e200\nkey = 1e200", "2:8", "not finite", "lower model.beta"),
    ]

    static let particles: [Refusal] = [
        .more("[particles]\ncount = 0", "6:9", "particles.count is 0", "from 1 to"),
        .more("[particles]\ncount = 2.0", "6:9", "is 2.0", "an integer"),
        .more("[particles]\ncount = 'some'", "6:9", "\"some\"", "or \"all\""),
        .more("[particles]\ncount = 'all'", "6:9", "lists points", "\"atoms\""),
        .more("[particles]\nreplicas = 0", "6:12", "particles.replicas is 0"),
        .more("[particles]\nseed = -1", "6:8", "particles.seed is -1"),
        .more("[particles]\nsampling = 'strat'", "6:12", "did you mean \"stratified\"?"),
        .more("[particles]\nbeta_exponent = -11", "6:17", "beta_exponent is -11"),
        .more("[particles]\nengine = 'quick'", "6:10", "\"direct\""),
        .more("[particles]\ncoalesce = 1", "6:12", "is 1", "true or false"),
        .more("[particles]\ncuont = 3", "6:1", "did you mean particles.count?"),
        .more("[compare]\ntime = [1]", "6:1", "unknown key compare.time", "compare.times"),
        .more("[compare]\ncounts = []", "6:10", "compare.counts", "at least one"),
        .more("[compare]\ncounts = [10, 10]", "6:15", "does not lie after 10"),
        .more("[compare]\ntimes = [1, -1]", "6:13", "compare.times[2] is -1"),
        .more("[compare]\ntimes = 1", "6:9", "compare.times is 1", "ascending list"),
    ]

    static let initial: [Refusal] = [
        Refusal(
            text: "[model]\nbeta = 1", position: "1:1",
            words: ["initial.kind is missing", "\"uniform\""]),
        .initial("kind = 'mode'", "4:8", "did you mean \"modes\"?"),
        .initial("kind = 3", "4:8", "initial.kind is 3", "\"mixture\""),
        .initial(
            "kind = 'uniform'\nmodes = []", "5:1", "initial.modes belongs to kind = \"modes\""),
        .initial("kind = 'degrees'\ndegrees = [[1, 1.1]]", "5:11", "is negative", "by 0.909 or"),
        .initial("kind = 'degrees'\ndegrees = [[600000, 0.1]]", "5:13", "from 1 to 524287"),
        .initial("kind = 'degrees'\ndegrees = [[1]]", "5:12", "must be [l, a]"),
        .initial("kind = 'harmonics'\nharmonics = []", "4:8", "for S²", "dimension is 2"),
        .initial("kind = 'azimuth'\nangles = [{ angle = 1 }]", "4:8", "for S²"),
        .initial("kind = 'modes'", "3:1", "initial.modes is missing", "[k, a, b]"),
        .initial("kind = 'modes'\nmodes = 3", "5:9", "initial.modes is 3"),
        .initial("kind = 'modes'\nmodes = [[1, 0.1]]", "5:10", "initial.modes[1]", "[k, a, b]"),
        .initial("kind = 'modes'\nmodes = [[0, 0.1, 0]]", "5:11", "an integer from 1"),
        .initial("kind = 'modes'\nmodes = [[1.0, 0.1, 0]]", "5:11", "is 1.0", "an integer"),
        .initial("kind = 'modes'\nmodes = [[600000, 0.1, 0]]", "5:11", "an integer from 1 to"),
        .initial("kind = 'modes'\nmodes = [[1, nan, 0]]", "5:14", "is nan"),
        .initial("kind = 'modes'\nmodes = [[1, 0, inf]]", "5:17", "is inf"),
        .initial(
            "kind = 'modes'\nmodes = [[1, 0, 0], [1, 0.1, 0]]", "5:21", "repeats the degree 1"),
        .initial(
            "kind = 'modes'\nmodes = [[1, 1.25, 0]]", "5:9", "negative", "is -0.25",
            "theta = 3.14159", "by 0.8 or less"),
    ]

    static let mixture: [Refusal] = [
        .initial("kind = 'mixture'", "3:1", "initial.components is missing"),
        .initial("kind = 'mixture'\ncomponents = [1]", "5:15", "components[1] is 1", "a table"),
        component("weight = 1, sigma = 1", "5:15", "neither angle nor mean"),
        component("angle = 1, mean = [1, 0], weight = 1, sigma = 1", "5:28", "both angle and mean"),
        component("angle = 1, weight = 1", "5:15", "neither concentration nor sigma"),
        component(
            "angle = 1, weight = 1, sigma = 1, concentration = 2", "5:40",
            "both concentration and sigma"),
        component("angle = 1, sigma = 1", "5:15", "components[1].weight is missing"),
        component("angle = 1, sigma = 0, weight = 1", "5:36", "sigma is 0", ">= 1e-10"),
        component("angle = 1, concentration = -1, weight = 1", "5:44", "is -1", "from 0 to 1e+20"),
        component("angle = inf, sigma = 1, weight = 1", "5:25", "angle is inf"),
        component("mean = [0, 0.0], sigma = 1, weight = 1", "5:24", "zero", "no direction"),
        component("mean = [0, 0, 1], sigma = 1, weight = 1", "5:24", "3 entries", "two"),
        component("mean = 'x', sigma = 1, weight = 1", "5:24", "two finite numbers"),
        component("mean = [nan, 0], sigma = 1, weight = 1", "5:25", "mean[1] is nan"),
        component("angle = 1, sigma = 1, weight = 0", "5:48", "weight is 0", "> 0"),
        component("angle = 1, sigma = 1, weight = 0.9", "5:14", "sum to 0.9", "sum to 1"),
        component("angle = 1, sigma = 1, weight = 1, wieght = 2", "5:51", "[1].weight?"),
    ]

    private static func component(
        _ body: String, _ position: String, _ words: String...
    ) -> Refusal {
        Refusal(
            text: "[model]\nbeta = 1\n[initial]\nkind = 'mixture'\ncomponents = [{ \(body) }]\n",
            position: position, words: words)
    }

    static let atoms: [Refusal] = [
        .initial("kind = 'atoms'", "3:1", "initial.atoms is missing"),
        .initial("kind = 'atoms'\natoms = []", "5:9", "sum to 0.0", "must sum to 1"),
        .initial("kind = 'atoms'\natoms = [{ mass = 1 }]", "5:10", "neither angle nor point"),
        .initial(
            "kind = 'atoms'\natoms = [{ angle = 0, mass = -1 }]", "5:30", "mass is -1", "> 0"),
        .initial(
            "kind = 'atoms'\natoms = [{ angle = 0, mass = 0.5 }, { angle = 1, mass = 0.4 }]", "5:9",
            "sum to 0.9"),
        .initial(
            "kind = 'atoms'\natoms = [{ angle = 0, mass = 1.00000001 }]", "5:9", "sum to 1.00000001"
        ),
        .initial(
            "kind = 'atoms'\natoms = [{ point = [0, 0], mass = 1 }]", "5:20", "no direction"),
        .initial(
            "kind = 'atoms'\natoms = [{ angle = 0, mas = 1, mass = 1 }]", "5:23",
            "did you mean initial.atoms[1].mass?"),
        .initial(
            "kind = 'atoms'\natoms = [{ angle = 0, mass = 1 }]\nperturbation = { amplitude = 1 }",
            "6:1", "perturbation needs a smooth density", "atoms"),
        Refusal(
            text: """
                [model]
                beta = 1
                dimension = 4
                diffusion = 0.1
                [initial]
                kind = "atoms"
                atoms = [{ point = [0, 0, 0, 1], mass = 1 }]
                """, position: "4:13",
            words: ["with atoms is for the circle and S²", "diffusion = 0"]),
    ]

    static let sections: [Refusal] = [
        .more("perturbation = { amplitude = -1 }", "5:30", "amplitude is -1", ">= 0"),
        .more("perturbation = { max_degree = 0 }", "5:31", "max_degree is 0", "from 1 to"),
        .more("perturbation = { max_degree = 1.5 }", "5:31", "is 1.5", "an integer"),
        .more("perturbation = { seed = -1 }", "5:25", "seed is -1", "an integer >= 0"),
        .more("perturbation = 0.1", "5:16", "perturbation is 0.1", "a table"),
        .more("[density]\nresolution = 17", "6:14", "is 17", "an even integer from 16 to 1048576"),
        .more("[density]\nresolution = 14", "6:14", "is 14", "an even integer"),
        .more("[density]\nresolution = 1048578", "6:14", "is 1048578", "an even integer"),
        .more("[density]\nresolution = 64.0", "6:14", "is 64.0", "an even integer"),
        .more("[density]\nresolution = 'fine'", "6:14", "\"fine\"", "\"auto\""),
        .more("[density]\ntolerance = 1e-15", "6:13", "is 1e-15", "from 1e-14 to 0.01"),
        .more("[density]\ntolerance = nan", "6:13", "is nan", "from 1e-14 to 0.01"),
        .more("[time]\ntolerance = 0.1", "6:13", "is 0.1", "from 1e-14 to 0.01"),
        .more("[time]\nend = 'consensu'", "6:7", "did you mean consensus?"),
        .more("[time]\nend = -1", "6:7", "is -1", ">= 0", "\"stationary\""),
        .more("[time]\nend = inf", "6:7", "is inf", ">= 0", "\"stationary\""),
        .more("[time]\nend = [1]", "6:7", "a list", ">= 0", "\"stationary\""),
        .more("[time]\nmax = 0", "6:7", "is 0", "> 0"),
        .more("[time]\nmax = nan", "6:7", "is nan", "> 0"),
        .more("[time]\nmax_log10 = 1e6", "6:13", "is 1000000.0", "from -324 to 300000"),
        .more("[time]\nmax = 1e3\nmax_log10 = 3", "7:1", "both given", "keep one"),
        .more("[time]\nmethod = 'eulr'", "6:10", "did you mean \"euler\"?"),
        .more("[time]\nmethod = 'euler'", "5:1", "time.step is missing", "> 0"),
        .more("[time]\nmethod = 'euler'\nstep = 0", "7:8", "time.step is 0", "> 0"),
        .more("[time]\nstep = 0.1", "6:1", "time.step is for method = \"euler\" only"),
        .more("[time]\nsnapshots = 1", "6:13", "is 1", "from 2 to 100000", "list of times"),
        .more("[time]\nsnapshots = 100001", "6:13", "from 2 to 100000"),
        .more("[time]\nsnapshots = 20.0", "6:13", "is 20.0", "an integer from 2"),
        .more("[time]\nsnapshots = 'all'", "6:13", "\"all\"", "an integer from 2"),
        .more("[time]\nsnapshots = []", "6:13", "0 times"),
        .more("[time]\nsnapshots = [0, 2, 1]", "6:20", "snapshots[3] = 1.0", "ascending"),
        .more("[time]\nsnapshots = [1, 1]", "6:17", "ascending"),
        .more("[time]\nsnapshots = [-1]", "6:14", "snapshots[1] is -1", ">= 0"),
        .more("[time]\nsnapshots = ['x']", "6:14", "snapshots[1] is the string", ">= 0"),
        .more("[phases]\ncollapse_residual = 0", "6:21", "is 0", "> 0 and < 1"),
        .more("[phases]\ncondensed_fraction = 1", "6:22", "is 1", "> 0 and < 1"),
        .more("[phases]\nminimum_mass = nan", "6:16", "is nan", "> 0 and < 1"),
    ]

    @Test(arguments: syntax) func syntaxIsRefused(refusal: Refusal) { refusal.check() }
    @Test(arguments: keys) func unknownKeysAreRefused(refusal: Refusal) { refusal.check() }
    @Test(arguments: model) func modelIsRefused(refusal: Refusal) { refusal.check() }
    @Test(arguments: particles) func particlesAreRefused(refusal: Refusal) { refusal.check() }
    @Test(arguments: initial) func initialIsRefused(refusal: Refusal) { refusal.check() }
    @Test(arguments: mixture) func mixtureIsRefused(refusal: Refusal) { refusal.check() }
    @Test(arguments: atoms) func atomsAreRefused(refusal: Refusal) { refusal.check() }
    @Test(arguments: sections) func sectionsAreRefused(refusal: Refusal) { refusal.check() }

    @Test(arguments: [
        ("kind = 'degrees'\naxs = [0, 1]\ndegrees = [[1, 0.1]]", 5, "unknown key initial.axs"),
        (
            "kind = 'azimuth'\nangles = [{ angel = 1, sigma = 1, weight = 1 }]", 5,
            "unknown key initial.angles[1].angel"
        ),
        ("kind = 'modes'\nmodes = []", 4, "for the circle"),
        ("kind = 'harmonics'\nharmonics = [[1, 2, 0, 0]]", 5, "from 0 to 1"),
        ("kind = 'harmonics'\nharmonics = [[1, 0, 1, 0]]", 5, "is negative"),
        ("kind = 'atoms'\natoms = [{ angle = 1, mass = 1 }]", 5, "unknown key"),
        ("kind = 'atoms'\natoms = [{ point = [0, 0, 0], mass = 1 }]", 5, "no direction"),
        ("kind = 'atoms'\natoms = [{ point = [0, 1], mass = 1 }]", 5, "a list of 3 finite numbers"),
        ("kind = 'mixture'\ncomponents = [{ mean = [0,0,1], weight = 1 }]", 5, "give one of them"),
        ("kind = 'tokens'\nfile = 'x.npy'\ncolumns = ['a']", 6, "remove it for a .npy file"),
    ])
    func spheresAreRefused(body: String, line: Int, words: String) throws {
        let error = try #require(throws: ScenarioError.self) {
            try decode(
                "evolve = 'particles'\nmodel = { beta = 1, dimension = 3 }\n[initial]\n\(body)")
        }
        let text = error.description
        #expect(text.contains("s.toml:\(line):") && text.contains(words), "\(error)")
    }

    /// What a density beyond the circle cannot carry is not cut off.
    @Test(arguments: [
        ("dimension = 3", "harmonics = [[40, 0, 0.1, 0]]", "[density]\nresolution = 39", "6:13"),
        ("dimension = 4", "degrees = [[64, 0.1]]", "", "6:11"),
        ("dimension = 8", "degrees = [[40, 0.1]]", "[density]\nresolution = 40", "6:11"),
        (
            "dimension = 4",
            "degrees = [[2, 0.1]]\nperturbation = { max_degree = 64, amplitude = 0.1 }",
            "", "7:16"
        ),
    ])
    func degreesThatAreNotCarriedAreRefused(
        model: String, law: String, density: String, place: String
    ) throws {
        let kind = law.prefix { $0 != " " }
        let error = try #require(throws: ScenarioError.self) {
            try decode(
                "[model]\nbeta = 1\n\(model)\n[initial]\nkind = '\(kind)'\n\(law)\n\(density)")
        }
        #expect(error.description.hasPrefix("s.toml:\(place): initial."), "\(error)")
        #expect(error.description.contains(" goes up to degree "), "\(error)")
    }

    @Test(arguments: [
        (3, "resolution = 512", "an integer from 16 to 511, the highest degree on S²"),
        (4, "resolution = 64", "an integer from 16 to 63, the highest degree on S³"),
        (8, "resolution = 15", "an integer from 16 to 1024 coefficients"),
    ])
    func resolutionsOfSpheresAreRefused(d: Int, density: String, words: String) throws {
        let error = try #require(throws: ScenarioError.self) {
            try decode(
                "model = { beta = 1, dimension = \(d) }\n[initial]\nkind = 'uniform'\n"
                    + "[density]\n\(density)")
        }
        #expect(error.description.contains(words), "\(error)")
    }

    @Test(arguments: [(3, 511), (3, 63), (4, 63), (4, 17), (8, 1023), (2, 18)])
    func resolutionsThatThereAre(d: Int, resolution: Int) throws {
        let scenario = try decode(
            "model = { beta = 1, dimension = \(d) }\n[initial]\nkind = 'uniform'\n"
                + "[density]\nresolution = \(resolution)")
        #expect(scenario.density.resolution == resolution)
        // Refined runs stay on grids that there are; coarser ones have half of it.
        let kind = scenario.resolution
        #expect(try #require(scenario.refined(by: 2).density.resolution) <= kind.most)
        #expect(try #require(scenario.coarser.density.resolution) < resolution)
    }

    @Test(arguments: [
        ("", "", "perturbation = { max_degree = 513 }", "from 1 to 512"),
        ("", "components = [{ angle = 0, sigma = 1e-11, weight = 1 }]", "", "use kind = \"atoms\""),
        (
            "", "components = [{ angle = 0, concentration = 1e21, weight = 1 }]", "",
            "from 0 to 1e+20; narrower peaks"
        ),
    ])
    func limitsSayWhy(model: String, law: String, more: String, words: String) throws {
        let kind = law.isEmpty ? "uniform" : "mixture"
        let error = try #require(throws: ScenarioError.self) {
            try decode("[model]\nbeta = 1\n\(model)\n[initial]\nkind = '\(kind)'\n\(law)\n\(more)")
        }
        #expect(error.description.contains(words), "\(error)")
    }

    @Test(arguments: [
        ("", "a.", "a = 1", "s.toml:1:10002: "), ("a = ", "[", "]", "s.toml:1:"),
    ])
    func endlessNestingIsRefused(
        head: String, part: String, tail: String, start: String
    ) throws {
        let text = head + String(repeating: part, count: 100_000) + tail
        let error = try #require(throws: ScenarioError.self) { try decode(text) }
        #expect(error.description.hasPrefix(start), "\(error)")
        #expect(error.description.contains("no valid TOML"))
    }

    /// Decimal points of a long list are no nesting.
    @Test func longLinesOfNumbersAreRead() throws {
        let times = (1...20_000).map { "\($0).5" }.joined(separator: ", ")
        let scenario = try decode(
            "[model]\nbeta = 1\n[initial]\nkind = 'uniform'\n[time]\nsnapshots = [\(times)]")
        #expect(scenario.time.snapshots == .times((1...20_000).map { Double($0) + 0.5 }))
    }

    @Test func allMistakesAreListedInTheOrderOfTheText() throws {
        let error = try #require(throws: ScenarioError.self) {
            try decode("[phases]\nminimum_mass = 2\n[model]\nbeta = -1\n[initial]\nkind = 'x'\n")
        }
        #expect(
            error.issues.map(\.position.description)
                == ["s.toml:2:16", "s.toml:4:8", "s.toml:6:8"])
        #expect(error.description.split(separator: "\n").count == 3)
    }

    @Test func aLongListOfMistakesIsCutAndCounted() throws {
        let modes = [String](repeating: "0", count: 30).joined(separator: ",")
        let error = try #require(throws: ScenarioError.self) {
            try decodeInitial("kind = 'modes'\nmodes = [\(modes)]")
        }
        #expect(error.issues.count == 30)
        #expect(error.description.hasSuffix("and 10 more like these"))
    }
}
