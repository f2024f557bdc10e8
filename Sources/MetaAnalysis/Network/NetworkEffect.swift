/// The effect of one treatment versus another, with the evidence it rests on.
///
/// On the analysis scale, treatment minus versus.
public struct NetworkEffect: Hashable, Sendable, Codable {
    public var treatment: Treatment
    public var versus: Treatment
    public var estimate: Double
    /// As the interval uses it: scaled under Hartung–Knapp.
    public var standardError: Double
    /// Estimate over standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Two-sided; `nil` when the standard error is 0.
    public var pValue: Double?
    public var confidenceInterval: ConfidenceInterval
    /// Where the effect in a new study is expected; `nil` under a common effect and without degrees of freedom.
    public var predictionInterval: ConfidenceInterval?
    /// Number of studies that compare the two.
    public var studies: Int
    /// From the studies that compare the two; `nil` where none does, and for models of counts.
    public var direct: Evidence?
    /// From all other studies; `nil` where the two are linked by their own studies only.
    public var indirect: Evidence?
    /// Share of the direct evidence in the network estimate, in precision: 0 to 1; `nil` for models of counts, which do not
    /// tell the two kinds of evidence apart.
    public var proportionDirect: Double?

    /// A part of the evidence on one effect.
    public struct Evidence: Hashable, Sendable, Codable {
        public var estimate: Double
        public var standardError: Double
        public var confidenceInterval: ConfidenceInterval
        public var pValue: Double?
        /// Number of studies that compare the two; `nil` for indirect evidence.
        public var studies: Int?
    }

    /// The same seen from the other side.
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
    /// The effect as people read it; `nil` on a scale that needs a sample size.
    public func backTransformed(_ scale: EffectScale) -> BackTransformed? {
        BackTransformed(scale, estimate, confidenceInterval, predictionInterval, sampleSize: nil)
    }
}
