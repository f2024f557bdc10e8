import Testing

@testable import MetaAnalysis

@Suite struct NetworkRowsTests {
    private static func check(
        _ text: String, measure: String? = nil, _ assignments: [String: String] = [:], apart: [String] = []
    ) throws {
        let table = try Table(csv: text, name: "t.csv")
        let outcomes = try StudyColumns(assignments: assignments, measure: measure).read(table)
        try NetworkColumns(assignments: assignments).requireOneComparison(table, outcomes, apart: apart)
    }

    private static let arms = "study,treatment,events,n\nS,A,1,9\nS,B,2,9\nT,A,1,8\nT,C,3,9\n"
    private static let contrasts = "study,treat1,treat2,yi,sei\nS,A,B,0.1,0.1\nT,A,C,0.2,0.1\n"

    @Test(arguments: [
        (arms, "treatment"), (arms.replacing("treatment", with: "arm"), "arm"), (contrasts, "treat1"),
        // The same comparison turned round is another effect.
        ("study,treat1,treat2,yi,sei\nS,A,B,0.1,0.1\nT,B,A,0.2,0.1\n", "treat1"),
        ("study,t1,t2,event1,n1,event2,n2\nS,A,B,1,9,2,9\nT,A,C,1,9,3,9\n", "t1"),
        ("study,treatment,mean,sd,n\nS,A,1,9,9\nS,B,2,9,9\n", "treatment"),
        ("outcome,study,treatment,events,n\nx,S,A,1,9\nx,S,B,2,9\n", "treatment"),
    ])
    func severalTreatmentsAreRefused(_ text: String, _ column: String) throws {
        let error = try #require(throws: MetaAnalysisError.self) { try Self.check(text) }
        #expect(error.code == .unsupportedCombination && error.location.column == column)
        #expect(error.message.contains("\"\(column)\"") && error.remedy.contains("command network"))
    }

    @Test func studiesOfOneEffectAreNot() throws {
        // One treatment, or one for every study.
        try Self.check("study,treatment,events,n\nS,A,1,9\nT,A,2,9\n")
        try Self.check("study,treatment,events,n\nS,A,1,9\nT,B,2,9\n")
        // Two groups in a row, a drug beside them.
        try Self.check("study,treatment,ai,n1i,ci,n2i\nS,A,1,9,2,9\nS,B,2,9,2,9\n")
        // One comparison, one way round.
        try Self.check("study,treat1,treat2,yi,sei\nS,A,B,0.1,0.1\nT,A,B,0.2,0.1\n")
        // Told apart, or not about treatments.
        try Self.check(Self.arms, apart: ["treatment"])
        try Self.check(Self.arms, ["treatment": ""])
        try Self.check(Self.contrasts, ["treat1": "", "treat2": ""])
        // Times called t1 and t2.
        try Self.check("study,t1,t2,yi,sei\nS,1,2,0.1,0.1\nT,3,4,0.2,0.1\n")
    }
}
