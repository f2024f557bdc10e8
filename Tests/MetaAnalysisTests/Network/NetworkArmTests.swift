import Foundation
import Testing

@testable import MetaAnalysis

@Suite struct NetworkArmTests {
    @Test func twoProportionsAreATableOfTwoGroups() {
        let table = Proportion.pair(Proportion(events: 3, size: 20), versus: Proportion(events: 5, size: 25))
        #expect(table == TwoByTwoTable(treatedEvents: 3, treatedNonEvents: 17, controlEvents: 5, controlNonEvents: 20))
    }

    @Test func twoMeansAreMeansOfTwoGroups() {
        let means = SingleMean.pair(
            SingleMean(mean: 4, deviation: 2, size: 10), versus: SingleMean(mean: 3, deviation: 1, size: 12))
        #expect(
            means
                == TwoGroupMeans(
                    treatedSize: 10, treatedMean: 4, treatedDeviation: 2, controlSize: 12, controlMean: 3,
                    controlDeviation: 1))
    }

    @Test func twoRatesAreRatesOfTwoGroups() {
        let rates = Rate.pair(Rate(events: 3, time: 100), versus: Rate(events: 7, time: 90))
        #expect(
            rates == TwoGroupRates(treatedEvents: 3, treatedTime: 100, controlEvents: 7, controlTime: 90))
    }

    @Test func effectsOfThreeArmsStandPairByPair() throws {
        let arms = [Proportion(events: 2, size: 10), Proportion(events: 4, size: 10), Proportion(events: 5, size: 10)]
        let effects = try Proportion.effects(of: arms, .riskDifference, settings: EffectSettings(), averages: [])
        #expect(effects.map(\.estimate) == [-0.2, -0.3, -0.1])
        let variances = [0.016, 0.024, 0.025]
        for (effect, expected) in zip(effects, [0 + 1, 0 + 2, 1 + 2]) {
            let other = expected == 1 ? (0, 1) : expected == 2 ? (0, 2) : (1, 2)
            #expect(abs(effect.variance - variances[other.0] - variances[other.1]) < 1e-15)
        }
    }

    @Test func aCollectionKeepsTheArmsOfChosenStudies() throws {
        let arms = ["S", "T", "S"].map { NetworkArm(study: $0, "A", Rate(events: 1, time: 2)) }
        let collection = Rate.collection(arms)
        #expect(collection == .rate(arms))
        #expect(collection.filtered { $0 == "S" } == .rate([arms[0], arms[2]]))
        let proportions = Proportion.collection([NetworkArm(study: "S", "A", Proportion(events: 1, size: 2))])
        #expect(proportions.filtered { $0 == "T" } == .proportion([]))
        let means = SingleMean.collection([NetworkArm(study: "S", "A", SingleMean(mean: 1, deviation: 1, size: 2))])
        #expect(means.filtered { _ in true } == means)
        for one in [collection, proportions, means] {
            #expect(try JSONDecoder().decode(ArmCollection.self, from: JSONEncoder().encode(one)) == one)
        }
    }
}
