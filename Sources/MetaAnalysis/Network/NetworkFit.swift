/// The effects of the treatments of a network on each other: a complete record that needs neither the data nor the settings to
/// be read.
///
/// Everything is on the analysis scale `scale`. Shapes: n treatments, k studies.
public struct NetworkFit: Hashable, Sendable, Codable {
    /// Which of several outcomes of one file; set by the caller.
    public var outcome: String?
    public var scale: EffectScale
    /// n of them, sorted by name.
    public var treatments: [Treatment]
    /// Number of studies.
    public var k: Int
    /// Number of pairs compared, over all studies.
    public var comparisonCount: Int
    public var designs: [NetworkDesign]
    /// What tables show the others against.
    public var reference: Treatment
    /// Effects of the n treatments, centred so that they add up to 0.
    public var estimates: [Double]
    /// Their n × n covariance, of which differences have a meaning: v(i, j) = cᵢᵢ + cⱼⱼ − 2cᵢⱼ.
    public var covariance: [[Double]]
    /// Of the t distribution; `nil` where the normal one is used.
    public var degreesOfFreedom: Double?
    /// Every pair of treatments once, in the order (0, 1), (0, 2), …, (1, 2), … of `treatments`.
    public var effects: [NetworkEffect]
    public var heterogeneity: Heterogeneity
    public var inconsistency: Inconsistency
    public var fit: FitStatistics?
    public var excluded: [ExcludedStudy]
    public var diagnostics: [Diagnostic]
    public var settings: NetworkSettings
}

/// What was asked for, as codes, so that a result can say how it came about.
public struct NetworkSettings: Hashable, Sendable, Codable {
    public var measure: String
    /// "random", "common", "mantel-haenszel" or "hypergeometric".
    public var model: String
    /// Code of the τ² estimator; `nil` when the model has none or τ² was given.
    public var estimator: String?
    public var interval: IntervalMethod
    public var tauSquaredInterval: TauSquaredIntervalMethod?
    /// Confidence level, in (0, 1).
    public var level: Double
    /// How contrasts were computed, where they were computed here.
    public var effects: EffectSettings?
}

extension NetworkFit {
    /// The effect of one treatment versus another.
    ///
    /// - Returns: `nil` for a treatment that the network does not have, and for a treatment versus itself.
    public func effect(of treatment: Treatment, versus other: Treatment) -> NetworkEffect? {
        guard let first = treatments.firstIndex(of: treatment), let second = treatments.firstIndex(of: other),
            first != second
        else { return nil }
        return first < second ? effects[position(first, second)] : effects[position(second, first)].reversed
    }

    /// The effects of all others versus one.
    public func effects(versus other: Treatment) -> [NetworkEffect] {
        treatments.compactMap { effect(of: $0, versus: other) }
    }

    /// Every ordered pair once: treatment by treatment, versus each of the others.
    public var orderedEffects: [NetworkEffect] {
        treatments.indices.flatMap { first in
            treatments.indices.filter { $0 != first }.map { second in
                first < second ? effects[position(first, second)] : effects[position(second, first)].reversed
            }
        }
    }

    /// Where the pair stands in `effects`; `first` < `second`.
    private func position(_ first: Int, _ second: Int) -> Int {
        first * treatments.count - first * (first + 1) / 2 + second - first - 1
    }
}
