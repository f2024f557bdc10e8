import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct InverseVariancePoolingTests {
    private static let sample = StudySample("three", estimates: [1, 2, 6], variances: [0.25, 1, 4])

    private static func pooling(
        _ sample: StudySample = sample, _ interval: IntervalMethod = .hartungKnapp, _ weighting: Weighting = .equal
    ) throws -> InverseVariancePooling {
        try InverseVariancePooling(sample.effects, interval: interval, weighting: weighting, level: 0.95)
    }

    @Test func weightsOfTheGeneralizedQ() throws {
        #expect(try Self.pooling(Self.sample, .wald, .inverseVariance).momentWeights == [4, 1, 0.25])
        #expect(try Self.pooling(Self.sample, .wald, .inverseStandardError).momentWeights == [2, 1, 0.5])
        #expect(try Self.pooling(Self.sample, .wald, .equal).momentWeights == [1, 1, 1])
    }

    @Test(arguments: IntervalMethod.allCases)
    func scaleOfTheStandardError(_ interval: IntervalMethod) {
        for (residual, factor) in [(8.0, 2.0), (0.5, 0.5)] {
            let scale = InverseVariancePooling.scale(interval, residual: residual, degreesOfFreedom: 2)
            switch interval {
            case .wald, .t: #expect(scale == 1)
            case .hartungKnapp: #expect(scale == factor)
            case .hartungKnappTruncated: #expect(scale == max(1, factor))
            }
        }
    }

    /// The scale of Hartung and Knapp comes from inverse-variance residuals whatever the weights of the average are.
    @Test func otherWeightsKeepTheScale() throws {
        let average = try Self.pooling().average(at: 0)
        let q = try CommonEffect().fit(Self.sample.effects).heterogeneity.cochranQ
        #expect(Tolerance.closedForm.accepts(average.standardError, (q / 2).squareRoot() * average.plainStandardError))
        #expect(Tolerance.closedForm.accepts(average.plainStandardError, (5.25 / 9).squareRoot()))
    }

    @Test func oneStudyHasNoDegreesOfFreedom() throws {
        let one = StudySample("one", estimates: [1], variances: [1])
        for interval in IntervalMethod.allCases {
            let pooling = try Self.pooling(one, interval)
            #expect(pooling.usedInterval == .wald)
            #expect(pooling.reference == .normal)
            #expect(pooling.pValue(ofQ: 0) == nil)
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
