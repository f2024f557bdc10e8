import Foundation
import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct MixedStudiesTests {
    /// Trials, two without events among them, each on a line of its own.
    private static let trials: [Study<TwoByTwoTable>] = [
        Study("A", TwoByTwoTable(events: 4, of: 123, versus: 11, of: 139), row: 2, group: "x"),
        Study("B", TwoByTwoTable(events: 0, of: 30, versus: 0, of: 28), row: 3, group: "y"),
        Study("C", TwoByTwoTable(events: 6, of: 306, versus: 29, of: 303), row: 4, group: "x"),
        Study("D", TwoByTwoTable(events: 8, of: 2545, versus: 10, of: 629), row: 5, group: "y"),
        Study("E", TwoByTwoTable(events: 29, of: 7499, versus: 45, of: 7277), row: 6, group: "y"),
        Study("F", TwoByTwoTable(events: 0, of: 20, versus: 0, of: 24), row: 7, group: "y"),
        Study("G", TwoByTwoTable(events: 17, of: 1716, versus: 65, of: 1665), row: 8, group: "x"),
    ]

    /// The trials, with the effects of some in the forms in which studies report them.
    private func reporting(
        _ labels: [String], settings: EffectSettings = EffectSettings()
    ) throws -> (whole: EffectSizes, mixed: EffectSizes) {
        let whole = try EffectSizes(Self.trials, measure: .oddsRatio, settings: settings)
        let reported = whole.effects.filter { labels.contains($0.label) }.enumerated().map { index, effect in
            let error = effect.variance.squareRoot()
            let half = error * ReferenceDistribution.normal.twoSidedQuantile(level: 0.9)
            let (low, high) = (effect.estimate - half, effect.estimate + half)
            let forms: [ReportedEffect] = [
                ReportedEffect(estimate: effect.estimate, precision: .variance(effect.variance)),
                ReportedEffect(estimate: effect.estimate, precision: .standardError(error)),
                ReportedEffect(estimate: effect.estimate, precision: .interval(lower: low, upper: high, level: 0.9)),
                ReportedEffect(
                    estimate: .exp(effect.estimate),
                    precision: .interval(lower: .exp(low), upper: .exp(high), level: 0.9), isRatio: true),
            ]
            return Study(effect.label, forms[index % 4], row: effect.row, group: effect.group)
        }
        let mixed = try EffectSizes(
            Self.trials.filter { !labels.contains($0.label) }, reported: reported, measure: .oddsRatio,
            settings: settings)
        return (whole, mixed)
    }

    @Test("the effects are the same by every route, in the order of the file", arguments: [false, true])
    func routes(dropsDoubleZero: Bool) throws {
        let settings = EffectSettings(correction: ContinuityCorrection(dropsDoubleZero: dropsDoubleZero))
        let (whole, mixed) = try reporting(["A", "C", "E", "G"], settings: settings)
        #expect(mixed.effects.map(\.label) == whole.effects.map(\.label))
        #expect(mixed.effects.map(\.row) == whole.effects.map(\.row))
        #expect(mixed.effects.map(\.group) == whole.effects.map(\.group))
        for (ours, theirs) in zip(mixed.effects, whole.effects) {
            #expect(Tolerance.closedForm.accepts(ours.estimate, theirs.estimate))
            #expect(Tolerance.closedForm.accepts(ours.variance, theirs.variance))
        }
        #expect(mixed.scale == .log && mixed.measure == "OR")
        #expect(mixed.excluded == whole.excluded)
        let source = try #require(mixed.source)
        #expect(source.kind == .twoByTwo && source.count == Self.trials.count - (dropsDoubleZero ? 2 : 0))
        for effect in mixed.effects {
            #expect(source.label(at: effect.position) == effect.label)
            #expect(source.row(at: effect.position) == effect.row)
            #expect(source.group(at: effect.position) == effect.group)
        }
        let notes = mixed.diagnostics.filter { $0.code == .converted }
        #expect(
            notes.map(\.message) == [
                "read by the route: effect as reported on the log scale, with its variance",
                "read by the route: effect as reported on the log scale, with its standard error",
                "read by the route: effect as reported on the log scale, with its 90 % interval",
                "read by the route: logarithm of the ratio, with its 90 % interval",
            ])
        #expect(notes.map(\.studies) == [["A"], ["C"], ["E"], ["G"]])
    }

    @Test func whatIsMadeOfTheEffectsIsTheSame() throws {
        let (whole, mixed) = try reporting(["A", "D", "G"])
        let model = RandomEffects()
        #expect(Tolerance.iterative.accepts(try model.fit(mixed).estimate, try model.fit(whole).estimate))
        for (ours, theirs) in zip(try model.leaveOneOut(mixed).omissions, try model.leaveOneOut(whole).omissions) {
            #expect(ours.omitted == theirs.omitted)
            #expect(Tolerance.iterative.accepts(ours.fit.estimate ?? .nan, theirs.fit.estimate ?? .nan))
        }
        let (ours, theirs) = (try model.subgroups(mixed), try model.subgroups(whole))
        #expect(ours.subgroups.map(\.group) == theirs.subgroups.map(\.group))
        #expect(ours.subgroups.map(\.k) == theirs.subgroups.map(\.k))
    }

    @Test func aPartKeepsTheOrderAsked() throws {
        let (_, mixed) = try reporting(["A", "D", "G"])
        let part = mixed.subset([6, 0, 3])
        #expect(part.effects.map(\.label) == ["G", "A", "D"])
        #expect(part.effects.map { part.source?.label(at: $0.position) } == ["G", "A", "D"])
    }

    @Test func studiesWithoutLinesFollowThoseThatAreComputed() throws {
        let known = Study("X", ReportedEffect(estimate: -0.3, precision: .variance(0.1)))
        let effects = try EffectSizes(Array(Self.trials.prefix(1)), reported: [known], measure: .oddsRatio)
        #expect(effects.effects.map(\.label) == ["A", "X"])
        #expect(effects.effects[1].estimate == -0.3 && effects.effects[1].variance == 0.1)
    }

    @Test func methodsThatReadTheDataSayWhatTheyLack() throws {
        let (_, mixed) = try reporting(["A", "D"])
        func message(_ step: () throws -> some Any) -> String? {
            #expect(throws: MetaAnalysisError.self) { _ = try step() }?.description
        }
        #expect(
            message { try MantelHaenszel().fit(mixed) }
                == "the Mantel-Haenszel method needs the data of every study, and 2 of 7 report the effect alone (\"A\", …); "
                + "leave these out, or take a method that needs effects only")
        #expect(message { try Peto().fit(mixed) }?.hasPrefix("Peto's method needs the data of every study") == true)
        #expect(message { try HarbordTest().test(mixed) }?.hasPrefix("harbord needs the data of every study") == true)
        #expect(
            message { try PustejovskyRodgersTest().test(mixed) }?.hasPrefix("pustejovsky needs the data of every study")
                == true)
    }

    @Test func labelsThatRepeatAreNotedOnce() throws {
        let known = Study("A", ReportedEffect(estimate: -0.3, precision: .variance(0.1)), row: 9)
        let effects = try EffectSizes(Self.trials, reported: [known], measure: .oddsRatio)
        #expect(effects.diagnostics.filter { $0.code == .duplicateLabels }.map(\.studies) == [["A"]])
    }

    @Test func aReportedEffectThatIsNoneIsRefusedByName() {
        let known = Study(
            "Silva", ReportedEffect(estimate: -0.3, precision: .standardError(0.1), isRatio: true), row: 9)
        let error = #expect(throws: MetaAnalysisError.self) {
            try EffectSizes(Self.trials, reported: [known], measure: .oddsRatio)
        }
        #expect(
            error?.description
                == "9:ratio: study \"Silva\": the ratio is -0.3; give the ratio itself, greater than 0, or its logarithm as yi"
        )
    }

    @Test func ratiosGivenAsLogarithmsAreWarnedOf() throws {
        func warnings(isRatio: Bool) throws -> [String] {
            let known = [(0.5, 0.25, 1.0), (0.8, 0.4, 1.6)].map { estimate, lower, upper in
                Study(
                    "X",
                    ReportedEffect(
                        estimate: estimate, precision: .interval(lower: lower, upper: upper, level: 0.95),
                        isRatio: isRatio))
            }
            return try EffectSizes(Self.trials, reported: known, measure: .oddsRatio).diagnostics
                .filter { $0.code == .asymmetricInterval }.map(\.message)
        }
        #expect(try warnings(isRatio: true).isEmpty)
        #expect(
            try warnings(isRatio: false).map { $0.hasSuffix("; give ratios in the column ratio, or logarithms") } == [
                true
            ])
    }

    @Test func effectsAloneAreEnough() throws {
        let known = Study(
            "X",
            ReportedEffect(estimate: 0.7, precision: .interval(lower: 0.5, upper: 0.98, level: 0.95), isRatio: true))
        let effects = try EffectSizes([Study<TwoByTwoTable>](), reported: [known], measure: .riskRatio)
        #expect(effects.measure == "RR" && effects.scale == .log && effects.count == 1)
        #expect(Tolerance.closedForm.accepts(effects.effects[0].estimate, .log(0.7)))
    }

    @Test func onesOfBothKindsComeBackFromText() throws {
        let (_, mixed) = try reporting(["A", "D"])
        #expect(try JSONDecoder().decode(EffectSizes.self, from: JSONEncoder().encode(mixed)) == mixed)
    }
}
