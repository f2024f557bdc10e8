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
        #expect(plain.diagnostics.contains { $0.code == .narrowerThanWald && $0.severity == .warning })
        #expect(!truncated.diagnostics.contains { $0.code == .narrowerThanWald })
    }
}
