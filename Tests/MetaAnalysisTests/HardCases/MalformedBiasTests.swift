import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Too few studies, studies all alike, data of another kind, zeros: each gives an error with a remedy, or a number that can be.
@Suite("Malformed input of small-study analyses")
struct MalformedBiasTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var code: MetaAnalysisError.Code
        var part: String
        var run: @Sendable () throws -> Void

        var testDescription: String { name }
    }

    private static func sample(_ count: Int, variances: (Int) -> Double = { 0.1 * Double($0 + 1) }) -> EffectSizes {
        StudySample(
            "\(count)", estimates: (0..<count).map { 0.3 * Double($0) }, variances: (0..<count).map(variances)
        ).effects
    }

    private static let means: EffectSizes? = try? RandomStudies.collection(of: .twoGroupMeans, seed: 3)
        .effectSizes(measureCode: "MD")
    private static let ratios: EffectSizes? = try? RandomStudies.collection(of: .twoByTwo, seed: 3)
        .effectSizes(measureCode: "RR")

    static let cases: [Case] = [
        Case(name: "egger, no study", code: .tooFewStudies, part: "has 0") { _ = try EggerTest().test(sample(0)) },
        Case(name: "egger, one study", code: .tooFewStudies, part: "has 1") { _ = try EggerTest().test(sample(1)) },
        Case(name: "egger, two studies", code: .tooFewStudies, part: "needs 3") { _ = try EggerTest().test(sample(2)) },
        Case(name: "begg, two studies", code: .tooFewStudies, part: "begg") { _ = try RankTest().test(sample(2)) },
        Case(name: "trim and fill, two studies", code: .tooFewStudies, part: "trim and fill") {
            _ = try TrimAndFill().fit(sample(2))
        },
        Case(name: "PET-PEESE, two studies", code: .tooFewStudies, part: "PET-PEESE") {
            _ = try PetPeese().fit(sample(2))
        },
        Case(name: "excess significance, one study", code: .tooFewStudies, part: "needs 2") {
            _ = try ExcessSignificanceTest().test(sample(1))
        },
        Case(name: "Henmi–Copas, one study", code: .tooFewStudies, part: "needs 2") {
            _ = try HenmiCopas().fit(sample(1))
        },
        Case(name: "fail-safe number, no study", code: .tooFewStudies, part: "no study") {
            _ = try FailSafeNumber().fit(sample(0))
        },
        Case(name: "worst case, no study", code: .tooFewStudies, part: "no study") {
            _ = try WorstCaseMetaAnalysis().fit(sample(0))
        },
        Case(name: "egger, equal standard errors", code: .singularDesign, part: "do not differ") {
            _ = try EggerTest().test(sample(6) { _ in 0.1 })
        },
        Case(name: "begg, equal variances", code: .singularDesign, part: "equal") {
            _ = try RankTest().test(sample(6) { _ in 0.1 })
        },
        Case(name: "trim and fill, equal standard errors", code: .singularDesign, part: "same standard error") {
            _ = try TrimAndFill().fit(sample(6) { _ in 0.1 })
        },
        Case(name: "PET-PEESE, equal standard errors", code: .singularDesign, part: "do not differ") {
            _ = try PetPeese().fit(sample(6) { _ in 0.1 })
        },
        Case(name: "sample sizes not known", code: .missingColumn, part: "predictor ni") {
            _ = try EggerTest(predictor: .sampleSize).test(sample(6))
        },
        Case(name: "macaskill without sample sizes", code: .missingColumn, part: "number of participants") {
            _ = try MacaskillTest().test(sample(6))
        },
        Case(name: "harbord of means", code: .unsupportedCombination, part: "MD") {
            _ = try HarbordTest().test(#require(means))
        },
        Case(name: "peters of reported effects", code: .unsupportedCombination, part: "GEN") {
            _ = try PetersTest().test(sample(6))
        },
        Case(name: "arcsine of means", code: .unsupportedCombination, part: "2x2 tables") {
            _ = try ArcsineTest().test(#require(means))
        },
        Case(name: "harbord of risk ratios", code: .unsupportedCombination, part: "not for RR") {
            _ = try HarbordTest().test(#require(ratios))
        },
        Case(name: "deeks of risk ratios", code: .unsupportedCombination, part: "not for RR") {
            _ = try DeeksTest().test(#require(ratios))
        },
        Case(name: "pustejovsky of mean differences", code: .unsupportedCombination, part: "SMD") {
            _ = try PustejovskyRodgersTest().test(#require(means))
        },
        Case(name: "a level of 95", code: .invalidSetting, part: "95") { _ = try EggerTest(level: 95).test(sample(6)) },
        Case(name: "a significance level of 0", code: .invalidSetting, part: "0") {
            _ = try FailSafeNumber(alpha: 0).fit(sample(6))
        },
        Case(name: "a target of 0", code: .invalidSetting, part: "target") {
            _ = try FailSafeNumber(method: .orwin, target: 0).fit(sample(6))
        },
        Case(name: "a negative variance of true effects", code: .invalidSetting, part: "variance") {
            _ = try ExcessSignificanceTest(tauSquared: -1).test(sample(6))
        },
        Case(name: "only tables without events", code: .tooFewStudies, part: "harbord") {
            let studies = (0..<4).map {
                Study("\($0)", TwoByTwoTable(events: 0, of: 10 + Double($0), versus: 0, of: 12))
            }
            _ = try HarbordTest().test(EffectSizes(studies, measure: .oddsRatio))
        },
    ]

    @Test(arguments: cases)
    func isRefusedWithARemedy(malformed: Case) throws {
        let error = try #require(throws: MetaAnalysisError.self) { try malformed.run() }
        #expect(error.code == malformed.code)
        #expect(error.message.contains(malformed.part), "\(error)")
        #expect(!error.remedy.isEmpty)
    }

    /// With the side given, studies of one precision can be trimmed and filled.
    @Test func equalPrecisionWithASide() throws {
        let fit = try TrimAndFill(side: .left).fit(Self.sample(6) { _ in 0.1 })
        #expect(fit.pooled.estimate.isFinite)
    }

    @Test(arguments: [1, 2, 3])
    func aReportOfFewStudies(count: Int) throws {
        let report = try SmallStudyAnalysis().fit(Self.sample(count))
        #expect(report.tests.isEmpty == (count == 1))
        #expect(!report.omitted.isEmpty)
        _ = Summary(report).text()
    }

    @Test func equalEffects() throws {
        let effects = StudySample("equal", estimates: [1, 1, 1, 1], variances: [0.1, 0.2, 0.4, 0.8]).effects
        let report = try SmallStudyAnalysis().fit(effects)
        #expect(!report.tests.isEmpty)
        for test in report.tests { #expect(test.pValue?.isFinite ?? true) }
        #expect(report.trimAndFill.first?.imputed == 0)
    }

    /// Sparse tables with zero cells: every number is finite or absent.
    @Test(arguments: 1...5)
    func zeroCells(seed: Int) throws {
        let effects = try EffectSizes(RandomStudies.sparseTables(seed: UInt64(seed)), measure: .oddsRatio)
        let report = try SmallStudyAnalysis().fit(effects)
        for test in report.tests {
            for number in [test.statistic, test.pValue, test.estimate, test.standardError] {
                #expect(number?.isFinite ?? true)
            }
        }
    }

    /// Effects near the ends of the range of numbers.
    @Test(arguments: [0x1p-480, 0x1p480])
    func extremeUnits(factor: Double) throws {
        var effects = Self.sample(12)
        for index in effects.effects.indices {
            effects.effects[index].estimate *= factor
            effects.effects[index].variance *= factor * factor
        }
        let (plain, extreme) = (
            try SmallStudyAnalysis().fit(Self.sample(12)), try SmallStudyAnalysis().fit(effects)
        )
        #expect(extreme.tests.count == plain.tests.count)
        for (one, other) in zip(plain.tests, extreme.tests) {
            #expect(abs((one.pValue ?? 0) - (other.pValue ?? 0)) < 1e-9, "\(one.name)")
        }
        #expect(extreme.trimAndFill.first?.imputed == plain.trimAndFill.first?.imputed)
        #expect(extreme.failSafe.map(\.number) == plain.failSafe.map(\.number))
    }
}
