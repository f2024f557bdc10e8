import Testing

@testable import MetaAnalysis

@Suite struct NormalTailTests {
    /// log Q by 30 digits of an arbitrary-precision library.
    static let references: [(z: Double, value: Double)] = [
        (-3, -0.0013508099647481938), (0, -0.6931471805599453), (5, -15.06499839398872), (11.99, -75.28990052610173),
        (12, -75.4106730015688), (40, -804.6084420137538), (1e4, -50000010.12927892),
    ]

    @Test func logarithms() {
        for (z, value) in Self.references {
            #expect(abs(NormalTail.logUpper(z) - value) < 1e-14 * abs(value) + 1e-16, "\(z)")
            #expect(abs(NormalTail.logScaledUpper(z) - (value + z * z / 2)) < 4e-15 * (1 + z * z / 2), "\(z)")
        }
    }

    /// The slope of −log Q, and z + 1/z − 2/z³ far out.
    @Test func hazard() {
        for z in [-5.0, 0, 3, 11, 12, 13, 30] {
            let step = 1e-4
            let slope = (NormalTail.logUpper(z - step) - NormalTail.logUpper(z + step)) / (2 * step)
            #expect(abs(NormalTail.hazard(z) - slope) < 1e-6 * (1 + abs(z)))
        }
        #expect(abs(NormalTail.hazard(1e3) - (1e3 + 1e-3 - 2e-9)) < 1e-12)
        // Both branches meet.
        #expect(abs(NormalTail.hazard(25.0.nextDown) - NormalTail.hazard(25)) < 1e-11)
    }

    @Test func ratios() {
        #expect(abs(NormalTail.logRatio(2, 1) - (NormalTail.logUpper(2) - NormalTail.logUpper(1))) < 1e-15)
        // Q(z + δ)/Q(z) ≈ exp(−δz − δ²/2 − δ/z): far out, where both logarithms are 5e11.
        #expect(abs(NormalTail.logRatio(0x1p20 + 0x1p-20, 0x1p20) + 1) < 1e-11)
    }
}
