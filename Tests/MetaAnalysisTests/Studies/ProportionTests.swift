import Foundation
import Testing

@testable import MetaAnalysis

struct ProportionTests {
    let quarter = Proportion(events: 1, size: 4)

    @Test func effectsByHand() throws {
        #expect(try EffectProbe.effect(quarter, .raw).isNear(0.25, 3.0 / 64))
        #expect(try EffectProbe.effect(quarter, .log).isNear(-log(4), 0.75))
        #expect(try EffectProbe.effect(quarter, .logit).isNear(-log(3), 4.0 / 3))
        #expect(try EffectProbe.effect(quarter, .arcsine).isNear(.pi / 6, 1.0 / 16))
        #expect(
            try EffectProbe.effect(quarter, .freemanTukey).isNear((asin(sqrt(0.2)) + asin(sqrt(0.4))) / 2, 1.0 / 18))
        #expect(quarter.sampleSize == 4)
    }

    @Test func variancesOfTheProportion() throws {
        #expect(
            try EffectProbe.effect(quarter, .raw, EffectSettings(variance: .unbiased)).isNear(0.25, 1.0 / 16))
        let both = try EffectSizes(
            [Study("a", quarter), Study("b", Proportion(events: 7, size: 12))], measure: .raw,
            settings: EffectSettings(variance: .averaged))
        #expect(both.effects[0].variance.isNear(1.0 / 16))
        #expect(both.effects[1].variance.isNear(1.0 / 48))
    }

    /// R: `escalc(measure = "PLN", xi = c(12, 20), ni = c(40, 50), vtype = "AV")`, and the same for PLO (metafor 3.8-1).
    @Test(
        arguments: [
            (.log, [0.0453125, 0.03625]), (.logit, [0.1091056034482759, 0.0872844827586207]),
        ] as [(Proportion.Measure, [Double])])
    func variancesOfTheAverage(measure: Proportion.Measure, expected: [Double]) throws {
        let studies = [
            Study("a", Proportion(events: 12, size: 40)), Study("b", Proportion(events: 20, size: 50)),
        ]
        let effects = try EffectSizes(studies, measure: measure, settings: EffectSettings(variance: .averaged))
        for (effect, variance) in zip(effects.effects, expected) {
            #expect(effect.variance.isNear(variance))
            #expect(try EffectProbe.effect(studies[effect.position].outcome, measure)?.estimate == effect.estimate)
        }
    }

    /// Alone, a study is its own average.
    @Test(arguments: [Proportion.Measure.raw, .log, .logit]) func averageOfOne(measure: Proportion.Measure) throws {
        let own = try #require(try EffectProbe.effect(quarter, measure))
        #expect(
            try EffectProbe.effect(quarter, measure, EffectSettings(variance: .averaged))
                .isNear(own.estimate, own.variance))
    }

    @Test(arguments: [
        Proportion(events: 3, size: 11), Proportion(events: 0, size: 7), Proportion(events: 2.5, size: 9),
    ])
    func nonEventsMirrorEvents(proportion: Proportion) throws {
        let mirror = Proportion(events: proportion.size - proportion.events, size: proportion.size)
        let ends: [(Proportion.Measure, Double)] = [
            (.raw, 1), (.logit, 0), (.arcsine, .pi / 2), (.freemanTukey, .pi / 2),
        ]
        for (measure, sum) in ends {
            let one = try #require(try EffectProbe.effect(proportion, measure))
            #expect(try EffectProbe.effect(mirror, measure).isNear(sum - one.estimate, one.variance))
        }
    }

    @Test func nobodyAndEverybody() throws {
        let nobody = Proportion(events: 0, size: 10)
        let everybody = Proportion(events: 10, size: 10)
        #expect(try EffectProbe.effect(nobody, .raw).isNear(0.5 / 11, (0.5 / 11) * (10.5 / 11) / 11))
        #expect(try EffectProbe.effect(nobody, .log).isNear(log(0.5 / 11), 2 - 1 / 11.0))
        #expect(try EffectProbe.effect(everybody, .logit).isNear(log(21), 2 + 1 / 10.5))
        #expect(try EffectProbe.effect(nobody, .arcsine).isNear(0, 1.0 / 40))
        #expect(try EffectProbe.effect(everybody, .arcsine).isNear(.pi / 2, 1.0 / 40))
        #expect(try EffectProbe.effect(nobody, .freemanTukey).isNear(asin(sqrt(1.0 / 11)) / 2, 1.0 / 42))
        let never = EffectSettings(correction: .never)
        #expect(try EffectProbe.reason(nobody, .raw, never)?.contains("no sampling variance") == true)
        #expect(try EffectProbe.reason(nobody, .log, never)?.hasPrefix("no events") == true)
        #expect(try EffectProbe.reason(everybody, .log, never)?.hasPrefix("every participant") == true)
        #expect(try EffectProbe.reason(nobody, .logit, never)?.hasPrefix("no participant had") == true)
        #expect(try EffectProbe.reason(everybody, .logit, never)?.hasPrefix("every participant had") == true)
    }

    @Test func noParticipants() throws {
        for measure in Proportion.Measure.allCases {
            #expect(try EffectProbe.reason(Proportion(events: 0, size: 0), measure) == "no participants")
        }
        let one = Proportion(events: 1, size: 1)
        #expect(
            try EffectProbe.reason(one, .raw, EffectSettings(correction: .never, variance: .unbiased))
                == "the unbiased variance needs more than one participant")
    }

    @Test func aBillionParticipants() throws {
        let large = Proportion(events: 2.5e8, size: 1e9)
        #expect(try EffectProbe.effect(large, .logit).isNear(-log(3), 1 / 2.5e8 + 1 / 7.5e8))
        #expect(try EffectProbe.effect(large, .freemanTukey)?.variance.isNear(1 / (4e9 + 2)) == true)
    }

    @Test func impossibleProportionsAreRefusedByRole() {
        #expect(EffectProbe.refused(Proportion(events: -1, size: 1)) == "xi")
        #expect(EffectProbe.refused(Proportion(events: .nan, size: 1)) == "xi")
        #expect(EffectProbe.refused(Proportion(events: 0, size: -1)) == "ni")
        #expect(EffectProbe.refused(Proportion(events: 1, size: .infinity)) == "ni")
        #expect(EffectProbe.refused(Proportion(events: 2, size: 1)) == "xi")
    }
}
