import Testing

@testable import MetaAnalysis

@Suite struct MatrixTests {
    private let left = Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
    private let right = Matrix(rows: 3, columns: 2, elements: [7, 8, 9, 10, 11, 12])

    @Test func elementsStandRowByRow() {
        var matrix = Matrix(rows: 2, columns: 3)
        #expect(matrix.elements == [0, 0, 0, 0, 0, 0])
        matrix[1, 0] = 4
        #expect(matrix.elements == [0, 0, 0, 4, 0, 0])
        #expect(left[0, 2] == 3 && left[1, 0] == 4)
    }

    @Test func products() {
        #expect(left * right == Matrix(rows: 2, columns: 2, elements: [58, 64, 139, 154]))
        #expect(left * [1, 0, -1] == [-2, -2])
    }

    @Test func traceOfAProductNeedsNoProduct() {
        #expect(left.traceOfProduct(with: right) == 58 + 154)
        #expect(right.traceOfProduct(with: left) == 58 + 154)
    }
}
