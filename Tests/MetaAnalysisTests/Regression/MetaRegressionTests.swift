import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct MetaRegressionTests {
    /// The BCG trials as risk ratios, with latitude, year and allocation.
    static func trials() throws -> (effects: EffectSizes, moderators: Moderators) {
        let table = try Table(csv: Fixtures.bytes("datasets/bcg.csv"), name: "bcg.csv")
        let data = try StudyColumns(assignments: [:], measure: "RR").read(table)
        let effects = try #require(data.first).studies.effectSizes(measureCode: "RR", settings: EffectSettings())
        var moderators = Moderators(count: effects.count)
        for name in ["ablat", "year"] { moderators[name] = .numbers(try table.numbers(in: name)) }
        moderators["alloc"] = .texts(try table.texts(in: "alloc"))
        return (effects, moderators)
    }

    private static let estimators: [HeterogeneityEstimator?] = [nil] + HeterogeneityEstimator.allCases

    // MARK: Laws

    @Test(arguments: estimators)
    func withoutTermsItIsThePooledEffect(_ estimator: HeterogeneityEstimator?) throws {
        for sample in try StudySample.all() {
            let moderators = Moderators(count: sample.effects.count)
            for interval in IntervalMethod.allCases {
                let fit = try MetaRegression(terms: [], heterogeneity: estimator, interval: interval)
                    .fit(sample.effects, moderators: moderators)
                let pooled =
                    try estimator.map {
                        try RandomEffects(heterogeneity: $0, interval: interval).fit(sample.effects)
                    } ?? CommonEffect(interval: interval).fit(sample.effects)
                #expect(fit.coefficients[0].estimate == pooled.estimate)
                #expect(Tolerance.closedForm.accepts(fit.coefficients[0].standardError, pooled.standardError))
                #expect(fit.heterogeneity.tauSquared == pooled.heterogeneity.tauSquared)
                #expect(fit.heterogeneity.tauSquaredInterval == pooled.heterogeneity.tauSquaredInterval)
                #expect(fit.heterogeneity.cochranQ == pooled.heterogeneity.cochranQ)
                #expect(fit.fit.logLikelihood == pooled.fit?.logLikelihood)
                #expect(fit.fit.aic == pooled.fit?.aic)
                #expect(fit.explainedHeterogeneity == nil)
            }
        }
    }

    /// Other units and another origin of a moderator, and another reference of a factor, change no fitted value.
    @Test(arguments: estimators)
    func coordinatesDoNotMatter(_ estimator: HeterogeneityEstimator?) throws {
        let (effects, moderators) = try Self.trials()
        var moved = moderators
        let years = try #require(moderators.numbers(in: "year"))
        moved["year"] = .numbers(years.map { $0.map { 1e-3 * $0 - 4 } })
        func fit(_ moderators: Moderators, _ reference: String) throws -> RegressionFit {
            try MetaRegression(
                terms: [.number("year"), .factor("alloc", reference: reference)], heterogeneity: estimator
            ).fit(effects, moderators: moderators)
        }
        let (one, other) = (try fit(moderators, "alternate"), try fit(moved, "random"))
        for (left, right) in zip(one.studies, other.studies) {
            #expect(Tolerance.iterative.accepts(left.fitted.estimate, right.fitted.estimate, scale: 1))
            #expect(Tolerance.iterative.accepts(left.fitted.standardError, right.fitted.standardError))
            #expect(Tolerance.iterative.accepts(left.leverage, right.leverage))
        }
        #expect(Tolerance.iterative.accepts(one.heterogeneity.tauSquared, other.heterogeneity.tauSquared, scale: 0.1))
        #expect(
            Tolerance.iterative.accepts(
                try #require(one.omnibusTest.statistic), try #require(other.omnibusTest.statistic)))
        #expect(Tolerance.iterative.accepts(one.fit.logLikelihood, other.fit.logLikelihood, scale: 1))
        #expect(
            Tolerance.iterative.accepts(
                one.coefficients[1].estimate, 1e-3 * other.coefficients[1].estimate, scale: 1e-3))
    }

    /// A factor without intercept is a mean for each level: subgroups that share one τ².
    @Test func aFactorIsSubgroups() throws {
        var (effects, moderators) = try Self.trials()
        let names = try #require(moderators.texts(in: "alloc"))
        for index in effects.effects.indices { effects.effects[index].group = names[index] }
        let fit = try MetaRegression(terms: [.factor("alloc")], hasIntercept: false)
            .fit(effects, moderators: moderators)
        let groups = try RandomEffects().subgroups(effects, tauSquared: .common)
        #expect(fit.coefficients.count == 3)
        for group in groups.subgroups {
            let one = try #require(fit.coefficients.first { $0.term == "alloc: \(group.group ?? "")" })
            #expect(Tolerance.iterative.accepts(one.estimate, group.estimate, scale: 1))
        }
        let same = try MetaRegression(terms: [.factor("alloc")]).fit(effects, moderators: moderators)
        let (ours, theirs) = (same.omnibusTest.statistic, groups.betweenGroups.statistic)
        #expect(Tolerance.iterative.accepts(try #require(ours), try #require(theirs)))
    }

    /// A new point with the moderators of a study is that study's fitted value.
    @Test func predictionsAreFittedValues() throws {
        let (effects, moderators) = try Self.trials()
        let fit = try MetaRegression(
            terms: [.number("ablat"), .factor("alloc"), .interaction([.number("ablat"), .factor("alloc")])]
        ).fit(effects, moderators: moderators)
        let latitudes = try #require(moderators.numbers(in: "ablat"))
        let names = try #require(moderators.texts(in: "alloc"))
        for (index, study) in fit.studies.enumerated() {
            let point: [String: ModeratorValue] = [
                "ablat": .number(try #require(latitudes[index])), "alloc": .text(try #require(names[index])),
            ]
            let found = try #require(try fit.prediction(at: point))
            #expect(Tolerance.iterative.accepts(found.estimate, study.fitted.estimate, scale: 1))
            #expect(Tolerance.iterative.accepts(found.standardError, study.fitted.standardError))
        }
        #expect(try fit.prediction(at: ["ablat": 30]) == nil)
        #expect(throws: MetaAnalysisError.self) { try fit.prediction(at: ["ablat": 30, "alloc": "none"]) }
        #expect(throws: MetaAnalysisError.self) { try fit.prediction(at: ["ablat": "north", "alloc": "random"]) }
    }

    /// Effects 2^±400 times as large have coefficients as many times as large, to the last bit.
    @Test(arguments: [400, -400])
    func sizesDoNotMatter(_ exponent: Int) throws {
        let (effects, moderators) = try Self.trials()
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        let model = MetaRegression(terms: [.number("ablat")])
        let one = try model.fit(effects, moderators: moderators)
        let other = try model.fit(effects.scaled(byPowerOfTwo: exponent), moderators: moderators)
        for (left, right) in zip(one.coefficients, other.coefficients) {
            #expect(Tolerance.closedForm.accepts(right.estimate / factor, left.estimate))
            #expect(Tolerance.closedForm.accepts(right.standardError / factor, left.standardError))
        }
        #expect(
            Tolerance.closedForm.accepts(
                try #require(other.omnibusTest.statistic), try #require(one.omnibusTest.statistic)))
    }

    @Test func nestedModelsAreComparedByMaximumLikelihood() throws {
        let (effects, moderators) = try Self.trials()
        let full = MetaRegression(terms: [.number("ablat"), .number("year")])
        let found = try full.compared(with: [.number("ablat")], effects, moderators: moderators)
        #expect(found.isRefitted && found.terms == ["year"])
        #expect(found.likelihoodRatio.degreesOfFreedom == 1)
        #expect(!found.full.isRestricted)
        #expect(throws: MetaAnalysisError.self) {
            try full.compared(with: [.factor("alloc")], effects, moderators: moderators)
        }
        #expect(throws: MetaAnalysisError.self) { try full.compared(with: full.terms, effects, moderators: moderators) }
    }

    @Test func deletionEqualsTheFitWithoutTheStudy() throws {
        let (effects, moderators) = try Self.trials()
        let model = MetaRegression(terms: [.number("ablat")])
        let influence = try model.influence(effects, moderators: moderators)
        for index in 0..<effects.count {
            let rest = (0..<effects.count).filter { $0 != index }
            let fit = try model.fit(effects.subset(rest), moderators: moderators.subset(rest))
            let study = influence.studies[index]
            #expect(
                Tolerance.iterative.accepts(
                    try #require(study.tauSquaredDeleted), fit.heterogeneity.tauSquared, scale: 0.1))
            #expect(Tolerance.closedForm.accepts(try #require(study.qDeleted), fit.heterogeneity.cochranQ))
            let latitude = try #require(moderators.numbers(in: "ablat")?[index])
            let expected = try #require(try fit.prediction(at: ["ablat": .number(latitude)]))
            let residual = effects.effects[index].estimate - expected.estimate
            #expect(Tolerance.iterative.accepts(try #require(study.deletedResidual), residual, scale: 1))
        }
    }

    // MARK: Degenerate designs

    private struct Refused: Sendable {
        var name: String
        var terms: [ModelTerm]
        var code: MetaAnalysisError.Code
        var words: String
        var hasIntercept = true
    }

    private static let refused: [Refused] = [
        Refused(name: "constant", terms: [.number("same")], code: .singularDesign, words: "same for every study"),
        Refused(
            name: "zero", terms: [.number("zero")], code: .singularDesign, words: "0 for every study",
            hasIntercept: false),
        Refused(name: "units", terms: [.number("huge")], code: .invalidOutcome, words: "values of about"),
        Refused(name: "twice", terms: [.number("x"), .number("x")], code: .invalidSetting, words: "stands twice"),
        Refused(
            name: "sum", terms: [.number("x"), .number("z"), .number("sum")], code: .singularDesign,
            words: "\"sum\" depends linearly on \"x\", \"z\""),
        Refused(
            name: "factor and its number", terms: [.factor("half"), .number("halfNumber")], code: .singularDesign,
            words: "\"halfNumber\" depends linearly on"),
        Refused(name: "one level", terms: [.factor("one")], code: .singularDesign, words: "same one"),
        Refused(name: "unknown", terms: [.number("none")], code: .missingColumn, words: "no moderator \"none\""),
        Refused(
            name: "no reference", terms: [.factor("half", reference: "c")], code: .invalidSetting,
            words: "no level \"c\""),
        Refused(name: "text as number", terms: [.number("half")], code: .invalidOutcome, words: "not a number"),
        Refused(name: "infinite", terms: [.number("infinite")], code: .invalidOutcome, words: "inf"),
        Refused(name: "power", terms: [.number("x", power: 0)], code: .invalidSetting, words: "power"),
        Refused(
            name: "interaction of one", terms: [.interaction([.number("x")])], code: .invalidSetting,
            words: "interaction"),
        Refused(
            name: "interaction of interactions",
            terms: [.interaction([.interaction([.number("x"), .number("z")]), .number("z")])], code: .invalidSetting,
            words: "interaction"),
        Refused(name: "nothing", terms: [], code: .invalidSetting, words: "no terms", hasIntercept: false),
        Refused(name: "all missing", terms: [.number("missing")], code: .tooFewStudies, words: "0 studies have"),
        Refused(
            name: "factor all missing", terms: [.factor("absent")], code: .singularDesign, words: "no study has a value"
        ),
        Refused(
            name: "more columns than studies",
            terms: [
                .number("x"), .number("x", power: 2), .number("x", power: 3), .number("z"), .number("z", power: 2),
                .number("z", power: 3),
            ],
            code: .tooFewStudies, words: "6 studies have every moderator, and the model has 7 coefficients"),
        Refused(
            name: "overflow", terms: [.number("huge", power: 2)], code: .singularDesign, words: "outside the range"),
    ]

    private static func six() -> (EffectSizes, Moderators) {
        let effects = (0..<6).map { EffectSize(label: "s\($0)", estimate: Double($0 % 4), variance: 1 + Double($0)) }
        var moderators = Moderators(count: 6)
        let x: [Double] = [1, 2, 4, 3, 5, 9]
        let z: [Double] = [2, 1, 0, 5, 3, 1]
        moderators["x"] = .numbers(x)
        moderators["z"] = .numbers(z)
        moderators["sum"] = .numbers(zip(x, z).map { 2 * $0 - $1 + 7 })
        moderators["same"] = .numbers(Array(repeating: 3, count: 6))
        moderators["zero"] = .numbers(Array(repeating: 0, count: 6))
        moderators["half"] = .texts(["a", "a", "a", "b", "b", "b"])
        moderators["halfNumber"] = .numbers([0, 0, 0, 1, 1, 1])
        moderators["one"] = .texts(Array(repeating: "a", count: 6))
        moderators["infinite"] = .numbers([1, 2, .infinity, 3, 4, 5])
        moderators["missing"] = .numbers(Array(repeating: nil, count: 6))
        moderators["absent"] = .texts(Array(repeating: nil, count: 6))
        moderators["huge"] = .numbers(x.map { $0 * 1e200 })
        return (EffectSizes(effects: effects), moderators)
    }

    @Test func designsThatCannotBeAreNamed() {
        let (effects, moderators) = Self.six()
        for one in Self.refused {
            do {
                _ = try MetaRegression(terms: one.terms, hasIntercept: one.hasIntercept)
                    .fit(effects, moderators: moderators)
                Issue.record("\(one.name) was fitted")
            } catch let error as MetaAnalysisError {
                #expect(error.code == one.code, "\(one.name): \(error.message)")
                #expect(error.message.contains(one.words), "\(one.name): \(error.message)")
                #expect(!error.remedy.isEmpty)
            } catch {
                Issue.record("\(one.name): \(error)")
            }
        }
    }

    @Test func settingsThatCannotBeAreNamed() {
        let (effects, moderators) = Self.six()
        var settings = [
            MetaRegression(terms: [.number("x")], level: 1), MetaRegression(terms: [.number("x")], level: .nan),
        ]
        settings.append(MetaRegression(terms: [.number("x")], knownTauSquared: -1))
        settings.append(
            MetaRegression(
                terms: [.number("x")], heterogeneity: .derSimonianLaird, tauSquaredInterval: .profileLikelihood))
        for one in settings {
            #expect(throws: MetaAnalysisError.self) { try one.fit(effects, moderators: moderators) }
        }
        #expect(throws: MetaAnalysisError.self) {
            try MetaRegression(terms: []).fit(EffectSizes(effects: []), moderators: Moderators(count: 0))
        }
    }

    /// Studies without a value are left out by name; as many coefficients as studies leave nothing to estimate.
    @Test func missingValuesAndFullDesigns() throws {
        var (effects, moderators) = Self.six()
        moderators["part"] = .numbers([1, nil, 3, 4, 2, nil])
        let fit = try MetaRegression(terms: [.number("part")]).fit(effects, moderators: moderators)
        #expect(fit.k == 4 && fit.excluded.map(\.label) == ["s1", "s5"])
        #expect(fit.excluded.allSatisfy { $0.reason == "no value of part" })
        #expect(fit.diagnostics.contains { $0.code == .fewStudies })

        effects.effects.removeLast(4)
        let two = try MetaRegression(terms: [.number("x")]).fit(effects, moderators: moderators.subset([0, 1]))
        #expect(two.settings.interval == .wald && two.heterogeneity.tauSquared == 0)
        #expect(two.diagnostics.contains { $0.code == .notEstimable })
        #expect(two.studies.allSatisfy { $0.standardizedResidual == nil && abs($0.residual) < 1e-12 })
        let influence = try MetaRegression(terms: [.number("x")]).influence(
            effects, moderators: moderators.subset([0, 1]))
        #expect(influence.studies.allSatisfy { $0.cooksDistance == nil && $0.studentizedResidual == nil })
        #expect(influence.diagnostics.contains { $0.code == .notEstimable })
    }

    /// Effects on a line leave no residual: Hartung–Knapp errors are 0 and there is no test, and nothing is NaN.
    @Test func effectsOnALine() throws {
        var (effects, moderators) = Self.six()
        let x = try #require(moderators.numbers(in: "x"))
        for index in effects.effects.indices { effects.effects[index].estimate = 0 * (x[index] ?? 0) }
        moderators["x"] = .numbers(x)
        let fit = try MetaRegression(terms: [.number("x")]).fit(effects, moderators: moderators)
        #expect(fit.coefficients.allSatisfy { $0.estimate == 0 && $0.standardError == 0 && $0.statistic == nil })
        #expect(fit.omnibusTest.statistic == nil && fit.omnibusTest.pValue == nil)
    }

    // MARK: Nothing left over

    private static func four(_ estimates: [Double]) -> (effects: EffectSizes, moderators: Moderators) {
        let variances = [0.01, 0.02, 0.01, 0.02]
        var moderators = Moderators(count: 4)
        moderators["study"] = .texts(["a", "b", "c", "d"])
        moderators["x"] = .numbers([1, 2, 3, 5])
        let effects = EffectSizes(
            effects: estimates.indices.map {
                EffectSize(label: "\($0)", estimate: estimates[$0], variance: variances[$0], cluster: "\($0 % 3)")
            })
        return (effects, moderators)
    }

    /// As many coefficients as studies: τ² is neither estimated nor given, so that no share of it is explained and no new study predicted.
    @Test func aSaturatedModelExplainsNothing() throws {
        let (effects, moderators) = Self.four([0.2, 0.3, 0.1, 0.45])
        for estimator: HeterogeneityEstimator? in [.restrictedMaximumLikelihood, .derSimonianLaird, nil] {
            let model = MetaRegression(terms: [.factor("study")], heterogeneity: estimator)
            let fit = try model.fit(effects, moderators: moderators)
            #expect(fit.explainedHeterogeneity == nil && fit.settings.estimator == nil)
            #expect(fit.studies.allSatisfy { $0.fitted.predictionInterval == nil })
            #expect(try #require(try fit.prediction(at: ["study": "b"])).predictionInterval == nil)
            #expect(!Summary(fit).text(width: 80).contains("as given"))
            #expect(try model.compared(with: [], effects, moderators: moderators).explainedHeterogeneity == nil)
        }
        let known = try MetaRegression(terms: [.factor("study")], knownTauSquared: 0.1)
            .fit(effects, moderators: moderators)
        #expect(known.settings.knownTauSquared == 0.1 && known.studies[0].fitted.predictionInterval != nil)
        #expect(Summary(known).text(width: 80).contains("as given"))
    }

    /// Effects that are equal, or lie on a line: what rounding leaves is neither a standard error nor a slope.
    @Test func effectsOnTheRegressionHaveNoTest() throws {
        for estimates in [Array(repeating: 6.022, count: 4), [1.1, 1.3, 1.5, 1.9], [0, 0, 0, 0]] {
            let (effects, moderators) = Self.four(estimates)
            let model = MetaRegression(terms: [.number("x")])
            let fit = try model.fit(effects, moderators: moderators)
            #expect(fit.coefficients.allSatisfy { $0.standardError == 0 && $0.pValue == nil })
            #expect(fit.omnibusTest.pValue == nil && fit.heterogeneity.cochranQ == 0)
            #expect(abs(fit.coefficients[1].estimate - (estimates[3] - estimates[0]) / 4) < 1e-14)
            if estimates[0] == estimates[3] { #expect(fit.coefficients[1].estimate == 0) }
            #expect(fit.diagnostics.contains { $0.code == .notEstimable && $0.severity == .warning })
            for correction in ClusterCorrection.allCases where correction == .biasReduced {
                let robust = try model.clusterRobust(effects, moderators: moderators, correction: correction)
                #expect(robust.coefficients.allSatisfy { $0.standardError == 0 && $0.pValue == nil })
                #expect(robust.omnibusTest.pValue == nil)
                #expect(robust.diagnostics.contains { $0.code == .notEstimable && $0.severity == .warning })
            }
            let influence = try model.influence(effects, moderators: moderators)
            #expect(influence.studies.allSatisfy { $0.cooksDistance == nil && $0.qDeleted == 0 })
            let permuted = try PermutationTest(model).test(effects, moderators: moderators)
            #expect(permuted.coefficients[1].statistic == nil)
        }
    }

    @Test func aContrastNeedsAWeightForEachCoefficient() throws {
        let (effects, moderators) = Self.four([0.2, 0.3, 0.1, 0.45])
        let fit = try MetaRegression(terms: [.number("x")]).fit(effects, moderators: moderators)
        #expect(try fit.contrast([1, 2]).estimate == fit.coefficients[0].estimate + 2 * fit.coefficients[1].estimate)
        #expect(throws: MetaAnalysisError.self) { try fit.contrast([1]) }
    }

    /// R: `rma(yi, vi, mods = ~ m, test = "adhoc")`.
    @Test func narrowedIntervalsHaveTheTruncatedBesideThem() throws {
        let sample = StudySample(
            "line", estimates: [0.3, 0.42, 0.49, 0.61, 0.7, 0.79], variances: [0.02, 0.03, 0.02, 0.04, 0.03, 0.02])
        var moderators = Moderators(count: 6)
        moderators["m"] = .numbers([1, 2, 3, 4, 5, 6])
        func fit(_ interval: IntervalMethod) throws -> RegressionFit {
            try MetaRegression(terms: [.number("m")], interval: interval).fit(sample.effects, moderators: moderators)
        }
        let plain = try fit(.hartungKnapp)
        let expected = [(-0.1761918511298096734, 0.5918440250428538), (-0.0009575914863769741, 0.1962184610515944)]
        for (coefficient, ends) in zip(plain.coefficients, expected) {
            let truncated = try #require(coefficient.truncatedInterval)
            #expect(Tolerance.quantile.accepts(truncated.lower, ends.0))
            #expect(Tolerance.quantile.accepts(truncated.upper, ends.1))
        }
        #expect(plain.diagnostics.contains { $0.code == .narrowerThanWald })
        let truncated = try fit(.hartungKnappTruncated)
        #expect(truncated.coefficients.allSatisfy { $0.truncatedInterval == nil })
        #expect(!truncated.diagnostics.contains { $0.code == .narrowerThanWald })
    }
}
