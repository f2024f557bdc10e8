import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct WeightedLeastSquaresTests {
    private let responses = [1.0, 3, 2, 5, 4]
    private let weights = [1.0, 2, 0.5, 4, 1.5]
    private let variances = [0.7, 0.2, 1.5, 0.4, 0.9]
    private static let line = Matrix(rows: 5, columns: 2, elements: [1, 0, 1, 1, 1, 2, 1, 3, 1, 4])
    private static let designs: [Design] = [
        .intercept, .columns(Matrix(rows: 5, columns: 1, elements: [1, 1, 1, 1, 1])), .columns(line),
    ]

    /// W − W X (XᵀWX)⁻¹ XᵀW, written out.
    private func projection(_ fit: WeightedLeastSquares) -> Matrix {
        var columns = Matrix(rows: 5, columns: 1, elements: [1, 1, 1, 1, 1])
        if case .columns(let matrix) = fit.design { columns = matrix }
        var result = Matrix(rows: 5, columns: 5)
        for row in 0..<5 {
            for column in 0..<5 {
                var inner = 0.0
                for left in 0..<columns.columns {
                    for right in 0..<columns.columns {
                        inner += columns[row, left] * fit.inverseGram[left, right] * columns[column, right]
                    }
                }
                result[row, column] = (row == column ? weights[row] : 0) - weights[row] * inner * weights[column]
            }
        }
        return result
    }

    @Test func aLineByHand() throws {
        // Unweighted: slope Σ (x − 2)(y − 3) / 10 = 0.8, intercept 3 − 1.6.
        let fit = try WeightedLeastSquares(responses, on: .columns(Self.line), weights: [1, 1, 1, 1, 1])
        #expect(Tolerance.closedForm.accepts(fit.coefficients[0], 1.4))
        #expect(Tolerance.closedForm.accepts(fit.coefficients[1], 0.8))
        #expect(Tolerance.closedForm.accepts(fit.fitted(3), 3.8))
        #expect(Tolerance.closedForm.accepts(fit.residualSumOfSquares(responses), 3.6))
        #expect(Tolerance.closedForm.accepts(fit.logDeterminant, Double.log(50)))
        #expect(Tolerance.closedForm.accepts(fit.inverseGram[1, 1], 0.1))
    }

    @Test func aMeanByHand() throws {
        let fit = try WeightedLeastSquares(responses, on: .intercept, weights: weights)
        #expect(Tolerance.closedForm.accepts(fit.coefficients[0], 34.0 / 9))
        #expect(fit.inverseGram[0, 0] == 1 / 9.0)
        #expect(Tolerance.closedForm.accepts(fit.logDeterminant, Double.log(9)))
        #expect(fit.fitted(4) == fit.coefficients[0])
    }

    @Test func aColumnOfOnesIsTheIntercept() throws {
        let scalar = try WeightedLeastSquares(responses, on: Self.designs[0], weights: weights)
        let general = try WeightedLeastSquares(responses, on: Self.designs[1], weights: weights)
        #expect(Tolerance.closedForm.accepts(general.coefficients[0], scalar.coefficients[0]))
        #expect(Tolerance.closedForm.accepts(general.inverseGram[0, 0], scalar.inverseGram[0, 0]))
        #expect(Tolerance.closedForm.accepts(general.logDeterminant, scalar.logDeterminant))
        let (one, other) = (general.projectionTraces(variances), scalar.projectionTraces(variances))
        #expect(Tolerance.closedForm.accepts(one.first, other.first))
        #expect(Tolerance.closedForm.accepts(one.second, other.second))
    }

    @Test func groupsAreTheirIndicatorColumns() throws {
        let membership = [0, 1, 0, 2, 1]
        var columns = Matrix(rows: 5, columns: 3)
        for (row, group) in membership.enumerated() { columns[row, group] = 1 }
        let groups = try WeightedLeastSquares(
            responses, on: .groups(membership: membership, count: 3), weights: weights)
        let dense = try WeightedLeastSquares(responses, on: .columns(columns), weights: weights)
        var pairs = Array(zip(groups.coefficients, dense.coefficients))
        pairs += (0..<3).map { (groups.inverseGram[$0, 0], dense.inverseGram[$0, $0]) }
        pairs += (0..<5).map { (groups.fitted($0), dense.fitted($0)) }
        let (one, other) = (groups.projectionTraces(variances), dense.projectionTraces(variances))
        pairs += [
            (groups.logDeterminant, dense.logDeterminant), (one.first, other.first), (one.second, other.second),
            (groups.residualSumOfSquares(responses), dense.residualSumOfSquares(responses)),
            (groups.squaredWeightResidualSum(responses), dense.squaredWeightResidualSum(responses)),
            (groups.cubedQuadraticForm(responses), dense.cubedQuadraticForm(responses)),
        ]
        pairs += zip(
            groups.covariance(variances: variances).elements, dense.covariance(variances: variances).elements)
        for (mine, theirs) in pairs { #expect(Tolerance.closedForm.accepts(mine, theirs, scale: 1)) }
    }

    @Test func anEmptyGroupIsRefused() {
        #expect(throws: NotPositiveDefinite.self) {
            try WeightedLeastSquares(
                responses, on: .groups(membership: [0, 0, 0, 2, 2], count: 3), weights: weights)
        }
    }

    @Test(arguments: designs)
    func tracesAndFormsAreThoseOfTheProjection(_ design: Design) throws {
        let fit = try WeightedLeastSquares(responses, on: design, weights: weights)
        let p = projection(fit)
        var scaled = p
        for row in 0..<5 { for column in 0..<5 { scaled[row, column] *= variances[column] } }
        let squared = p * p
        func trace(_ matrix: Matrix) -> Double { (0..<5).reduce(0) { $0 + matrix[$1, $1] } }
        func form(_ matrix: Matrix) -> Double { zip(responses, matrix * responses).reduce(0) { $0 + $1.0 * $1.1 } }
        let plain = fit.projectionTraces()
        #expect(Tolerance.closedForm.accepts(plain.first, trace(p)))
        #expect(Tolerance.closedForm.accepts(plain.second, trace(squared)))
        let weighted = fit.projectionTraces(variances)
        #expect(Tolerance.closedForm.accepts(weighted.first, trace(scaled)))
        #expect(Tolerance.closedForm.accepts(weighted.second, scaled.traceOfProduct(with: scaled)))
        #expect(Tolerance.closedForm.accepts(fit.residualSumOfSquares(responses), form(p)))
        #expect(Tolerance.closedForm.accepts(fit.squaredWeightResidualSum(responses), form(squared)))
        #expect(Tolerance.closedForm.accepts(fit.cubedQuadraticForm(responses), form(squared * p)))
    }

    @Test(arguments: designs)
    func covarianceWithTheirOwnVariancesIsTheInverse(_ design: Design) throws {
        let fit = try WeightedLeastSquares(responses, on: design, weights: variances.map { 1 / $0 })
        let covariance = fit.covariance(variances: variances)
        for (mine, theirs) in zip(covariance.elements, fit.inverseGram.elements) {
            #expect(Tolerance.closedForm.accepts(mine, theirs))
        }
    }

    @Test func covarianceOfAPlainMeanIsTheMeanVarianceOverK() throws {
        let fit = try WeightedLeastSquares(responses, on: .intercept, weights: [1, 1, 1, 1, 1])
        #expect(Tolerance.closedForm.accepts(fit.covariance(variances: variances)[0, 0], 3.7 / 25))
    }

    /// 1 / (1 − r²) for two columns with the correlation r about 0.
    @Test func inflationOfCorrelatedColumns() throws {
        let columns = Matrix(rows: [[1, 1], [1, -1], [1, 0.5]])
        let fit = try WeightedLeastSquares([1, 2, 3], on: .columns(columns), weights: [1, 1, 1])
        let correlation = 0.5 * 0.5 / (3 * 2.25)
        #expect(Tolerance.closedForm.accepts(fit.greatestInflation, 1 / (1 - correlation)))
    }

    @Test func dependentColumnsAreRefused() {
        let twice = Matrix(rows: 5, columns: 2, elements: [1, 2, 1, 2, 1, 2, 1, 2, 1, 2])
        #expect(throws: NotPositiveDefinite.self) {
            try WeightedLeastSquares(responses, on: .columns(twice), weights: weights)
        }
    }

    @Test func equalResponsesAreTheirOwnMean() throws {
        let fit = try WeightedLeastSquares([0.1, 0.1, 0.1], on: .intercept, weights: [3, 0.7, 1e-9])
        #expect(fit.coefficients == [0.1])
        #expect(fit.residualSumOfSquares([0.1, 0.1, 0.1]) == 0)
    }

    /// The mean is counted from the response of greatest weight, so that a wild one of no weight costs no digits.
    @Test func aDistantResponseOfLittleWeight() throws {
        let fit = try WeightedLeastSquares([1e10, 0.001, 0.002], on: .intercept, weights: [1e-20, 1e8, 1e8])
        #expect(Tolerance.closedForm.accepts(fit.coefficients[0], 0.0015))
    }
}
