/// An effect that can be computed from one kind of data. Its raw value is the field's code ("RR").
public protocol EffectMeasure: CaseIterable, Hashable, Sendable, Codable, RawRepresentable where RawValue == String {
    /// Its entry in the catalogue.
    var details: MeasureDescription { get }
}

extension EffectMeasure {
    /// Full name in English, lower case ("log risk ratio").
    public var title: String { details.title }
    /// Estimate (y) and sampling variance (v) as formulas in plain text.
    public var definition: String { details.definition }
    /// Author, year and DOI of the definition.
    public var source: String { details.source }
    /// Scale on which estimates are stored.
    public var scale: EffectScale { details.scale }
    /// Definitions of the sampling variance that can be asked for, the default first.
    public var variances: [VarianceVariant] { details.variances }
    /// Whether a small-sample bias correction is part of the definition and can be switched off.
    public var hasBiasCorrection: Bool { details.hasBiasCorrection }
    /// Whether `ContinuityCorrection` is applied.
    public var usesContinuityCorrection: Bool { details.usesContinuityCorrection }
}
