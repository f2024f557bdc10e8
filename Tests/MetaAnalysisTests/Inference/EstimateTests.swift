import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct EstimateTests {
    @Test func combinationsOfCoefficients() {
        let inference = ContrastInference(degreesOfFreedom: nil, level: 0.95)
        let covariance = Matrix(rows: [[4, 1], [1, 9]])
        let difference = inference.estimate([1, -1], [5, 2], covariance)
        #expect(difference.estimate == 3)
        #expect(Tolerance.closedForm.accepts(difference.standardError, 11.0.squareRoot()))
        #expect(Tolerance.closedForm.accepts(difference.statistic ?? 0, 3 / 11.0.squareRoot()))
        #expect(difference.degreesOfFreedom == nil)
        #expect(difference.confidenceInterval.contains(3 + 1.9599 * 11.0.squareRoot()))
        #expect(!difference.confidenceInterval.contains(3 + 1.96 * 11.0.squareRoot()))
    }

    @Test func withoutVariance() {
        let estimate = ContrastInference(degreesOfFreedom: 3, level: 0.9).estimate(2, variance: 0)
        #expect(estimate.statistic == nil && estimate.pValue == nil && estimate.degreesOfFreedom == 3)
    }

    /// In other units the test stays as it is.
    @Test func rescaled() {
        let estimate = ContrastInference(degreesOfFreedom: 3, level: 0.9).estimate(2, variance: 0.25)
        let other = estimate.rescaled(by: 4)
        #expect(other.estimate == 8 && other.standardError == 2)
        #expect(other.statistic == estimate.statistic && other.pValue == estimate.pValue)
        #expect(other.confidenceInterval.upper == 4 * estimate.confidenceInterval.upper)
    }
}
