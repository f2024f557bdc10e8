import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct StudyComparisonTests {
    /// Leverages sum to the number of effects, the parts of Q to Q.
    @Test(arguments: [1, 2, 3] as [UInt64], [0.0, 0.2]) func sums(_ seed: UInt64, _ tauSquared: Double) throws {
        let network = try EvidenceSample.random(seed: seed, treatments: 6, studies: 12)
        let rows = try network.studyComparisons(tauSquared: tauSquared)
        #expect(rows.count == network.studies.reduce(0) { $0 + $1.pairs.count })
        #expect(Tolerance.closedForm.accepts(rows.reduce(0) { $0 + $1.leverage }, 5))
        let model = try OrthogonalContrasts(network).model()
        let fit = model.leastSquares(weights: model.weights(at: tauSquared))
        let q = fit.residualSumOfSquares(model.responses)
        #expect(Tolerance.closedForm.accepts(rows.reduce(0) { $0 + $1.cochranQ }, q))
    }

    /// w_i w_j / Σ w for arms that vary independently.
    @Test func weightsOfAMultiArmStudyAreReduced() throws {
        let variances = [0.2, 0.5, 0.25]
        let network = try TreatmentNetwork(
            EvidenceSample.study("S", [("A", 1, variances[0]), ("B", 2, variances[1]), ("C", 0, variances[2])]))
        let weights = variances.map { 1 / $0 }
        let total = weights.reduce(0, +)
        let rows = try network.studyComparisons()
        #expect(rows.map { "\($0.treatment):\($0.versus)" } == ["A:B", "A:C", "B:C"])
        for (row, (i, j)) in zip(rows, [(0, 1), (0, 2), (1, 2)]) {
            #expect(Tolerance.closedForm.accepts(row.weight, weights[i] * weights[j] / total))
            #expect(Tolerance.closedForm.accepts(try #require(row.adjustedStandardError), 1 / row.weight.squareRoot()))
            #expect(Tolerance.closedForm.accepts(row.networkEstimate, row.estimate, scale: row.standardError))
            #expect(Tolerance.closedForm.accepts(row.networkStandardError, row.standardError))
        }
    }

    /// An arm more precise than independent arms allow takes the weight of a pair below 0.
    @Test func aNegativeWeightHasNoStandardError() throws {
        let network = try TreatmentNetwork([
            Contrast(study: "S", "A", versus: "B", estimate: 1, variance: 1),
            Contrast(study: "S", "A", versus: "C", estimate: 2, variance: 1),
            Contrast(study: "S", "B", versus: "C", estimate: 1, variance: 3),
        ])
        let rows = try network.studyComparisons()
        #expect(rows.map { $0.adjustedStandardError == nil } == [false, false, true])
        #expect(rows[2].weight < 0)
        #expect(Tolerance.closedForm.accepts(rows.reduce(0) { $0 + $1.leverage }, 2))
    }

    @Test func twoArmStudiesKeepTheirStandardError() throws {
        let network = try EvidenceSample.network([("A", "B", 0.25), ("B", "C", 0.5)])
        let row = try network.studyComparisons(tauSquared: 0.5)[0]
        #expect(row.standardError == 0.5)
        #expect(Tolerance.closedForm.accepts(row.weight, 1 / 0.75))
        #expect(Tolerance.closedForm.accepts(row.leverage, 1))
        #expect(Tolerance.closedForm.accepts(row.cochranQ, 0, scale: 1))
    }

    @Test(arguments: [0x1p-500, 0x1p500]) func unitsScaleTheEffects(_ unit: Double) throws {
        func network(_ unit: Double) throws -> TreatmentNetwork {
            try TreatmentNetwork(
                EvidenceSample.randomContrasts(seed: 5, treatments: 4, studies: 6).map { contrast in
                    Contrast(
                        study: contrast.study, contrast.treatment, versus: contrast.versus,
                        estimate: contrast.estimate * unit, variance: contrast.variance * unit * unit)
                })
        }
        for (row, scaled) in zip(try network(1).studyComparisons(), try network(unit).studyComparisons()) {
            let error = row.networkStandardError
            #expect(Tolerance.closedForm.accepts(scaled.networkEstimate / unit, row.networkEstimate, scale: error))
            #expect(Tolerance.closedForm.accepts(scaled.networkStandardError / unit, error))
            let adjusted = (try #require(scaled.adjustedStandardError), try #require(row.adjustedStandardError))
            #expect(Tolerance.closedForm.accepts(adjusted.0 / unit, adjusted.1))
            #expect(Tolerance.closedForm.accepts(scaled.leverage, row.leverage))
            #expect(Tolerance.closedForm.accepts(scaled.cochranQ, row.cochranQ, scale: 1))
        }
    }

    @Test func encodedAndDecodedIsTheSame() throws {
        let rows = try EvidenceSample.random(seed: 3, treatments: 5, studies: 6).studyComparisons(tauSquared: 0.1)
        let decoded = try JSONDecoder().decode([StudyComparison].self, from: JSONEncoder().encode(rows))
        #expect(decoded == rows)
    }
}
