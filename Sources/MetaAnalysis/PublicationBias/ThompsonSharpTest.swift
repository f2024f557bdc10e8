/// Thompson and Sharp's test: Egger's regression with between-study variance, tested by t with k − 2 degrees of freedom.
///
/// The slope is that of `EggerTest` with its mixed-effects model; the t distribution is the safer reference for few studies. R:
/// `meta::metabias(m, method.bias="Thompson")`, which has the τ² estimator of `m`.
///
/// Source: Thompson & Sharp (1999), Statistics in Medicine 18,
/// doi:10.1002/(sici)1097-0258(19991030)18:20<2693::aid-sim235>3.0.co;2-v (their method 3).
public struct ThompsonSharpTest: Hashable, Sendable, Codable {
    /// Predictor of the regression; by default the standard error.
    public var predictor: FunnelPredictor
    /// As in `EggerTest`.
    public var heterogeneity: HeterogeneityModel
    /// Confidence level of the limit estimate, in (0, 1).
    public var level: Double

    /// Creates the test, by default a regression on the standard error with τ² by REML.
    public init(
        predictor: FunnelPredictor = .standardError,
        heterogeneity: HeterogeneityModel = .estimated(.restrictedMaximumLikelihood), level: Double = 0.95
    ) {
        self.predictor = predictor
        self.heterogeneity = heterogeneity
        self.level = level
    }

    /// Tests whether the effects depend on the predictor.
    ///
    /// - Throws: the errors of `EggerTest`.
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        try EggerTest(
            predictor: predictor, heterogeneity: heterogeneity, interval: .t, level: level
        ).test(effects, named: .thompsonSharp)
    }
}
