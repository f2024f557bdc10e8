import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Effects that are all the same number, one that no binary fraction holds: rounding must not pass for heterogeneity, nor a
/// standard error of 1e-17 for one of 0.
@Suite struct EqualEffectsTests {
    private static let sample = StudySample(
        "equal", estimates: [0.42, 0.42, 0.42, 0.42], variances: [0.3, 0.7, 0.11, 0.013])

    @Test(arguments: HeterogeneityEstimator.allCases, IntervalMethod.allCases)
    func randomEffects(_ estimator: HeterogeneityEstimator, _ interval: IntervalMethod) throws {
        for weighting in Weighting.allCases {
            let model = RandomEffects(heterogeneity: estimator, interval: interval, weighting: weighting)
            let pooled = try model.fit(Self.sample.effects)
            #expect(pooled.heterogeneity.tauSquared == 0)
            #expect(pooled.heterogeneity.iSquared == 0)
            Self.check(pooled, interval)
        }
    }

    @Test(arguments: IntervalMethod.allCases)
    func commonEffect(_ interval: IntervalMethod) throws {
        for weighting in Weighting.allCases {
            Self.check(try CommonEffect(interval: interval, weighting: weighting).fit(Self.sample.effects), interval)
        }
    }

    private static func check(_ pooled: PooledEffect, _ interval: IntervalMethod) {
        #expect(pooled.estimate == 0.42)
        #expect(pooled.heterogeneity.cochranQ == 0)
        #expect(pooled.heterogeneity.pValue == 1)
        guard interval == .hartungKnapp else {
            #expect(pooled.standardError > 0.1)
            #expect(pooled.pValue != nil)
            return
        }
        #expect(pooled.standardError == 0)
        #expect(pooled.statistic == nil)
        #expect(pooled.pValue == nil)
        #expect(pooled.confidenceInterval.isUnbounded && pooled.predictionInterval == nil)
        let truncated = pooled.truncatedInterval
        #expect(truncated != nil && truncated.map { $0.contains(0.42) && $0.width > 0.2 } == true)
        #expect(pooled.diagnostics.contains { $0.code == .notEstimable })
    }

    @Test func sharedAmongSubgroups() throws {
        var effects = Self.sample.effects
        for index in effects.effects.indices { effects.effects[index].group = index < 2 ? "a" : "b" }
        for interval in IntervalMethod.allCases {
            let analysis = try RandomEffects(interval: interval).subgroups(effects, tauSquared: .common)
            #expect(analysis.commonTauSquared == 0)
            #expect((analysis.betweenGroups.pValue ?? 1) > 0.99)
        }
    }

    /// No event in any study: nothing is known for certain, and an interval of 0 to 0 would say so.
    @Test func noEventsAnywhere() throws {
        let studies = [25.0, 20, 35].map { Study("of \($0)", Proportion(events: 0, size: $0)) }
        let effects = try EffectSizes(studies, measure: .arcsine)
        let pooled = try RandomEffects().fit(effects)
        #expect(pooled.backTransformed?.estimate == 0)
        #expect(pooled.backTransformed?.confidenceInterval.isUnbounded == true)
        // sin² of the t quantile 4.302652729911275 with 2 degrees of freedom over √(4 · 80).
        let truncated = try #require(pooled.backTransformed?.truncatedInterval)
        #expect(Tolerance.quantile.accepts(truncated.upper, 0.05674549459461633))
        for omission in try RandomEffects().leaveOneOut(effects).omissions {
            #expect(omission.fit.confidenceInterval?.isUnbounded == true && omission.fit.predictionInterval == nil)
        }
    }
}
