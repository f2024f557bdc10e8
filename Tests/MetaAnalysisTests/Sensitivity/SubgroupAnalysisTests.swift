import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct SubgroupAnalysisTests {
    /// The BCG trials as risk ratios, grouped by how participants were allocated.
    private static func trials() throws -> EffectSizes {
        let table = try Table(csv: Fixtures.bytes("datasets/bcg.csv"), name: "bcg.csv")
        let data = try StudyColumns(assignments: ["group": "alloc"], measure: "RR").read(table)
        return try data[0].studies.effectSizes(measureCode: "RR")
    }

    private static let methods: [String: IntervalMethod] = [
        "z": .wald, "t": .t, "knha": .hartungKnapp, "adhoc": .hartungKnappTruncated,
    ]

    /// R: `rma(yi, vi, mods = ~ alloc, method, test)`: tau2, QM, QMp and the denominator's degrees of freedom.
    @Test(arguments: [
        ("REML", "z", 0.361503664324021, 1.7675114019317, 0.413228032757368, 0.0),
        ("REML", "t", 0.361503664324021, 0.883755700965849, 0.443176640600857, 10),
        ("REML", "knha", 0.361503664324021, 0.966220844813431, 0.413383745721621, 10),
        ("REML", "adhoc", 0.361503664324021, 0.883755700965849, 0.443176640600857, 10),
        ("DL", "z", 0.559568750127703, 1.43491245192235, 0.487992019883142, 0),
        ("DL", "t", 0.559568750127703, 0.717456225961177, 0.511488390148009, 10),
        ("DL", "knha", 0.559568750127703, 1.12908890891423, 0.361302041231195, 10),
        ("ML", "z", 0.257398973308461, 2.0000517649789, 0.367869919658907, 0),
        ("ML", "knha", 0.257398973308461, 0.834611132078565, 0.462157962917161, 10),
        ("ML", "adhoc", 0.257398973308461, 0.834611132078565, 0.462157962917161, 10),
        ("PM", "z", 0.323665983515765, 1.84712720566802, 0.397101404946622, 0),
        ("PM", "knha", 0.323665983515765, 0.92356360283401, 0.42848413056943, 10),
        ("HE", "t", 0.268290263323933, 0.986917661361205, 0.406287625687247, 10),
        ("HE", "knha", 0.268290263323933, 0.850709372424591, 0.45583471216075, 10),
    ])
    func sharedTauSquared(
        _ method: String, _ test: String, _ tauSquared: Double, _ statistic: Double, _ pValue: Double,
        _ denominator: Double
    ) throws {
        let model = RandomEffects(
            heterogeneity: try #require(HeterogeneityEstimator(rawValue: method)),
            interval: try #require(Self.methods[test]))
        let analysis = try model.subgroups(Self.trials(), tauSquared: .common)
        #expect(Tolerance.iterative.accepts(try #require(analysis.commonTauSquared), tauSquared))
        let between = analysis.betweenGroups
        #expect(Tolerance.iterative.accepts(try #require(between.statistic), statistic))
        #expect(Tolerance.iterative.accepts(try #require(between.pValue), pValue))
        #expect(between.degreesOfFreedom == 2)
        #expect(between.denominatorDegreesOfFreedom == (denominator == 0 ? nil : denominator))
        #expect(analysis.diagnostics.contains { $0.code == .sharedHeterogeneity })
    }

    /// R: `rma(yi, vi, mods = ~ alloc - 1, method = "REML")`.
    @Test func effectsAtTheSharedTauSquared() throws {
        let analysis = try RandomEffects(interval: .wald).subgroups(Self.trials(), tauSquared: .common)
        #expect(analysis.subgroups.map(\.group) == ["random", "alternate", "systematic"])
        #expect(analysis.subgroups.map(\.k) == [7, 2, 4])
        let expected = [
            (-0.965774178545846, 0.267244094065264), (-0.517955777155294, 0.441194460386852),
            (-0.428917560923576, 0.344945367625300),
        ]
        for (pooled, (estimate, error)) in zip(analysis.subgroups, expected) {
            #expect(Tolerance.iterative.accepts(pooled.estimate, estimate))
            #expect(Tolerance.iterative.accepts(pooled.standardError, error))
            #expect(pooled.heterogeneity.tauSquared == analysis.commonTauSquared)
            #expect(
                pooled.heterogeneity.estimator == .restrictedMaximumLikelihood
                    && pooled.settings.estimator == .restrictedMaximumLikelihood)
        }
    }

    /// R: `rma` for each group, and `rma(estimates, sei, mods = ~ group, method = "FE")` of the three results.
    @Test(arguments: [
        (
            IntervalMethod.wald, [0.275956102972791, 0.281601613103888, 0.359745232433111], 1.86144494615458,
            0.394268758885597
        ),
        (
            .hartungKnapp, [0.253127526069537, 0.281601613103888, 0.364218462098616], 2.03834716617397,
            0.360893065101159
        ),
    ])
    func separateTauSquared(_ interval: IntervalMethod, _ errors: [Double], _ statistic: Double, _ pValue: Double)
        throws
    {
        let model = RandomEffects(interval: interval)
        let analysis = try model.subgroups(Self.trials(), tauSquared: .separate)
        #expect(analysis.commonTauSquared == nil && analysis.testHeterogeneity == .separate)
        for (pooled, (estimate, error)) in zip(
            analysis.subgroups, zip([-0.9709647042631, -0.540792961849346, -0.424207391510877], errors))
        {
            #expect(Tolerance.iterative.accepts(pooled.estimate, estimate))
            #expect(Tolerance.iterative.accepts(pooled.standardError, error))
        }
        #expect(Tolerance.iterative.accepts(try #require(analysis.betweenGroups.statistic), statistic))
        #expect(Tolerance.iterative.accepts(try #require(analysis.betweenGroups.pValue), pValue))
        #expect(analysis.betweenGroups.degreesOfFreedom == 2)
        #expect(analysis.betweenGroups.denominatorDegreesOfFreedom == nil)
    }

    @Test func everySubgroupIsThePoolOfItsStudies() throws {
        let effects = try Self.trials()
        let models: [any PoolingModel] = [CommonEffect(), RandomEffects(), MantelHaenszel()]
        for model in models {
            for pooled in try model.subgroups(effects).subgroups {
                let members = effects.effects.indices.filter { effects.effects[$0].group == pooled.group }
                var alone = try model.fit(effects.subset(members))
                alone.group = pooled.group
                #expect(pooled == alone)
            }
        }
    }

    /// A common effect splits Q into what lies within groups and what lies between them.
    @Test func cochranQIsTheSumOfItsParts() throws {
        let effects = try Self.trials()
        let analysis = try CommonEffect().subgroups(effects)
        let within = analysis.subgroups.reduce(0) { $0 + $1.heterogeneity.cochranQ }
        let total = try CommonEffect().fit(effects).heterogeneity.cochranQ
        #expect(Tolerance.closedForm.accepts(within + (analysis.betweenGroups.statistic ?? .nan), total))
    }

    @Test func oneGroupHasNothingToBeComparedWith() throws {
        var effects = try Self.trials()
        for index in effects.effects.indices { effects.effects[index].group = "all" }
        for heterogeneity in SubgroupHeterogeneity.allCases {
            let analysis = try RandomEffects().subgroups(effects, tauSquared: heterogeneity)
            #expect(analysis.subgroups.count == 1)
            #expect(analysis.betweenGroups.statistic == nil && analysis.betweenGroups.pValue == nil)
            #expect(analysis.diagnostics.contains { $0.code == .notEstimable })
            let whole = try RandomEffects().fit(effects)
            #expect(Tolerance.closedForm.accepts(analysis.subgroups[0].estimate, whole.estimate))
        }
    }

    @Test func everyStudyNeedsAGroup() throws {
        var effects = try Self.trials()
        effects.effects[4].group = nil
        let error = #expect(throws: MetaAnalysisError.self) { try RandomEffects().subgroups(effects) }
        #expect(error?.code == .missingColumn)
        #expect(error?.location.row == effects.effects[4].row)
    }

    @Test func aSharedTauSquaredNeedsMoreStudiesThanGroups() throws {
        var effects = try Self.trials().subset([0, 1, 2])
        for index in effects.effects.indices { effects.effects[index].group = "group \(index)" }
        let error = #expect(throws: MetaAnalysisError.self) {
            try RandomEffects().subgroups(effects, tauSquared: .common)
        }
        #expect(error?.code == .tooFewStudies)
        #expect(try RandomEffects().subgroups(effects, tauSquared: .separate).subgroups.count == 3)
    }

    @Test func aKnownTauSquaredIsSharedAsItIs() throws {
        let model = RandomEffects(interval: .wald, knownTauSquared: 0.2)
        let analysis = try model.subgroups(Self.trials(), tauSquared: .common)
        #expect(analysis.subgroups.allSatisfy { $0.heterogeneity.tauSquared == 0.2 })
    }

    /// A table without events has no effect of its own without a correction, and weighs in a pooled risk difference.
    @Test(arguments: [TwoByTwoTable.Measure.riskDifference, .oddsRatio, .riskRatio])
    func tablesWithoutEventsStayInTheirSubgroup(_ measure: TwoByTwoTable.Measure) throws {
        let trials = [
            Study("a", TwoByTwoTable(events: 3, of: 50, versus: 6, of: 60), group: "x"),
            Study("b", TwoByTwoTable(events: 0, of: 100, versus: 0, of: 90), group: "x"),
            Study("c", TwoByTwoTable(events: 5, of: 70, versus: 9, of: 60), group: "y"),
            Study("d", TwoByTwoTable(events: 2, of: 40, versus: 4, of: 45), group: "y"),
        ]
        let settings = EffectSettings(correction: .never)
        let effects = try EffectSizes(trials, measure: measure, settings: settings)
        #expect(effects.excluded.map(\.label) == ["b"])
        let analysis = try MantelHaenszel().subgroups(effects)
        for part in analysis.subgroups {
            let alone = try MantelHaenszel().fit(
                EffectSizes(trials.filter { $0.group == part.group }, measure: measure, settings: settings))
            #expect(part.k == alone.k)
            #expect(part.estimate == alone.estimate)
            #expect(part.standardError == alone.standardError)
            #expect(part.heterogeneity == alone.heterogeneity)
        }
    }

    // MARK: Small subgroups

    private static func effects(_ groups: [String], _ estimates: [Double], _ variances: [Double]) -> EffectSizes {
        EffectSizes(
            effects: groups.indices.map { index in
                EffectSize(
                    label: "\(index + 1)", estimate: estimates[index], variance: variances[index],
                    group: groups[index], position: index)
            })
    }

    private static let small = effects(
        ["low", "low", "medium", "medium", "high", "high", "unclear"], [0.5, 0.45, -0.02, 0.04, 0.6, 0, 0.3],
        [0.05, 0.06, 0.07, 0.06, 0.06, 0.08, 0.09])

    /// R: `rma(yi, vi, mods = ~ factor(risk), test)`; its QM, QMp.
    @Test(arguments: [
        (IntervalMethod.hartungKnapp, 1.4323166874294937, 0.3874466801254722, 3.0),
        (.t, 1.2517722865994290, 0.4289676755788899, 3),
        (.hartungKnappTruncated, 1.2517722865994290, 0.4289676755788899, 3),
        (.wald, 3.7553168597982869, 0.2891264845448723, 0),
    ])
    func smallSubgroupsAreTestedWithOneTauSquared(
        _ interval: IntervalMethod, _ statistic: Double, _ pValue: Double, _ denominator: Double
    ) throws {
        let model = RandomEffects(interval: interval)
        let analysis = try model.subgroups(Self.small)
        #expect(Tolerance.iterative.accepts(try #require(analysis.betweenGroups.statistic), statistic))
        #expect(Tolerance.iterative.accepts(try #require(analysis.betweenGroups.pValue), pValue))
        #expect(analysis.betweenGroups.degreesOfFreedom == 3)
        #expect(analysis.betweenGroups.denominatorDegreesOfFreedom == (denominator == 0 ? nil : denominator))
        #expect(analysis.testHeterogeneity == .common && analysis.testTauSquared == 0)
        #expect(analysis.diagnostics.contains { $0.code == .sharedHeterogeneity && $0.severity == .note })
        // Estimates keep their own τ².
        #expect(analysis.commonTauSquared == nil)
        let separate = try model.subgroups(Self.small, tauSquared: .separate)
        #expect(analysis.parts == separate.parts)
        #expect(separate.testHeterogeneity == .separate && separate.testTauSquared == nil)
        #expect(separate.diagnostics.contains { $0.code == .fewStudies && $0.severity == .warning })
        #expect(separate.betweenGroups.denominatorDegreesOfFreedom == nil)
    }

    /// R: `rma(yi, vi, mods = ~ factor(risk), test = "knha", tau2 = 0.05)`.
    @Test func aKnownTauSquaredIsThatOfTheTest() throws {
        let analysis = try RandomEffects(knownTauSquared: 0.05).subgroups(Self.small)
        #expect(Tolerance.closedForm.accepts(try #require(analysis.betweenGroups.statistic), 1.3286742959114866))
        #expect(Tolerance.quantile.accepts(try #require(analysis.betweenGroups.pValue), 0.4104452920320112))
        #expect(analysis.testTauSquared == 0.05)
    }

    @Test func fiveStudiesInEveryGroupKeepTheirOwnVariances() throws {
        let groups = (0..<10).map { $0 < 5 ? "a" : "b" }
        let estimates = [0.1, 0.32, 0.25, -0.05, 0.41, 0.52, 0.61, 0.28, 0.75, 0.44]
        let variances = [0.02, 0.03, 0.02, 0.04, 0.05, 0.03, 0.02, 0.04, 0.05, 0.02]
        let all = Self.effects(groups, estimates, variances)
        let analysis = try RandomEffects().subgroups(all)
        #expect(analysis.testHeterogeneity == .separate)
        #expect(try analysis == RandomEffects().subgroups(all, tauSquared: .separate))
        let fewer = try RandomEffects().subgroups(all.subset(Array(1..<10)))
        #expect(fewer.testHeterogeneity == .common)
    }

    @Test func groupsOfOneStudyHaveNoTest() throws {
        let single = Self.effects(["a", "b", "c"], [0.1, 0.9, 0.4], [0.1, 0.1, 0.1])
        for model in [RandomEffects(), RandomEffects(interval: .wald), RandomEffects(knownTauSquared: 0.1)] {
            let analysis = try model.subgroups(single)
            #expect(analysis.betweenGroups.pValue == nil && analysis.betweenGroups.statistic == nil)
            #expect(analysis.diagnostics.contains { $0.code == .notEstimable && $0.message.contains("no test") })
            #expect(analysis.subgroups.count == 3)
        }
        #expect(try RandomEffects(interval: .wald, knownTauSquared: 0.1).subgroups(single).betweenGroups.pValue != nil)
    }

    /// Without any difference between the groups: how often the tests find one at the level of 5 %.
    @Test(arguments: [(groups: 2, studies: 2), (groups: 3, studies: 3), (groups: 4, studies: 2)])
    func sizeOfTheTests(_ design: (groups: Int, studies: Int)) throws {
        var generator = SeededGenerator(seed: 7)
        let trials = 2000
        var found = (common: 0, separate: 0)
        let names = (0..<design.groups).flatMap { Array(repeating: "\($0)", count: design.studies) }
        for _ in 0..<trials {
            let variances = names.map { _ in 0.02 + 0.1 * generator.nextUniform() }
            let estimates = variances.map { ($0 + 0.05).squareRoot() * generator.nextNormal() }
            let all = Self.effects(names, estimates, variances)
            if (try RandomEffects().subgroups(all).betweenGroups.pValue ?? 1) < 0.05 { found.common += 1 }
            let separate = try RandomEffects().subgroups(all, tauSquared: .separate)
            if (separate.betweenGroups.pValue ?? 1) < 0.05 { found.separate += 1 }
        }
        #expect(Double(found.common) / Double(trials) < 0.07)
        #expect(Double(found.separate) / Double(trials) > 0.13)
    }

    @Test func aScaledCommonEffectIsTestedByF() throws {
        let analysis = try CommonEffect(interval: .hartungKnapp).subgroups(Self.small)
        // τ² is estimated as 0 above, so that the models agree.
        #expect(Tolerance.iterative.accepts(try #require(analysis.betweenGroups.pValue), 0.3874466801254722))
        #expect(try CommonEffect().subgroups(Self.small).betweenGroups.denominatorDegreesOfFreedom == nil)
    }

    // MARK: Subgroups that cannot be pooled

    private static let trialsOfThree = [
        Study("1", TwoByTwoTable(events: 6, of: 48, versus: 10, of: 50), row: 2, group: "x"),
        Study("2", TwoByTwoTable(events: 4, of: 41, versus: 9, of: 43), row: 3, group: "x"),
        Study("5", TwoByTwoTable(events: 0, of: 30, versus: 0, of: 31), row: 4, group: "z"),
        Study("6", TwoByTwoTable(events: 0, of: 22, versus: 0, of: 20), row: 5, group: "z"),
        Study("3", TwoByTwoTable(events: 8, of: 61, versus: 11, of: 59), row: 6, group: "y"),
        Study("4", TwoByTwoTable(events: 5, of: 35, versus: 6, of: 36), row: 7, group: "y"),
    ]

    /// R: `rma.mh` and `rma.peto` of each group.
    @Test func aGroupWithoutEventsIsAPartWithItsReason() throws {
        let models: [(any PoolingModel, TwoByTwoTable.Measure, [Double])] = [
            (MantelHaenszel(), .oddsRatio, [-0.7070550331746941, -0.3305115945479132]),
            (Peto(), .petoOddsRatio, [-0.6790482864358811, -0.3257940174637614]),
        ]
        for (model, measure, estimates) in models {
            let analysis = try model.subgroups(EffectSizes(Self.trialsOfThree, measure: measure))
            #expect(analysis.parts.map { $0.found?.group ?? $0.notEstimable?.group } == ["x", "z", "y"])
            for (pooled, estimate) in zip(analysis.subgroups, estimates) {
                #expect(Tolerance.closedForm.accepts(pooled.estimate, estimate))
            }
            let part = try #require(analysis.notEstimable.first)
            #expect(part.k == 2 && part.studies.map(\.label) == ["5", "6"] && part.reason.code == .notEstimable)
            #expect(part.studies.allSatisfy { $0.estimate == nil && $0.weight == 0 })
            #expect(part.diagnostics.contains { $0.code == .notEstimable && $0.severity == .warning })
            #expect(analysis.betweenGroups.degreesOfFreedom == 1)
        }
    }

    /// Every study of it was left out: it does not vanish.
    @Test func aGroupWithoutStudiesIsAPartWithItsReason() throws {
        var settings = EffectSettings()
        settings.correction.dropsDoubleZero = true
        let effects = try EffectSizes(Self.trialsOfThree, measure: .oddsRatio, settings: settings)
        for tauSquared in [nil, SubgroupHeterogeneity.separate, .common] {
            let analysis = try RandomEffects().subgroups(effects, tauSquared: tauSquared)
            #expect(analysis.subgroups.map(\.group) == ["x", "y"])
            let part = try #require(analysis.notEstimable.first)
            #expect(part.group == "z" && part.k == 0 && part.excluded.map(\.label) == ["5", "6"])
            #expect(part.reason.code == .tooFewStudies && part.reason.message.contains("no events"))
            #expect(analysis.betweenGroups.degreesOfFreedom == 1)
        }
    }

    @Test func settingsAreNoMatterOfOnePart() throws {
        let effects = try EffectSizes(Self.trialsOfThree, measure: .oddsRatio)
        let error = #expect(throws: MetaAnalysisError.self) { try MantelHaenszel(level: 95).subgroups(effects) }
        #expect(error?.code == .invalidSetting)
        let measure = #expect(throws: MetaAnalysisError.self) { try Peto().subgroups(effects) }
        #expect(measure?.code == .unsupportedCombination)
    }
}
