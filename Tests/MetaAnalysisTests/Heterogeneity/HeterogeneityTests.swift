import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct HeterogeneityTests {
    /// Without τ²: Q = 14 with 2 degrees of freedom.
    @Test func fromQAlone() throws {
        let sample = StudySample("three", estimates: [1, 2, 6], variances: [1, 1, 1])
        let heterogeneity = try CommonEffect().fit(sample.effects).heterogeneity
        #expect(heterogeneity.estimator == nil)
        #expect(heterogeneity.tauSquared == 0 && heterogeneity.tauSquaredInterval == nil)
        #expect(heterogeneity.hSquared == 7)
        #expect(Tolerance.closedForm.accepts(heterogeneity.iSquared ?? 0, 600.0 / 7))
        #expect(heterogeneity.iSquared == heterogeneity.iSquaredFromQ)
        let error = 0.5 * (Double.log(14) - Double.log(2)) / (28.0.squareRoot() - 3.0.squareRoot())
        let factor = Double.exp(2 * 1.959963984540054 * error)
        let ends = try #require(heterogeneity.iSquaredInterval)
        #expect(Tolerance.quantile.accepts(ends.lower, 100 * max(0, 1 - factor / 7), scale: 1))
        #expect(Tolerance.quantile.accepts(ends.upper, 100 * (1 - 1 / (7 * factor))))
    }

    @Test func lessThanByChanceIsZeroPercent() throws {
        let sample = StudySample("alike", estimates: [1, 1.1, 1.2, 1.1], variances: [1, 1, 1, 1])
        let heterogeneity = try CommonEffect().fit(sample.effects).heterogeneity
        #expect(heterogeneity.iSquared == 0)
        // Q / (k − 1) as it is, below 1.
        #expect(Tolerance.closedForm.accepts(heterogeneity.hSquared ?? 0, 0.02 / 3))
        #expect(heterogeneity.iSquaredInterval?.lower == 0)
        #expect((heterogeneity.iSquaredInterval?.upper ?? 0) > 0)
    }

    @Test func twoStudiesHaveAnISquaredWithoutInterval() throws {
        let sample = StudySample("two", estimates: [1, 4], variances: [1, 1])
        let heterogeneity = try CommonEffect().fit(sample.effects).heterogeneity
        // Q = 4.5 with one degree of freedom.
        #expect(Tolerance.closedForm.accepts(heterogeneity.iSquared ?? 0, 350 / 4.5))
        #expect(heterogeneity.iSquaredInterval == nil)
    }
}
