import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// A test with an empty list of arguments passes without a run: the samples that tests select are there.
@Suite struct StudySampleTests {
    @Test func everyShippedDataSetThatOneMeasurePoolsIsASample() throws {
        let pooled = try Fixtures.datasets.filter {
            !$0.kind.hasPrefix("network") && $0.kind != "table" && $0.measure != "by outcome"
        }
        #expect(try StudySample.classical().map(\.name) == pooled.map(\.name))
        #expect(pooled.count >= 24)
    }

    @Test func everySelectionHasSamples() {
        let selections: [[StudySample]] = [
            EggerTestTests.samples, SelectionModelTests.samples, CopasModelTests.samples, PUniformTests.samples,
            PUniformStarTests.samples, SmallStudyAnalysisTests.samples,
            StudySample.random.filter { $0.effects.count <= 5 }, StudySample.random.filter { $0.effects.count < 13 },
        ]
        for (index, samples) in selections.enumerated() { #expect(!samples.isEmpty, "selection \(index)") }
    }
}
