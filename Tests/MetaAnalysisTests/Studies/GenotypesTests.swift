import Foundation
import Testing

@testable import MetaAnalysis

struct GenotypesTests {
    @Test func excessByHand() throws {
        let outcome = Genotypes(dominant: 16, heterozygous: 60, recessive: 25)
        #expect(
            try EffectProbe.effect(outcome, .relativeExcessHeterozygosity)
                .isNear(log(1.5), 1.0 / 64 + 1.0 / 60 + 1.0 / 100))
        #expect(outcome.sampleSize == 101)
    }

    @Test func equilibriumHasNoExcess() throws {
        let equilibrium = Genotypes(dominant: 9e8, heterozygous: 6e8, recessive: 1e8)
        #expect(try #require(try EffectProbe.effect(equilibrium, .relativeExcessHeterozygosity)).estimate.isNear(0))
    }

    @Test func genotypesThatNobodyHas() throws {
        for outcome in [
            Genotypes(dominant: 0, heterozygous: 1, recessive: 1),
            Genotypes(dominant: 1, heterozygous: 0, recessive: 1),
            Genotypes(dominant: 1, heterozygous: 1, recessive: 0),
        ] {
            #expect(
                try EffectProbe.reason(outcome, .relativeExcessHeterozygosity)?.contains("nobody has") == true)
        }
    }

    @Test func impossibleCountsAreRefusedByRole() {
        #expect(EffectProbe.refused(Genotypes(dominant: -1, heterozygous: 1, recessive: 1)) == "ai")
        #expect(EffectProbe.refused(Genotypes(dominant: 1, heterozygous: .nan, recessive: 1)) == "bi")
        #expect(EffectProbe.refused(Genotypes(dominant: 1, heterozygous: 1, recessive: -1)) == "ci")
    }
}
