/// The arcsine test for events of two groups: a test of asymmetry on arcsine differences, whose variance does not depend on events.
///
/// Tables with zeros take part as they are, without a correction. The measure pooled may be another one.
/// R: `meta::metabias(metabin(…, sm="ASD"), method.bias="Egger")`, `"Thompson"`, `"Begg"`.
///
/// Source: Rücker, Schwarzer & Carpenter (2008), doi:10.1002/sim.2971.
public struct ArcsineTest: Hashable, Sendable, Codable {
    /// Which test is made of the arcsine differences.
    public enum Variant: String, Hashable, Sendable, Codable, CaseIterable {
        /// Egger's weighted regression.
        case weightedRegression = "weighted-regression"
        /// Thompson and Sharp's regression.
        case additive
        /// Begg and Mazumdar's rank test.
        case rank
    }

    public var variant: Variant

    public init(variant: Variant = .weightedRegression) { self.variant = variant }

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
        // An arcsine difference at an infinite size is not what anybody reads.
        result.limit = nil
        return result
    }
}
