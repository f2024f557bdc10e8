/// The pooled effect of the studies at hand and of those that trim and fill adds, and how many these are.
///
/// In JSON the keys of the pooled effect and those of this record stand side by side.
public struct TrimAndFillFit: Hashable, Sendable {
    /// Of all studies, the imputed ones among them.
    public var pooled: PooledEffect
    public var missingEstimator: MissingStudiesEstimator
    /// Number of studies added.
    public var imputed: Int
    /// Of the number before rounding; `nil` where its formula has no real value.
    public var imputedStandardError: Double?
    /// Test that no study is missing on this side; only for R0.
    public var imputedPValue: Double?
    /// Where studies were added.
    public var side: FunnelSide
    public var imputedStudies: [ImputedStudy]
}

/// The mirror image of a study.
public struct ImputedStudy: Hashable, Sendable, Codable {
    public var label: String
    /// On the analysis scale.
    public var estimate: Double
    public var variance: Double
}

extension TrimAndFillFit: Codable {
    private enum CodingKeys: String, CodingKey {
        case missingEstimator, imputed, imputedStandardError, imputedPValue, side, imputedStudies
    }

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
