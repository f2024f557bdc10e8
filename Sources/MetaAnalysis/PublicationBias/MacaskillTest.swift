/// Macaskill's test: whether effects depend on the number of participants.
///
/// yᵢ is regressed on nᵢ with weights 1/v and multiplicative dispersion, t with k − 2 degrees of freedom. Sample size does not depend on
/// the effect, so that the false positives of Egger's test with ratios do not arise. The power is low. R:
/// `meta::metabias(m, method.bias="Macaskill")`.
///
/// Source: Macaskill, Walter & Irwig (2001), doi:10.1002/sim.698.
public struct MacaskillTest: Hashable, Sendable, Codable {
    /// Creates the test; it has no settings.
    public init() {}

    /// Tests whether the effects depend on the number of participants.
    ///
    /// - Throws: the errors of `EggerTest` with a predictor that needs sample sizes.
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        try EggerTest(model: .weightedRegression, predictor: .sampleSize).test(effects, named: .macaskill)
    }
}
