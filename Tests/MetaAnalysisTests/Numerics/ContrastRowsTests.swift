import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct ContrastRowsTests {
    /// 1 − 0, then a row over three of four levels.
    private static let rows: ContrastRows = {
        var rows = ContrastRows(levelCount: 4)
        rows.append(levels: [0, 1], values: [-1, 1])
        rows.append(levels: [0, 2, 3], values: [2, -0.5, -1.5])
        return rows
    }()

    private static let dense = Matrix(rows: 2, columns: 4, elements: [-1, 1, 0, 0, 2, 0, -0.5, -1.5])

    @Test func entriesStandRowByRow() {
        #expect(Self.rows.count == 2 && Self.rows.range(of: 0) == 0..<2 && Self.rows.range(of: 1) == 2..<5)
        #expect(ContrastRows(levelCount: 3).count == 0)
    }

    @Test func productsAreThoseOfTheDenseMatrix() {
        let vector = [1, 10, 100, 1000.0]
        #expect([Self.rows.product(0, vector), Self.rows.product(1, vector)] == Self.dense * vector)
        #expect(Self.rows.times(vector) == Self.dense * vector)
        #expect(Self.rows.transposedProduct([2, 3]) == [4, 2, -1.5, -4.5])
        let columns = Matrix(rows: 4, columns: 2, elements: [1, 0, 2, 1, 3, 5, -1, 2])
        #expect(Self.rows.times(columns) == Self.dense * columns)
    }

    @Test func gramAndQuadraticForm() {
        let gram = Self.rows.gram([2, 3])
        let expected = WeightedLeastSquares.gram(Self.dense, [2, 3])
        #expect(gram == expected)
        for row in 0..<4 { #expect((0..<4).reduce(0) { $0 + gram[row, $1] } == 0) }
        // x G x for the second row.
        let product = expected * [2, 0, -0.5, -1.5]
        let form: Double = 2 * product[0] - 0.5 * product[2] - 1.5 * product[3]
        #expect(Self.rows.quadraticForms(gram)[1] == form)
    }
}

@Suite struct LaplacianInverseTests {
    private static func laplacian(_ count: Int, _ edges: [(Int, Int, Double)]) -> Matrix {
        var rows = ContrastRows(levelCount: count)
        for edge in edges { rows.append(levels: [edge.0, edge.1], values: [1, -1]) }
        return rows.gram(edges.map(\.2))
    }

    @Test(arguments: [1, 0.3, 1e-8, 1e12]) func twoLevels(_ weight: Double) throws {
        let inverse = try LaplacianInverse(Self.laplacian(2, [(0, 1, weight)]))
        for (element, expected) in zip(inverse.matrix.elements, [1, -1, -1, 1.0]) {
            #expect(Tolerance.closedForm.accepts(element, expected / (4 * weight)))
        }
        #expect(Tolerance.closedForm.accepts(inverse.logDeterminant, Double.log(weight), scale: 1))
    }

    /// L = 3I − J has the pseudo-inverse (I − J/3)/3, and three spanning trees.
    @Test func completeGraph() throws {
        let inverse = try LaplacianInverse(Self.laplacian(3, [(0, 1, 1), (0, 2, 1), (1, 2, 1)]))
        for row in 0..<3 {
            for column in 0..<3 {
                let expected = ((row == column ? 1.0 : 0) - 1.0 / 3) / 3
                #expect(Tolerance.closedForm.accepts(inverse.matrix[row, column], expected))
            }
        }
        #expect(Tolerance.closedForm.accepts(inverse.logDeterminant, Double.log(3)))
    }

    /// Weights of a path are resistances in series: v(0, 3) = 1/w₁ + 1/w₂ + 1/w₃, and one spanning tree.
    @Test func path() throws {
        let weights = [2, 0.5, 4.0]
        let laplacian = Self.laplacian(4, weights.enumerated().map { ($0, $0 + 1, $1) })
        let inverse = try LaplacianInverse(laplacian)
        let m = inverse.matrix
        #expect(Tolerance.closedForm.accepts(m[0, 0] + m[3, 3] - 2 * m[0, 3], 0.5 + 2 + 0.25))
        #expect(Tolerance.closedForm.accepts(inverse.logDeterminant, Double.log(4)))
        // L L⁺ L = L, L⁺ 1 = 0.
        let product = laplacian * m * laplacian
        for (found, expected) in zip(product.elements, laplacian.elements) {
            #expect(Tolerance.closedForm.accepts(found, expected, scale: 1))
        }
        for row in 0..<4 { #expect(abs((0..<4).reduce(0) { $0 + m[row, $1] }) < 1e-15) }
    }

    @Test func levelsThatFallApart() {
        let error = #expect(throws: NotPositiveDefinite.self) {
            try LaplacianInverse(Self.laplacian(4, [(0, 1, 1), (2, 3, 1)]))
        }
        #expect(error != nil)
        #expect(throws: NotPositiveDefinite.self) { try LaplacianInverse(Matrix(rows: 3, columns: 3)) }
        #expect(throws: NotPositiveDefinite.self) {
            try LaplacianInverse(Self.laplacian(2, [(0, 1, .infinity)]))
        }
    }
}
