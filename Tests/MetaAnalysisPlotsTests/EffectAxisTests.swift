import MetaAnalysis
import Testing

@testable import MetaAnalysisPlots

@Suite struct EffectAxisTests {
    @Test func ratiosStandOnTheirLogarithms() {
        let axis = EffectAxis(measure: "RR", scale: .log)
        #expect(axis.kind == .logarithmic && axis.position(0.7) == 0.7 && axis.reference == 0)
        #expect(axis.title == "Risk ratio (log scale)" && axis.side((0, 1)).title == axis.title)
    }

    @Test func proportionsAreTakenBack() {
        let axis = EffectAxis(measure: "PLO", scale: .logit)
        #expect(axis.kind == .linear && axis.position(0) == 0.5 && axis.reference == nil)
        // A plot on the analysis scale says so.
        #expect(axis.side((0, 1)).title == "Proportion (analysis scale)")
    }

    @Test func pooledEffectsAreReadAsTheResultReadsThem() throws {
        let trials = (1...4).map { Study("\($0)", Proportion(events: Double($0), size: 20)) }
        let pooled = try RandomEffects().fit(EffectSizes(trials, measure: .freemanTukey))
        let back = try #require(pooled.backTransformed)
        let text = EffectAxis(measure: "PFT", scale: .freemanTukey).text(pooled)
        #expect(text.contains(", a proportion of " + NumberFormat.tabular(back.estimate, decimals: 2)))
    }

    @Test func axesHoldEveryNumber() {
        let far = ConfidenceInterval(lower: -.infinity, upper: 1e300)
        for points in [[], [0.0], [1e308, -1e308], [.nan, 2]] {
            let (lower, upper) = EffectAxis.range(points: points, whole: [], partial: [far])
            #expect(lower < upper && (upper - lower).isFinite)
        }
    }
}
