import Testing
@testable import MeanField
