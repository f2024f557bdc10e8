/// The tests of small-study effects. The raw value is the name on the command line and in results.
public enum SmallStudyMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// Egger's test in a mixed-effects regression.
    case egger
    /// Egger's test in a weighted regression.
    case eggerWeighted = "egger-lm"
    /// Begg and Mazumdar's rank test.
    case begg
    /// Thompson and Sharp's test, a regression with between-study variance.
    case thompsonSharp = "thompson-sharp"
    /// Macaskill's regression on the number of participants.
    case macaskill
    /// Harbord's test for odds ratios.
    case harbord
    /// Peters' test for events of two groups.
    case peters
    /// Egger's weighted regression of arcsine differences.
    case arcsine
    /// Schwarzer, Antes and Schumacher's rank test.
    case schwarzer
    /// Deeks' test for diagnostic odds ratios.
    case deeks
    /// Pustejovsky and Rodgers' test for standardized mean differences.
    case pustejovsky
    /// Test of excess significance.
    case excessSignificance = "excess-significance"
}

extension SmallStudyMethod {
    /// Name of the test for readers.
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

    /// Runs the test, with its defaults but for these settings.
    ///
    /// - Parameters:
    ///   - predictor: for `egger`, `egger-lm` and `thompson-sharp`; the others have their own.
    ///   - heterogeneity: τ² of `egger` and `thompson-sharp`; common for `egger` around a common effect.
    ///   - interval: of `egger`; the others have their own.
    /// - Throws: `MetaAnalysisError` when the data do not allow the test.
    public func test(
        _ effects: EffectSizes, predictor: FunnelPredictor = .standardError,
        heterogeneity: HeterogeneityModel = .estimated(.restrictedMaximumLikelihood),
        interval: IntervalMethod = .wald, level: Double = 0.95
    ) throws -> SmallStudyTest {
        switch self {
        case .egger:
            try EggerTest(
                model: heterogeneity.isRandom ? .mixedEffects : .common, predictor: predictor,
                heterogeneity: heterogeneity, interval: interval, level: level
            ).test(effects)
        case .eggerWeighted:
            try EggerTest(model: .weightedRegression, predictor: predictor, level: level).test(effects)
        case .begg: try RankTest().test(effects)
        case .thompsonSharp:
            try ThompsonSharpTest(
                predictor: predictor,
                heterogeneity: heterogeneity.isRandom ? heterogeneity : .estimated(.restrictedMaximumLikelihood),
                level: level
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

    /// Reason why the test is not run by default, whatever the data; `nil` for a test that is.
    var reasonNotByDefault: String? {
        self == .deeks ? "made for diagnostic odds ratios; ask for it by name" : nil
    }
}
