import Foundation
import Testing

@testable import MetaAnalysis

struct EffectScaleIntegralTests {
    /// Integrals by SciPy's quad, to 1e-13.
    static let references: [(EffectScale, Double, Double, Double)] = [
        (.logit, -1.2, 0.4, 0.24863236728758026), (.fisherZ, 0.7, 0.09, 0.5725108521337323),
        (.probit, 0.3, 0.25, 0.6057766328677646), (.arcsine, 0.5, 0.04, 0.2505716486673576),
        (.squareRoot, 0.4, 0.16, 0.3079456346649967), (.cubeRootComplement, 0.5, 0.1, 0.7243888506357792),
        (.logComplement, 0.9, 0.2, 0.5506710358827784),
    ]

    @Test(arguments: references)
    func integralsOfReference(scale: EffectScale, mean: Double, tauSquared: Double, reference: Double) throws {
        let value = try #require(scale.integralBackTransformed(mean, tauSquared: tauSquared))
        #expect(abs(value / reference - 1) < 1e-10, "\(value)")
    }

    @Test func closedForms() throws {
        let log = try #require(EffectScale.log.integralBackTransformed(-0.7, tauSquared: 0.3))
        #expect(abs(log - exp(-0.55)) < 1e-15)
        #expect(EffectScale.identity.integralBackTransformed(3, tauSquared: 2) == 3)
        // Far from the cut, the square of a normal variable has the mean μ² + τ².
        let square = try #require(EffectScale.squareRoot.integralBackTransformed(4, tauSquared: 0.04))
        #expect(abs(square - 16.04) < 1e-12)
    }

    @Test(arguments: EffectScale.allCases) func withoutVarianceItIsTheBackTransformation(scale: EffectScale) throws {
        let value = try #require(scale.backTransformed(0.4, sampleSize: 50))
        let none = try #require(scale.integralBackTransformed(0.4, tauSquared: 0, sampleSize: 50))
        let tiny = try #require(scale.integralBackTransformed(0.4, tauSquared: 1e-12, sampleSize: 50))
        #expect(none == value)
        #expect(abs(tiny - value) < 1e-10)
        #expect(scale.integralBackTransformed(0.4, tauSquared: -1, sampleSize: 50) == nil)
    }

    /// The way there and back, from the edges of the domain on.
    @Test(arguments: EffectScale.allCases) func transformedLeadsBack(scale: EffectScale) throws {
        for value in [1e-6, 0.2, 0.5, 0.93] {
            let there = try #require(scale.transformed(value, sampleSize: 40))
            let back = try #require(scale.backTransformed(there, sampleSize: 40))
            #expect(abs(back - value) < 1e-9, "\(value)")
        }
    }

    @Test func outsideTheDomainIsNothing() {
        #expect(EffectScale.log.transformed(0) == nil)
        #expect(EffectScale.logit.transformed(1) == nil)
        #expect(EffectScale.fisherZ.transformed(1) == nil)
        #expect(EffectScale.freemanTukey.transformed(0.3) == nil)
        #expect(EffectScale.freemanTukey.transformed(1.1, sampleSize: 4) == nil)
        #expect(EffectScale.squareRoot.transformed(-1) == nil)
        #expect(EffectScale.freemanTukey.integralBackTransformed(0.4, tauSquared: 0.1) == nil)
        #expect(EffectScale.log.integralBackTransformed(1e4, tauSquared: 1) == nil)
    }
}
