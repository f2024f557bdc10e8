import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct ArmContrastsTests {
    /// 0/28 against 8/308: the difference is that of the counts, its variance that of ½ more in every cell.
    @Test func networksKeepTheEstimateOfDifferencesOfRisks() throws {
        let arms = [
            NetworkArm(study: "S", "A", Proportion(events: 8, size: 308)),
            NetworkArm(study: "S", "B", Proportion(events: 0, size: 28)),
        ]
        let pair = try TreatmentNetwork(arms, measure: .riskDifference).studies[0].pairs[0]
        #expect(Tolerance.closedForm.accepts(pair.estimate, 8.0 / 308))
        let variance = 8.5 * 300.5 / (309.0 * 309 * 309) + 0.5 * 28.5 / (29.0 * 29 * 29)
        #expect(Tolerance.closedForm.accepts(pair.variance, variance))
        let both = EffectSettings(correction: ContinuityCorrection(target: .estimateAndVariance))
        let corrected = try TreatmentNetwork(arms, measure: .riskDifference, settings: both).studies[0].pairs[0]
        #expect(Tolerance.closedForm.accepts(corrected.estimate, 8.5 / 309 - 0.5 / 29))
        #expect(corrected.variance == pair.variance)
        // A ratio has no estimate without the correction.
        let ratio = try TreatmentNetwork(arms, measure: .riskRatio).studies[0].pairs[0]
        #expect(Tolerance.closedForm.accepts(ratio.estimate, .log(8.5 / 309 / (0.5 / 29))))
    }

    private typealias Arm<Outcome: ArmOutcome> = NetworkArm<Outcome>

    // MARK: Two arms

    private static let corrections: [ContinuityCorrection] = ContinuityCorrection.When.allCases.flatMap { when in
        [0.5, 0.25].flatMap { amount in
            [false, true].map { ContinuityCorrection(amount: amount, when: when, dropsDoubleZero: $0) }
        }
    }

    private static func expectSame<Outcome: ArmOutcome>(
        _ studies: [Study<Outcome.Pair>], _ measures: [Outcome.Pair.Measure], _ settings: [EffectSettings],
        split: (Outcome.Pair) -> (Outcome, Outcome), _ tolerance: Tolerance? = nil
    ) throws {
        let arms = studies.flatMap { study in
            let (first, second) = split(study.outcome)
            return [
                Arm(study: study.label, "A", first, row: study.row),
                Arm(study: study.label, "B", second, row: study.row),
            ]
        }
        for measure in measures {
            for settings in settings {
                if let variance = settings.variance, !measure.details.variances.contains(variance) { continue }
                let expected = try EffectSizes(studies, measure: measure, settings: settings)
                let found = try ArmContrasts(arms, measure: measure, settings: settings)
                let labels = expected.effects.map(\.label)
                #expect(found.contrasts.map(\.study).sorted() == labels.sorted())
                for contrast in found.contrasts {
                    let effect = try #require(expected.effects.first { $0.label == contrast.study })
                    #expect(contrast.treatment == "A" && contrast.versus == "B" && contrast.row == effect.row)
                    if let tolerance {
                        #expect(tolerance.accepts(contrast.estimate, effect.estimate, scale: effect.standardError))
                        #expect(tolerance.accepts(contrast.variance, effect.variance))
                    } else {
                        #expect(contrast.estimate == effect.estimate, "\(measure), \(settings)")
                        #expect(contrast.variance == effect.variance, "\(measure), \(settings)")
                    }
                }
                #expect(Set(found.excluded.map(\.label)) == Set(expected.excluded.map(\.label)))
                let corrected = found.diagnostics.filter { $0.code == .continuityCorrection }.flatMap(\.studies)
                let expectedly = expected.diagnostics.filter { $0.code == .continuityCorrection }.flatMap(\.studies)
                #expect(Set(corrected) == Set(expectedly))
            }
        }
    }

    private static func proportions(_ table: TwoByTwoTable) -> (Proportion, Proportion) {
        (
            Proportion(events: table.treatedEvents, size: table.treatedSize),
            Proportion(events: table.controlEvents, size: table.controlSize)
        )
    }

    @Test(arguments: 1...4) func twoProportionsGiveWhatTheirTableGives(_ seed: Int) throws {
        let studies = RandomStudies.sparseTables(seed: UInt64(seed), count: 12)
        let settings = Self.corrections.map { EffectSettings(correction: $0) }
        try Self.expectSame(studies, TwoByTwoTable.Measure.allCases.map { $0 }, settings, split: Self.proportions)
        let variances = VarianceVariant.allCases.map { EffectSettings(variance: $0) }
        try Self.expectSame(studies, [.riskDifference], variances, split: Self.proportions)
        let shared = EffectSettings(correction: .treatmentArm)
        // One arm's share is 1 less the other's there, and its own size over all here.
        try Self.expectSame(studies, [.oddsRatio, .riskRatio], [shared], split: Self.proportions, .closedForm)
    }

    @Test func twoMeansGiveWhatTheirGroupsGive() throws {
        let studies = RandomStudies.twoGroupMeans(seed: 3)
        let variants: [VarianceVariant?] = [nil] + VarianceVariant.allCases
        let settings = [true, false].flatMap { corrected in
            variants.map { EffectSettings(variance: $0, biasCorrected: corrected) }
        }
        try Self.expectSame(studies, TwoGroupMeans.Measure.allCases.filter(\.details.changesSignWithGroups), settings) {
            (
                SingleMean(mean: $0.treatedMean, deviation: $0.treatedDeviation, size: $0.treatedSize),
                SingleMean(mean: $0.controlMean, deviation: $0.controlDeviation, size: $0.controlSize)
            )
        }
    }

    @Test func effectsThatKeepTheirSignWhenTurnedAreNoContrasts() {
        let arms = [(3.0, "A"), (2, "B")].map {
            NetworkArm(study: "S", Treatment($0.1), SingleMean(mean: $0.0, deviation: 1, size: 9))
        }
        for measure in [TwoGroupMeans.Measure.singleDeviationMeanDifference, .normalSuperiority] {
            let error = #expect(throws: MetaAnalysisError.self) { try TreatmentNetwork(arms, measure: measure) }
            #expect(error?.code == .unsupportedCombination)
        }
    }

    @Test func twoRatesGiveWhatTheirGroupsGive() throws {
        var studies = RandomStudies.twoGroupRates(seed: 3)
        studies[2].outcome.treatedEvents = 0
        studies[5].outcome.controlEvents = 0
        let settings = Self.corrections.map { EffectSettings(correction: $0) }
        try Self.expectSame(studies, TwoGroupRates.Measure.allCases.map { $0 }, settings) {
            (
                Rate(events: $0.treatedEvents, time: $0.treatedTime),
                Rate(events: $0.controlEvents, time: $0.controlTime)
            )
        }
    }

    // MARK: Zero cells

    /// One study of three arms with one zero, one without a zero.
    private static func arms(_ first: (Double, Double, Double)) -> [Arm<Proportion>] {
        [("A", first.0), ("B", first.1), ("C", first.2)].map {
            Arm(study: "S", Treatment($0.0), Proportion(events: $0.1, size: 20))
        } + [("A", 4.0), ("C", 6.0)].map { Arm(study: "T", Treatment($0.0), Proportion(events: $0.1, size: 20)) }
    }

    private static func logOdds(_ events: Double, of size: Double) -> Double { .log(events / (size - events)) }

    @Test func allArmsOfAStudyAreCorrectedOrNone() throws {
        let odds = Self.logOdds
        let expected: [(ContinuityCorrection, three: Double?, two: Double)] = [
            (.zeroCells, 0.5, 0), (.all, 0.5, 0.5), (.anyZero, 0.5, 0.5), (.never, nil, 0),
            (ContinuityCorrection(amount: 0.01), 0.01, 0),
        ]
        for (correction, three, two) in expected {
            let found = try ArmContrasts(
                Self.arms((0, 5, 3)), measure: .oddsRatio, settings: EffectSettings(correction: correction))
            var effects: [(String, Double)] = []
            if let c = three {
                let (a, b, d) = (odds(c, 20 + 2 * c), odds(5 + c, 20 + 2 * c), odds(3 + c, 20 + 2 * c))
                effects += [("S", a - b), ("S", a - d), ("S", b - d)]
            }
            effects.append(("T", odds(4 + two, 20 + 2 * two) - odds(6 + two, 20 + 2 * two)))
            #expect(found.contrasts.map(\.study) == effects.map(\.0))
            for (contrast, effect) in zip(found.contrasts, effects) {
                #expect(Tolerance.closedForm.accepts(contrast.estimate, effect.1))
            }
            #expect(found.excluded.map(\.label) == (three == nil ? ["S"] : []))
            let corrected = found.diagnostics.filter { $0.code == .continuityCorrection }.flatMap(\.studies)
            #expect(corrected == (three == nil ? [] : ["S"]) + (two > 0 ? ["T"] : []))
        }
    }

    @Test func correctionsInProportionToTheArms() throws {
        let sizes = [10.0, 20, 50]
        let arms = zip(["A", "B", "C"], sizes).map {
            Arm(study: "S", Treatment($0), Proportion(events: $0 == "A" ? 0 : 4, size: $1))
        }
        let found = try ArmContrasts(arms, measure: .oddsRatio, settings: EffectSettings(correction: .treatmentArm))
        let odds = zip(sizes, [0.0, 4, 4]).map { size, events -> Double in
            let amount = 0.5 * 3 * size / 80
            return Double.log((events + amount) / (size - events + amount))
        }
        for (contrast, expected) in zip(found.contrasts, [odds[0] - odds[1], odds[0] - odds[2], odds[1] - odds[2]]) {
            #expect(Tolerance.closedForm.accepts(contrast.estimate, expected))
        }
        let sum = sizes.reduce(0) { $0 + 0.5 * 3 * $1 / 80 }
        #expect(sum == 1.5)
    }

    @Test(arguments: [0.0, 20]) func aStudyWithoutEventsOrOnlyEventsMayBeDropped(_ events: Double) throws {
        let arms = Self.arms((events, events, events))
        let dropped = EffectSettings(correction: ContinuityCorrection(dropsDoubleZero: true))
        let found = try ArmContrasts(arms, measure: .oddsRatio, settings: dropped)
        #expect(found.contrasts.map(\.study) == ["T"])
        #expect(found.excluded.map(\.reason) == ["no events, or only events, in every arm"])
        #expect(found.diagnostics.map(\.code) == [.studyExcluded])
        let kept = try ArmContrasts(arms, measure: .oddsRatio, settings: EffectSettings())
        #expect(kept.contrasts.map(\.study) == ["S", "S", "S", "T"] && kept.contrasts[0].estimate == 0)
        // Two arms without events are no reason while the third has some.
        let partly = try ArmContrasts(Self.arms((0, 0, 3)), measure: .oddsRatio, settings: dropped)
        #expect(partly.contrasts.count == 4 && partly.excluded.isEmpty)
        // What is dropped has no zero that others would be corrected for.
        var any = dropped
        any.correction.when = .anyZero
        let others = try ArmContrasts(arms, measure: .oddsRatio, settings: any)
        #expect(others.contrasts.count == 1 && !others.diagnostics.contains { $0.code == .continuityCorrection })
    }

    // MARK: Means of several arms

    private static let means = [
        ("A", SingleMean(mean: 1, deviation: 2, size: 10)), ("B", SingleMean(mean: 2, deviation: 3, size: 12)),
        ("C", SingleMean(mean: 4, deviation: 2.5, size: 14)),
    ].map { Arm(study: "S", Treatment($0.0), $0.1) }

    /// 9·4 + 11·9 + 13·6.25, of which a 33rd is the variance that all arms share.
    private static let squares = 216.25

    @Test(arguments: [true, false]) func standardizedDifferencesShareADeviation(_ biasCorrected: Bool) throws {
        let deviation = (Self.squares / 33).squareRoot()
        let factor = biasCorrected ? standardizationBiasFactor(degreesOfFreedom: 33) : 1
        let g = [-1.0, -3, -2].map { factor * $0 / deviation }
        let shares: [Double] = [1.0 / 10, 1.0 / 12, 1.0 / 14]
        let reciprocals = [shares[0] + shares[1], shares[0] + shares[2], shares[1] + shares[2]]
        let square = factor * factor
        let unbiased = 1 - 31 / (33 * square)
        let formulas: [(VarianceVariant?, own: Double, share: Double)] = [
            (nil, 1.0 / 72, 1), (.largeSample, 1.0 / 72, 1), (.largeSampleSquaredCorrection, 1.0 / 72, square),
            (.unbiased, unbiased, 1),
        ]
        for (variant, own, share) in formulas {
            let settings = EffectSettings(variance: variant, biasCorrected: biasCorrected)
            let found = try ArmContrasts(Self.means, measure: .standardizedMeanDifference, settings: settings)
            for index in 0..<3 {
                #expect(Tolerance.closedForm.accepts(found.contrasts[index].estimate, g[index]))
                let variance = share * reciprocals[index] + own * g[index] * g[index]
                #expect(Tolerance.closedForm.accepts(found.contrasts[index].variance, variance), "\(settings)")
            }
            // The effects of B and C versus A go together through A: 1/n + g g′/(2N), Gleser & Olkin (2009).
            let v = found.contrasts.map(\.variance)
            let covariance = 0.5 * (v[0] + v[1] - v[2])
            if variant == nil { #expect(Tolerance.closedForm.accepts(covariance, 0.1 + g[0] * g[1] / 72)) }
            let network = try TreatmentNetwork(Self.means, measure: .standardizedMeanDifference, settings: settings)
            #expect(network.diagnostics.isEmpty && network.studies[0].sizes == [10, 12, 14])
        }
    }

    @Test func differencesOfMeansKeepTheirOwnDeviationsUnlessTheyAreTakenAsEqual() throws {
        let own = try ArmContrasts(Self.means, measure: .meanDifference, settings: EffectSettings())
        #expect(own.contrasts.map(\.estimate) == [-1, -3, -2])
        let variances: [Double] = [0.4, 0.75, 6.25 / 14]
        let expected = [variances[0] + variances[1], variances[0] + variances[2], variances[1] + variances[2]]
        for (contrast, variance) in zip(own.contrasts, expected) {
            #expect(Tolerance.closedForm.accepts(contrast.variance, variance))
        }
        let equal = try ArmContrasts(
            Self.means, measure: .meanDifference, settings: EffectSettings(variance: .homoscedastic))
        let pooled = Self.squares / 33 * (1.0 / 12 + 1.0 / 14)
        #expect(Tolerance.closedForm.accepts(equal.contrasts[2].variance, pooled))
    }

    @Test(arguments: [
        (SingleMean(mean: 1, deviation: 0, size: 5), "no pooled standard deviation"),
        (SingleMean(mean: 1, deviation: 2, size: 0), "no participants"),
    ])
    func armsWithoutADeviationGiveNoEffect(_ outcome: SingleMean, _ reason: String) throws {
        let arms = ["A", "B", "C"].map { Arm(study: "S", Treatment($0), outcome) }
        let found = try ArmContrasts(arms, measure: .standardizedMeanDifference, settings: EffectSettings())
        #expect(found.contrasts.isEmpty && found.excluded[0].reason.contains(reason))
    }

    // MARK: What cannot be

    @Test func aStudyWithOneArmComparesNothing() throws {
        let arms = Self.arms((1, 2, 3)) + [Arm(study: "lone", "B", Proportion(events: 1, size: 9), row: 8)]
        let found = try ArmContrasts(arms, measure: .riskRatio, settings: EffectSettings())
        #expect(
            found.excluded == [
                ExcludedStudy(label: "lone", row: 8, reason: "it has one arm (B), which compares nothing")
            ])
        #expect(found.contrasts.count == 4)
    }

    @Test func twoArmsOfOneTreatmentAreRefused() throws {
        let arms = Self.arms((1, 2, 3)) + [Arm(study: "S", " B ", Proportion(events: 1, size: 9), row: 8)]
        let error = try #require(throws: MetaAnalysisError.self) {
            try ArmContrasts(arms, measure: .riskRatio, settings: EffectSettings())
        }
        #expect(error.code == .invalidOutcome && error.message == "two arms received \"B\"")
        #expect(error.location == MetaAnalysisError.Location(row: 8, column: "treatment", study: "S"))
    }

    @Test(arguments: [
        (Arm(study: "S", "A", Proportion(events: 10, size: 9), row: 3), "xi"),
        (Arm(study: "S", "A", Proportion(events: -1, size: 9), row: 3), "xi"),
        (Arm(study: "S", "A", Proportion(events: 1, size: .nan), row: 3), "ni"),
        (Arm(study: "S", " ", Proportion(events: 1, size: 9), row: 3), "treatment"),
    ])
    func armsThatCannotBeAreRefused(_ arm: NetworkArm<Proportion>, _ column: String) throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try ArmContrasts([arm], measure: .riskRatio, settings: EffectSettings())
        }
        #expect(error.code == .invalidOutcome)
        #expect(error.location == MetaAnalysisError.Location(row: 3, column: column, study: "S"))
    }

    @Test func settingsThatAMeasureDoesNotHaveAreRefused() throws {
        #expect(throws: MetaAnalysisError.self) {
            try ArmContrasts(
                Self.arms((1, 2, 3)), measure: .oddsRatio, settings: EffectSettings(variance: .homoscedastic))
        }
        #expect(throws: MetaAnalysisError.self) {
            try ArmContrasts(
                Self.arms((1, 2, 3)), measure: .oddsRatio,
                settings: EffectSettings(correction: ContinuityCorrection(amount: -1)))
        }
    }

    /// Which group is "treated" would depend on the names of the treatments.
    @Test func averagesOverStudiesNeedTwoTreatments() throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try ArmContrasts(
                Self.arms((1, 2, 3)), measure: .riskDifference, settings: EffectSettings(variance: .averaged))
        }
        #expect(error.code == .unsupportedCombination && error.message.contains("AV") && error.remedy.contains("LS"))
        let means = try #require(throws: MetaAnalysisError.self) {
            try ArmContrasts(
                Self.means, measure: .ratioOfMeans, settings: EffectSettings(variance: .averagedHomoscedastic))
        }
        #expect(means.code == .unsupportedCombination)
    }

    @Test func theOrderOfRowsIsNothingToTheContrasts() throws {
        let arms = Self.arms((0, 5, 3))
        let straight = try ArmContrasts(arms, measure: .oddsRatio, settings: EffectSettings())
        let turned = try ArmContrasts(arms.reversed(), measure: .oddsRatio, settings: EffectSettings())
        #expect(straight.contrasts == turned.contrasts && straight.sizes == turned.sizes)
        #expect(straight.diagnostics == turned.diagnostics)
        #expect(straight.sizes == ["S": ["A": 20, "B": 20, "C": 20], "T": ["A": 20, "C": 20]])
    }
}
