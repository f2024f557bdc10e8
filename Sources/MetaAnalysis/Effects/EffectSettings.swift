/// How effects are computed from study data; the defaults are the field's.
public struct EffectSettings: Hashable, Sendable, Codable {
    public var correction: ContinuityCorrection
    /// Definition of the sampling variance; `nil` takes the measure's default.
    public var variance: VarianceVariant?
    /// Whether the small-sample bias correction of the measure, if it has one, is applied.
    public var biasCorrected: Bool
    /// Whether that correction is the one first published, of a measure whose correction has changed since
    /// (`MeasureDescription.originalCorrection`).
    public var usesOriginalCorrection: Bool

    public init(
        correction: ContinuityCorrection = .zeroCells, variance: VarianceVariant? = nil, biasCorrected: Bool = true,
        usesOriginalCorrection: Bool = false
    ) {
        self.correction = correction
        self.variance = variance
        self.biasCorrected = biasCorrected
        self.usesOriginalCorrection = usesOriginalCorrection
    }

    /// Whether the logarithms of means are corrected, which they were not at first.
    var correctsLogMeans: Bool { biasCorrected && !usesOriginalCorrection }
}

/// Definitions of a sampling variance that the literature distinguishes. Raw values are metafor's `vtype` codes.
public enum VarianceVariant: String, Hashable, Sendable, Codable, CaseIterable {
    /// The usual large-sample approximation.
    case largeSample = "LS"
    /// A second large-sample approximation (for SMD, with the squared bias correction).
    case largeSampleSquaredCorrection = "LS2"
    /// Unbiased.
    case unbiased = "UB"
    /// Large-sample, with the sample-size weighted average of the estimates plugged in.
    case averaged = "AV"
    /// The second large-sample approximation, with the average of the estimates plugged in.
    case averagedLargeSampleSquaredCorrection = "AV2"
    /// Assuming equal variances in the two groups.
    case homoscedastic = "HO"
    /// Homoscedastic with the average of the coefficients of variation plugged in.
    case averagedHomoscedastic = "AVHO"
    /// Assuming stratified sampling.
    case stratified = "ST"
    /// Assuming cross-sectional sampling.
    case crossSectional = "CS"

    /// Whether the variance of a study depends on the others.
    var isAveraged: Bool {
        switch self {
        case .averaged, .averagedLargeSampleSquaredCorrection, .averagedHomoscedastic: true
        default: false
        }
    }
}
