import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct InverseVariancePoolingTests {
    private static let sample = StudySample("three", estimates: [1, 2, 6], variances: [0.25, 1, 4])

    @Test func weightsOfTheGeneralizedQ() throws {
        #expect(Weighting.inverseVariance.momentWeights(Self.sample.variances) == [4, 1, 0.25])
        #expect(Weighting.inverseStandardError.momentWeights(Self.sample.variances) == [2, 1, 0.5])
        #expect(Weighting.equal.momentWeights(Self.sample.variances) == [1, 1, 1])
    }

    /// The factor of Hartung and Knapp comes from inverse-variance residuals whatever the weights of the average are.
    @Test func otherWeightsKeepTheFactor() throws {
        let solution = try InverseVariancePooling(
            Self.sample.effects, EstimationSettings(heterogeneity: .common), weighting: .equal
        ).solution
        let q = try CommonEffect().fit(Self.sample.effects).heterogeneity.cochranQ
        #expect(Tolerance.closedForm.accepts(solution.factor, (q / 2).squareRoot()))
        #expect(Tolerance.closedForm.accepts(solution.scaledPlainCovariance[0, 0], 5.25 / 9))
    }

    @Test func oneStudyHasNoDegreesOfFreedom() throws {
        let one = StudySample("one", estimates: [1], variances: [1])
        for interval in IntervalMethod.allCases {
            let pooling = try InverseVariancePooling(
                one.effects, EstimationSettings(interval: interval), weighting: .inverseVariance)
            #expect(pooling.solution.usedInterval == .wald)
            #expect(pooling.average.degreesOfFreedom == nil)
            #expect(try pooling.pooledEffect(.matched).heterogeneity.pValue == nil)
        }
    }

    @Test func iSquaredFromQ() {
        #expect(InverseVariancePooling.iSquaredFromQ(10, degreesOfFreedom: 2) == 80)
        #expect(InverseVariancePooling.iSquaredFromQ(2, degreesOfFreedom: 2) == 0)
        #expect(InverseVariancePooling.iSquaredFromQ(0, degreesOfFreedom: 2) == 0)
        #expect(InverseVariancePooling.iSquaredFromQ(1, degreesOfFreedom: 0) == nil)
    }

    /// With few studies the corrected criterion takes k as two more than the parameters, as R does.
    @Test func informationCriteriaOfTwoStudies() throws {
        let two = StudySample("two", estimates: [1, 2], variances: [1, 1])
        let fit = try #require(try RandomEffects(heterogeneity: .maximumLikelihood).fit(two.effects).fit)
        let likelihood = fit.logLikelihood
        #expect(Tolerance.closedForm.accepts(fit.aic, 4 - 2 * likelihood))
        #expect(Tolerance.closedForm.accepts(fit.aicc, 2 * 2 * 4.0 - 2 * likelihood))
        #expect(Tolerance.closedForm.accepts(fit.bic ?? 0, 2 * Double.log(2) - 2 * likelihood))
    }
}
