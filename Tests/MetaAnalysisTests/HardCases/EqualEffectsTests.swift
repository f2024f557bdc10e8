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
        #expect(pooled.confidenceInterval == ConfidenceInterval(lower: 0.42, upper: 0.42))
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
}
