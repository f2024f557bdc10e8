import Testing

@testable import MetaAnalysis

@Suite struct BatchScreeningTests {
    private static let numbers: [Double] = [
        0, -0.0, 1, -1, 1e-300, -1e-300, 1e300, -1e300, .infinity, -.infinity, .nan, -.nan, .signalingNaN,
        .leastNonzeroMagnitude,
        .greatestFiniteMagnitude, 1e-80, 1e80, 1e100, -1e100, (1e-80).nextDown, (1e80).nextUp, (1e100).nextUp,
        (-1e100).nextDown,
    ]

    /// The bits say what the comparison says, in every lane.
    @Test func bitsAgreeWithComparisons() {
        for estimate in Self.numbers {
            for variance in Self.numbers {
                for lane in 0..<4 {
                    var screening = BatchScreening()
                    var (estimates, variances) = (SIMD4<Double>(repeating: 0.5), SIMD4<Double>(repeating: 1))
                    screening.see(estimates, variances)
                    #expect(screening.allAreModerate)
                    (estimates[lane], variances[lane]) = (estimate, variance)
                    screening.see(estimates, variances)
                    screening.see(.zero, SIMD4(repeating: 1))
                    #expect(
                        screening.allAreModerate == BatchScreening.isModerate(estimate, variance),
                        "\(estimate), \(variance)")
                }
            }
        }
    }
}
