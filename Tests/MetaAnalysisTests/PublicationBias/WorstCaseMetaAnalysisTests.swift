import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct WorstCaseMetaAnalysisTests {
    private static let sample = StudySample(
        "selected", estimates: [0.9, 0.7, 0.8, -0.1, -0.2, 0.1], variances: [0.04, 0.05, 0.09, 0.04, 0.06, 0.05])

    /// At the S-value the corrected mean is no effect; the interval's own is reached earlier.
    @Test func theSelectionRatioByItsDefinition() throws {
        let fit = try WorstCaseMetaAnalysis(CommonEffect()).fit(Self.sample.effects)
        #expect(fit.side == .right)
        #expect(fit.affirmative == 3)
        #expect(fit.nonAffirmative == 3)
        let ratio = try #require(fit.selectionRatio)
        let end = try #require(fit.selectionRatioOfInterval)
        #expect(end > 1 && end < ratio)
        func mean(_ ratio: Double) -> (mean: Double, error: Double) {
            var (sum, total, square) = (0.0, 0.0, 0.0)
            for (index, variance) in Self.sample.variances.enumerated() {
                let weight = (index < 3 ? 1 : ratio) / variance
                sum += weight * Self.sample.estimates[index]
                total += weight
                square += weight * weight * variance
            }
            return (sum / total, square.squareRoot() / total)
        }
        #expect(abs(mean(ratio).mean) < 1e-12)
        let found = mean(end)
        #expect(abs(found.mean - 1.959963984540054 * found.error) < 1e-9)
    }

    @Test func theWorstCaseIsTheOthersAlone() throws {
        let fit = try WorstCaseMetaAnalysis().fit(Self.sample.effects)
        let others = try RandomEffects().fit(Self.sample.effects.subset([3, 4, 5]))
        #expect(fit.pooled?.estimate == others.estimate)
        let mirrored = try WorstCaseMetaAnalysis().fit(Self.sample.effects.mirrored)
        #expect(mirrored.side == .left)
        #expect(mirrored.selectionRatio == fit.selectionRatio)
    }

    @Test func nothingToExplain() throws {
        let weak = StudySample("weak", estimates: [0.1, 0.2], variances: [1, 1])
        let fit = try WorstCaseMetaAnalysis().fit(weak.effects)
        #expect(fit.selectionRatio == nil)
        #expect(fit.affirmative == 0)
        #expect(fit.diagnostics.contains { $0.code == .notEstimable })
        let strong = StudySample("strong", estimates: [5, 6], variances: [1, 1])
        #expect(try WorstCaseMetaAnalysis().fit(strong.effects).pooled == nil)
    }
}
