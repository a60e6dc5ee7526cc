import Testing

@testable import Phases
