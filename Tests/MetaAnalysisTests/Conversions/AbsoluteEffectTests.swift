import Foundation
import Testing

@testable import MetaAnalysis

struct AbsoluteEffectTests {
    /// Cochrane Handbook 5.1, chapter 12.5.4.3: an odds ratio of 0.73 at a control risk of 0.3 is 62 fewer per 1000 and an NNT of 17.
    @Test func handbookExample() throws {
        let result = try AbsoluteEffect(measure: .oddsRatio, baselineRisk: 0.3).apply(0.73)
        #expect((-1000 * result.difference).rounded() == 62)
        #expect(try #require(result.numberNeeded).rounded(.up) == 17)
        #expect(result.differenceInterval == nil && result.numberNeededInterval == nil)
    }

    @Test func everyMeasureByHand() throws {
        func risk(_ measure: AbsoluteEffect.Measure, _ effect: Double) throws -> Double {
            try AbsoluteEffect(measure: measure, baselineRisk: 0.2).apply(effect).risk
        }
        #expect(abs(try risk(.riskRatio, 1.5) - 0.3) < 1e-15)
        #expect(abs(try risk(.riskDifference, -0.05) - 0.15) < 1e-15)
        #expect(abs(try risk(.oddsRatio, 2) - 0.5 / 1.5) < 1e-15)
        #expect(abs(try risk(.hazardRatio, 2) - (1 - 0.64)) < 1e-15)
        #expect(abs(try risk(.hazardRatio, 0.5) - (1 - sqrt(0.8))) < 1e-15)
    }

    /// The risks that a measure leads to have that measure.
    @Test(arguments: [0.001, 0.3, 0.97]) func measuresLeadBack(baseline: Double) throws {
        for ratio in [1e-6, 0.4, 1, 1.02] {
            let odds = try AbsoluteEffect(measure: .oddsRatio, baselineRisk: baseline).apply(ratio)
            let back = odds.risk / (1 - odds.risk) * (1 - baseline) / baseline
            #expect(abs(back / ratio - 1) < 1e-9)
            let hazard = try AbsoluteEffect(measure: .hazardRatio, baselineRisk: baseline).apply(ratio)
            #expect(abs(log1p(-hazard.risk) / log1p(-baseline) / ratio - 1) < 1e-9)
        }
    }

    @Test func intervalsThroughNoEffectHaveNoNumber() throws {
        let sure = try AbsoluteEffect(measure: .riskRatio, baselineRisk: 0.5).apply(0.5, interval: (0.2, 0.8))
        #expect(sure.differenceInterval == ConfidenceInterval(lower: -0.4, upper: 0.5 * (0.8 - 1)))
        let needed = try #require(sure.numberNeededInterval)
        #expect(abs(needed.lower - 2.5) < 1e-12 && abs(needed.upper - 10) < 1e-12)
        let unsure = try AbsoluteEffect(measure: .riskRatio, baselineRisk: 0.5).apply(0.9, interval: (0.6, 1.2))
        #expect(unsure.numberNeededInterval == nil)
        #expect(unsure.diagnostics[0].message.contains("5.00 for one event fewer through infinity to 10.0"))
        let none = try AbsoluteEffect(measure: .riskRatio, baselineRisk: 0.5).apply(1)
        #expect(none.numberNeeded == nil)
    }

    @Test func refusesImpossibleRisks() {
        func column(_ measure: AbsoluteEffect.Measure, _ risk: Double, _ effect: Double) -> String? {
            #expect(throws: MetaAnalysisError.self) {
                try AbsoluteEffect(measure: measure, baselineRisk: risk).apply(effect)
            }?.location.column
        }
        #expect(column(.riskRatio, 0.6, 2) == "rr")
        #expect(column(.riskDifference, 0.1, -0.2) == "rd")
        #expect(column(.oddsRatio, 30, 2) == "risk")
        #expect(column(.oddsRatio, 0, 2) == "risk")
        #expect(column(.hazardRatio, 0.1, -1) == "hr")
        #expect(throws: MetaAnalysisError.self) {
            try AbsoluteEffect(measure: .oddsRatio, baselineRisk: 0.3).apply(2, interval: (0.5, 1.5))
        }
    }
}
