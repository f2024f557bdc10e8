import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct SmallStudyAnalysisTests {
    @Test func whatTheDataAllow() throws {
        let effects = try TableTestsTests.effects("bcg")
        let report = try SmallStudyAnalysis().fit(effects)
        #expect(
            report.tests.map(\.name) == [
                .egger, .eggerWeighted, .begg, .thompsonSharp, .macaskill, .harbord, .peters, .arcsine,
                .schwarzer, .excessSignificance,
            ])
        #expect(report.omitted.map(\.name) == ["deeks", "pustejovsky"])
        #expect(report.trimAndFill.map(\.missingEstimator) == [.linear])
        #expect(report.failSafe.count == 4)
        #expect(report.petPeese != nil && report.henmiCopas != nil && report.worstCase != nil)
        #expect(report.diagnostics.count == Set(report.diagnostics).count)
    }

    @Test func whatIsNamedIsMadeOrRefused() throws {
        let sample = try #require(EggerTestTests.samples.first)
        let report = try SmallStudyAnalysis(tests: [.begg], trimAndFill: [], failSafe: []).fit(sample.effects)
        #expect(report.tests.map(\.name) == [.begg])
        #expect(report.trimAndFill.isEmpty && report.failSafe.isEmpty)
        #expect(throws: MetaAnalysisError.self) { try SmallStudyAnalysis(tests: [.harbord]).fit(sample.effects) }
    }

    /// Egger's test is of the model that was asked for. R: `regtest(rma(yi, vi, method="EE"))` and `regtest(rma(yi, vi, test="knha"))`.
    @Test func eggerTakesTheModel() throws {
        let rows: [(Double, Double)] = [(0.1, 0.04), (0.5, 0.02), (0.2, 0.09), (0.9, 0.16), (0.15, 0.01)]
        let effects = EffectSizes(
            effects: rows.enumerated().map { EffectSize(label: "\($0)", estimate: $1.0, variance: $1.1) })
        let common = try SmallStudyAnalysis(tests: [.egger]).fit(effects, model: CommonEffect()).tests
        #expect(common == [try EggerTest(model: .common).test(effects)])
        #expect(abs(try #require(common[0].statistic) - 1.177234) < 5e-7)
        let scaled = try SmallStudyAnalysis(tests: [.egger], interval: .hartungKnapp).fit(effects).tests
        #expect(abs(try #require(scaled[0].statistic) - 0.8932) < 5e-5)
        #expect(abs(try #require(scaled[0].pValue) - 0.4376) < 5e-5)
    }

    static let samples: [StudySample] = StudySample.random.filter { $0.effects.count > 1 }

    @Test(arguments: samples)
    func theRecordIsComplete(sample: StudySample) throws {
        for report in [
            try SmallStudyAnalysis().fit(sample.effects),
            try SmallStudyAnalysis().fit(sample.effects, model: CommonEffect()),
        ] {
            let data = try JSONEncoder().encode(report)
            #expect(try JSONDecoder().decode(SmallStudyReport.self, from: data) == report)
            #expect(!Summary(report).text().contains("nan"))
        }
    }

    /// Every kind of data gets a report of some sort.
    @Test func everyKindOfData() throws {
        for studies in RandomStudies.all {
            let report = try SmallStudyAnalysis().fit(try studies.effectSizes())
            #expect(report.tests.count >= 4)
            #expect(
                report.tests.count + report.omitted.filter { SmallStudyMethod(rawValue: $0.name) != nil }.count == 12)
        }
    }
}
