import Testing

@testable import MetaAnalysis

struct UnreadEffectsTests {
    @Test func anEffectBesideWhatIsReadIsToldOf() throws {
        let table = try Table(csv: "study,r,n,g0,g0_var\nA,0.3,40,0.7,0.1\nB,0.2,50,0.4,0.1\n", name: "t.csv")
        let data = try #require(try StudyColumns().read(table).first)
        #expect(data.diagnostics.contains { $0.severity == .note && $0.message.contains("\"g0\" and \"g0_var\"") })
        let other = try Table(csv: "study,r,n,age,age_mean\nA,0.3,40,7,1\nB,0.2,50,4,1\n", name: "t.csv")
        let plain = try #require(try StudyColumns().read(other).first)
        #expect(plain.diagnostics.isEmpty)
    }
}
