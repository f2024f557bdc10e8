/// Peters' test for events of two groups: do effects depend on the inverse of the number of participants?
///
/// yᵢ on 1/nᵢ with weights (1/events + 1/non-events)⁻¹ over both groups and multiplicative dispersion, t with k − 2 degrees of
/// freedom. Neither predictor nor weights depend on the effect. Tables without events, or with events only, have no weight and are
/// left out by name. R: `meta::metabias(m, method.bias="Peters")`.
///
/// Source: Peters et al. (2006), doi:10.1001/jama.295.6.676.
public struct PetersTest: Hashable, Sendable, Codable {
    public init() {}

    /// - Throws: `MetaAnalysisError` with code `.unsupportedCombination` for data without 2×2 tables, and what `EggerTest` throws.
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
