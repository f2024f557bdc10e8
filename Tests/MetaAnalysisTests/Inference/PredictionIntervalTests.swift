import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct PredictionIntervalTests {
    /// Effects 1, 2, 3 and 6 with variance 1 and τ² = 3: mean 3, standard error 1, so that new effects spread by 2.
    private static let sample = StudySample("four", estimates: [1, 2, 3, 6], variances: [1, 1, 1, 1])

    private static func fit(
        _ method: PredictionIntervalMethod, _ interval: IntervalMethod = .wald, _ sample: StudySample = sample
    ) throws -> PooledEffect {
        try RandomEffects(interval: interval, predictionInterval: method, knownTauSquared: 3).fit(sample.effects)
    }

    @Test func rawValuesAreThoseOfTheCommandLine() {
        #expect(PredictionIntervalMethod.allCases.map(\.rawValue) == ["matched", "HTS", "HTS-k1"])
    }

    /// Quantiles of the normal distribution and of t with 2 and 3 degrees of freedom.
    @Test(arguments: [
        (PredictionIntervalMethod.matched, IntervalMethod.wald, 1.959963984540054),
        (.matched, .t, 3.182446305284263), (.higginsThompsonSpiegelhalter, .wald, 4.302652729749464),
        (.higginsThompsonSpiegelhalter, .t, 4.302652729749464),
        (.higginsThompsonSpiegelhalterOneLess, .wald, 3.182446305284263),
    ])
    func byHand(_ method: PredictionIntervalMethod, _ interval: IntervalMethod, _ quantile: Double) throws {
        let ends = try #require(try Self.fit(method, interval).predictionInterval)
        #expect(Tolerance.quantile.accepts(ends.lower, 3 - 2 * quantile))
        #expect(Tolerance.quantile.accepts(ends.upper, 3 + 2 * quantile))
    }

    /// The standard error is that of the confidence interval: Hartung and Knapp's is √(14/4/3) here.
    @Test func takesTheStandardErrorOfTheInterval() throws {
        let ends = try #require(try Self.fit(.matched, .hartungKnapp).predictionInterval)
        let spread = (3 + 14.0 / 12).squareRoot()
        #expect(Tolerance.quantile.accepts(ends.upper, 3 + 3.182446305284263 * spread))
    }

    @Test func fewStudies() throws {
        let two = StudySample("two", estimates: [1, 2], variances: [1, 1])
        let one = StudySample("one", estimates: [1], variances: [1])
        #expect(try Self.fit(.higginsThompsonSpiegelhalter, .wald, two).predictionInterval == nil)
        #expect(try Self.fit(.higginsThompsonSpiegelhalterOneLess, .wald, two).predictionInterval != nil)
        #expect(try Self.fit(.matched, .t, two).predictionInterval != nil)
        for method in PredictionIntervalMethod.allCases {
            let pooled = try Self.fit(method, .wald, one)
            #expect(pooled.predictionInterval == nil)
            #expect(pooled.diagnostics.contains { $0.code == .notEstimable && $0.message.contains("prediction") })
        }
    }

    @Test func aCommonEffectHasNone() throws {
        #expect(try CommonEffect().fit(Self.sample.effects).predictionInterval == nil)
    }
}
