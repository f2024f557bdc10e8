import MetaAnalysisTestSupport
import Testing

import MetaAnalysis

/// At the ends of what data can be, every measure gives a number or says in words of its own why there is none.
@Suite struct ExtremeLawTests {
    private static let corrections: [ContinuityCorrection] = [.zeroCells, .never, .treatmentArm]

    @Test(arguments: OutcomeKind.allCases) func anEffectOrANamedReason(kind: OutcomeKind) throws {
        let all = ExtremeStudies.collection(of: kind)
        for measure in kind.measures {
            let studies = all.subset(
                (0..<all.count).filter { index in
                    do {
                        _ = try all.subset([index]).effectSizes(measureCode: measure.code)
                        return true
                    } catch {
                        #expect((error as? MetaAnalysisError)?.code == .invalidOutcome)
                        #expect((error as? MetaAnalysisError)?.location.column != nil)
                        return false
                    }
                })
            #expect(studies.count > 5)
            for settings in Self.settings(of: measure) {
                let effects = try studies.effectSizes(measureCode: measure.code, settings: settings)
                let place = "\(measure.code) \(settings.variance?.rawValue ?? "") \(settings.biasCorrected)"
                #expect(effects.effects.count + effects.excluded.count == studies.count)
                for effect in effects.effects {
                    #expect(
                        effect.estimate.isFinite && effect.variance.isFinite && effect.variance > 0,
                        "\(place) \(effect)")
                }
                // The safety net speaks of numbers out of range; within a thousand million none should fall into it.
                let caught = effects.excluded.filter {
                    $0.reason.contains("outside the range of numbers") || $0.reason == "the sampling variance is 0"
                }
                #expect(
                    caught.isEmpty, "\(place) \(caught.prefix(3).map(\.label)) of \(caught.count): \(caught[0].reason)")
                #expect(effects.excluded.allSatisfy { $0.reason.contains(" ") })
            }
        }
    }

    private static func settings(of measure: MeasureDescription) -> [EffectSettings] {
        (measure.usesContinuityCorrection ? corrections : [.zeroCells]).flatMap { correction in
            measure.variances.flatMap { variance in
                (measure.hasBiasCorrection ? [true, false] : [true]).map {
                    EffectSettings(correction: correction, variance: variance, biasCorrected: $0)
                }
            }
        }
    }
}
