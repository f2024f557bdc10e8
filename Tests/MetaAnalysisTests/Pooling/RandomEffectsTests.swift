import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct RandomEffectsTests {
    /// Variance 1 and τ² = 6 by most estimators: weights 1/7, mean 3, standard error √(7/3).
    private static let sample = StudySample("three", estimates: [1, 2, 6], variances: [1, 1, 1])

    @Test func defaults() {
        let model = RandomEffects()
        #expect(model.heterogeneity == .estimated(.restrictedMaximumLikelihood))
        #expect(model.interval == .hartungKnapp)
        #expect(model.predictionInterval == .matched)
        #expect(model.tauSquaredInterval == .qProfile)
        #expect(model.weighting == .inverseVariance)
        #expect(model.heterogeneity.knownTauSquared == nil)
        #expect(model.level == 0.95)
    }

    @Test func byHand() throws {
        let pooled = try RandomEffects(interval: .wald).fit(Self.sample.effects)
        #expect(Tolerance.closedForm.accepts(pooled.heterogeneity.tauSquared, 6))
        #expect(Tolerance.closedForm.accepts(pooled.estimate, 3))
        #expect(Tolerance.closedForm.accepts(pooled.standardError, (7.0 / 3).squareRoot()))
        #expect(pooled.settings.model == .random && pooled.settings.estimator == .restrictedMaximumLikelihood)
        // The contrasts of the effects, two normal numbers with variance 7: −ln(2π · 7) − ½ · 14/7.
        let likelihood = -Double.log(14 * .pi) - 1
        let fit = try #require(pooled.fit)
        #expect(fit.isRestricted)
        #expect(Tolerance.closedForm.accepts(fit.logLikelihood, likelihood))
        #expect(Tolerance.closedForm.accepts(fit.deviance, -2 * likelihood))
        #expect(Tolerance.closedForm.accepts(fit.aic, 4 - 2 * likelihood))
        #expect(Tolerance.closedForm.accepts(fit.bic ?? 0, 2 * Double.log(2) - 2 * likelihood))
    }

    /// Shrunken by 6/7 towards 3, with variance 6/7 + (1/7)² · 7/3.
    @Test func empiricalBayesEffects() throws {
        let pooled = try RandomEffects(interval: .wald).fit(Self.sample.effects)
        for (study, effect) in zip(pooled.studies, [1.0, 2, 6]) {
            let own = try #require(study.empiricalBayes)
            #expect(Tolerance.closedForm.accepts(own.estimate, 3 + (effect - 3) * 6 / 7))
            #expect(Tolerance.closedForm.accepts(own.standardError, (6.0 / 7 + 1.0 / 21).squareRoot()))
            #expect(own.interval.contains(own.estimate))
        }
        let mean = pooled.studies.compactMap(\.empiricalBayes?.estimate).reduce(0, +) / 3
        #expect(Tolerance.closedForm.accepts(mean, pooled.estimate))
    }

    @Test(arguments: [0, 1, -0.5, 95, .nan, .infinity])
    func levelsOutsideTheirRange(_ level: Double) {
        let models: [any PoolingModel] = [RandomEffects(level: level), CommonEffect(level: level)]
        for model in models {
            let error = #expect(throws: MetaAnalysisError.self) { try model.fit(Self.sample.effects) }
            #expect(error?.code == .invalidSetting)
        }
    }

    @Test(arguments: [-1e-300, -1, .nan, .infinity])
    func knownTauSquaredOutsideItsRange(_ tauSquared: Double) {
        let error = #expect(throws: MetaAnalysisError.self) {
            try RandomEffects(knownTauSquared: tauSquared).fit(Self.sample.effects)
        }
        #expect(error?.code == .invalidSetting)
        #expect(error?.message.contains("\(tauSquared)") == true)
    }

    @Test(arguments: [(1.0, 0.0), (1, -1), (.nan, 1), (1, .infinity), (.infinity, 1), (1, .nan)])
    func effectsThatNoStudyHas(_ estimate: Double, _ variance: Double) {
        var effects = Self.sample.effects
        effects.effects[1].estimate = estimate
        effects.effects[1].variance = variance
        effects.effects[1].row = 7
        let error = #expect(throws: MetaAnalysisError.self) { try RandomEffects().fit(effects) }
        #expect(error?.code == .invalidOutcome)
        #expect(error?.location.row == 7 && error?.location.study == "study 2")
    }

    @Test func diagnosticsOfTheEffectsStayWithTheResult() throws {
        var effects = Self.sample.effects
        effects.diagnostics = [Diagnostic(.note, .continuityCorrection, "0.5 added")]
        effects.excluded = [ExcludedStudy(label: "lost", row: 3, reason: "no events")]
        let pooled = try RandomEffects().fit(effects)
        #expect(pooled.diagnostics.first?.message == "0.5 added")
        #expect(pooled.excluded.map(\.label) == ["lost"])
    }
}
