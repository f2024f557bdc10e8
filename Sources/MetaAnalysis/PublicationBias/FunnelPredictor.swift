/// The predictor of a regression test of funnel plot asymmetry: a measure of study size. The raw value is metafor's code.
public enum FunnelPredictor: String, Hashable, Sendable, Codable, CaseIterable {
    /// Standard error √v, the predictor of Egger's test.
    case standardError = "sei"
    /// Sampling variance v.
    case variance = "vi"
    /// Number of participants n; this and the following predictors need sample sizes.
    case sampleSize = "ni"
    /// Inverse 1/n of the number of participants.
    case inverseSampleSize = "ninv"
    /// Square root √n of the number of participants.
    case rootSampleSize = "sqrtni"
    /// Inverse square root 1/√n of the number of participants.
    case inverseRootSampleSize = "sqrtninv"
}

extension FunnelPredictor {
    /// Whether the predictor goes to 0 as a study grows; the intercept is then the effect of an infinitely large study.
    public var vanishesWithSize: Bool {
        switch self {
        case .standardError, .variance, .inverseSampleSize, .inverseRootSampleSize: true
        case .sampleSize, .rootSampleSize: false
        }
    }

    /// Returns the value of the predictor for every study.
    ///
    /// - Throws: `MetaAnalysisError` with code `.missingColumn` for a study without a number of participants.
    func values(_ effects: EffectSizes) throws -> [Double] {
        switch self {
        case .standardError: effects.effects.map(\.standardError)
        case .variance: effects.effects.map(\.variance)
        case .sampleSize: try sampleSizes(effects)
        case .inverseSampleSize: try sampleSizes(effects).map { 1 / $0 }
        case .rootSampleSize: try sampleSizes(effects).map { $0.squareRoot() }
        case .inverseRootSampleSize: try sampleSizes(effects).map { 1 / $0.squareRoot() }
        }
    }

    private func sampleSizes(_ effects: EffectSizes) throws -> [Double] {
        try effects.effects.map { effect in
            guard let size = effect.sampleSize, size > 0, size.isFinite else {
                throw MetaAnalysisError(
                    .missingColumn, "the predictor \(rawValue) needs the number of participants, which is not known",
                    remedy: "take the predictor sei or vi, or give a column ni",
                    location: MetaAnalysisError.Location(row: effect.row, study: effect.label))
            }
            return size
        }
    }
}
