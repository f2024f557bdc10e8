/// The effects of the treatments of a network on each other: a complete record that can be read without the data and the settings.
///
/// Effects are on the analysis scale `scale`. Shapes: n treatments, k studies.
public struct NetworkFit: Hashable, Sendable, Codable {
    /// Outcome among several in one file; set by the caller.
    public var outcome: String?
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// The n treatments, sorted by name.
    public var treatments: [Treatment]
    /// Number of studies.
    public var k: Int
    /// Number of pairs compared, over all studies.
    public var comparisonCount: Int
    /// Designs of the network: the sets of treatments that studies compare.
    public var designs: [NetworkDesign]
    /// Reference treatment of tables; no number depends on it.
    public var reference: Treatment
    /// Effects of the n treatments, centered so that they sum to 0.
    public var estimates: [Double]
    /// Covariance of `estimates`, n × n, for differences only: v(i, j) = cᵢᵢ + cⱼⱼ − 2cᵢⱼ.
    public var covariance: [[Double]]
    /// Degrees of freedom of the t distribution; `nil` where the normal one is used.
    public var degreesOfFreedom: Double?
    /// Effects of every pair of treatments once, in the order (0, 1), (0, 2), …, (1, 2), … of `treatments`.
    public var effects: [NetworkEffect]
    /// Heterogeneity of the network: τ², Q of all studies and I².
    public var heterogeneity: Heterogeneity
    /// Tests of heterogeneity within designs and inconsistency between them.
    public var inconsistency: Inconsistency
    /// Log-likelihood and information criteria; `nil` for the Mantel–Haenszel method, and for contrasts without residual degrees of
    /// freedom.
    public var fit: FitStatistics?
    /// Studies that were left out, by name and with the reason.
    public var excluded: [ExcludedStudy]
    /// Warnings and notes on this fit.
    public var diagnostics: [Diagnostic]
    /// Settings of the analysis.
    public var settings: NetworkSettings
}

/// The settings of a network analysis as codes, so that a result documents how it was computed.
public struct NetworkSettings: Hashable, Sendable, Codable {
    /// Code of the measure, such as "OR".
    public var measure: String
    /// The kind of model.
    public var model: ModelIdentity
    /// The estimator of τ²; `nil` when the model has none or τ² was given.
    public var estimator: HeterogeneityEstimator?
    /// Method for the tests and confidence intervals of effects, as used.
    public var interval: IntervalMethod
    /// Method for the confidence interval of τ²; `nil` when τ² was not estimated.
    public var tauSquaredInterval: TauSquaredIntervalMethod?
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Settings with which contrasts were computed from data; `nil` where contrasts were given.
    public var effects: EffectSettings?
}

extension NetworkFit {
    /// Returns the effect of one treatment versus another.
    ///
    /// - Returns: `nil` for a treatment that the network does not have, and for a treatment versus itself.
    public func effect(of treatment: Treatment, versus other: Treatment) -> NetworkEffect? {
        guard let first = treatments.firstIndex(of: treatment), let second = treatments.firstIndex(of: other),
            first != second
        else { return nil }
        return first < second ? effects[position(first, second)] : effects[position(second, first)].reversed
    }

    /// Returns the effects of all other treatments versus one.
    public func effects(versus other: Treatment) -> [NetworkEffect] {
        treatments.compactMap { effect(of: $0, versus: other) }
    }

    /// Effects of every ordered pair once: each treatment versus each of the others.
    public var orderedEffects: [NetworkEffect] {
        treatments.indices.flatMap { first in
            treatments.indices.filter { $0 != first }.map { second in
                first < second ? effects[position(first, second)] : effects[position(second, first)].reversed
            }
        }
    }

    /// Returns the position of a pair in `effects`; `first` < `second`.
    private func position(_ first: Int, _ second: Int) -> Int {
        first * treatments.count - first * (first + 1) / 2 + second - first - 1
    }
}
