/// How effects are computed from study data. The defaults are those of the field.
public struct EffectSettings: Hashable, Sendable, Codable {
    /// Continuity correction of tables with zero cells. Default 0.5 in every cell of a study with a zero cell.
    public var correction: ContinuityCorrection
    /// Definition of the sampling variance; `nil`, the default, means that of the measure.
    public var variance: VarianceVariant?
    /// Whether the small-sample bias correction is applied, if the measure has one. Default true.
    public var biasCorrected: Bool
    /// Whether the bias correction is the one first published, for a measure whose correction has changed since
    /// (`MeasureDescription.originalCorrection`). Default false.
    public var usesOriginalCorrection: Bool

    /// Makes settings; every parameter has the default of the field.
    public init(
        correction: ContinuityCorrection = .zeroCells, variance: VarianceVariant? = nil, biasCorrected: Bool = true,
        usesOriginalCorrection: Bool = false
    ) {
        self.correction = correction
        self.variance = variance
        self.biasCorrected = biasCorrected
        self.usesOriginalCorrection = usesOriginalCorrection
    }

    /// Whether the logarithms of means are corrected for bias, as they were not when the measures were first published.
    var correctsLogMeans: Bool { biasCorrected && !usesOriginalCorrection }
}

/// Definitions of a sampling variance that the literature distinguishes. Raw values are the `vtype` codes of metafor.
public enum VarianceVariant: String, Hashable, Sendable, Codable, CaseIterable {
    /// The usual large-sample approximation.
    case largeSample = "LS"
    /// A second large-sample approximation (for SMD, with the squared bias correction).
    case largeSampleSquaredCorrection = "LS2"
    /// Unbiased estimate of the sampling variance.
    case unbiased = "UB"
    /// Large-sample approximation, computed with the average of the estimates weighted by sample size.
    case averaged = "AV"
    /// Second large-sample approximation, computed with the average of the estimates.
    case averagedLargeSampleSquaredCorrection = "AV2"
    /// Assumes equal variances in the two groups.
    case homoscedastic = "HO"
    /// Assumes equal variances and uses the average of the coefficients of variation.
    case averagedHomoscedastic = "AVHO"
    /// Assumes that the sizes of the groups are given (stratified sampling).
    case stratified = "ST"
    /// Assumes that participants are sampled without regard to group (cross-sectional sampling).
    case crossSectional = "CS"

    /// Whether the variance of a study depends on the other studies.
    var isAveraged: Bool {
        switch self {
        case .averaged, .averagedLargeSampleSquaredCorrection, .averagedHomoscedastic: true
        default: false
        }
    }
}
