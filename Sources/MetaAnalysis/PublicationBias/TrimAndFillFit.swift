/// The pooled effect of the observed and imputed studies of trim and fill, and the number of imputed studies.
///
/// In JSON the keys of the pooled effect and those of this record are on the same level.
public struct TrimAndFillFit: Hashable, Sendable {
    /// Pooled effect of all studies, including the imputed ones.
    public var pooled: PooledEffect
    /// Estimator of the number of missing studies.
    public var missingEstimator: MissingStudiesEstimator
    /// Number of imputed studies.
    public var imputed: Int
    /// Standard error of the number before rounding; `nil` where its formula has no real value.
    public var imputedStandardError: Double?
    /// p-value of no missing study on this side; only for R0, otherwise `nil`.
    public var imputedPValue: Double?
    /// Side on which studies were imputed.
    public var side: FunnelSide
    /// Imputed studies, the mirror images of the trimmed ones.
    public var imputedStudies: [ImputedStudy]
}

/// The mirror image of a trimmed study.
public struct ImputedStudy: Hashable, Sendable, Codable {
    /// Label, "imputed for " followed by that of the trimmed study.
    public var label: String
    /// Effect of the imputed study, on the analysis scale.
    public var estimate: Double
    /// Sampling variance of the trimmed study, on the squared analysis scale.
    public var variance: Double
}

extension TrimAndFillFit: Codable {
    private enum CodingKeys: String, CodingKey {
        case missingEstimator, imputed, imputedStandardError, imputedPValue, side, imputedStudies
    }

    /// Decodes the keys of the pooled effect and those of this record from the same level.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            pooled: try PooledEffect(from: decoder),
            missingEstimator: try values.decode(MissingStudiesEstimator.self, forKey: .missingEstimator),
            imputed: try values.decode(Int.self, forKey: .imputed),
            imputedStandardError: try values.decodeIfPresent(Double.self, forKey: .imputedStandardError),
            imputedPValue: try values.decodeIfPresent(Double.self, forKey: .imputedPValue),
            side: try values.decode(FunnelSide.self, forKey: .side),
            imputedStudies: try values.decode([ImputedStudy].self, forKey: .imputedStudies))
    }

    /// Encodes the keys of the pooled effect and those of this record on the same level.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(missingEstimator, forKey: .missingEstimator)
        try values.encode(imputed, forKey: .imputed)
        try values.encodeIfPresent(imputedStandardError, forKey: .imputedStandardError)
        try values.encodeIfPresent(imputedPValue, forKey: .imputedPValue)
        try values.encode(side, forKey: .side)
        try values.encode(imputedStudies, forKey: .imputedStudies)
        try pooled.encode(to: encoder)
    }
}
