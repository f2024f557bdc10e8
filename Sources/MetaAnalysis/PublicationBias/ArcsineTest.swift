/// The arcsine test for events of two groups: a test of asymmetry on arcsine differences, whose variance does not depend on events.
///
/// Tables with zero cells are used as they are, without a continuity correction. The effects may be of another measure of 2×2 tables.
/// R: `meta::metabias(metabin(…, sm="ASD"), method.bias="Egger")`, `"Thompson"`, `"Begg"`.
///
/// Source: Rücker, Schwarzer & Carpenter (2008), doi:10.1002/sim.2971.
public struct ArcsineTest: Hashable, Sendable, Codable {
    /// The test that is applied to the arcsine differences.
    public enum Variant: String, Hashable, Sendable, Codable, CaseIterable {
        /// Egger's weighted regression. R: `method.bias="Egger"`.
        case weightedRegression = "weighted-regression"
        /// Thompson and Sharp's regression with between-study variance. R: `method.bias="Thompson"`.
        case additive
        /// Begg and Mazumdar's rank test. R: `method.bias="Begg"`.
        case rank
    }

    /// Test that is applied to the arcsine differences.
    public var variant: Variant

    /// Creates the test, by default with Egger's weighted regression.
    public init(variant: Variant = .weightedRegression) { self.variant = variant }

    /// Tests whether the arcsine differences of the tables depend on the size of the studies; the result has no limit estimate.
    ///
    /// - Throws: `MetaAnalysisError` with code `.unsupportedCombination` for data without 2×2 tables, and what the variant throws.
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        let tables = try effects.tables(for: .arcsine)
        let differences = try EffectSizes(
            tables.map { Study($0.effect.label, $0.table, row: $0.effect.row) }, measure: .arcsineDifference)
        var result =
            switch variant {
            case .weightedRegression: try EggerTest(model: .weightedRegression).test(differences, named: .arcsine)
            case .additive: try EggerTest(interval: .t).test(differences, named: .arcsine)
            case .rank: try RankTest().test(differences)
            }
        result.name = .arcsine
        // The limit estimate would be an arcsine difference at infinite sample size, which is of no use to readers.
        result.limit = nil
        return result
    }
}
