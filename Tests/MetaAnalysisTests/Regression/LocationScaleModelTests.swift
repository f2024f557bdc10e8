import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

/// Agreement with R is in the golden cases of *.locscale.
@Suite struct LocationScaleModelTests {
    /// Without terms of the scale it is the regression with one τ².
    @Test(arguments: [true, false])
    func withoutTermsThereIsOneTauSquared(_ isRestricted: Bool) throws {
        let (effects, moderators) = try MetaRegressionTests.trials()
        let plain = try MetaRegression(
            terms: [.number("ablat")], heterogeneity: isRestricted ? .restrictedMaximumLikelihood : .maximumLikelihood,
            interval: .t
        ).fit(effects, moderators: moderators)
        let fit = try LocationScaleModel(terms: [.number("ablat")], scaleTerms: [], isRestricted: isRestricted)
            .fit(effects, moderators: moderators)
        #expect(Tolerance.iterative.accepts(.exp(fit.scaleCoefficients[0].estimate), plain.heterogeneity.tauSquared))
        for (left, right) in zip(fit.coefficients, plain.coefficients) {
            #expect(Tolerance.iterative.accepts(left.estimate, right.estimate))
            #expect(Tolerance.iterative.accepts(left.standardError, right.standardError))
            #expect(left.degreesOfFreedom == right.degreesOfFreedom)
        }
        #expect(Tolerance.iterative.accepts(fit.fit.logLikelihood, plain.fit.logLikelihood))
        #expect(abs(try #require(fit.likelihoodRatio.statistic)) < 1e-9 && fit.likelihoodRatio.pValue == nil)
    }

    /// A factor of both effects and scale: every level has its own average and its own τ².
    @Test(arguments: [true, false])
    func aFactorIsSubgroups(_ isRestricted: Bool) throws {
        let (effects, moderators) = try MetaRegressionTests.trials()
        let levels = try #require(moderators.texts(in: "alloc"))
        var columns = moderators
        columns["isRandom"] = .texts(levels.map { $0 == "random" ? "yes" : "no" })
        let fit = try LocationScaleModel(
            terms: [.factor("isRandom")], scaleTerms: [.factor("isRandom")], isRestricted: isRestricted
        ).fit(effects, moderators: columns)
        let estimator: HeterogeneityEstimator = isRestricted ? .restrictedMaximumLikelihood : .maximumLikelihood
        var likelihood = 0.0
        for (isRandom, offset) in [(false, 0), (true, 1)] {
            let part = effects.subset(levels.indices.filter { (levels[$0] == "random") == isRandom })
            let pooled = try RandomEffects(heterogeneity: estimator).fit(part)
            let average = fit.coefficients[0].estimate + Double(offset) * fit.coefficients[1].estimate
            let tauSquared = Double.exp(
                fit.scaleCoefficients[0].estimate + Double(offset) * fit.scaleCoefficients[1].estimate)
            #expect(Tolerance.iterative.accepts(average, pooled.estimate))
            #expect(Tolerance.iterative.accepts(tauSquared, pooled.heterogeneity.tauSquared))
            likelihood += try #require(pooled.fit).logLikelihood
        }
        if !isRestricted { #expect(Tolerance.iterative.accepts(fit.fit.logLikelihood, likelihood)) }
    }

    /// Derivatives against differences of the likelihood.
    @Test(arguments: [true, false])
    func derivativesAreThoseOfTheLikelihood(_ isRestricted: Bool) throws {
        let (effects, moderators) = try MetaRegressionTests.trials()
        let data = try RegressionData(effects, moderators, terms: [.number("ablat")], hasIntercept: true)
        let model = try VarianceComponentModel(
            responses: effects.effects.map(\.estimate), variances: effects.effects.map(\.variance),
            design: .columns(data.standard.matrix))
        let likelihood = ScaleLikelihood(
            model, location: data.standard.matrix, scale: data.standard.matrix, isRestricted: isRestricted)
        let alpha = [-1.3, 0.4]
        let reading = likelihood.expanded(alpha)
        #expect(Tolerance.closedForm.accepts(reading.value, likelihood.value(alpha)))
        for index in alpha.indices {
            let step = 1e-4
            var (less, more) = (alpha, alpha)
            less[index] -= step
            more[index] += step
            let slope = (likelihood.value(more) - likelihood.value(less)) / (2 * step)
            #expect(abs(slope - reading.gradient[index]) < 1e-6)
            let (before, after) = (likelihood.expanded(less).gradient, likelihood.expanded(more).gradient)
            for other in alpha.indices {
                let curvature = (after[other] - before[other]) / (2 * step)
                #expect(abs(curvature - reading.hessian[index, other]) < 1e-6)
            }
        }
    }

    /// Effects 2^±400 times as large move the intercept of log τ² by 2 log of that, and no slope.
    @Test(arguments: [400, -400])
    func sizesDoNotMatter(_ exponent: Int) throws {
        let (effects, moderators) = try MetaRegressionTests.trials()
        let model = LocationScaleModel(terms: [.number("ablat")], scaleTerms: [.number("year")])
        let one = try model.fit(effects, moderators: moderators)
        let other = try model.fit(effects.scaled(byPowerOfTwo: exponent), moderators: moderators)
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        let shift = 2 * .log(factor)
        #expect(
            Tolerance.iterative.accepts(
                other.scaleCoefficients[0].estimate - shift, one.scaleCoefficients[0].estimate, scale: 100))
        #expect(
            Tolerance.iterative.accepts(
                other.scaleCoefficients[1].estimate, one.scaleCoefficients[1].estimate, scale: 1))
        for (left, right) in zip(one.coefficients, other.coefficients) {
            #expect(Tolerance.iterative.accepts(right.estimate / factor, left.estimate))
        }
        #expect(
            Tolerance.iterative.accepts(
                other.fit.logLikelihood + Double(effects.count - 2) * .log(factor), one.fit.logLikelihood, scale: 100))
    }

    /// Effects that scatter no more than chance would have them: the likelihood rises towards τ² = 0, and that is said.
    @Test func noScatterIsSaid() throws {
        let effects = EffectSizes(
            effects: (0..<12).map { EffectSize(label: "s\($0)", estimate: 0.1 * Double($0 % 3), variance: 1) })
        var moderators = Moderators(count: 12)
        moderators["x"] = .numbers((0..<12).map { Double($0 * $0) })
        let fit = try LocationScaleModel(terms: [], scaleTerms: [.number("x")]).fit(effects, moderators: moderators)
        #expect(fit.diagnostics.contains { $0.code == .notEstimable })
        #expect(fit.scaleCoefficients.allSatisfy { $0.standardError == nil && $0.pValue == nil })
        #expect(fit.scaleTest.pValue == nil && fit.scaleCovariance == nil)
        #expect(fit.studies.allSatisfy { $0.tauSquared < 1e-6 })
        let pooled = try CommonEffect().fit(effects)
        #expect(abs(fit.coefficients[0].estimate - pooled.estimate) < 1e-6)
    }

    @Test func theScaleHasALimitOfCoefficients() throws {
        let effects = EffectSizes(
            effects: (0..<60).map { EffectSize(label: "s\($0)", estimate: 0.1 * Double($0 % 7), variance: 0.01) })
        func fit(_ levels: Int) throws -> LocationScaleFit {
            var moderators = Moderators(count: 60)
            moderators["g"] = .texts((0..<60).map { "\($0 % levels)" })
            return try LocationScaleModel(terms: [], scaleTerms: [.factor("g")]).fit(effects, moderators: moderators)
        }
        #expect(try fit(5).scaleCoefficients.count == 5)
        let error = try #require(throws: MetaAnalysisError.self) { try fit(21) }
        #expect(error.code == .unsupportedCombination && error.message.contains("21 coefficients, and at most 20"))
    }

    @Test func modelsThatCannotBeAreNamed() throws {
        let (effects, moderators) = try MetaRegressionTests.trials()
        func code(_ model: LocationScaleModel, _ count: Int = 13) -> MetaAnalysisError.Code? {
            do {
                let kept = Array(0..<count)
                _ = try model.fit(effects.subset(kept), moderators: moderators.subset(kept))
                return nil
            } catch { return (error as? MetaAnalysisError)?.code }
        }
        #expect(code(LocationScaleModel(terms: [], scaleTerms: [.number("none")])) == .missingColumn)
        #expect(code(LocationScaleModel(terms: [], scaleTerms: [.number("alloc")])) == .invalidOutcome)
        #expect(code(LocationScaleModel(terms: [], scaleTerms: [.number("year"), .number("year")])) == .invalidSetting)
        #expect(code(LocationScaleModel(terms: [.number("ablat")], scaleTerms: [.number("year")]), 4) == .tooFewStudies)
        #expect(code(LocationScaleModel(terms: [], scaleTerms: [.number("year")], level: 2)) == .invalidSetting)
        let same = LocationScaleModel(
            terms: [],
            scaleTerms: [.number("year"), .interaction([.number("year"), .factor("alloc")]), .factor("alloc")])
        #expect(code(same) == nil)
    }
}
