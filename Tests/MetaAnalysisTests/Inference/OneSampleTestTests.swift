import MetaAnalysis
import Testing

/// Numbers of R's `pt` and `qt`.
@Suite struct OneSampleTestTests {
    struct Case: Sendable {
        var test: OneSampleTest
        var group: SingleMean
        var statistic: Double
        var pValue: Double
        var lower: Double
        var upper: Double
    }

    @Test(arguments: [
        Case(
            test: OneSampleTest(), group: SingleMean(mean: 10.8, deviation: 15.5, size: 31),
            statistic: 3.8794745237783377, pValue: 0.00053121173784916574, lower: 5.1145540993083163,
            upper: 16.485445900691683),
        Case(
            test: OneSampleTest(), group: SingleMean(mean: 6.8, deviation: 11.4, size: 33),
            statistic: 3.426581227759526, pValue: 0.00169743391984408, lower: 2.7577357678500789,
            upper: 10.842264232149919),
        Case(
            test: OneSampleTest(nullMean: 2, level: 0.9), group: SingleMean(mean: 1.2, deviation: 0.5, size: 7),
            statistic: -4.2332020977033453, pValue: 0.0054807260271215307, lower: 0.83277344465655556,
            upper: 1.5672265553434443),
    ])
    func agreesWithR(example: Case) throws {
        let result = try example.test.test(example.group)
        #expect(result.mean == example.group.mean)
        #expect(result.degreesOfFreedom == example.group.size - 1)
        #expect(abs(result.statistic / example.statistic - 1) < 1e-14)
        #expect(abs(result.pValue / example.pValue - 1) < 1e-12)
        #expect(abs(result.confidenceInterval.lower / example.lower - 1) < 1e-12)
        #expect(abs(result.confidenceInterval.upper / example.upper - 1) < 1e-12)
    }

    @Test(arguments: [
        (SingleMean(mean: 1, deviation: 0, size: 9), 0.95, MetaAnalysisError.Code.invalidOutcome),
        (SingleMean(mean: 1, deviation: 2, size: 1), 0.95, .invalidOutcome),
        (SingleMean(mean: .nan, deviation: 2, size: 9), 0.95, .invalidOutcome),
        (SingleMean(mean: 1, deviation: 2, size: 9), 95, .invalidSetting),
        (SingleMean(mean: 1, deviation: 2, size: 9), 0, .invalidSetting),
    ])
    func refusesWhatHasNoStandardErrorOrLevel(group: SingleMean, level: Double, code: MetaAnalysisError.Code) {
        let error = #expect(throws: MetaAnalysisError.self) { try OneSampleTest(level: level).test(group) }
        #expect(error?.code == code)
    }
}
