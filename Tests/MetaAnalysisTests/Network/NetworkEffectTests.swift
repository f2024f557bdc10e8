import Foundation
import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct NetworkEffectTests {
    @Test func seenFromTheOtherSideSignsAndEndsChange() throws {
        let fit = try NetworkMetaAnalysis(heterogeneity: .derSimonianLaird).fit(NetworkSample.random[4].network())
        let effect = try #require(fit.effects.first { $0.direct != nil && $0.indirect != nil })
        let turned = effect.reversed
        #expect(turned.treatment == effect.versus && turned.versus == effect.treatment)
        #expect(turned.estimate == -effect.estimate && turned.statistic == effect.statistic.map { -$0 })
        #expect(turned.standardError == effect.standardError && turned.pValue == effect.pValue)
        #expect(turned.confidenceInterval.lower == -effect.confidenceInterval.upper)
        #expect(turned.confidenceInterval.upper == -effect.confidenceInterval.lower)
        #expect(turned.predictionInterval?.lower == effect.predictionInterval.map { -$0.upper })
        #expect(turned.direct?.estimate == effect.direct.map { -$0.estimate })
        #expect(turned.direct?.studies == effect.direct?.studies)
        #expect(turned.indirect?.confidenceInterval.lower == effect.indirect.map { -$0.confidenceInterval.upper })
        #expect(turned.proportionDirect == effect.proportionDirect && turned.reversed == effect)
    }

    @Test func readsBackOnTheScaleOfPeople() throws {
        let fit = try NetworkMetaAnalysis().fit(NetworkSample.random[4].network())
        let effect = fit.effects[0]
        let ratio = try #require(effect.backTransformed(.log))
        #expect(Tolerance.closedForm.accepts(ratio.estimate, Double.exp(effect.estimate)))
        #expect(ratio.predictionInterval?.lower == effect.predictionInterval.map { Double.exp($0.lower) })
        let plain = try #require(effect.backTransformed(.identity))
        #expect(plain.estimate == effect.estimate && plain.confidenceInterval == effect.confidenceInterval)
    }

    @Test func isWrittenAndReadBack() throws {
        for effect in try NetworkMetaAnalysis().fit(NetworkSample.random[4].network()).effects {
            let copy = try JSONDecoder().decode(NetworkEffect.self, from: JSONEncoder().encode(effect))
            #expect(copy == effect)
        }
    }
}
