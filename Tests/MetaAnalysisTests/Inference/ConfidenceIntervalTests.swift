import Foundation
import Testing

@testable import MetaAnalysis

@Suite struct ConfidenceIntervalTests {
    @Test func aroundAnEstimate() {
        let interval = ConfidenceInterval(around: 2, halfWidth: 0.5)
        #expect(interval == ConfidenceInterval(lower: 1.5, upper: 2.5))
        #expect(interval.width == 1)
    }

    @Test func endsBelongToIt() {
        let interval = ConfidenceInterval(lower: -1, upper: 2)
        #expect(interval.contains(-1) && interval.contains(2) && interval.contains(0))
        #expect(!interval.contains(2.0.nextUp) && !interval.contains(.nan))
        #expect(ConfidenceInterval(lower: 0, upper: .infinity).contains(1e300))
    }

    @Test func jsonIsAPairWithNullForAnEndWithoutBound() throws {
        func text(_ interval: ConfidenceInterval) throws -> String {
            String(decoding: try JSONEncoder().encode(interval), as: UTF8.self)
        }
        #expect(try text(ConfidenceInterval(lower: 0.25, upper: 1.5)) == "[0.25,1.5]")
        #expect(try text(ConfidenceInterval(lower: -.infinity, upper: .infinity)) == "[null,null]")
        func read(_ text: String) throws -> ConfidenceInterval {
            try JSONDecoder().decode(ConfidenceInterval.self, from: Data(text.utf8))
        }
        #expect(try read("[0.1,3]") == ConfidenceInterval(lower: 0.1, upper: 3))
        #expect(try read("[null,3]") == ConfidenceInterval(lower: -.infinity, upper: 3))
        #expect(throws: DecodingError.self) { try read("[1]") }
    }
}
