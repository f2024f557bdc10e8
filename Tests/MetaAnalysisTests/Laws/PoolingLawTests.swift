import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// What holds between models, and between the numbers of one result.
@Suite struct PoolingLawTests {
    private static let models = EquivarianceLawTests.models

    @Test func knownTauSquaredGivesTheInferenceOfTheEstimate() throws {
        for sample in StudySample.random {
            for model in Self.models {
                let estimated = try model.fit(sample.effects)
                var known = model
                known.estimation.heterogeneity = .known(estimated.heterogeneity.tauSquared)
                let given = try known.fit(sample.effects)
                #expect(given.estimate == estimated.estimate)
                #expect(given.standardError == estimated.standardError)
                #expect(given.pValue == estimated.pValue)
                #expect(given.confidenceInterval == estimated.confidenceInterval)
                #expect(given.predictionInterval == estimated.predictionInterval)
                #expect(given.studies == estimated.studies)
                #expect(given.heterogeneity.iSquared == estimated.heterogeneity.iSquared)
                #expect(given.heterogeneity.tauSquaredInterval == nil)
                #expect(given.heterogeneity.estimator == nil)
            }
        }
    }

    @Test(arguments: IntervalMethod.allCases, Weighting.allCases)
    func noHeterogeneityIsTheCommonEffect(_ interval: IntervalMethod, _ weighting: Weighting) throws {
        for sample in StudySample.random {
            let random = try RandomEffects(interval: interval, weighting: weighting, knownTauSquared: 0)
                .fit(sample.effects)
            let common = try CommonEffect(interval: interval, weighting: weighting).fit(sample.effects)
            #expect(random.estimate == common.estimate)
            #expect(random.standardError == common.standardError)
            #expect(random.confidenceInterval == common.confidenceInterval)
            #expect(random.pValue == common.pValue)
            #expect(random.studies.map(\.weight) == common.studies.map(\.weight))
            #expect(random.heterogeneity.cochranQ == common.heterogeneity.cochranQ)
            #expect(random.fit?.logLikelihood == common.fit?.logLikelihood)
            if interval == .wald {
                for study in random.studies { #expect(study.empiricalBayes?.estimate == common.estimate) }
            }
        }
    }

    @Test(arguments: HeterogeneityEstimator.allCases)
    func homogeneousStudiesHaveTheCommonEffect(_ estimator: HeterogeneityEstimator) throws {
        // Effects closer together than their errors allow; Sidik and Jonkman's closed form is never 0.
        let sample = StudySample(
            "alike", estimates: [0.1, 0.2, 0.15, 0.12, 0.18], variances: [0.5, 0.4, 0.6, 0.3, 0.7])
        let pooled = try RandomEffects(heterogeneity: estimator).fit(sample.effects)
        guard estimator != .sidikJonkman else {
            #expect(pooled.heterogeneity.tauSquared > 0)
            return
        }
        let common = try CommonEffect(interval: .hartungKnapp).fit(sample.effects)
        #expect(pooled.heterogeneity.tauSquared == 0)
        #expect(pooled.estimate == common.estimate)
        #expect(pooled.confidenceInterval == common.confidenceInterval)
        #expect(pooled.diagnostics.contains { $0.code == .zeroHeterogeneity })
        #expect(pooled.diagnostics.contains { $0.code == .narrowerThanWald })
    }

    @Test func weightsAddToAHundred() throws {
        for sample in try StudySample.all() {
            for model in EquivarianceLawTests.allModels {
                let pooled = try model.fit(sample.effects)
                let total = pooled.studies.reduce(0) { $0 + $1.weight }
                #expect(Tolerance.closedForm.accepts(total, 100))
                #expect(pooled.studies.allSatisfy { $0.weight > 0 })
                let average = pooled.studies.reduce(0) { $0 + $1.weight / 100 * ($1.estimate ?? .nan) }
                #expect(Tolerance.closedForm.accepts(average, pooled.estimate, scale: pooled.standardError))
            }
        }
    }

    @Test func intervalsHoldWhatTheyAreOf() throws {
        for sample in try StudySample.all() {
            for model in EquivarianceLawTests.allModels {
                let pooled = try model.fit(sample.effects)
                #expect(pooled.confidenceInterval.contains(pooled.estimate))
                #expect(pooled.predictionInterval?.contains(pooled.estimate) ?? true)
                let lowest = sample.estimates.min() ?? .nan
                let highest = sample.estimates.max() ?? .nan
                #expect(lowest <= pooled.estimate && pooled.estimate <= highest)
                let p = try #require(pooled.pValue)
                #expect((p < 0.05) == !pooled.confidenceInterval.contains(0))
                for value in [pooled.heterogeneity.iSquared, pooled.heterogeneity.iSquaredFromQ] {
                    #expect(value.map { $0 >= 0 && $0 <= 100 } ?? false)
                }
            }
        }
    }

    @Test func intervalsGrowWithTheLevel() throws {
        for sample in StudySample.random {
            for model in Self.models {
                var inner: PooledEffect?
                for level in [0.5, 0.8, 0.95, 0.999] {
                    var wider = model
                    wider.level = level
                    let pooled = try wider.fit(sample.effects)
                    if let inner {
                        #expect(pooled.confidenceInterval.holds(inner.confidenceInterval))
                        #expect(pooled.predictionInterval.holds(inner.predictionInterval))
                        #expect(pooled.heterogeneity.tauSquaredInterval.holds(inner.heterogeneity.tauSquaredInterval))
                        #expect(pooled.heterogeneity.iSquaredInterval.holds(inner.heterogeneity.iSquaredInterval))
                    }
                    inner = pooled
                }
            }
        }
    }

    @Test(arguments: HeterogeneityEstimator.allCases)
    func truncatedHartungKnappIsNeverNarrowerThanT(_ estimator: HeterogeneityEstimator) throws {
        for sample in try StudySample.all() {
            func fit(_ interval: IntervalMethod) throws -> PooledEffect {
                try RandomEffects(heterogeneity: estimator, interval: interval).fit(sample.effects)
            }
            let (wald, t) = (try fit(.wald), try fit(.t))
            let (plain, truncated) = (try fit(.hartungKnapp), try fit(.hartungKnappTruncated))
            #expect(t.confidenceInterval.holds(wald.confidenceInterval))
            #expect(truncated.confidenceInterval.holds(t.confidenceInterval))
            #expect(truncated.confidenceInterval.holds(plain.confidenceInterval))
            #expect(truncated.standardError == max(plain.standardError, t.standardError))
            #expect(
                plain.diagnostics.contains { $0.code == .narrowerThanWald }
                    == (plain.standardError > 0 && plain.confidenceInterval.width < wald.confidenceInterval.width))
            let common = try CommonEffect().fit(sample.effects).confidenceInterval
            #expect(
                plain.truncatedInterval
                    == (plain.confidenceInterval.width < common.width ? truncated.confidenceInterval : nil))
        }
    }

    /// Twice the same studies: what is an average of terms stays, what is a sum doubles.
    @Test func duplicatedStudies() throws {
        for sample in StudySample.random {
            var twice = sample.effects
            twice.effects += sample.effects.effects
            let common = try CommonEffect().fit(sample.effects)
            let doubled = try CommonEffect().fit(twice)
            let error = common.standardError
            #expect(Tolerance.closedForm.accepts(doubled.estimate, common.estimate, scale: error))
            #expect(Tolerance.closedForm.accepts(doubled.standardError, error / 2.0.squareRoot()))
            #expect(
                Tolerance.closedForm.accepts(
                    doubled.heterogeneity.cochranQ, 2 * common.heterogeneity.cochranQ, scale: Double(common.k)))
            // Maximum likelihood and Hunter-Schmidt divide by k, not by k − 1.
            for estimator in [HeterogeneityEstimator.maximumLikelihood, .hunterSchmidt] {
                let once = try RandomEffects(heterogeneity: estimator, interval: .wald).fit(sample.effects)
                let both = try RandomEffects(heterogeneity: estimator, interval: .wald).fit(twice)
                #expect(
                    Tolerance.closedForm.accepts(
                        both.heterogeneity.tauSquared, once.heterogeneity.tauSquared,
                        scale: sample.effects.typicalVariance))
                #expect(Tolerance.closedForm.accepts(both.standardError, once.standardError / 2.0.squareRoot()))
            }
        }
    }

    @Test(arguments: HeterogeneityEstimator.allCases, IntervalMethod.allCases)
    func oneStudyIsItself(_ estimator: HeterogeneityEstimator, _ interval: IntervalMethod) throws {
        let sample = StudySample("one", estimates: [0.42], variances: [0.05])
        let models: [any PoolingModel] = [
            RandomEffects(heterogeneity: estimator, interval: interval), CommonEffect(interval: interval),
        ]
        for model in models {
            let pooled = try model.fit(sample.effects)
            #expect(pooled.estimate == 0.42)
            #expect(Tolerance.closedForm.accepts(pooled.standardError, 0.05.squareRoot()))
            #expect(Tolerance.quantile.accepts(pooled.confidenceInterval.upper, 0.858261270288291))
            #expect(pooled.studies.map(\.weight) == [100])
            #expect(pooled.settings.interval == .wald)
            #expect(pooled.degreesOfFreedom == nil)
            #expect(pooled.predictionInterval == nil)
            #expect(pooled.heterogeneity.tauSquared == 0)
            #expect(pooled.heterogeneity.tauSquaredStandardError == nil)
            #expect(pooled.heterogeneity.tauSquaredInterval == nil)
            #expect(pooled.heterogeneity.iSquared == nil)
            #expect(pooled.heterogeneity.hSquared == nil)
            #expect(pooled.heterogeneity.pValue == nil)
            #expect(pooled.diagnostics.contains { $0.code == .singleStudy })
        }
    }

    @Test(arguments: HeterogeneityEstimator.allCases, IntervalMethod.allCases)
    func twoStudies(_ estimator: HeterogeneityEstimator, _ interval: IntervalMethod) throws {
        let sample = StudySample("two", estimates: [0.1, 0.9], variances: [0.05, 0.05])
        let pooled = try RandomEffects(
            heterogeneity: estimator, interval: interval, predictionInterval: .higginsThompsonSpiegelhalter
        ).fit(sample.effects)
        // Equal variances: the mean, half the distance as Hartung and Knapp's standard error, and one degree of freedom.
        #expect(Tolerance.closedForm.accepts(pooled.estimate, 0.5))
        #expect(pooled.degreesOfFreedom == (interval == .wald ? nil : 1))
        if interval == .hartungKnapp { #expect(Tolerance.closedForm.accepts(pooled.standardError, 0.4)) }
        #expect(pooled.predictionInterval == nil)
        #expect(pooled.diagnostics.contains { $0.code == .notEstimable })
        #expect(pooled.heterogeneity.pValue != nil)
        #expect(pooled.fit?.aicc.isFinite == true)
    }
}

extension ConfidenceInterval {
    /// Whether the other interval lies in this one, but for rounding of its width.
    func holds(_ other: ConfidenceInterval) -> Bool {
        let slack = Tolerance.closedForm.bound * max(other.width, abs(other.upper), abs(other.lower))
        return lower <= other.lower + slack && other.upper <= upper + slack
    }
}

extension ConfidenceInterval? {
    func holds(_ other: ConfidenceInterval?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let outer?, let inner?): outer.holds(inner)
        default: false
        }
    }
}
