import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Agreement with R is in the golden cases `permutest` of *.diag.
@Suite struct PermutationTestTests {
    private static func effects(_ values: [Double]) -> EffectSizes {
        EffectSizes(effects: values.enumerated().map { EffectSize(label: "s\($0)", estimate: $1, variance: 1) })
    }

    @Test func everyArrangementComesOnce() {
        var kinds = [0, 0, 1, 2]
        var seen: Set<[Int]> = []
        repeat { seen.insert(kinds) } while PermutationTest.advance(&kinds)
        #expect(seen.count == 12)
        #expect(PermutationTest.arrangementCount([[1], [1], [2], [3]]) == 12)
        #expect(PermutationTest.arrangementCount((0..<30).map { [Double($0)] }) == nil)
        #expect(PermutationTest.arrangementCount((0..<60).map { [Double($0 % 2)] }) == nil)
        var one = [7]
        #expect(!PermutationTest.advance(&one))
    }

    /// Of 2ᵏ signs only the observed ones and their opposites are as extreme when all effects lie on one side.
    @Test func signsOfEffectsOnOneSide() throws {
        let test = PermutationTest(MetaRegression(terms: [], heterogeneity: .derSimonianLaird))
        let found = try test.test(Self.effects([2, 3, 2.5, 4, 3.5]), moderators: Moderators(count: 5))
        #expect(found.isExact && found.permutations == 32 && found.seed == nil)
        #expect(found.coefficients[0].pValue == 2.0 / 32)
    }

    /// Two groups of three whose effects do not overlap: of 20 arrangements the observed one and its mirror image.
    @Test func groupsThatDoNotOverlap() throws {
        var moderators = Moderators(count: 6)
        moderators["arm"] = .texts(["a", "b", "a", "b", "a", "b"])
        let model = MetaRegression(terms: [.factor("arm")], heterogeneity: nil, interval: .wald)
        let found = try PermutationTest(model).test(Self.effects([1, 5, 1.2, 5.1, 0.9, 4.8]), moderators: moderators)
        #expect(found.permutations == 20)
        #expect(found.coefficients[1].pValue == 0.1 && found.omnibusTest.pValue == 0.1)
    }

    /// A sample is the same for the same seed, near the exact p-value, and never 0.
    @Test func aSampleIsNearTheWhole() throws {
        let (effects, moderators) = try MetaRegressionTests.trials()
        let six = Array(0..<8)
        let model = MetaRegression(terms: [.number("ablat")], heterogeneity: .derSimonianLaird)
        let (part, columns) = (effects.subset(six), moderators.subset(six))
        let exact = try PermutationTest(model, permutations: 50_000).test(part, moderators: columns)
        let sample = try PermutationTest(model, permutations: 4000, seed: 7).test(part, moderators: columns)
        #expect(exact.isExact && !sample.isExact && sample.permutations == 4000 && sample.seed == 7)
        #expect(sample.diagnostics.contains { $0.code == .sampledPermutations })
        let (whole, drawn) = (try #require(exact.coefficients[1].pValue), try #require(sample.coefficients[1].pValue))
        #expect(abs(whole - drawn) < 4 * (whole * (1 - whole) / 4000).squareRoot() + 1.0 / 4000)
        #expect(try PermutationTest(model, permutations: 4000, seed: 7).test(part, moderators: columns) == sample)
        let least = try PermutationTest(model, permutations: 1).test(part, moderators: columns)
        #expect(try #require(least.coefficients[1].pValue) >= 0.5)
    }

    /// The order of studies, units and signs do not matter to an exact test.
    @Test func orderAndUnitsDoNotMatter() throws {
        let (effects, moderators) = try MetaRegressionTests.trials()
        let chosen = [0, 2, 4, 6, 8, 10]
        let model = MetaRegression(terms: [.number("year")])
        let one = try PermutationTest(model).test(effects.subset(chosen), moderators: moderators.subset(chosen))
        let turned = Array(chosen.reversed())
        var others = effects.subset(turned)
        for index in others.effects.indices {
            others.effects[index].estimate *= -4
            others.effects[index].variance *= 16
        }
        let other = try PermutationTest(model).test(others, moderators: moderators.subset(turned))
        #expect(one.coefficients.map(\.pValue) == other.coefficients.map(\.pValue))
        #expect(one.omnibusTest.pValue == other.omnibusTest.pValue)
    }

    @Test func whatCannotBePermutedIsNamed() throws {
        let (effects, moderators) = try MetaRegressionTests.trials()
        let model = MetaRegression(terms: [.number("ablat")])
        #expect(throws: MetaAnalysisError.self) {
            try PermutationTest(model, permutations: 0).test(effects, moderators: moderators)
        }
        do {
            _ = try PermutationTest(model).test(effects.subset([0, 1]), moderators: moderators.subset([0, 1]))
            Issue.record("two studies were permuted")
        } catch let error as MetaAnalysisError { #expect(error.code == .tooFewStudies) }
    }
}
