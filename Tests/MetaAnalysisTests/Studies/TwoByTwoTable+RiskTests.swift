import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct TwoByTwoTableRiskTests {
    static let risks: [Double] = [0.01, 0.2, 0.5, 0.83, 0.999]

    /// A table of the risk found has the effect asked for.
    @Test(arguments: TwoByTwoTable.Measure.allCases)
    func theRiskGivesTheEffect(measure: TwoByTwoTable.Measure) throws {
        let isOfMargins = [.phi, .fisherPhi, .tetrachoric, .fisherTetrachoric].contains(measure)
        // Peto's estimate is that of one step, and near the odds ratio only for small effects.
        let isNear = measure == .petoOddsRatio
        var compared = 0
        for control in Self.risks {
            for effect in isNear ? [-1e-4, 0, 1e-4] : [-0.7, -0.01, 0, 0.005, 0.4] {
                guard let treated = measure.treatedRisk(at: control, effect: effect) else {
                    #expect(
                        isOfMargins
                            || [.riskDifference, .riskRatio, .vaccineEfficacy, .arcsineDifference].contains(measure))
                    continue
                }
                #expect(!isOfMargins && treated >= 0 && treated <= 1)
                guard treated > 0, treated < 1 else { continue }
                compared += 1
                let table = TwoByTwoTable(events: 1e6 * treated, of: 1e6, versus: 1e6 * control, of: 1e6)
                let settings = EffectSettings(correction: .never)
                let found = try #require(try EffectProbe.effect(table, measure, settings))
                #expect(abs(found.estimate - effect) < (isNear ? 1e-9 : 1e-10), "\(control) \(effect)")
            }
        }
        #expect((compared == 0) == isOfMargins)
    }

    @Test func risksThatCannotBeHaveNone() {
        typealias Measure = TwoByTwoTable.Measure
        #expect(Measure.riskRatio.treatedRisk(at: 0.5, effect: 1.2) == nil)
        #expect(Measure.riskDifference.treatedRisk(at: 0.2, effect: -0.3) == nil)
        #expect(Measure.arcsineDifference.treatedRisk(at: 0.2, effect: 1.5) == nil)
        #expect(Measure.yuleQ.treatedRisk(at: 0.2, effect: 1) == nil)
        for measure in Measure.allCases {
            #expect(measure.treatedRisk(at: 1.1, effect: 0) == nil && measure.treatedRisk(at: -0.1, effect: 0) == nil)
            #expect(
                measure.treatedRisk(at: 0.3, effect: .nan) == nil && measure.treatedRisk(at: .nan, effect: 0) == nil)
        }
        #expect(Measure.oddsRatio.treatedRisk(at: 0, effect: 2) == 0)
        #expect(Measure.oddsRatio.treatedRisk(at: 1, effect: -2) == 1)
    }

    @Test func sharesOfTheGroups() {
        let table = TwoByTwoTable(events: 3, of: 12, versus: 5, of: 10)
        #expect(table.treatedRisk == 0.25 && table.controlRisk == 0.5)
        #expect(TwoByTwoTable(events: 0, of: 0, versus: 5, of: 10).treatedRisk.isNaN)
    }
}
