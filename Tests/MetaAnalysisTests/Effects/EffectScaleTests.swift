import Foundation
import Testing

@testable import MetaAnalysis

struct EffectScaleTests {
    /// R: the functions `transf.*` of metafor.
    @Test(
        arguments: [
            (EffectScale.identity, -1.5, -1.5), (.log, 0.5, 1.6487212707001282), (.logit, 800, 1), (.logit, -800, 0),
            (.logit, 0.5, 0.62245933120185459), (.arcsine, -0.1, 0), (.arcsine, 2, 1),
            (.arcsine, 0.5, 0.22984884706593015), (.squareRoot, -0.3, 0), (.squareRoot, 0.3, 0.09),
            (.fisherZ, 3, 0.99505475368673046), (.cubeRootComplement, 0.5, 0.875), (.cubeRootComplement, 1.2, 1),
            (.logComplement, 1, 0.63212055882855767),
        ] as [(EffectScale, Double, Double)])
    func scalesWithoutASize(scale: EffectScale, value: Double, expected: Double) {
        #expect(scale.backTransformed(value)?.isNear(expected) == true)
        #expect(!scale.needsSampleSize)
    }

    /// R: `transf.ipft(value, n)` and `transf.iirft(value, t)`.
    @Test(
        arguments: [
            (EffectScale.freemanTukey, 0, 10, 0), (.freemanTukey, .pi / 2, 10, 1),
            (.freemanTukey, 0.4, 5, 0.093414820756337225),
            (.freemanTukey, 0.4, 100, 0.14819662527550426), (.freemanTukey, 0.2, 5, 0),
            (.freemanTukey, 1.35, 5, 0.99949601042334191), (.freemanTukey, 1.2, 5, 0.9287563797976508),
            (.freemanTukey, 0.9, 1, 0.69496963094051933), (.freemanTukey, 0.5, 40.0 / 3, 0.21058742056504826),
            (.freemanTukeyRate, 0.1, 10, 0), (.freemanTukeyRate, 1, 10, 0.95062499999999994),
            (.freemanTukeyRate, 0.17, 10, 0.00052629757785467297),
            (.freemanTukeyRate, 0.1582, 10, 2.9648399106527552e-08),
        ] as [(EffectScale, Double, Double, Double)])
    func scalesWithASize(scale: EffectScale, value: Double, size: Double, expected: Double) throws {
        // Near the lower end the inverse is the square of a small difference.
        let error = abs(try #require(scale.backTransformed(value, sampleSize: size)) - expected)
        #expect(error <= max(1e-13 * expected, 1e-16))
        #expect(scale.needsSampleSize)
        #expect(scale.backTransformed(value) == nil)
        #expect(scale.backTransformed(value, sampleSize: 0) == nil)
        #expect(scale.backTransformed(value, sampleSize: .nan) == nil)
    }

    @Test(arguments: [1.0, 2, 7, 100, 1e6])
    func transformedProportionsReadBack(size: Double) throws {
        var compared: Set<Proportion.Measure> = []
        for share in [0, 0.1, 0.5, 0.9, 1] {
            let proportion = Proportion(events: share * size, size: size)
            let never = EffectSettings(correction: .never)
            for measure in Proportion.Measure.allCases {
                guard let effect = try EffectProbe.effect(proportion, measure, never) else { continue }
                compared.insert(measure)
                let back = try #require(measure.scale.backTransformed(effect.estimate, sampleSize: size))
                #expect(abs(back - share) < 1e-9)
            }
        }
        #expect(compared == Set(Proportion.Measure.allCases))
    }

    @Test(arguments: [0.5, 10, 1e6])
    func transformedRatesReadBack(time: Double) throws {
        var compared: Set<Rate.Measure> = []
        for events in [0.0, 1, 25] {
            let never = EffectSettings(correction: .never)
            for measure in Rate.Measure.allCases {
                let rate = Rate(events: events, time: time)
                guard let effect = try EffectProbe.effect(rate, measure, never) else { continue }
                compared.insert(measure)
                let back = try #require(measure.scale.backTransformed(effect.estimate, sampleSize: time))
                #expect(abs(back - events / time) < 1e-12 * max(1, events / time))
            }
        }
        #expect(compared == Set(Rate.Measure.allCases))
    }

    @Test(arguments: [-7.0, -0.5, 0, 0.3, 0.999999])
    func transformedReliabilitiesReadBack(alpha: Double) throws {
        for measure in Reliability.Measure.allCases {
            let effect = try #require(
                try EffectProbe.effect(Reliability(alpha: alpha, items: 3, size: 20), measure))
            #expect(abs(try #require(measure.scale.backTransformed(effect.estimate)) - alpha) < 1e-14 * 8)
        }
    }

    @Test(arguments: EffectScale.allCases)
    func theWayBackIsMonotone(scale: EffectScale) throws {
        var last = -Double.infinity
        for step in -400...400 {
            let value = try #require(scale.backTransformed(Double(step) / 100, sampleSize: 12))
            #expect(value >= last)
            last = value
        }
    }
}
