import Foundation
import MetaAnalysis
import MetaAnalysisTestSupport
import Testing

@Suite struct NumberFormatTests {
    @Test(arguments: [
        (0.0, 2, "0.00"), (-0.0, 1, "0.0"), (1.005, 2, "1.00"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (2.5, 0, "2"),
        (3.5, 0, "4"), (9.995, 2, "9.99"), (99.99999, 3, "100.000"), (-0.004, 2, "0.00"), (-0.006, 2, "-0.01"),
        (0.5, 0, "0"), (0.50001, 0, "1"), (1e22, 1, "10000000000000000000000.0"), (1e-300, 3, "0.000"),
        (.leastNonzeroMagnitude, 2, "0.00"), (0.05, 1, "0.1"), (1e15, 0, "1000000000000000"),
        (12345.678, 2, "12345.68"),
    ])
    func fixedDecimals(value: Double, decimals: Int, expected: String) {
        #expect(NumberFormat.fixed(value, decimals: decimals) == expected)
    }

    @Test(arguments: [
        (0.0, 3, "0"), (1.0, 3, "1.00"), (123.456, 2, "1.2e+02"), (123.456, 3, "123"), (0.00012345, 2, "0.00012"),
        (0.000012345, 2, "1.2e-05"), (9.996, 3, "10.0"), (999.6, 3, "1.00e+03"), (1e300, 3, "1.00e+300"),
        (-2.5e-300, 3, "-2.50e-300"), (.leastNonzeroMagnitude, 4, "4.941e-324"),
        (Double.greatestFiniteMagnitude, 5, "1.7977e+308"),
        (0.099996, 4, "0.1000"), (7, 1, "7"),
    ])
    func significantDigits(value: Double, digits: Int, expected: String) {
        #expect(NumberFormat.significant(value, digits: digits) == expected)
    }

    @Test(arguments: [
        (.nan, "= NaN"), (0, "< 0.001"), (1e-9, "< 0.001"), (0.000999, "< 0.001"), (0.001, "= 0.001"),
        (0.0424, "= 0.042"),
        (0.5, "= 0.500"), (0.999, "= 0.999"), (0.9991, "> 0.999"), (1, "> 0.999"),
    ])
    func pValues(value: Double, expected: String) {
        #expect(NumberFormat.pValue(value) == expected)
    }

    @Test(arguments: [
        (500.0, 0), (200, 0), (199, 1), (20, 1), (11.4, 2), (0.2, 2), (0.19, 3), (0.02, 3), (0.0019, 5), (0, 2),
        (.infinity, 2), (.nan, 2), (1e-300, 12),
    ])
    func decimalsFollowTheWidth(width: Double, expected: Int) {
        #expect(NumberFormat.decimals(forWidth: width) == expected)
    }

    @Test(arguments: [
        (0.0034, "0.0034"), (0.0, "0.00"), (0.004999, "0.0050"), (1.5e8, "1.50e+08"), (-0.001, "-0.0010"),
        (9_999_999, "9999999.00"), (.infinity, "Inf"), (-.infinity, "-Inf"), (2.345, "2.35"),
    ])
    func tabularValuesStayReadable(value: Double, expected: String) {
        #expect(NumberFormat.tabular(value, decimals: 2) == expected)
    }

    @Test func countsAreWholeWhereTheyAre() {
        #expect(NumberFormat.count(12) == "12")
        #expect(NumberFormat.count(12.5) == "12.5")
        #expect(NumberFormat.count(1e20) == "1e+20")
    }

    /// C's `printf` rounds the exact value too, ties to even.
    @Test func agreesWithPrintfOverTheWholeRange() {
        var state: UInt64 = 20240511
        var differing: [String] = []
        func compare(_ ours: String, _ reference: String) {
            if ours != reference { differing.append("\(ours), not \(reference)") }
        }
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state ^ (state >> 31))
            guard value.isFinite else { continue }
            let everyday = value.significand * 1234.5
            compare(NumberFormat.fixed(everyday, decimals: 3), String(format: "%.3f", everyday))
            if value.magnitude < 1e-5 || value.magnitude > 1e6 {
                compare(NumberFormat.significant(value, digits: 5), String(format: "%.4e", value))
            }
        }
        #expect(differing == [])
    }
}
