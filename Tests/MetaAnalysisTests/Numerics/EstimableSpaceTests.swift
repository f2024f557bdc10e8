import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct EstimableSpaceTests {
    /// Columns a, b and a + b: only what weighs the third as the sum of the others can be found.
    private let dependent = Matrix(rows: [[1, 0, 1], [0, 1, 1], [1, 1, 2], [1, -1, 0]])

    @Test func rankOfDependentColumns() {
        let space = EstimableSpace(of: dependent)
        #expect(space.rank == 2 && space.columnCount == 3 && !space.isFull)
        #expect(space.contains([1, 0, 1]) && space.contains([0, 1, 1]) && space.contains([2, -3, -1]))
        #expect(space.contains([0, 0, 0]))
        for unknown in [[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]] { #expect(!space.contains(unknown)) }
    }

    @Test func independentColumnsKeepTheirBasis() {
        let space = EstimableSpace(of: Matrix(rows: [[1, 0], [1, 1], [1, 2]]))
        #expect(space.isFull)
        #expect(space.basis == Matrix(rows: [[1, 0], [0, 1]]))
        #expect(space.contains([0.3, -7]))
    }

    @Test func basisIsOrthonormalAndCanBeReadBack() {
        let space = EstimableSpace(of: dependent)
        let columns = (0..<space.rank).map { space.basis.column($0) }
        for (left, first) in columns.enumerated() {
            for (right, second) in columns.enumerated() {
                let product = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(Tolerance.closedForm.accepts(product, left == right ? 1 : 0, scale: 1))
            }
        }
        #expect(EstimableSpace(vectors: columns) == space)
    }

    @Test func emptyColumnsDetermineNothing() {
        let space = EstimableSpace(of: Matrix(rows: 3, columns: 2))
        #expect(space.rank == 0)
        #expect(!space.contains([1, 0]))
    }
}
