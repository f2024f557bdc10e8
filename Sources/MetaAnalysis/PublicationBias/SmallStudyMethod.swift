/// The tests of small-study effects by their names.
public enum SmallStudyMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// Egger's test in a mixed-effects regression.
    case egger
    /// Egger's test in a weighted regression.
    case eggerWeighted = "egger-lm"
    /// Begg and Mazumdar's rank test.
    case begg
    case thompsonSharp = "thompson-sharp"
    case macaskill
    case harbord
    case peters
    case arcsine
    /// Schwarzer, Antes and Schumacher's rank test.
    case schwarzer
    case deeks
    /// Pustejovsky and Rodgers.
    case pustejovsky
    case excessSignificance = "excess-significance"
}

extension SmallStudyMethod {
    /// Its name for people.
    public var title: String {
        switch self {
        case .egger: "Egger, mixed effects"
        case .eggerWeighted: "Egger, weighted"
        case .begg: "Begg and Mazumdar"
        case .thompsonSharp: "Thompson and Sharp"
        case .macaskill: "Macaskill"
        case .harbord: "Harbord"
        case .peters: "Peters"
        case .arcsine: "Arcsine"
        case .schwarzer: "Schwarzer"
        case .deeks: "Deeks"
        case .pustejovsky: "Pustejovsky and Rodgers"
        case .excessSignificance: "Excess significance"
        }
    }

    /// Runs the test with its defaults.
    ///
    /// - Parameters:
    ///   - predictor: for `egger`, `egger-lm` and `thompson-sharp`; the others have their own.
    ///   - heterogeneity: estimator of τ² for tests that have one; `nil` for `egger` around a common effect.
    ///   - knownTauSquared: τ² of `egger` and `thompson-sharp` where it is known beforehand.
    ///   - interval: of `egger`; the others have their own.
    /// - Throws: `MetaAnalysisError` when the data do not allow the test.
    public func test(
        _ effects: EffectSizes, predictor: FunnelPredictor = .standardError,
        heterogeneity: HeterogeneityEstimator? = .restrictedMaximumLikelihood, knownTauSquared: Double? = nil,
        interval: IntervalMethod = .wald, level: Double = 0.95
    ) throws -> SmallStudyTest {
        let estimator = heterogeneity ?? .restrictedMaximumLikelihood
        return switch self {
        case .egger:
            try EggerTest(
                model: heterogeneity == nil ? .common : .mixedEffects, predictor: predictor, heterogeneity: estimator,
                interval: interval, knownTauSquared: heterogeneity == nil ? nil : knownTauSquared, level: level
            ).test(effects)
        case .eggerWeighted:
            try EggerTest(model: .weightedRegression, predictor: predictor, level: level).test(effects)
        case .begg: try RankTest().test(effects)
        case .thompsonSharp:
            try ThompsonSharpTest(
                predictor: predictor, heterogeneity: estimator, knownTauSquared: knownTauSquared, level: level
            ).test(effects)
        case .macaskill: try MacaskillTest().test(effects)
        case .harbord: try HarbordTest().test(effects)
        case .peters: try PetersTest().test(effects)
        case .arcsine: try ArcsineTest().test(effects)
        case .schwarzer: try SchwarzerTest().test(effects)
        case .deeks: try DeeksTest().test(effects)
        case .pustejovsky: try PustejovskyRodgersTest().test(effects)
        case .excessSignificance: try ExcessSignificanceTest().test(effects)
        }
    }

    /// Why the test is not among those run by default, where it is left out whatever the data.
    var reasonNotByDefault: String? {
        self == .deeks ? "made for diagnostic odds ratios; ask for it by name" : nil
    }
}
