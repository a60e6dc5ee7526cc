import Testing

@testable import TimeIntegration
