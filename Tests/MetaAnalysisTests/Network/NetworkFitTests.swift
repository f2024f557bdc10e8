import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct NetworkFitTests {
    private static func fit() throws -> NetworkFit {
        try NetworkMetaAnalysis(heterogeneity: .derSimonianLaird).fit(NetworkSample.random[4].network())
    }

    @Test func everyPairStandsOnce() throws {
        let fit = try Self.fit()
        let n = fit.treatments.count
        #expect(fit.effects.count == n * (n - 1) / 2 && fit.estimates.count == n && fit.covariance.count == n)
        var next = 0
        for first in 0..<n {
            for second in (first + 1)..<max(n, first + 1) {
                let effect = fit.effects[next]
                #expect(effect.treatment == fit.treatments[first] && effect.versus == fit.treatments[second])
                #expect(fit.effect(of: effect.treatment, versus: effect.versus) == effect)
                #expect(fit.effect(of: effect.versus, versus: effect.treatment) == effect.reversed)
                #expect(effect.estimate == fit.estimates[first] - fit.estimates[second])
                let variance =
                    fit.covariance[first][first] + fit.covariance[second][second] - 2 * fit.covariance[first][second]
                #expect(Tolerance.closedForm.accepts(effect.standardError, variance.squareRoot()))
                next += 1
            }
        }
    }

    @Test func nothingIsComparedWithItselfOrWithAStranger() throws {
        let fit = try Self.fit()
        #expect(fit.effect(of: "T0", versus: "T0") == nil)
        #expect(fit.effect(of: "T0", versus: "t1") == nil && fit.effect(of: "X", versus: "T0") == nil)
    }

    @Test func theOthersVersusOne() throws {
        let fit = try Self.fit()
        let effects = fit.effects(versus: "T2")
        #expect(effects.map(\.treatment) == ["T0", "T1", "T3", "T4"] && effects.allSatisfy { $0.versus == "T2" })
        #expect(fit.effects(versus: "X").isEmpty)
    }

    @Test func everyOrderedPair() throws {
        let fit = try Self.fit()
        let n = fit.treatments.count
        #expect(fit.orderedEffects.count == n * (n - 1))
        #expect(
            fit.orderedEffects
                == fit.treatments.flatMap { one in fit.treatments.compactMap { fit.effect(of: one, versus: $0) } })
    }

    @Test func theParametersOfTheLikelihoodAreCounted() throws {
        let network = try NetworkSample.random[4].network()
        func statistics(_ model: NetworkMetaAnalysis) throws -> FitStatistics {
            try #require(try model.fit(network).fit)
        }
        let treatments = Double(network.treatments.count)
        for (model, parameters) in [
            (NetworkMetaAnalysis(heterogeneity: .maximumLikelihood), treatments), (NetworkMetaAnalysis(), treatments),
            (NetworkMetaAnalysis(model: .common), treatments - 1),
            (NetworkMetaAnalysis(knownTauSquared: 0.1), treatments - 1),
        ] {
            let found = try statistics(model)
            #expect(Tolerance.closedForm.accepts(found.aic + 2 * found.logLikelihood, 2 * parameters))
        }
        #expect(try statistics(NetworkMetaAnalysis()).isRestricted)
        #expect(try !statistics(NetworkMetaAnalysis(knownTauSquared: 0.1)).isRestricted)
    }
}
