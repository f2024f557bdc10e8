import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct IntervalMethodTests {
    @Test func rawValuesAreThoseOfTheCommandLine() {
        #expect(
            IntervalMethod.allCases.map(\.rawValue) == ["wald", "t", "hartung-knapp", "hartung-knapp-truncated"])
    }

    /// Effects 1, 2 and 6 with variance 1, pooled at τ² = 0: mean 3, standard error 1/√3, residual variance 7, and 4.3027 as
    /// quantile of t with 2 degrees of freedom.
    @Test(arguments: [
        (IntervalMethod.wald, 0.5773502691896258, 1.959963984540054), (.t, 0.5773502691896258, 4.302652729749464),
        (.hartungKnapp, 1.5275252316519468, 4.302652729749464),
        (.hartungKnappTruncated, 1.5275252316519468, 4.302652729749464),
    ])
    func byHand(_ method: IntervalMethod, _ error: Double, _ quantile: Double) throws {
        let sample = StudySample("three", estimates: [1, 2, 6], variances: [1, 1, 1])
        let pooled = try CommonEffect(interval: method).fit(sample.effects)
        #expect(pooled.estimate == 3)
        #expect(Tolerance.closedForm.accepts(pooled.standardError, error))
        #expect(Tolerance.closedForm.accepts(pooled.statistic ?? 0, 3 / error))
        #expect(pooled.degreesOfFreedom == (method == .wald ? nil : 2))
        #expect(Tolerance.quantile.accepts(pooled.confidenceInterval.lower, 3 - quantile * error, scale: error))
        #expect(Tolerance.quantile.accepts(pooled.confidenceInterval.upper, 3 + quantile * error))
    }

    /// P(|t₂| > x) = 1 − x / √(2 + x²), and a truncated scale of 1 where effects are alike.
    @Test func effectsThatAreAlike() throws {
        let sample = StudySample("alike", estimates: [1, 1.5, 2], variances: [1, 1, 1])
        let plain = try CommonEffect(interval: .hartungKnapp).fit(sample.effects)
        let truncated = try CommonEffect(interval: .hartungKnappTruncated).fit(sample.effects)
        #expect(Tolerance.closedForm.accepts(plain.standardError, 0.5 / 3.0.squareRoot()))
        #expect(Tolerance.closedForm.accepts(truncated.standardError, 1 / 3.0.squareRoot()))
        for pooled in [plain, truncated] {
            let x = 1.5 / pooled.standardError
            #expect(Tolerance.quantile.accepts(pooled.pValue ?? 0, 1 - x / (2 + x * x).squareRoot()))
        }
        // 4.30 · 0.5 / √3 is more than 1.96 / √3: the standard error is smaller and the interval wider.
        #expect(!plain.diagnostics.contains { $0.code == .narrowerThanWald })
        #expect(plain.truncatedInterval == nil)
        #expect(!truncated.diagnostics.contains { $0.code == .narrowerThanWald })
    }

    /// R: `rma(yi, vi, test = "knha")` and `test = "adhoc"`.
    @Test func narrowerThanACommonEffect() throws {
        let sample = StudySample(
            "alike", estimates: [0.3, 0.31, 0.29, 0.305, 0.3, 0.31, 0.3],
            variances: [0.01, 0.012, 0.02, 0.03, 0.015, 0.02, 0.01])
        let pooled = try RandomEffects().fit(sample.effects)
        #expect(Tolerance.quantile.accepts(pooled.confidenceInterval.lower, 0.2961275738017821))
        let truncated = try #require(pooled.truncatedInterval)
        #expect(Tolerance.quantile.accepts(truncated.lower, 0.1907690202874592))
        #expect(Tolerance.quantile.accepts(truncated.upper, 0.4133689107470232))
        let warning = try #require(pooled.diagnostics.first { $0.code == .narrowerThanWald })
        #expect(warning.severity == .warning && warning.message.contains("common effect"))
        #expect(try RandomEffects(interval: .hartungKnappTruncated).fit(sample.effects).truncatedInterval == nil)
        // Effects as small as these are divided by a power of two first.
        let tiny = StudySample(
            "tiny", estimates: sample.estimates.map { $0 * 0x1p-400 }, variances: sample.variances.map { $0 * 0x1p-800 }
        )
        #expect(try RandomEffects().fit(tiny.effects).truncatedInterval == truncated.rescaled(by: 0x1p-400))
    }

    /// Wide apart, with a standard error a little below that of the model: I² is 85 %, and nothing is too narrow.
    @Test func noWarningUnderHeterogeneity() throws {
        let sample = StudySample(
            "apart", estimates: [0.1, 0.5, 0.9, 0.3, 0.75], variances: [0.01, 0.012, 0.02, 0.015, 0.03])
        let (plain, t) = (try RandomEffects().fit(sample.effects), try RandomEffects(interval: .t).fit(sample.effects))
        #expect(plain.standardError < t.standardError)
        #expect(!plain.diagnostics.contains { $0.code == .narrowerThanWald } && plain.truncatedInterval == nil)
    }
}
