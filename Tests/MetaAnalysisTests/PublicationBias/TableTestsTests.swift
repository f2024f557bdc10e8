import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Tests of asymmetry that need 2×2 tables or groups, against package meta 8.3.0 under R 4.2.2: `metabias(metabin(…, sm="OR",
/// method="Inverse"), method.bias, k.min=3)` and the same with `metacont`, of which tables without events are left out.
@Suite struct TableTestsTests {
    struct Reference: Sendable, CustomTestStringConvertible {
        var data: String
        var method: SmallStudyMethod
        var statistic: Double
        var pValue: Double
        var slope: Double
        var standardError: Double
        /// R's τ² comes from a search that stops early.
        var isCoarse = false

        var testDescription: String { "\(data) \(method.rawValue)" }
    }

    static let references: [Reference] = [
        Reference(
            data: "bcg", method: .eggerWeighted, statistic: -1.50695069669431, pValue: 0.159991485084265,
            slope: -2.34534124207975, standardError: 1.55634902138774),
        Reference(
            data: "bcg", method: .thompsonSharp, statistic: -0.774290308034261, pValue: 0.455079682749361,
            slope: -0.748958994362372, standardError: 0.967284475333032, isCoarse: true),
        Reference(
            data: "bcg", method: .harbord, statistic: -1.25647434404506, pValue: 0.234971952122066,
            slope: -2.09299154079424, standardError: 1.66576544178062),
        Reference(
            data: "bcg", method: .macaskill, statistic: 4.7114857245961, pValue: 0.000638170187086762,
            slope: 5.72378268663232e-06, standardError: 1.21485727034077e-06),
        Reference(
            data: "bcg", method: .peters, statistic: -1.36247619939701, pValue: 0.200291792284135,
            slope: -563.688203913343, standardError: 413.723340020776),
        Reference(
            data: "bcg", method: .deeks, statistic: -1.8018125229584, pValue: 0.0990159313702873,
            slope: -50.2971699400331, standardError: 27.9147632171243),
        Reference(
            data: "nielweise2007", method: .eggerWeighted, statistic: -1.7266458241112, pValue: 0.104761424624939,
            slope: -1.1192635149384, standardError: 0.64822993766805),
        Reference(
            data: "nielweise2007", method: .thompsonSharp, statistic: -1.61914154145635, pValue: 0.126245926007479,
            slope: -1.1192635149384, standardError: 0.69126971687211),
        Reference(
            data: "nielweise2007", method: .harbord, statistic: -0.0568131250872509, pValue: 0.955443948281525,
            slope: -0.0431591787637262, standardError: 0.759669155629873),
        Reference(
            data: "nielweise2007", method: .macaskill, statistic: 0.343975948217765, pValue: 0.735638864105771,
            slope: 0.000638394173948491, standardError: 0.00185592677992804),
        Reference(
            data: "nielweise2007", method: .peters, statistic: -0.607563823782291, pValue: 0.55256443645046,
            slope: -76.3231044817515, standardError: 125.621542123121),
        Reference(
            data: "nielweise2007", method: .deeks, statistic: -0.504109567024332, pValue: 0.621507800010552,
            slope: -6.79012961803155, standardError: 13.4695511892632),
    ]

    static func effects(_ data: String, measure: String = "OR", dropsDoubleZero: Bool = true) throws -> EffectSizes {
        let table = try Table(csv: Fixtures.bytes("reference/data/\(data).csv"), name: data)
        let roles: [String: String] =
            data == "bcg" ? ["ai": "tpos", "bi": "tneg", "ci": "cpos", "di": "cneg"] : [:]
        var settings = EffectSettings()
        settings.correction.dropsDoubleZero = dropsDoubleZero
        let studies = try StudyColumns(assignments: roles, measure: measure).read(table)[0].studies
        return try studies.effectSizes(measureCode: measure, settings: settings)
    }

    @Test(arguments: references)
    func agreesWithR(reference: Reference) throws {
        let test = try reference.method.test(Self.effects(reference.data))
        let tolerance = reference.isCoarse ? Tolerance.coarseReference : .closedForm
        let statistic = try #require(test.statistic)
        let slope = try #require(test.estimate)
        let error = try #require(test.standardError)
        let pValue = try #require(test.pValue)
        #expect(tolerance.accepts(statistic, reference.statistic, scale: 1))
        #expect(tolerance.accepts(slope, reference.slope, scale: reference.standardError))
        #expect(tolerance.accepts(error, reference.standardError))
        #expect((reference.isCoarse ? tolerance : .quantile).accepts(pValue, reference.pValue))
    }

    /// meta's rank test takes the normal distribution always: S = 2 with standard deviation 16.39.
    @Test func rankScore() throws {
        let test = try RankTest().test(Self.effects("bcg"))
        #expect(Tolerance.closedForm.accepts(test.statistic ?? .nan, 0.122017775217313))
    }

    /// R's scores and their standard deviation, without correction and tie.
    @Test(arguments: zip(["bcg", "nielweise2007"], [0.366053325651938, -0.24715576637149]))
    func schwarzerAgrees(data: String, statistic: Double) throws {
        let test = try SchwarzerTest().test(Self.effects(data))
        #expect(Tolerance.closedForm.accepts(test.statistic ?? .nan, statistic))
        #expect(test.k == (data == "bcg" ? 13 : 17))
    }

    // MARK: - Standardized mean differences

    struct Means: Sendable, CustomTestStringConvertible {
        var data: String
        var columns: [String: String]
        var estimates: [Double]
        var errors: [Double]
        var statistic: Double
        var pValue: Double
        var slope: Double

        var testDescription: String { data }
    }

    /// With R's own differences and standard errors, whose variance is not the one of this library.
    static let means: [Means] = [
        Means(
            data: "fleiss1993cont",
            columns: [
                "n1i": "n.psyc", "m1i": "mean.psyc", "sd1i": "sd.psyc", "n2i": "n.cont", "m2i": "mean.cont",
                "sd2i": "sd.cont",
            ],
            estimates: [
                -0.33987608706701, -0.565889664491664, -0.299908862924967, 0.1250235914109, -0.734444111690334,
            ],
            errors: [0.395526258880363, 0.235442437871332, 0.240461349681032, 0.316568424908007, 0.521525446333571],
            statistic: 0.0334732431506165, pValue: 0.975399769797497, slope: 0.0633214106185199)
    ]

    @Test(arguments: means)
    func pustejovskyAndRodgersAgree(reference: Means) throws {
        let table = try Table(csv: Fixtures.bytes("reference/data/\(reference.data).csv"), name: reference.data)
        let studies = try StudyColumns(assignments: reference.columns, measure: "SMD").read(table)[0].studies
        var effects = try studies.effectSizes(measureCode: "SMD")
        for index in effects.effects.indices {
            effects.effects[index].estimate = reference.estimates[index]
            effects.effects[index].variance = reference.errors[index] * reference.errors[index]
        }
        let test = try PustejovskyRodgersTest().test(effects)
        #expect(abs((test.statistic ?? .nan) - reference.statistic) < 1e-12)
        #expect(abs((test.pValue ?? .nan) - reference.pValue) < 1e-10)
        #expect(abs((test.estimate ?? .nan) - reference.slope) < 1e-12)
    }

    // MARK: - Laws

    @Test func arcsineIsEggersTestOfArcsineDifferences() throws {
        let effects = try Self.effects("nielweise2007", dropsDoubleZero: false)
        guard case .twoByTwo(let studies)? = effects.source else { throw NotApplicable("no tables") }
        let differences = try EffectSizes(studies, measure: .arcsineDifference)
        let egger = try EggerTest(model: .weightedRegression).test(differences)
        let arcsine = try ArcsineTest().test(effects)
        #expect(arcsine.estimate == egger.estimate)
        #expect(arcsine.pValue == egger.pValue)
        let sharp = try ThompsonSharpTest().test(differences)
        #expect(try ArcsineTest(variant: .additive).test(effects).pValue == sharp.pValue)
        let rank = try RankTest().test(differences)
        #expect(try ArcsineTest(variant: .rank).test(effects).pValue == rank.pValue)
    }

    /// Which group is called treated only turns the sign.
    /// Sums over counts that no `Double` tells apart would not end.
    @Test func schwarzerNeedsExactCounts() throws {
        let tables = (1...4).map { index in
            Study(
                "\(index)",
                TwoByTwoTable(
                    events: Double(index) * 1e200, of: 9e200, versus: Double(index + 1) * 1e200, of: 8e200))
        }
        let error = try #require(throws: MetaAnalysisError.self) {
            try SchwarzerTest().test(EffectSizes(tables, measure: .oddsRatio))
        }
        #expect(error.code == .unsupportedCombination && error.message.contains("2^53"))
    }

    @Test(arguments: [SmallStudyMethod.harbord, .peters, .deeks, .arcsine, .macaskill, .schwarzer])
    func exchangedGroupsTurnTheSlope(method: SmallStudyMethod) throws {
        let effects = try Self.effects("bcg")
        guard case .twoByTwo(let studies)? = effects.source else { throw NotApplicable("no tables") }
        let exchanged = try EffectSizes(
            studies.map {
                Study(
                    $0.label,
                    TwoByTwoTable(
                        treatedEvents: $0.outcome.controlEvents, treatedNonEvents: $0.outcome.controlNonEvents,
                        controlEvents: $0.outcome.treatedEvents, controlNonEvents: $0.outcome.treatedNonEvents))
            }, measure: .oddsRatio)
        let (before, after) = (try method.test(effects), try method.test(exchanged))
        let (slope, other) = (try #require(before.estimate), try #require(after.estimate))
        #expect(abs(slope + other) < 1e-9 * abs(slope))
    }

    /// A table without events takes part in arcsine differences, has no say in Harbord's and Peters' tests, and is named there.
    @Test func silentTablesAreNamed() throws {
        let effects = try Self.effects("nielweise2007", dropsDoubleZero: false)
        #expect(effects.count == 18)
        #expect(try ArcsineTest().test(effects).k == 18)
        for method in [SmallStudyMethod.harbord, .peters, .schwarzer] {
            let test = try method.test(effects)
            #expect(test.k == 17)
            #expect(test.diagnostics.contains { $0.code == .studyExcluded && $0.studies.count == 1 })
        }
    }
}
