@testable import Scenarios

/// The comparison that a scenario asks for, complete.
func study(_ scenario: Scenario, threads: Int = 2) throws -> ComparisonStudy {
    var study = ComparisonStudy(try ComparisonPlan(scenario))
    try study.run(threads: threads)
    return study
}
