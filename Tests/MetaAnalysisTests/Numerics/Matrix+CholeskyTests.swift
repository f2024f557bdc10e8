import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct MatrixCholeskyTests {
    /// L Lᵀ with L = (2; 6 1; −8 5 3), whose determinant is (2 · 1 · 3)² = 36.
    private let matrix = Matrix(rows: 3, columns: 3, elements: [4, 12, -16, 12, 37, -43, -16, -43, 98])

    @Test func determinantAndInverse() throws {
        let factor = try CholeskyFactor(matrix)
        #expect(Tolerance.closedForm.accepts(factor.logDeterminant, Double.log(36)))
        let product = matrix * factor.inverse
        for row in 0..<3 {
            for column in 0..<3 { #expect(abs(product[row, column] - (row == column ? 1 : 0)) < 1e-12) }
        }
        let inverse = factor.inverse
        #expect(inverse[0, 1] == inverse[1, 0] && inverse[0, 2] == inverse[2, 0] && inverse[1, 2] == inverse[2, 1])
        // 1777 / 36
        #expect(Tolerance.closedForm.accepts(inverse[0, 0], 49.36111111111111))
    }

    @Test func solutionWithoutTheInverse() throws {
        let solution = try CholeskyFactor(matrix).solution(of: matrix * [1, -2, 0.5])
        for (found, expected) in zip(solution, [1, -2, 0.5]) { #expect(abs(found - expected) < 1e-11) }
    }

    @Test func onlyTheLowerTriangleIsRead() throws {
        var spoiled = matrix
        spoiled[0, 2] = .nan
        #expect(try CholeskyFactor(spoiled).logDeterminant == CholeskyFactor(matrix).logDeterminant)
    }

    @Test func aSingularMatrixNamesTheColumn() {
        let singular = Matrix(rows: 3, columns: 3, elements: [1, 1, 0, 1, 1, 0, 0, 0, 1])
        let error = #expect(throws: NotPositiveDefinite.self) { try CholeskyFactor(singular) }
        #expect(error?.column == 1)
        let negative = Matrix(rows: 1, columns: 1, elements: [-1])
        #expect(throws: NotPositiveDefinite.self) { try CholeskyFactor(negative) }
    }
}
