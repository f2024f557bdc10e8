import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct HeterogeneityEstimatorTests {
    /// Three studies of variance 1 around a mean of 3: Q = 14 with 2 degrees of freedom.
    private let model = try? VarianceComponentModel(responses: [1, 2, 6], variances: [1, 1, 1])
    private let ones = [1.0, 1, 1]

    private func estimate(_ estimator: HeterogeneityEstimator) throws -> TauSquaredEstimate {
        estimator.estimate(try #require(model), momentWeights: ones)
    }

    @Test func rawValuesAreTheCodesOfTheField() {
        let codes = HeterogeneityEstimator.allCases.map(\.rawValue)
        #expect(
            codes == [
                "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM", "GENQ", "GENQM", "DLIT", "SJIT",
            ])
        #expect(Set(HeterogeneityEstimator.allCases.map(\.title)).count == codes.count)
    }

    /// Of two studies all of these give ((y₁ − y₂)² − v₁ − v₂) / 2, or 0 where that is less.
    @Test(arguments: [1.0, 1e4, 1e8])
    func twoStudiesKeepTheirDigitsHoweverFarTheirWeightsAreApart(_ ratio: Double) throws {
        for (index, difference) in [3.5, 1.9, 17].enumerated() {
            let heavy = 0.7 / ratio
            for variances in [[heavy, 0.7], [0.7, heavy]] {
                let expected = (difference * difference - heavy - 0.7) / 2
                let model = try VarianceComponentModel(responses: [0.25, 0.25 + difference], variances: variances)
                for estimator in [.derSimonianLaird, .hedges] as [HeterogeneityEstimator] {
                    let single = estimator.estimate(model, momentWeights: [1, 1]).value
                    #expect(Tolerance.closedForm.accepts(single, expected), "\(index) \(estimator): \(single)")
                    var batch = StudyBatch()
                    for (response, variance) in zip(model.responses, variances) {
                        batch.append(estimate: response, variance: variance)
                    }
                    batch.endGroup()
                    let pooled = try #require(try BatchPooling(heterogeneity: estimator).fit(batch)[0] as BatchEffect?)
                    #expect(Tolerance.closedForm.accepts(pooled.tauSquared, expected), "\(index): \(pooled.tauSquared)")
                    // tr P is 2 / (v₁ + v₂).
                    let typical = (heavy + 0.7) / 2
                    let share = 100 * expected / (expected + typical)
                    #expect(Tolerance.closedForm.accepts(pooled.iSquared ?? .nan, share))
                }
                #expect(Tolerance.closedForm.accepts(model.projectionTrace(at: 0), 2 / (heavy + 0.7)))
            }
        }
    }

    @Test func likelihoodEstimatorsSaySo() {
        #expect(
            HeterogeneityEstimator.allCases.filter(\.maximizesLikelihood) == [
                .maximumLikelihood, .restrictedMaximumLikelihood,
            ])
        #expect(HeterogeneityEstimator.allCases.filter(\.isRestrictedLikelihood) == [.restrictedMaximumLikelihood])
    }

    /// Estimate and standard error for this model.
    private static func byHand(_ estimator: HeterogeneityEstimator) -> (value: Double, error: Double) {
        switch estimator {
        // (14 − 2) / 2, and √(2 · 2 · 7²) / 2; the likelihood's √(2 / (2 / 7²)) and the other √(2 / 2) · 3 · 7 / 3 agree.
        case .derSimonianLaird, .hedges, .generalizedQ, .restrictedMaximumLikelihood, .empiricalBayes, .pauleMandel,
            .derSimonianLairdIterated, .sidikJonkmanIterated:
            (6, 7)
        // (14 − 3) / 3, and √(2 · 2 · (14/3)²) / 3.
        case .hunterSchmidt: (11.0 / 3, 28.0 / 9)
        // (21 − 3) / 3, and 3/2 of √(2 · 2 · 7²) / 3.
        case .hunterSchmidtCorrected: (6, 7)
        // First 14/3, then 14/3 · (14 · 3/17) / 2; √(2 · 2 · (115/17 · 3/17)²) · 14/3 / 2.
        case .sidikJonkman: (98.0 / 17, 1610.0 / 289)
        // 14/3 − 1, and √(2 / (3 (3/14)²)).
        case .maximumLikelihood: (11.0 / 3, 14.0 / 3 * (2.0 / 3).squareRoot())
        // The median of χ² with two degrees of freedom is 2 ln 2.
        case .pauleMandelMedian, .generalizedQMedian: (7 / Double.log(2) - 1, 7 / Double.log(2))
        }
    }

    @Test(arguments: HeterogeneityEstimator.allCases)
    func byHand(_ estimator: HeterogeneityEstimator) throws {
        let found = try estimate(estimator)
        let expected = Self.byHand(estimator)
        #expect(Tolerance.closedForm.accepts(found.value, expected.value))
        #expect(Tolerance.closedForm.accepts(found.standardError, expected.error))
        #expect(!found.wasNegative)
        #expect(found.modes == 1)
    }

    @Test func closedFormsSearchForNothing() throws {
        for estimator in HeterogeneityEstimator.allCases {
            #expect((try estimate(estimator).iterations == 0) == !estimator.isIterated)
        }
    }

    @Test(arguments: HeterogeneityEstimator.allCases)
    func effectsThatDifferLessThanByChance(_ estimator: HeterogeneityEstimator) throws {
        let alike = try VarianceComponentModel(responses: [1, 1.1, 1.2], variances: [1, 2, 1])
        let found = estimator.estimate(alike, momentWeights: [1, 0.5, 1])
        #expect((found.value == 0) == (estimator != .sidikJonkman))
        #expect(found.wasNegative == (found.value == 0 && !estimator.maximizesLikelihood))
        #expect(found.standardError > 0)
    }

    /// Around the means of two groups, 3/2 and 7: Q = 1/2 + 8 with 2 degrees of freedom.
    @Test(arguments: [
        HeterogeneityEstimator.derSimonianLaird, .hedges, .restrictedMaximumLikelihood, .pauleMandel, .generalizedQ,
    ])
    func aDesignTakesItsDegreesOfFreedom(_ estimator: HeterogeneityEstimator) throws {
        let groups = Matrix(rows: 4, columns: 2, elements: [1, 0, 1, 0, 0, 1, 0, 1])
        let model = try VarianceComponentModel(
            responses: [1, 2, 5, 9], variances: [1, 1, 1, 1], design: .columns(groups))
        let found = estimator.estimate(model, momentWeights: [1, 1, 1, 1])
        #expect(Tolerance.closedForm.accepts(found.value, 8.5 / 2 - 1))
    }
}
