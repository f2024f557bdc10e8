/// Deeks' test for diagnostic odds ratios: whether they depend on the effective number of participants.
///
/// The log odds ratio is regressed on 1/√ESS with weights ESS = 4 n₁ n₂ / (n₁ + n₂), where n₁ and n₂ are the participants with and without
/// the disease, the two groups of the table; multiplicative dispersion, t with k − 2 degrees of freedom. For treatment effects use
/// `PetersTest`.
/// R: `meta::metabias(m, method.bias="Deeks")`.
///
/// Source: Deeks, Macaskill & Irwig (2005), doi:10.1016/j.jclinepi.2005.01.016.
public struct DeeksTest: Hashable, Sendable, Codable {
    /// Creates the test; it has no settings.
    public init() {}

    /// Tests whether the log odds ratios depend on 1/√ESS.
    ///
    /// - Throws: `MetaAnalysisError` with code `.unsupportedCombination` for other effects than odds ratios of 2×2 tables, and
    ///   what `EggerTest` throws.
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        let tables = try effects.tables(for: .deeks, measures: ["OR"])
        let sizes = tables.map { 4 * $0.table.treatedSize * ($0.table.controlSize / $0.size) }
        let regression = try PredictorRegression(
            tables.map(\.effect.estimate), variances: sizes.map { 1 / $0 }, on: sizes.map { 1 / $0.squareRoot() },
            .multiplicative, level: 0.95, test: "deeks")
        return SmallStudyTest(
            .deeks, predictor: "sqrtessinv", regression, hasLimit: true,
            diagnostics: effects.asymmetryCautions(count: tables.count))
    }
}
