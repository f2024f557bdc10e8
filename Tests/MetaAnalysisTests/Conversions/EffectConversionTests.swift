import Foundation
import Testing

@testable import MetaAnalysis

struct EffectConversionTests {
    /// Borenstein et al. (2009), chapter 7: ln OR = 0.9069 with variance 0.0676 is d = 0.5000 with 0.0205, and d = 0.5 with variance
    /// 0.0205 is r = 0.2425 with 0.0171 × (…) by v_r = 16 v_d/(d² + 4)³.
    @Test func byHand() throws {
        let odds = EffectEstimate(estimate: 0.9069, variance: 0.0676)
        let difference = try EffectConversion(from: .oddsRatio, to: .standardizedMeanDifference).convert(odds)
        #expect(abs(difference.estimate - 0.5) < 5e-5)
        #expect(abs(difference.variance - 0.0205) < 5e-5)
        let correlation = try EffectConversion(from: .standardizedMeanDifference, to: .correlation)
            .convert(EffectEstimate(estimate: 0.5, variance: 0.0205))
        #expect(abs(correlation.estimate - 0.5 / sqrt(4.25)) < 1e-15)
        #expect(abs(correlation.variance - 16 * 0.0205 / pow(4.25, 3)) < 1e-15)
        let sizes = EffectConversion.GroupSizes(first: 10, second: 30)
        let unequal = try EffectConversion(from: .standardizedMeanDifference, to: .correlation, sizes: sizes)
            .convert(EffectEstimate(estimate: 0.5, variance: 0.0205))
        #expect(abs(unequal.estimate - 0.5 / sqrt(0.25 + 1600.0 / 300)) < 1e-15)
        let normal = try EffectConversion(
            from: .standardizedMeanDifference, to: .oddsRatio, distribution: .normal
        ).convert(EffectEstimate(estimate: 0.5, variance: 0.0205))
        #expect(abs(normal.estimate - 0.825) < 1e-15)
        let z = try EffectConversion(from: .correlation, to: .fisherZ)
            .convert(EffectEstimate(estimate: 0.5, variance: 0.0058))
        #expect(abs(z.estimate - 0.5493061443340549) < 1e-15)
        #expect(abs(z.variance - 0.0058 / 0.5625) < 1e-16)
    }

    static let pairs: [(EffectForm, EffectForm)] = EffectForm.allCases.flatMap { source in
        EffectForm.allCases.map { (source, $0) }
    }

    /// There and back is where it began, for any forms, sizes and distributions.
    @Test(arguments: pairs) func thereAndBack(source: EffectForm, target: EffectForm) throws {
        for sizes in [nil, EffectConversion.GroupSizes(first: 7, second: 1e6)] {
            for distribution in UnderlyingDistribution.allCases {
                for estimate in [-0.8, -1e-9, 0, 0.3] {
                    let effect = EffectEstimate(estimate: estimate, variance: 0.02)
                    let there = try EffectConversion(
                        from: source, to: target, distribution: distribution, sizes: sizes
                    ).convert(effect)
                    let back = try EffectConversion(
                        from: target, to: source, distribution: distribution, sizes: sizes
                    ).convert(there)
                    #expect(abs(back.estimate - estimate) <= 1e-13)
                    #expect(abs(back.variance / 0.02 - 1) < 1e-12)
                    #expect(there.estimate == 0 || (there.estimate < 0) == (estimate < 0))
                }
            }
        }
    }

    /// The variance is the square of the slope, by a difference of neighbours.
    @Test(arguments: pairs) func varianceIsThatOfTheSlope(source: EffectForm, target: EffectForm) throws {
        let conversion = EffectConversion(from: source, to: target)
        func value(_ x: Double) throws -> EffectEstimate {
            try conversion.convert(EffectEstimate(estimate: x, variance: 1))
        }
        let slope = (try value(0.4 + 1e-5).estimate - value(0.4 - 1e-5).estimate) / 2e-5
        #expect(abs(try value(0.4).variance / (slope * slope) - 1) < 1e-8)
    }

    /// The measures that convert from the data themselves give the same.
    @Test func agreesWithMeasures() throws {
        let table = TwoByTwoTable(events: 12, of: 40, versus: 7, of: 41)
        let odds = try #require(EffectSizes([Study("A", table)], measure: .oddsRatio).effects.first)
        let direct = try #require(EffectSizes([Study("A", table)], measure: .oddsRatioAsDifference).effects.first)
        let converted = try EffectConversion(from: .oddsRatio, to: .standardizedMeanDifference)
            .convert(EffectEstimate(estimate: odds.estimate, variance: odds.variance))
        #expect(abs(converted.estimate - direct.estimate) < 1e-14)
        #expect(abs(converted.variance - direct.variance) < 1e-14)
    }

    @Test func extremesAreNumbersOrErrors() throws {
        let huge = try EffectConversion(from: .standardizedMeanDifference, to: .correlation)
            .convert(EffectEstimate(estimate: 1e200, variance: 1))
        #expect(huge.estimate == 1 && huge.variance == 0)
        #expect(throws: MetaAnalysisError.self) {
            try EffectConversion(from: .fisherZ, to: .standardizedMeanDifference)
                .convert(EffectEstimate(estimate: 1000, variance: 1))
        }
        let error = #expect(throws: MetaAnalysisError.self) {
            try EffectConversion(from: .correlation, to: .fisherZ).convert(EffectEstimate(estimate: 1, variance: 1))
        }
        #expect(error?.location.column == "r")
        let unknown = try EffectConversion(from: .oddsRatio, to: .correlation)
            .convert(EffectEstimate(estimate: 1, variance: .nan))
        #expect(unknown.estimate.isFinite && unknown.variance.isNaN)
    }
}
