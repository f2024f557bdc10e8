import Testing

@testable import MetaAnalysis

struct SuperiorityTests {
    private let second = EffectSettings(variance: .largeSampleSquaredCorrection)

    @Test(arguments: Superiority.Measure.allCases)
    func effectsByHand(measure: Superiority.Measure) throws {
        // θ = ½: θ(1 − θ) = ¼, and both shares are ⅓.
        let half = Superiority(probability: 0.5, treatedSize: 7, controlSize: 13)
        #expect(try EffectProbe.effect(half, measure).isNear(0.5, 0.25 * 7 / 91))
        // Of ½ both are the variance of the Mann-Whitney statistic without a difference.
        #expect(try EffectProbe.effect(half, measure, second).isNear(0.5, 21.0 / (12 * 91)))
        let high = Superiority(probability: 0.8, treatedSize: 40, controlSize: 60)
        // Hanley & McNeil: Q1 = 2/3, Q2 = 1.28/1.8.
        let theirs = (0.16 + 39 * (2.0 / 3 - 0.64) + 59 * (1.28 / 1.8 - 0.64)) / 2400
        let ours = try #require(try EffectProbe.effect(high, measure, second))
        #expect(abs(ours.variance / theirs - 1) < 1e-12)
        #expect(half.sampleSize == 20)
    }

    /// In groups of equal size the two variances are one.
    @Test(arguments: [0.01, 0.3, 0.5, 0.77, 0.999]) func equalGroups(probability: Double) throws {
        let reported = Superiority(probability: probability, treatedSize: 25, controlSize: 25)
        let (one, other) = try (
            EffectProbe.effect(reported, .areaUnderCurve), EffectProbe.effect(reported, .areaUnderCurve, second)
        )
        #expect(one == other && one != nil)
    }

    @Test func whatGivesNoEffect() throws {
        for probability in [0.0, 1] {
            #expect(
                try EffectProbe.reason(
                    Superiority(probability: probability, treatedSize: 9, controlSize: 9), .commonLanguage)
                    == "every value of one group exceeds those of the other, so there is no sampling variance")
        }
        #expect(
            try EffectProbe.reason(Superiority(probability: 0.5, treatedSize: 0, controlSize: 9), .commonLanguage)
                == "no participants in one of the groups")
    }

    @Test func impossibleProbabilitiesAreRefusedByRole() {
        #expect(EffectProbe.refused(Superiority(probability: 1.1, treatedSize: 9, controlSize: 9)) == "ai")
        #expect(EffectProbe.refused(Superiority(probability: -0.1, treatedSize: 9, controlSize: 9)) == "ai")
        #expect(EffectProbe.refused(Superiority(probability: 0.1, treatedSize: -9, controlSize: 9)) == "n1i")
        #expect(EffectProbe.refused(Superiority(probability: 0.1, treatedSize: 9, controlSize: .nan)) == "n2i")
    }
}
