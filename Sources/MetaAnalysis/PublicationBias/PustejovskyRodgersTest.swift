/// Pustejovsky and Rodgers' test for standardized mean differences: Egger's regression on a standard error that does not contain the
/// effect.
///
/// yᵢ is regressed on √(1/n₁ + 1/n₂) with weights 1/v and multiplicative dispersion, t with k − 2 degrees of freedom. The usual standard
/// error of a standardized difference grows with the difference, which makes a symmetric funnel plot look asymmetric. R:
/// `meta::metabias(metacont(…, sm="SMD"), method.bias="Pustejovsky")`.
///
/// Source: Pustejovsky & Rodgers (2019), doi:10.1002/jrsm.1332.
public struct PustejovskyRodgersTest: Hashable, Sendable, Codable {
    /// Creates the test; it has no settings.
    public init() {}

    /// Tests whether the standardized differences depend on √(1/n₁ + 1/n₂).
    ///
    /// - Throws: `MetaAnalysisError` with code `.unsupportedCombination` for other effects than standardized differences of two groups,
    ///   and the errors of `EggerTest`.
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        try effects.requireData(for: "pustejovsky")
        guard case .twoGroupMeans(let studies)? = effects.source, ["SMD", "SMDH"].contains(effects.measure) else {
            throw MetaAnalysisError(
                .unsupportedCombination,
                "pustejovsky needs standardized mean differences (SMD) of two groups, and these effects are \(effects.measure)",
                remedy: "take the measure SMD, or egger")
        }
        let predictor = effects.effects.map { effect in
            let groups = studies[effect.position].outcome
            return (1 / groups.treatedSize + 1 / groups.controlSize).squareRoot()
        }
        let regression = try PredictorRegression(
            effects, on: predictor, .multiplicative, level: 0.95, test: "pustejovsky")
        return SmallStudyTest(
            .pustejovsky, predictor: "sqrtninv-groups", regression, hasLimit: true,
            diagnostics: effects.asymmetryCautions(count: effects.count))
    }
}
