import Foundation
import Testing

@testable import MetaAnalysis

struct HypergeometricFunctionTests {
    func value(_ function: HypergeometricFunction, _ c: Double, _ z: Double) -> Double {
        let first = function == .halves ? 0.25 * z / c : z / c
        return 1 + first + function.beyondFirstTerms(c, z, complement: 1 - z)
    }

    static let arguments = [0, 1e-9, 0.1, 0.5, 0.79, 0.81, 0.95, 1 - 0x1p-30]

    /// F(½, ½; 3/2; z) = asin(√z)/√z.
    @Test(arguments: arguments) func halvesAtThreeHalves(z: Double) {
        #expect(value(.halves, 1.5, z).isNear(z == 0 ? 1 : asin(sqrt(z)) / sqrt(z)))
    }

    /// F(1, 1; 3; z) = 2 (z + (1 − z) ln(1 − z)) / z².
    @Test(arguments: arguments.dropFirst(2)) func onesAtThree(z: Double) {
        let expected = 2 * (z + (1 - z) * log1p(-z)) / (z * z)
        #expect(abs(value(.ones, 3, z) / expected - 1) < 1e-13)
    }

    /// Gauss: F(a, b; c; 1) = Γ(c) Γ(c − a − b) / (Γ(c − a) Γ(c − b)).
    @Test(arguments: [2.5, 3, 4, 7.5, 9.99, 10, 25, 1e6]) func atOne(c: Double) {
        #expect(value(.ones, c, 1).isNear((c - 1) / (c - 2)))
        let expected = exp(lgamma(c) + lgamma(c - 1) - 2 * lgamma(c - 0.5))
        #expect(abs(value(.halves, c, 1) / expected - 1) < (c > 100 ? 1e-8 : 2e-14))
    }

    /// The part beyond the first terms starts with (a)₂(b)₂ z² / ((c)₂ 2!).
    @Test func smallArgumentsKeepTheirDigits() {
        let z = 1e-12
        #expect(
            HypergeometricFunction.halves.beyondFirstTerms(5, z, complement: 1 - z)
                .isNear(0.5625 / (2 * 5 * 6) * z * z))
        #expect(
            abs(HypergeometricFunction.ones.beyondFirstTerms(5, z, complement: 1 - z) / (4.0 / (2 * 5 * 6) * z * z) - 1)
                < 1e-11)
    }

    /// Both ways of computing meet where one takes over from the other.
    @Test(arguments: [1.5, 2, 2.5, 4.5, 8, 9.9]) func theTwoWaysMeet(c: Double) {
        for function in [HypergeometricFunction.halves, .ones] where function == .halves || c >= 2.5 {
            let z = 0.8
            let above = z.nextUp
            #expect(abs(value(function, c, above) / value(function, c, z) - 1) < 2e-15)
        }
    }
}
