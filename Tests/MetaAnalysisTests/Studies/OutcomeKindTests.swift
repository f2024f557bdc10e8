import Testing

import MetaAnalysis

struct OutcomeKindTests {
    @Test func rolesFollowTheFieldsNames() {
        #expect(OutcomeKind.twoByTwo.roles == [[.ai, .bi, .ci, .di], [.ai, .n1i, .ci, .n2i]])
        #expect(OutcomeKind.reported.roles.contains([.yi, .ciLow, .ciHigh]))
        for kind in OutcomeKind.allCases {
            #expect(!kind.roles.isEmpty && !kind.title.isEmpty)
            for roles in kind.roles { #expect(Set(roles).count == roles.count) }
        }
    }

    @Test func defaultMeasures() {
        #expect(
            OutcomeKind.allCases.map(\.defaultMeasure)
                == [
                    "OR", "MD", "MC", "IRR", "MPOR", "MPORM", "MN", "PLO", "IRLN", "ZCOR", "ABT", "ZPCOR", "ZR2",
                    "AUC", "REH", "GEN", "HR",
                ])
    }
}
