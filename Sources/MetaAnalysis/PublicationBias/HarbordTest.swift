internal import RealModule

/// Harbord's test for odds ratios: Egger's regression on the efficient score, which does not depend on its variance if there is no effect.
///
/// Each table gives the score Z = a − E(a) and its hypergeometric variance V, given the margins. Z/V is regressed on 1/√V with weights V
/// and multiplicative dispersion; t with k − 2 degrees of freedom. Cells need no correction. Tables without events, or with events only,
/// carry no information; they are left out, and a diagnostic names them. R: `meta::metabias(m, method.bias="Harbord")`.
///
/// Source: Harbord, Egger & Sterne (2006), doi:10.1002/sim.2380.
public struct HarbordTest: Hashable, Sendable, Codable {
    /// Creates the test; it has no settings.
    public init() {}

    /// Tests whether the scores of the tables depend on their precision; the result has no limit estimate.
    ///
    /// - Throws: `MetaAnalysisError` with code `.unsupportedCombination` for other effects than odds ratios of 2×2 tables, and
    ///   what `EggerTest` throws.
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        let all = try effects.tables(for: .harbord, measures: ["OR", "PETO"])
        let (tables, notes) = all.informative(for: .harbord, because: "no events, or only events, in both groups") {
            StratifiedTables.Hypergeometric($0.table).variance > 0
        }
        let scores = tables.map { StratifiedTables.Hypergeometric($0.table) }
        let regression = try PredictorRegression(
            scores.map { $0.excess / $0.variance }, variances: scores.map { 1 / $0.variance },
            on: scores.map { 1 / $0.variance.squareRoot() }, .multiplicative, level: 0.95, test: "harbord")
        return SmallStudyTest(
            .harbord, predictor: "score-sei", regression, hasLimit: false,
            diagnostics: notes + effects.asymmetryCautions(count: tables.count))
    }
}
