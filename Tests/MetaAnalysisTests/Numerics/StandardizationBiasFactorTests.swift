import Foundation
import Testing

@testable import MetaAnalysis

struct StandardizationBiasFactorTests {
    /// 40-digit evaluations.
    @Test(
        arguments: [
            (2.0, 0.56418958354775628695), (3, 0.72360125455826765936), (10, 0.92274560805308710336),
            (58, 0.98700358102797740142), (1000, 0.99924978117971636752), (1e9, 0.99999999924999999978),
        ] as [(Double, Double)])
    func values(degreesOfFreedom: Double, expected: Double) {
        #expect(abs(standardizationBiasFactor(degreesOfFreedom: degreesOfFreedom) / expected - 1) < 2e-15)
    }

    /// Γ(x + 1) = x Γ(x) makes J(m) J(m + 1) √(m (m + 1)) = m − 1.
    @Test func recurrence() {
        for step in 1...4000 {
            let m = 1 + Double(step) * 0.0173
            let product =
                standardizationBiasFactor(degreesOfFreedom: m) * standardizationBiasFactor(degreesOfFreedom: m + 1)
            #expect(abs(product * sqrt(m * (m + 1)) / (m - 1) - 1) < 1e-13)
        }
    }
}
