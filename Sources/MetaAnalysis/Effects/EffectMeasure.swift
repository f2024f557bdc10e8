/// An effect that can be computed from one kind of data. Its raw value is the code of the field ("RR").
public protocol EffectMeasure: CaseIterable, Hashable, Sendable, Codable, RawRepresentable where RawValue == String {
    /// Entry of the measure in the catalogue.
    var details: MeasureDescription { get }
}

extension EffectMeasure {
    /// Full name in English, in lower case ("log risk ratio").
    public var title: String { details.title }
    /// Estimate (y) and sampling variance (v) as formulas in plain text.
    public var definition: String { details.definition }
    /// Authors, year and DOI of the definition.
    public var source: String { details.source }
    /// Scale on which estimates are stored and pooled.
    public var scale: EffectScale { details.scale }
    /// Available definitions of the sampling variance, the default first.
    public var variances: [VarianceVariant] { details.variances }
    /// Whether the definition includes a small-sample bias correction, which can be switched off.
    public var hasBiasCorrection: Bool { details.hasBiasCorrection }
    /// Whether a `ContinuityCorrection` is applied to zero cells.
    public var usesContinuityCorrection: Bool { details.usesContinuityCorrection }
}
