import Foundation
import Testing

@testable import MetaAnalysis

@Suite struct HypothesisTestTests {
    @Test func whatIsNotGivenIsUnknown() {
        let test = HypothesisTest(name: "tarone", statistic: nil, pValue: nil)
        #expect(test.degreesOfFreedom == nil && test.denominatorDegreesOfFreedom == nil)
    }

    @Test func jsonHasThePropertyNames() throws {
        let test = HypothesisTest(
            name: "between-groups", statistic: 1.5, degreesOfFreedom: 2, denominatorDegreesOfFreedom: 10, pValue: 0.25)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(test), as: UTF8.self)
        #expect(
            text == """
                {"degreesOfFreedom":2,"denominatorDegreesOfFreedom":10,"name":"between-groups","pValue":0.25,"statistic":1.5}
                """)
    }
}
