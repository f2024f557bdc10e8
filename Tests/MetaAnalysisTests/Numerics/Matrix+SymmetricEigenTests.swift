import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct MatrixSymmetricEigenTests {
    /// The path of three points: eigenvalues 0, 1 and 3.
    private static let path = Matrix(rows: 3, columns: 3, elements: [1, -1, 0, -1, 2, -1, 0, -1, 1])

    @Test func valuesAscendAndVectorsAreOrthonormal() throws {
        let eigen = try #require(SymmetricEigen(Self.path))
        for (value, expected) in zip(eigen.values, [0, 1, 3.0]) {
            #expect(Tolerance.closedForm.accepts(value, expected, scale: 1))
        }
        for left in 0..<3 {
            for right in 0..<3 {
                let product = (0..<3).reduce(0) { $0 + eigen.vectors[$1, left] * eigen.vectors[$1, right] }
                #expect(Tolerance.closedForm.accepts(product, left == right ? 1 : 0, scale: 1))
            }
        }
    }

    @Test func valuesAndVectorsMakeUpTheMatrix() throws {
        let matrix = Matrix(rows: 3, columns: 3, elements: [4, 1, -2, 1, 3, 0.5, -2, 0.5, -1])
        let eigen = try #require(SymmetricEigen(matrix))
        for row in 0..<3 {
            for column in 0..<3 {
                let sum = (0..<3).reduce(0) {
                    $0 + eigen.values[$1] * eigen.vectors[row, $1] * eigen.vectors[column, $1]
                }
                #expect(Tolerance.closedForm.accepts(sum, matrix[row, column], scale: 1))
            }
        }
    }

    @Test func onlyTheLowerTriangleIsRead() throws {
        var spoiled = Self.path
        spoiled[0, 2] = 17
        #expect(try #require(SymmetricEigen(spoiled)).values == #require(SymmetricEigen(Self.path)).values)
    }

    @Test func oneNumberIsItsOwnValue() throws {
        let eigen = try #require(SymmetricEigen(Matrix(rows: 1, columns: 1, elements: [-2])))
        #expect(eigen.values == [-2] && abs(eigen.vectors[0, 0]) == 1)
    }

    @Test(arguments: [Double.nan, .infinity]) func whatIsNotFiniteHasNone(_ value: Double) {
        var matrix = Self.path
        matrix[1, 1] = value
        #expect(SymmetricEigen(matrix) == nil)
    }
}
