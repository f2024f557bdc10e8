/// The effect of one treatment versus another, with the direct and indirect evidence for it.
///
/// Effects are on the analysis scale, `treatment` minus `versus`.
public struct NetworkEffect: Hashable, Sendable, Codable {
    /// Treatment whose effect this is.
    public var treatment: Treatment
    /// Comparator, whose effect is subtracted.
    public var versus: Treatment
    /// Network estimate.
    public var estimate: Double
    /// Standard error as the interval uses it: scaled under Hartung–Knapp.
    public var standardError: Double
    /// Estimate divided by its standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Two-sided p-value of no effect; `nil` when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval of the estimate.
    public var confidenceInterval: ConfidenceInterval
    /// Interval in which the effect in a new study is expected; `nil` under a common effect and without degrees of freedom.
    public var predictionInterval: ConfidenceInterval?
    /// Number of studies that compare the two treatments.
    public var studies: Int
    /// Evidence from the studies that compare the two; `nil` where none does, and for models of counts.
    public var direct: Evidence?
    /// Evidence from all other studies; `nil` where only their own studies link the two, and for models of counts.
    public var indirect: Evidence?
    /// Share of the precision of the network estimate that direct evidence provides, 0 to 1; `nil` for models of counts, which do not
    /// separate the two kinds of evidence.
    public var proportionDirect: Double?

    /// One part of the evidence on an effect: the direct or the indirect part.
    public struct Evidence: Hashable, Sendable, Codable {
        /// Effect from this part of the evidence, on the analysis scale.
        public var estimate: Double
        /// Standard error of the effect.
        public var standardError: Double
        /// Confidence interval of the effect.
        public var confidenceInterval: ConfidenceInterval
        /// Two-sided p-value of no effect; `nil` when the standard error is 0.
        public var pValue: Double?
        /// Number of studies that compare the two; `nil` for indirect evidence.
        public var studies: Int?
    }

    /// The effect of `versus` versus `treatment`: the same evidence with the sign changed.
    public var reversed: NetworkEffect {
        NetworkEffect(
            treatment: versus, versus: treatment, estimate: -estimate, standardError: standardError,
            statistic: statistic.map { -$0 }, pValue: pValue, confidenceInterval: confidenceInterval.mirrored,
            predictionInterval: predictionInterval?.mirrored, studies: studies, direct: direct?.reversed,
            indirect: indirect?.reversed,
            proportionDirect: proportionDirect)
    }
}

extension NetworkEffect.Evidence {
    var reversed: Self {
        Self(
            estimate: -estimate, standardError: standardError, confidenceInterval: confidenceInterval.mirrored,
            pValue: pValue, studies: studies)
    }
}

extension ConfidenceInterval {
    /// The interval of the negated value.
    var mirrored: ConfidenceInterval { ConfidenceInterval(lower: -upper, upper: -lower) }
}

extension NetworkEffect {
    /// Back-transforms the effect and its intervals; `nil` on a scale that needs a sample size.
    public func backTransformed(_ scale: EffectScale) -> BackTransformed? {
        BackTransformed(scale, estimate, confidenceInterval, predictionInterval, sampleSize: nil)
    }
}
