import Testing

@Suite struct GoldenCountsTests {
    private static var families: [String: GoldenReport.Family] {
        var family = GoldenReport.Family()
        family.passed = 5
        family.notApplicable = ["R refuses: k = 1": 2, "a name": 1]
        return ["uni": family]
    }

    @Test func everyFamilyAndReasonHasALine() {
        #expect(
            GoldenCounts.lines(Self.families, ["bayes": 3]) == [
                "bayes: 3 not applicable, \(GoldenReport.otherFamily)", "uni: 5 passed",
                "uni: 2 not applicable, R refuses: k = 1", "uni: 1 not applicable, a name",
            ])
    }

    /// A case that is not run any more, one that is not applicable any more, a family that is gone, and a case that is new.
    @Test func everyChangeOfACountIsADifference() {
        let recorded = GoldenCounts.lines(Self.families, ["bayes": 3])
        func differences(_ change: (inout GoldenReport.Family) -> Void, others: [String: Int] = ["bayes": 3]) -> Int {
            var families = Self.families
            change(&families["uni", default: GoldenReport.Family()])
            return GoldenCounts.differences(found: GoldenCounts.lines(families, others), recorded: recorded).count
        }
        #expect(differences { _ in } == 0)
        #expect(differences { $0.passed -= 1 } == 2)
        #expect(differences { $0.passed += 1 } == 2)
        #expect(differences { $0.notApplicable["a name"] = nil } == 1)
        #expect(differences { $0.notApplicable["another"] = 1 } == 1)
        #expect(differences({ _ in }, others: [:]) == 1)
    }
}
