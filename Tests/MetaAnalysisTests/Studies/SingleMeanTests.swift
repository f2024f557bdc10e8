import Foundation
import Testing

@testable import MetaAnalysis

struct SingleMeanTests {
    let small = SingleMean(mean: 10, deviation: 3, size: 9)

    @Test func effectsByHand() throws {
        #expect(try EffectProbe.effect(small, .mean).isNear(10, 1))
        #expect(try EffectProbe.effect(small, .logMean).isNear(log(10), 0.01))
        #expect(small.sampleSize == 9)
    }

    @Test(arguments: [1e-300, 0.3, 1e300])
    func theVarianceOfTheLogDoesNotKnowTheUnit(unit: Double) throws {
        let scaled = SingleMean(mean: 10 * unit, deviation: 3 * unit, size: 9)
        #expect(try EffectProbe.effect(scaled, .logMean).isNear(log(10) + log(unit), 0.01))
    }

    @Test func dataWithoutAnEffect() throws {
        func reason(_ mean: Double, _ deviation: Double, _ size: Double, _ measure: SingleMean.Measure) throws
            -> String?
        {
            try EffectProbe.reason(SingleMean(mean: mean, deviation: deviation, size: size), measure)
        }
        #expect(try reason(1, 1, 0, .mean) == "no participants")
        #expect(try reason(1, 0, 5, .mean) == "the standard deviation is 0, so the mean has no sampling variance")
        #expect(try reason(0, 1, 5, .logMean) == "a mean that is not positive has no logarithm")
        #expect(try reason(-1, 1, 5, .logMean) == "a mean that is not positive has no logarithm")
        #expect(try reason(-1, 1, 1, .mean) == nil)
        #expect(try reason(1, 1e200, 5, .mean) == "the effect or its variance is outside the range of numbers")
    }

    @Test func impossibleMeansAreRefusedByRole() {
        #expect(EffectProbe.refused(SingleMean(mean: .nan, deviation: 1, size: 1)) == "mi")
        #expect(EffectProbe.refused(SingleMean(mean: 1, deviation: -1, size: 1)) == "sdi")
        #expect(EffectProbe.refused(SingleMean(mean: 1, deviation: 1, size: -1)) == "ni")
    }
}
