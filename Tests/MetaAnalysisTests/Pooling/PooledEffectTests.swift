import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct PooledEffectTests {
    private static func object(_ value: some Encodable) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
    }

    /// The names that scripts rely on.
    @Test func jsonKeys() throws {
        let sample = StudySample("three", estimates: [1, 2, 6], variances: [0.25, 1, 4])
        let json = try Self.object(RandomEffects().fit(sample.effects))
        let expected: Set<String> = [
            "settings", "k", "studyCount", "scale", "estimate", "standardError", "statistic", "degreesOfFreedom",
            "pValue",
            "confidenceInterval", "predictionInterval", "backTransformed", "heterogeneity", "fit", "studies",
            "excluded",
            "tests", "diagnostics",
        ]
        #expect(Set(json.keys) == expected)
        let heterogeneity = try #require(json["heterogeneity"] as? [String: Any])
        #expect(
            Set(heterogeneity.keys) == [
                "estimator", "tauSquared", "tauSquaredStandardError", "tauSquaredInterval", "iSquared",
                "iSquaredInterval",
                "hSquared", "iSquaredFromQ", "cochranQ", "degreesOfFreedom", "pValue",
            ])
        let fit = try #require(json["fit"] as? [String: Any])
        #expect(Set(fit.keys) == ["logLikelihood", "isRestricted", "deviance", "aic", "aicc", "bic", "iterations"])
        let study = try #require((json["studies"] as? [[String: Any]])?.first)
        #expect(
            Set(study.keys) == ["label", "estimate", "variance", "weight", "confidenceInterval", "empiricalBayes"])
        #expect((json["confidenceInterval"] as? [Double])?.count == 2)
    }

    @Test func ratiosAreReadBack() throws {
        var effects = StudySample("two", estimates: [0, 2], variances: [1, 1]).effects
        effects.scale = .log
        let pooled = try CommonEffect().fit(effects)
        let back = try #require(pooled.backTransformed)
        #expect(Tolerance.closedForm.accepts(back.estimate, 2.718281828459045))
        #expect(
            Tolerance.quantile.accepts(
                back.confidenceInterval.lower * back.confidenceInterval.upper, back.estimate * back.estimate))
        #expect(back.predictionInterval == nil)
    }

    /// A double arcsine cannot be read without a sample size: `nil`, not a guess.
    @Test func aScaleThatNeedsASampleSize() throws {
        var effects = StudySample("two", estimates: [0.5, 0.6], variances: [0.01, 0.01]).effects
        effects.scale = .freemanTukey
        #expect(try CommonEffect().fit(effects).backTransformed == nil)
        for index in effects.effects.indices { effects.effects[index].sampleSize = 50 }
        #expect(try CommonEffect().fit(effects).backTransformed != nil)
    }
}
