import Testing

@testable import MetaAnalysis

@Suite struct ModeratorsTests {
    private var moderators: Moderators {
        var moderators = Moderators(count: 4)
        moderators["year"] = .numbers([1990, nil, 1992, 1993])
        moderators["dose"] = .numbers([1, 2, nil, 4])
        moderators["site"] = .texts(["a", "b", "c", nil])
        return moderators
    }

    @Test func numbersAreThoseOfStudiesWithEveryValue() {
        #expect(moderators.numbers("year", ofStudiesWith: []) == [1990, 1992, 1993])
        #expect(moderators.numbers("year", ofStudiesWith: ["year", "dose"]) == [1990, 1993])
        #expect(moderators.numbers("dose", ofStudiesWith: ["year", "site"]) == [1])
        #expect(
            moderators.numbers("site", ofStudiesWith: []) == nil && moderators.numbers("none", ofStudiesWith: []) == nil
        )
    }

    @Test func theFirstMissingIsNamed() {
        #expect(moderators.firstMissing(of: ["dose", "year", "site"]) == [nil, "year", "dose", "site"])
    }

    @Test func partsKeepTheirValues() {
        #expect(moderators.subset([3, 0])["dose"] == .numbers([4, 1]))
        #expect(moderators.names == ["dose", "site", "year"])
    }

    @Test func termsNameTheirFirstNumber() {
        #expect(ModelTerm.number("dose", power: 2).firstNumber == "dose")
        #expect(ModelTerm.factor("site").firstNumber == nil)
        #expect(ModelTerm.interaction([.factor("site"), .number("year")]).firstNumber == "year")
    }
}
