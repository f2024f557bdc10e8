/// Peters' test for events of two groups: whether effects depend on the inverse of the number of participants.
///
/// yᵢ is regressed on 1/nᵢ with weights (1/events + 1/non-events)⁻¹ over both groups and multiplicative dispersion, t with k − 2 degrees of
/// freedom. Neither the predictor nor the weights depend on the effect. Tables without events, or with events only, have no weight; they
/// are left out, and a diagnostic names them. R: `meta::metabias(m, method.bias="Peters")`.
///
/// Source: Peters et al. (2006), doi:10.1001/jama.295.6.676.
public struct PetersTest: Hashable, Sendable, Codable {
    /// Creates the test; it has no settings.
    public init() {}

    /// Tests whether the effects depend on the inverse of the number of participants.
    ///
    /// - Throws: `MetaAnalysisError` with code `.unsupportedCombination` for data without 2×2 tables, and the errors of `EggerTest`.
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        let all = try effects.tables(for: .peters)
        let (tables, notes) = all.informative(for: .peters, because: "no events, or only events, in both groups") {
            $0.events > 0 && $0.nonEvents > 0
        }
        let regression = try PredictorRegression(
            tables.map(\.effect.estimate), variances: tables.map { 1 / $0.events + 1 / $0.nonEvents },
            on: tables.map { 1 / $0.size }, .multiplicative, level: 0.95, test: "peters")
        return SmallStudyTest(
            .peters, predictor: FunnelPredictor.inverseSampleSize.rawValue, regression, hasLimit: true,
            diagnostics: notes + effects.asymmetryCautions(count: tables.count))
    }
}
