import Testing

@testable import MetaAnalysis

@Suite struct ModeratorsOfATableTests {
    /// Six studies, the mean of the third missing.
    private static let text = """
        study,n1i,m1i,sd1i,n2i,m2i,sd2i,dose,setting,code
        A,20,5.1,1,20,4,1,1,ward,1
        B,22,5.6,1.1,21,4.1,1,2,home,2
        C,25,,1,25,4,1,100,ward,3
        D,18,6.3,1,20,4,1.2,3,home,x
        E,30,7.1,1,28,4.2,1,4,ward,5
        F,21,7.4,1.3,20,3.9,1,,home,6

        """

    private static func read() throws -> (table: Table, effects: EffectSizes) {
        let table = try Table(csv: Array(text.utf8), name: "trials.csv")
        let data = try #require(try StudyColumns().read(table).first)
        return (table, try data.studies.effectSizes(measureCode: "MD"))
    }

    @Test func columnsAreJoinedByRow() throws {
        let (table, effects) = try Self.read()
        #expect(effects.count == 5)
        let moderators = try Moderators(table, columns: ["dose", "setting", "code"], of: effects)
        #expect(moderators["dose"] == .numbers([1, 2, 3, 4, nil]))
        #expect(moderators["setting"] == .texts(["ward", "home", "home", "ward", "home"]))
        // One text makes texts of all.
        #expect(moderators["code"] == .texts(["1", "2", "x", "5", "6"]))
        let fit = try MetaRegression(terms: [.number("dose")]).fit(effects, moderators: moderators)
        #expect(fit.k == 4 && fit.excluded.map(\.label) == ["F"])
        #expect(try Moderators(table, for: [.number("dose")], of: effects)["dose"] == moderators["dose"])
    }

    @Test func rowsOfAllStudiesAreRefusedWithTheWayOut() throws {
        let (table, effects) = try Self.read()
        var wrong = Moderators(count: table.rowCount)
        wrong["dose"] = .numbers(try table.numbers(in: "dose"))
        var ragged = Moderators(count: effects.count)
        ragged["dose"] = .numbers(try table.numbers(in: "dose"))
        for moderators in [wrong, ragged] {
            let model = MetaRegression(terms: [.number("dose")])
            for attempt: () throws -> Any in [
                { try model.fit(effects, moderators: moderators) },
                { try model.influence(effects, moderators: moderators) },
                { try model.clusterRobust(effects, moderators: moderators) },
                { try PermutationTest(model).test(effects, moderators: moderators) },
                {
                    try LocationScaleModel(terms: [], scaleTerms: [.number("dose")]).fit(
                        effects, moderators: moderators)
                },
            ] {
                let error = try #require(throws: MetaAnalysisError.self) { try attempt() }
                #expect(error.code == .invalidSetting)
                #expect(error.message.contains("6") && error.message.contains("5 effects"))
                #expect(error.remedy.contains("Moderators(table, columns:of:)"))
            }
        }
        #expect(ragged.subset([5, 9])["dose"] == .numbers([nil, nil]))
    }

    @Test func textWhereANumberIsNeeded() throws {
        let (table, effects) = try Self.read()
        let words = try #require(throws: MetaAnalysisError.self) {
            try Moderators(table, for: [.number("setting")], of: effects)
        }
        #expect(words.code == .malformedTable && words.remedy.contains("factor(setting)"))
        let slip = try #require(throws: MetaAnalysisError.self) {
            try Moderators(table, for: [.number("code")], of: effects)
        }
        #expect(slip.location.row == 5 && !slip.remedy.contains("factor"))
        #expect(throws: MetaAnalysisError.self) { try Moderators(table, columns: ["none"], of: effects) }
    }

    @Test func effectsOfAnotherTableAreRefused() throws {
        let (table, _) = try Self.read()
        let effects = EffectSizes(effects: [EffectSize(label: "Z", estimate: 1, variance: 1)])
        let error = try #require(throws: MetaAnalysisError.self) {
            try Moderators(table, columns: ["dose"], of: effects)
        }
        #expect(error.code == .invalidSetting && error.location.study == "Z")
    }

    @Test func clustersAreJoinedByRow() throws {
        var (table, effects) = try Self.read()
        try effects.setClusters(from: table, column: "setting")
        #expect(effects.effects.map(\.cluster) == ["ward", "home", "home", "ward", "home"])
    }
}
