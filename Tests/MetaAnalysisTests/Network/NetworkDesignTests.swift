import Testing

@testable import MetaAnalysis

@Suite struct NetworkDesignTests {
    @Test func isCalledByItsTreatments() {
        let design = NetworkDesign(treatments: ["placebo", "A+B", "C"], studies: [3, 5])
        #expect(design.name == "placebo:A+B:C" && design.studies == [3, 5])
    }
}
