import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct TauSquaredTests {
    private static let sample = StudySample("three", estimates: [1, 2, 6], variances: [1, 1, 1])

    private static func codes(_ pooled: PooledEffect) -> [Diagnostic.Code] { pooled.diagnostics.map(\.code) }

    @Test func anEstimateIsRecordedWithItsName() throws {
        let heterogeneity = try RandomEffects(heterogeneity: .derSimonianLaird).fit(Self.sample.effects).heterogeneity
        #expect(heterogeneity.estimator == .derSimonianLaird)
        #expect(Tolerance.closedForm.accepts(heterogeneity.tauSquared, 6))
        #expect(Tolerance.closedForm.accepts(heterogeneity.tauSquaredStandardError ?? 0, 7))
        // τ² / (τ² + 1) and Q both say 6/7.
        #expect(Tolerance.closedForm.accepts(heterogeneity.iSquared ?? 0, 600.0 / 7))
        #expect(Tolerance.closedForm.accepts(heterogeneity.iSquaredFromQ ?? 0, 600.0 / 7))
        #expect(Tolerance.closedForm.accepts(heterogeneity.hSquared ?? 0, 7))
        #expect(heterogeneity.cochranQ == 14 && heterogeneity.degreesOfFreedom == 2)
        #expect(Tolerance.quantile.accepts(heterogeneity.pValue ?? 0, 0.000911881965554516))
    }

    @Test func aKnownValueIsNotAnEstimate() throws {
        let pooled = try RandomEffects(knownTauSquared: 3).fit(Self.sample.effects)
        let heterogeneity = pooled.heterogeneity
        #expect(heterogeneity.tauSquared == 3)
        #expect(heterogeneity.estimator == nil && pooled.settings.estimator == nil)
        #expect(heterogeneity.tauSquaredStandardError == nil && heterogeneity.tauSquaredInterval == nil)
        #expect(heterogeneity.iSquared == 75 && heterogeneity.hSquared == 4)
        #expect(pooled.settings.tauSquaredInterval == nil)
        #expect(!Self.codes(pooled).contains(.zeroHeterogeneity))
        #expect(
            !Self.codes(try RandomEffects(knownTauSquared: 0).fit(Self.sample.effects)).contains(.zeroHeterogeneity))
    }

    @Test func anEstimateOfZeroIsSaid() throws {
        let alike = StudySample("alike", estimates: [1, 1.1, 1.2], variances: [1, 2, 1])
        for estimator in HeterogeneityEstimator.allCases where estimator != .sidikJonkman {
            let pooled = try RandomEffects(heterogeneity: estimator).fit(alike.effects)
            let note = try #require(pooled.diagnostics.first { $0.code == .zeroHeterogeneity })
            #expect(note.severity == .note)
            #expect(note.message.contains("no solution above 0") == !estimator.maximizesLikelihood)
        }
        #expect(!Self.codes(try RandomEffects().fit(Self.sample.effects)).contains(.zeroHeterogeneity))
    }

    @Test func severalModesAreSaid() throws {
        let effects = try TwoModeTests.sample().effects
        #expect(Self.codes(try RandomEffects().fit(effects)).contains(.severalModes))
        #expect(!Self.codes(try RandomEffects(heterogeneity: .derSimonianLaird).fit(effects)).contains(.severalModes))
    }
}
