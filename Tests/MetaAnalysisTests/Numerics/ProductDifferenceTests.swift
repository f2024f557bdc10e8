import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct ProductDifferenceTests {
    /// x² − (x − 1)(x + 1) is 1, beyond the digits of either product.
    @Test(arguments: [94_906_267, 134_217_729, 1e9 + 1, 4_503_599_627_370_497] as [Double])
    func neighbouringSquares(_ x: Double) {
        #expect(ProductDifference(x, x, minus: x - 1, x + 1).quotient(by: 1, 1) == 1)
        #expect(ProductDifference(x - 1, x + 1, minus: x, x).quotient(by: 1, 1) == -1)
        #expect(ProductDifference(x, x, minus: x - 1, x + 1).quotient(by: -4, 2) == -0.125)
    }

    /// Products and divisors beyond the range of numbers, of which the quotient is within it.
    @Test(arguments: [0x1p-600, 0x1p-40, 0x1p600]) func range(_ scale: Double) {
        let x = 134_217_729 * scale
        let (below, above) = (134_217_728 * scale, 134_217_730 * scale)
        #expect(ProductDifference(x, x, minus: below, above).quotient(by: scale, scale) == 1)
        #expect(ProductDifference(scale, 1, minus: 0, 1).quotient(by: scale, 1) == 1)
        #expect(ProductDifference(scale, 3, minus: 1 / scale, 1).quotient(by: scale, 1) == 3 - 1 / scale / scale)
    }

    @Test func signsAndZeros() {
        #expect(ProductDifference(2, -3, minus: 4, 5).quotient(by: 1, 1) == -26)
        #expect(ProductDifference(-2, -3, minus: -4, 5).quotient(by: 2, -1) == -13)
        #expect(ProductDifference(0, 3, minus: 4, 5).quotient(by: 5, 1) == -4)
        #expect(ProductDifference(2, 3, minus: 0, 5).quotient(by: 3, 1) == 2)
        #expect(ProductDifference(0, 3, minus: 5, 0).quotient(by: 3, 1) == 0)
        #expect(ProductDifference(2, 3, minus: 3, 2).quotient(by: 3, 1) == 0)
    }
}
