import Testing

@testable import MetaAnalysis

@Suite struct MatrixRowsTests {
    @Test func rowsAndColumns() {
        let matrix = Matrix(rows: [[1, 2, 3], [4, 5, 6]])
        #expect(matrix == Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6]))
        #expect(matrix.row(1) == [4, 5, 6])
        #expect(matrix.column(2) == [3, 6])
    }

    @Test func sandwichIsTheProduct() {
        let matrix = Matrix(rows: [[1, 2], [0, -1], [3, 1]])
        let inner = Matrix(rows: [[2, 1], [1, 4]])
        #expect(matrix.sandwich(inner) == Matrix(rows: [[22, -9, 21], [-9, 4, -7], [21, -7, 28]]))
    }
}
