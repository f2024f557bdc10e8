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
