import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

typealias CountStudies = [(String, [(Treatment, Double, Double)])]

/// Arms of studies as `(study, [treatment: (events, participants)])`.
func arms(_ studies: CountStudies) -> [NetworkArm<Proportion>] {
    studies.flatMap { study, arms in
        arms.map { NetworkArm(study: study, $0.0, Proportion(events: $0.1, size: $0.2)) }
    }
}

@Suite struct MantelHaenszelNetworkTests {
    static let pairs: CountStudies = [
        ("1", [("A", 2, 10), ("B", 4, 10)]), ("2", [("A", 5, 20), ("B", 6, 20)]), ("3", [("A", 0, 31), ("B", 3, 40)]),
        ("4", [("A", 9, 200), ("B", 1, 15)]),
    ]
    static let mixed: CountStudies =
        pairs + [
            ("5", [("A", 3, 50), ("B", 4, 52), ("C", 7, 49)]), ("6", [("A", 1, 80), ("B", 3, 75), ("C", 2, 78)]),
            ("7", [("C", 4, 90), ("D", 5, 91)]), ("8", [("B", 2, 60), ("D", 6, 61)]),
            ("9", [("C", 6, 100), ("D", 3, 99)]),
        ]

    static func network(_ studies: CountStudies) throws -> TreatmentNetwork {
        try TreatmentNetwork(arms(studies), measure: .oddsRatio)
    }

    static func fit(
        _ studies: CountStudies, _ model: MantelHaenszelNetwork = MantelHaenszelNetwork()
    ) throws -> NetworkFit {
        try model.fit(network(studies))
    }

    private static func pairwise(_ studies: CountStudies) throws -> PooledEffect {
        let tables = studies.map { label, arms in
            Study(
                label, TwoByTwoTable(events: arms[0].1, of: arms[0].2, versus: arms[1].1, of: arms[1].2))
        }
        return try MantelHaenszel().fit(EffectSizes(tables, measure: .oddsRatio))
    }

    @Test(arguments: [1, 1e5]) func twoTreatmentsAreThePairwiseMethod(_ factor: Double) throws {
        let studies = Self.pairs.map { label, arms in (label, arms.map { ($0.0, factor * $0.1, factor * $0.2) }) }
        let fit = try Self.fit(studies)
        let pooled = try Self.pairwise(studies)
        let effect = try #require(fit.effect(of: "A", versus: "B"))
        #expect(Tolerance.closedForm.accepts(effect.estimate, pooled.estimate))
        #expect(Tolerance.closedForm.accepts(effect.standardError, pooled.standardError))
        #expect(Tolerance.closedForm.accepts(effect.confidenceInterval.lower, pooled.confidenceInterval.lower))
        #expect(Tolerance.closedForm.accepts(effect.pValue ?? 0, pooled.pValue ?? 1, scale: 1e-12))
        #expect(Tolerance.closedForm.accepts(fit.heterogeneity.cochranQ, pooled.heterogeneity.cochranQ))
        #expect(fit.heterogeneity.degreesOfFreedom == 3 && fit.heterogeneity.tauSquared == 0)
        #expect(fit.k == 4 && fit.designs.map(\.name) == ["A:B"] && fit.settings.model == .mantelHaenszel)
        #expect(fit.inconsistency.betweenDesigns.degreesOfFreedom == 0 && fit.inconsistency.betweenDesigns.q == 0)
        #expect(fit.inconsistency.betweenDesigns.pValue == nil)
    }

    /// Where no design has two studies, Mantel–Haenszel weights have nothing to weigh.
    @Test func oneStudyOfEachDesignIsInverseVariance() throws {
        let studies = [Self.mixed[1], Self.mixed[4], Self.mixed[6], Self.mixed[7]]
        let counts = try Self.fit(studies)
        let inverse = try NetworkMetaAnalysis(model: .common).fit(Self.network(studies))
        for (one, other) in zip(counts.effects, inverse.effects) {
            #expect(Tolerance.closedForm.accepts(one.estimate, other.estimate, scale: other.standardError))
            #expect(Tolerance.closedForm.accepts(one.standardError, other.standardError))
            #expect(one.direct == nil && one.indirect == nil && one.proportionDirect == nil)
        }
        #expect(
            Tolerance.closedForm.accepts(
                counts.inconsistency.betweenDesigns.q, inverse.inconsistency.betweenDesigns.q, scale: 1))
        #expect(Tolerance.closedForm.accepts(counts.inconsistency.total.q, inverse.inconsistency.total.q, scale: 1))
    }

    @Test func rowsAndReferenceChangeNothing() throws {
        let fit = try Self.fit(Self.mixed)
        let shuffled = Self.mixed.reversed().map { ($0.0, Array($0.1.reversed())) }
        var other = try Self.fit(shuffled, MantelHaenszelNetwork(reference: "D"))
        #expect(other.reference == "D")
        other.reference = fit.reference
        #expect(other == fit)
    }

    @Test func namesChangeNothing() throws {
        let fit = try Self.fit(Self.mixed)
        let names: [Treatment: Treatment] = ["A": "W", "B": "Q", "C": "Z", "D": "P"]
        let renamed = try Self.fit(
            Self.mixed.map { ($0.0, $0.1.map { (names[$0.0, default: $0.0], $0.1, $0.2) }) })
        for effect in fit.effects {
            let other = try #require(
                renamed.effect(
                    of: names[effect.treatment, default: ""], versus: names[effect.versus, default: ""]))
            #expect(Tolerance.closedForm.accepts(other.estimate, effect.estimate, scale: effect.standardError))
            #expect(Tolerance.closedForm.accepts(other.standardError, effect.standardError))
        }
        #expect(
            Tolerance.closedForm.accepts(renamed.inconsistency.betweenDesigns.q, fit.inconsistency.betweenDesigns.q))
    }

    /// Copies of every study halve every variance, and events and non-events turned round turn round every effect.
    @Test func copiesAndMirrors() throws {
        let fit = try Self.fit(Self.mixed)
        let twice = try Self.fit(Self.mixed + Self.mixed.map { ("again " + $0.0, $0.1) })
        let mirrored = try Self.fit(Self.mixed.map { ($0.0, $0.1.map { ($0.0, $0.2 - $0.1, $0.2) }) })
        for ((one, two), mirror) in zip(zip(fit.effects, twice.effects), mirrored.effects) {
            #expect(Tolerance.closedForm.accepts(two.estimate, one.estimate, scale: one.standardError))
            #expect(Tolerance.closedForm.accepts(two.standardError, one.standardError * 0.5.squareRoot()))
            #expect(Tolerance.closedForm.accepts(mirror.estimate, -one.estimate, scale: one.standardError))
            #expect(Tolerance.closedForm.accepts(mirror.standardError, one.standardError))
        }
        #expect(
            Tolerance.closedForm.accepts(
                twice.inconsistency.betweenDesigns.q, 2 * fit.inconsistency.betweenDesigns.q, scale: 1))
    }

    @Test func whatHasNoEventsIsLeftOutByName() throws {
        let studies =
            Self.mixed + [
                ("none", [("A", 0, 20), ("B", 0, 25)]), ("all", [("A", 8, 8), ("C", 9, 9)]),
                ("empty", [("A", 0, 30), ("D", 4, 31)]),
                ("four", [("A", 0, 40), ("B", 2, 41), ("C", 3, 42), ("D", 1, 43)]),
            ]
        let fit = try Self.fit(studies)
        #expect(fit.excluded.map(\.label).sorted() == ["all", "empty", "none"])
        #expect(fit.excluded.first { $0.label == "none" }?.reason == "no events in any arm")
        #expect(fit.excluded.first { $0.label == "all" }?.reason == "all participants of all arms had the event")
        #expect(fit.excluded.first { $0.label == "empty" }?.reason.contains("single arm") == true)
        let arms = fit.diagnostics.filter { $0.code == .armExcluded }
        #expect(arms.map(\.studies) == [["four"], ["empty"]])
        #expect(arms.first?.message == "arms left out: \"A\" without events in design \"A:B:C:D\"")
        #expect(fit.k == 10)
        // A study keeps the design it was planned with; without its empty arm it is one of three arms.
        #expect(fit.designs.contains { $0.name == "B:C:D" })
        let without = try Self.fit(Self.mixed + [("four", [("B", 2, 41), ("C", 3, 42), ("D", 1, 43)])])
        #expect(without.effects == fit.effects)
    }

    /// Models of counts know how many studies compare two treatments, though not what direct evidence alone says.
    @Test func studiesThatCompareTwoTreatmentsAreCounted() throws {
        let fit = try Self.fit(Self.mixed)
        for effect in fit.effects {
            let count = Self.mixed.count { _, arms in
                [effect.treatment, effect.versus].allSatisfy { treatment in arms.contains { $0.0 == treatment } }
            }
            #expect(effect.studies == count && effect.reversed.studies == count && effect.direct == nil)
        }
        #expect(fit.effects.contains { $0.studies > 1 })
    }

    @Test func anIncrementKeepsArmsWithoutEvents() throws {
        let studies = Self.pairs + [("5", [("A", 0, 30), ("C", 4, 31)])]
        let plain = try Self.fit(studies)
        #expect(plain.treatments == ["A", "B"])
        #expect(plain.diagnostics.contains { $0.code == .notEstimable && $0.message.contains("\"C\"") })
        let corrected = try Self.fit(studies, MantelHaenszelNetwork(increment: 0.5))
        let effect = try #require(corrected.effect(of: "A", versus: "C"))
        let oddsRatio = 0.5 / 30.5 * 27.5 / 4.5
        let variance = [0.5, 30.5, 4.5, 27.5].reduce(0) { $0 + 1 / $1 }
        #expect(Tolerance.closedForm.accepts(effect.estimate, .log(oddsRatio)))
        #expect(Tolerance.closedForm.accepts(effect.standardError, variance.squareRoot()))
        #expect(corrected.diagnostics.first { $0.code == .continuityCorrection }?.studies == ["3", "5"])
    }

    /// A has events only where B has nothing else.
    @Test func anOddsRatioOfZeroIsLeftOut() throws {
        let studies: CountStudies = [
            ("1", [("A", 0, 10), ("B", 5, 10), ("C", 4, 10)]),
            ("2", [("A", 5, 10), ("B", 10, 10), ("C", 3, 10)]),
        ]
        let fit = try Self.fit(studies)
        #expect(fit.treatments == ["A", "C"])
        let note = try #require(fit.diagnostics.first { $0.code == .armExcluded })
        #expect(note.message == "arms left out: \"B\" without a finite odds ratio versus \"A\" in design \"A:B:C\"")
    }

    private func error(_ make: () throws -> NetworkFit) -> MetaAnalysisError? {
        do {
            _ = try make()
            return nil
        } catch { return error as? MetaAnalysisError }
    }

    @Test func refusals() throws {
        let riskRatios = try TreatmentNetwork(arms(Self.mixed), measure: .riskRatio)
        #expect(error { try MantelHaenszelNetwork().fit(riskRatios) }?.code == .unsupportedCombination)
        let contrasts = try TreatmentNetwork(
            [Contrast(study: "1", "A", versus: "B", estimate: 0.1, variance: 1)], measure: "OR", scale: .log)
        #expect(error { try MantelHaenszelNetwork().fit(contrasts) }?.code == .unsupportedCombination)
        #expect(error { try Self.fit(Self.mixed, MantelHaenszelNetwork(level: 95)) }?.code == .invalidSetting)
        #expect(error { try Self.fit(Self.mixed, MantelHaenszelNetwork(reference: "E")) }?.code == .invalidSetting)
        #expect(error { try Self.fit(Self.mixed, MantelHaenszelNetwork(increment: -1)) }?.code == .invalidSetting)
        let empty: CountStudies = [("1", [("A", 0, 9), ("B", 0, 9)]), ("2", [("B", 0, 9), ("C", 0, 9)])]
        let nothing = error { try Self.fit(empty) }
        #expect(nothing?.code == .notEstimable)
        #expect(nothing?.message.contains("\"1\": no events in any arm") == true)
        let apart = error {
            try Self.fit([
                ("1", [("A", 1, 9), ("B", 2, 9)]), ("2", [("B", 0, 9), ("C", 0, 9)]),
                ("3", [("C", 1, 9), ("D", 2, 9)]),
            ])
        }
        #expect(apart?.code == .disconnectedNetwork)
        #expect(apart?.message.contains("left out before: \"2\": no events in any arm") == true)
        let gone = error {
            try Self.fit(
                Self.pairs + [("5", [("A", 0, 30), ("C", 4, 31)])], MantelHaenszelNetwork(reference: "C"))
        }
        #expect(gone?.code == .invalidSetting && gone?.message.contains("\"C\"") == true)
    }

    @Test func effectsWithoutCountsAreNamed() throws {
        let network = try TreatmentNetwork(
            arms(Self.mixed), and: [Contrast(study: "x", "A", versus: "D", estimate: 0.1, variance: 1)],
            measure: .oddsRatio)
        let fit = try MantelHaenszelNetwork().fit(network)
        #expect(fit.excluded.map(\.label) == ["x"])
        #expect(fit.effects == (try Self.fit(Self.mixed)).effects)
    }

    @Test func millionsOfParticipants() throws {
        let fit = try Self.fit([
            ("1", [("A", 412_345, 1_000_000), ("B", 400_211, 1_000_000), ("C", 7, 2_000_000)]),
            ("2", [("A", 398_000, 990_000), ("B", 391_234, 1_010_000), ("C", 5, 1_500_000)]),
            ("3", [("B", 3, 12), ("C", 1, 1_000_000)]),
        ])
        #expect(fit.effects.allSatisfy { $0.estimate.isFinite && $0.standardError > 0 })
        let effect = try #require(fit.effect(of: "A", versus: "B"))
        // 0.00205 from A and B alone; the mean over all three arms is a little worse.
        #expect(effect.standardError < 0.0023 && effect.standardError > 0.002)
    }
}
