import Testing

@testable import MetaAnalysis

struct ChangeDeviationTests {
    @Test func byHand() throws {
        #expect(try ChangeDeviation.deviation(baseline: 3, final: 4, correlation: 0) == 5)
        #expect(try ChangeDeviation.deviation(baseline: 3, final: 4, correlation: 1) == 1)
        #expect(abs(try ChangeDeviation.deviation(baseline: 3, final: 4, correlation: -1) - 7) < 1e-14)
        #expect(try ChangeDeviation.deviation(baseline: 0, final: 0, correlation: 0.5) == 0)
    }

    @Test(arguments: [-1.0, -0.3, 0, 0.5, 0.999999, 1]) func correlationLeadsBack(correlation: Double) throws {
        for unit in [1e-200, 1, 1e200] {
            let change = try ChangeDeviation.deviation(
                baseline: 4.1 * unit, final: 4.6 * unit, correlation: correlation)
            let back = try ChangeDeviation.correlation(baseline: 4.1 * unit, final: 4.6 * unit, change: change)
            #expect(abs(back - correlation) < 1e-14)
        }
    }

    @Test func refusesImpossibleNumbers() {
        func column(_ body: () throws -> Double) -> String? {
            #expect(throws: MetaAnalysisError.self) { try body() }?.location.column
        }
        #expect(column { try ChangeDeviation.deviation(baseline: -1, final: 1, correlation: 0) } == "sd_baseline")
        #expect(column { try ChangeDeviation.deviation(baseline: 1, final: 1, correlation: 1.2) } == "r")
        #expect(column { try ChangeDeviation.correlation(baseline: 4, final: 4, change: 9) } == "sd_change")
        #expect(column { try ChangeDeviation.correlation(baseline: 4, final: 0, change: 4) } == "sd_final")
    }
}
