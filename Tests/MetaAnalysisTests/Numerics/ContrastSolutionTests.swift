import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct ContrastSolutionTests {
    /// A square with a diagonal, and a response that its levels do not explain.
    private static let rows: ContrastRows = {
        var rows = ContrastRows(levelCount: 4)
        for (first, second) in [(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)] {
            rows.append(levels: [first, second], values: [1, -1])
        }
        return rows
    }()
    private static let responses = [0.3, -1.2, 0.7, 0.1, 2.5]
    private static let weights = [4, 0.5, 2, 1, 3.0]

    /// With one level as the reference the same fit is an ordinary regression.
    @Test func formsAreThoseOfARegressionOnDifferences() throws {
        let solution = try ContrastSolution(Self.responses, on: Self.rows, weights: Self.weights)
        let differences = Matrix(rows: 4, columns: 3, elements: [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
        let regression = try WeightedLeastSquares(
            Self.responses, on: .columns(Self.rows.times(differences)), weights: Self.weights)
        for level in 0..<3 {
            let difference = solution.coefficients[level] - solution.coefficients[3]
            #expect(Tolerance.closedForm.accepts(difference, regression.coefficients[level]))
        }
        #expect(abs(solution.coefficients.reduce(0, +)) < 1e-14)
        let pairs = [
            (solution.residualSumOfSquares, regression.residualSumOfSquares(Self.responses)),
            (solution.squaredWeightResidualSum, regression.squaredWeightResidualSum(Self.responses)),
            (solution.cubedQuadraticForm, regression.cubedQuadraticForm(Self.responses)),
            (solution.factor?.logDeterminant ?? .nan, regression.logDeterminant),
        ]
        for (found, expected) in pairs { #expect(Tolerance.closedForm.accepts(found, expected)) }
    }

    @Test func searchesOfBothDesignsAgree() throws {
        let variances = Self.weights.map { 1 / $0 }
        let contrasts = try VarianceComponentModel(
            responses: Self.responses, variances: variances, design: .contrasts(Self.rows))
        let differences = Matrix(rows: 4, columns: 3, elements: [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
        let columns = try VarianceComponentModel(
            responses: Self.responses, variances: variances, design: .columns(Self.rows.times(differences)))
        for tauSquared in [0, 0.3, 5] {
            let (left, right) = (contrasts.quadraticForms(at: tauSquared), columns.quadraticForms(at: tauSquared))
            #expect(Tolerance.closedForm.accepts(left.form, right.form))
            #expect(Tolerance.closedForm.accepts(left.squared, right.squared))
            let traces = (contrasts.projectionTrace(at: tauSquared), columns.projectionTrace(at: tauSquared))
            #expect(Tolerance.closedForm.accepts(traces.0, traces.1))
            for restricted in [false, true] {
                let (one, other) = (
                    contrasts.scoreTerms(at: tauSquared, restricted: restricted),
                    columns.scoreTerms(at: tauSquared, restricted: restricted)
                )
                #expect(Tolerance.closedForm.accepts(one.score, other.score, scale: 1))
                #expect(Tolerance.closedForm.accepts(one.slope, other.slope, scale: 1))
            }
        }
    }

    @Test func levelsThatFallApart() {
        var rows = ContrastRows(levelCount: 4)
        rows.append(levels: [0, 1], values: [1, -1])
        rows.append(levels: [2, 3], values: [1, -1])
        #expect(throws: NotPositiveDefinite.self) { try ContrastSolution([1, 2], on: rows, weights: [1, 1]) }
    }

    /// A search may try a variance so great that no weight is left.
    @Test func withoutWeightsNothingIsANumber() throws {
        let model = try VarianceComponentModel(
            responses: Self.responses, variances: Self.weights, design: .contrasts(Self.rows))
        let fit = model.leastSquares(weights: model.weights(at: .infinity))
        #expect(fit.coefficients.count == 4 && fit.coefficients[0].isNaN && fit.inverseGram[3, 3].isNaN)
        #expect(model.scoreTerms(at: .infinity, restricted: true).score.isNaN)
        #expect(model.scoreTerms(at: .infinity, restricted: false).score.isNaN)
        #expect(model.quadraticForms(at: .infinity).form.isNaN)
        #expect(ContrastSolution(unsolvable: Self.rows, weights: Self.weights).cubedQuadraticForm.isNaN)
    }
}
