import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

/// What holds for every measure of every kind of data.
@Suite struct EffectLawTests {
    private struct Setting: CustomStringConvertible {
        var studies: StudyCollection
        var measure: MeasureDescription
        var settings: EffectSettings

        func effects() throws -> EffectSizes {
            try studies.effectSizes(measureCode: measure.code, settings: settings)
        }

        var description: String { "\(measure.code) \(settings)" }
    }

    /// Every measure with every variance it defines, with and without its bias correction.
    private static let settings: [Setting] = RandomStudies.all.flatMap { studies in
        studies.kind.measures.flatMap { measure in
            measure.variances.flatMap { variance in
                (measure.hasBiasCorrection ? [true, false] : [true]).map { corrected in
                    Setting(
                        studies: studies, measure: measure,
                        settings: EffectSettings(variance: variance, biasCorrected: corrected))
                }
            }
        }
    }

    @Test func everyMeasureIsThere() {
        #expect(Set(Self.settings.map(\.measure.code)) == Set(MeasureDescription.all.map(\.code)))
    }

    @Test func everyStudyGivesAnEffectWithAVariance() throws {
        for setting in Self.settings {
            let effects = try setting.effects()
            #expect(effects.count == setting.studies.count && effects.excluded.isEmpty, "\(setting)")
            #expect(effects.effects.allSatisfy { $0.estimate.isFinite && $0.variance > 0 }, "\(setting)")
            #expect(effects.effects.map(\.position) == Array(0..<effects.count))
            #expect(effects.scale == setting.measure.scale)
        }
    }

    @Test func orderDoesNotMatter() throws {
        for setting in Self.settings {
            let straight = try setting.effects().effects
            var turned = setting
            turned.studies = setting.studies.subset(Array((0..<setting.studies.count).reversed()))
            for (one, other) in zip(straight, try turned.effects().effects.reversed()) {
                #expect(one.label == other.label)
                #expect(one.estimate == other.estimate)
                #expect(Tolerance.closedForm.accepts(other.variance, one.variance), "\(setting)")
            }
        }
    }

    @Test func oneStudyDoesNotHearOfTheOthers() throws {
        for setting in Self.settings {
            // Only averages over the studies, which are named so, depend on all of them.
            let isAveraged = setting.settings.variance?.isAveraged == true
            for (index, effect) in try setting.effects().effects.enumerated() {
                var alone = setting
                alone.studies = setting.studies.subset([index])
                let own = try #require(try alone.effects().effects.first)
                #expect(own.estimate == effect.estimate)
                #expect(isAveraged || own.variance == effect.variance, "\(setting)")
            }
        }
    }

    @Test func exchangingTheGroupsTurnsTheSign() throws {
        var measures: Set<String> = []
        for setting in Self.settings {
            guard let exchanged = setting.studies.withGroupsExchanged, setting.measure.changesSignWithGroups else {
                continue
            }
            measures.insert(setting.measure.code)
            var other = setting
            other.studies = exchanged
            for (one, turned) in zip(try setting.effects().effects, try other.effects().effects) {
                #expect(Tolerance.closedForm.accepts(turned.estimate, -one.estimate, scale: one.standardError))
                #expect(Tolerance.closedForm.accepts(turned.variance, one.variance), "\(setting)")
            }
            let model = RandomEffects(interval: .hartungKnapp)
            let pooled = PooledNumbers(try model.fit(setting.effects())).transformed(factor: -1)
            #expect(
                PooledNumbers(try model.fit(other.effects())).differences(from: pooled, .iterative) == [], "\(setting)")
        }
        #expect(measures.count == 47)
    }

    @Test func exchangingTheGroupsComplementsAProbability() throws {
        var measures: Set<String> = []
        for setting in Self.settings where ["CLESN", "CLESCN", "CLES", "AUC"].contains(setting.measure.code) {
            measures.insert(setting.measure.code)
            var other = setting
            other.studies = try #require(setting.studies.withGroupsExchanged)
            for (one, turned) in zip(try setting.effects().effects, try other.effects().effects) {
                #expect(Tolerance.closedForm.accepts(turned.estimate, 1 - one.estimate, scale: one.standardError))
                #expect(Tolerance.closedForm.accepts(turned.variance, one.variance), "\(setting)")
            }
        }
        #expect(measures.count == 4)
    }

    /// Means go with their unit, the logarithm of a mean or of a spread moves with its logarithm, and all else stays.
    @Test(arguments: [2.54, 1e-150, 1e150]) func aChangeOfUnit(unit: Double) throws {
        var measures: Set<String> = []
        for setting in Self.settings {
            guard let scaled = setting.studies.inUnit(unit) else { continue }
            measures.insert(setting.measure.code)
            var other = setting
            other.studies = scaled
            let isMean = ["MD", "MC", "MN"].contains(setting.measure.code)
            let factor = isMean ? unit : 1
            let shift = ["MNLN", "SDLN"].contains(setting.measure.code) ? Double.log(unit) : 0
            for (one, moved) in zip(try setting.effects().effects, try other.effects().effects) {
                let expected = factor * one.estimate + shift
                #expect(Tolerance.closedForm.accepts(moved.estimate, expected, scale: factor * one.standardError))
                #expect(Tolerance.closedForm.accepts(moved.variance, factor * factor * one.variance), "\(setting)")
            }
        }
        #expect(measures.count == 31)
    }

    /// In ever larger studies estimates settle, within a hundredth of their standard error, and variances fall as 1/n.
    @Test func largeStudiesConverge() throws {
        var measures: Set<String> = []
        for setting in Self.settings {
            guard let large = setting.studies.enlarged(by: 1e6), let larger = setting.studies.enlarged(by: 4e6) else {
                continue
            }
            measures.insert(setting.measure.code)
            var (first, second) = (setting, setting)
            first.studies = large
            second.studies = larger
            for (one, next) in zip(try first.effects().effects, try second.effects().effects) {
                #expect(abs(one.estimate - next.estimate) < 0.01 * next.standardError, "\(setting) \(one.label)")
                #expect(abs(one.variance / next.variance - 4) < 1e-4, "\(setting) \(one.label)")
            }
        }
        // All but effects as reported; a hazard ratio is one from a log-rank test as well.
        #expect(measures.count == Set(MeasureDescription.all.map(\.code)).count - 1)
    }

    @Test func backTransformationKeepsTheOrder() throws {
        for setting in Self.settings {
            let pooled = try RandomEffects().fit(setting.effects())
            let back = try #require(pooled.backTransformed, "\(setting)")
            #expect(back.confidenceInterval.contains(back.estimate))
            #expect(back.confidenceInterval.lower < back.confidenceInterval.upper, "\(setting)")
            if let prediction = back.predictionInterval { #expect(prediction.contains(back.estimate)) }
            if setting.measure.scale == .identity {
                #expect(back.estimate == pooled.estimate)
                #expect(back.confidenceInterval == pooled.confidenceInterval)
            }
        }
    }

    @Test func pooledIsBetweenTheStudiesAlsoWhenReadBack() throws {
        for setting in Self.settings where !setting.measure.scale.needsSampleSize {
            let effects = try setting.effects()
            let scale = effects.scale
            let read = effects.effects.compactMap { scale.backTransformed($0.estimate) }
            let back = try #require(try RandomEffects().fit(effects).backTransformed?.estimate)
            let (lowest, highest) = (try #require(read.min()), try #require(read.max()))
            #expect(lowest <= back && back <= highest, "\(setting)")
        }
    }
}
