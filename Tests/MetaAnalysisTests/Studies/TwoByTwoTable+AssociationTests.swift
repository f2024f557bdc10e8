import Foundation
import Testing

@testable import MetaAnalysis

struct TwoByTwoTableAssociationTests {
    /// 1 of 4 against 2 of 4, so 3 events and 5 non-events: φ = (1·2 − 3·2)/√(4·4·3·5).
    let small = TwoByTwoTable(treatedEvents: 1, treatedNonEvents: 3, controlEvents: 2, controlNonEvents: 2)
    let phi = -1 / sqrt(15.0)

    @Test func phiByHand() throws {
        // Groups of equal size: s = 0 and t² = (3 − 5)²/15.
        let crossSectional = (1 - 1.0 / 15 - 0.75 / 15 * 4 / 15) / 8
        #expect(try EffectProbe.effect(small, .phi).isNear(phi, crossSectional))
        // Derivatives √(16/15) ∓ φ·2·2/15 of the two risks, whose variances are 3/64 and 4/64.
        let slope = 4 / sqrt(15.0)
        let shift = phi * 2 * 2 / 15
        let (first, second) = (slope - shift, slope + shift)
        let stratified: Double = (3 * first * first + 4 * second * second) / 64
        #expect(try EffectProbe.effect(small, .phi, EffectSettings(variance: .stratified)).isNear(phi, stratified))
        let scale = (14.0 / 15) * (14.0 / 15)
        #expect(try EffectProbe.effect(small, .fisherPhi).isNear(atanh(phi), crossSectional / scale))
    }

    @Test func theTwoVariancesOfPhiAgreeAtIndependence() throws {
        let table = TwoByTwoTable(treatedEvents: 6, treatedNonEvents: 14, controlEvents: 9, controlNonEvents: 21)
        for variance in [VarianceVariant.crossSectional, .stratified] {
            #expect(try EffectProbe.effect(table, .phi, EffectSettings(variance: variance)).isNear(0, 0.02))
        }
    }

    @Test func yuleByHand() throws {
        // Odds ratio 1/3.
        let sum = 7.0 / 3
        #expect(try EffectProbe.effect(small, .yuleQ).isNear(-0.5, 0.75 * 0.75 * sum / 4))
        let y: Double = (1 - sqrt(3.0)) / (1 + sqrt(3.0))
        let unexplained: Double = 1 - y * y
        #expect(try EffectProbe.effect(small, .yuleY).isNear(y, unexplained * unexplained * sum / 16))
    }

    @Test func tetrachoricOfEqualMargins() throws {
        // Both variables cut at their medians: r = sin(π (a/(a + b) − 1/2)).
        let table = TwoByTwoTable(treatedEvents: 9, treatedNonEvents: 3, controlEvents: 3, controlNonEvents: 9)
        let one = try #require(try EffectProbe.effect(table, .tetrachoric))
        #expect(one.estimate.isNear(sin(Double.pi / 4)))
        // The share off the diagonal is 1/4, with variance 3/16/24, and r falls by π cos(π/4) times as much as it rises.
        let slope = Double.pi * cos(Double.pi / 4)
        #expect(one.variance.isNear(slope * slope * 3 / 16 / 24))
        #expect(try EffectProbe.effect(table, .fisherTetrachoric).isNear(atanh(one.estimate), one.variance * 4))
    }

    @Test(arguments: [TwoByTwoTable.Measure.phi, .fisherPhi, .tetrachoric, .fisherTetrachoric])
    func marginsThatAreEmpty(measure: TwoByTwoTable.Measure) throws {
        func reason(_ a: Double, _ b: Double, _ c: Double, _ d: Double) throws -> String? {
            try EffectProbe.reason(
                TwoByTwoTable(treatedEvents: a, treatedNonEvents: b, controlEvents: c, controlNonEvents: d), measure)
        }
        #expect(try reason(0, 3, 0, 2)?.hasPrefix("no events in either group, so the ") == true)
        #expect(try reason(3, 0, 2, 0)?.hasPrefix("everybody in both groups had the event, so the ") == true)
        #expect(try reason(3, 0, 0, 2)?.contains("is 1 or -1 and has no sampling variance") == true)
        #expect(try reason(0, 3, 2, 0)?.contains("is 1 or -1 and has no sampling variance") == true)
    }

    /// From one participant in each group to a billion: an effect or a named reason, whatever the cells.
    @Test func everyTableHasAnEffectOrAReason() throws {
        let counts: [Double] = [0, 1, 2, 1e4, 1e9]
        for a in counts {
            for b in counts {
                for c in counts {
                    for d in counts {
                        let table = TwoByTwoTable(
                            treatedEvents: a, treatedNonEvents: b, controlEvents: c, controlNonEvents: d)
                        for measure in TwoByTwoTable.Measure.allCases {
                            for variance in measure.variances where variance != .averaged {
                                let settings = EffectSettings(variance: variance)
                                guard let effect = try EffectProbe.effect(table, measure, settings) else {
                                    let reason = try EffectProbe.reason(table, measure, settings)
                                    #expect(reason != "the sampling variance is 0", "\(measure) \(table)")
                                    continue
                                }
                                #expect(effect.estimate.isFinite && effect.variance > 0, "\(measure) \(table)")
                            }
                        }
                    }
                }
            }
        }
    }
}
