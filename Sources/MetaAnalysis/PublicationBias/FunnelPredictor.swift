/// What the effects of a funnel plot are regressed on: a measure of how small a study is. The raw value is metafor's code.
public enum FunnelPredictor: String, Hashable, Sendable, Codable, CaseIterable {
    /// √v, as Egger's test has it.
    case standardError = "sei"
    /// v.
    case variance = "vi"
    /// Number of participants n; as all that follow it needs sample sizes.
    case sampleSize = "ni"
    /// 1/n.
    case inverseSampleSize = "ninv"
    /// √n.
    case rootSampleSize = "sqrtni"
    /// 1/√n.
    case inverseRootSampleSize = "sqrtninv"
}

extension FunnelPredictor {
    /// Whether the predictor goes to 0 as a study grows, so that the intercept is the effect of an infinitely large study.
    public var vanishesWithSize: Bool {
        switch self {
        case .standardError, .variance, .inverseSampleSize, .inverseRootSampleSize: true
        case .sampleSize, .rootSampleSize: false
        }
    }

    /// The predictor of every study.
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
