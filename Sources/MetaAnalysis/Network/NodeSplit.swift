/// A test of whether direct and indirect evidence agree, for every pair of treatments.
///
/// It answers for one pair of treatments at a time what `Inconsistency` answers for the whole network. With many pairs some small p-values
/// are expected, and a high one does not prove agreement if either side is imprecise.
///
/// ```swift
/// let splits = try NodeSplitting().test(network, model: NetworkMetaAnalysis())
/// splits.filter { ($0.pValue ?? 1) < 0.05 }
/// ```
///
/// Every test is a Wald test at the τ² of the model, whatever the intervals of the model: a Hartung–Knapp factor would be inflated by the
/// inconsistency that is tested.
///
/// R: `netmeta::netsplit(net, method="back-calculation")`, `method="SIDDE"`.
public struct NodeSplitting: Hashable, Sendable, Codable {
    /// The source of indirect evidence. R: `method`.
    public enum Method: String, Hashable, Sendable, Codable, CaseIterable {
        /// Network estimate from which the direct estimate is removed in proportion to its precision.
        ///
        /// With direct estimate d, network estimate m and p = var(m) / var(d): indirect (m − p d) / (1 − p), of variance
        /// var(m) / (1 − p). Other arms of studies that compare the two count as indirect evidence.
        ///
        /// Source: Dias et al. (2010), Statistics in Medicine 29, doi:10.1002/sim.3767; König, Krahn & Binder (2013),
        /// Statistics in Medicine 32, doi:10.1002/sim.6001.
        case backCalculation = "back-calculation"
        /// Network without any design that compares the two (SIDDE: separate indirect from direct design evidence).
        ///
        /// The two sides share no study. Both have the τ² of the whole network in their weights.
        ///
        /// Source: Efthimiou et al. (2019), Statistics in Medicine 38, doi:10.1002/sim.8158.
        case designBased = "SIDDE"
    }

    /// Source of indirect evidence; by default back-calculation.
    public var method: Method
    /// Tolerance for back-calculation, in [0, 0.5): if the proportion of direct evidence is nearer to 0 or 1 than this, no difference is
    /// computed. R: `tol.direct`.
    public var tolerance: Double

    /// Creates the test, by default with back-calculation and the tolerance 0.0005.
    public init(method: Method = .backCalculation, tolerance: Double = 5e-4) {
        self.method = method
        self.tolerance = tolerance
    }

    /// Compares direct and indirect evidence for every pair of treatments. Back-calculation is O(1) for each pair after the fit;
    /// `designBased` fits the rest of the network for every pair compared, O(n³) each.
    ///
    /// - Parameter model: model of the network, which gives τ² (none under common effects) and the level.
    /// - Returns: every pair of treatments once, in the order of `NetworkFit.effects`. Values that a pair lacks are `nil`, and its
    ///   diagnostics say why.
    /// - Throws: the errors of `model.fit`, and `MetaAnalysisError` (`.invalidSetting`) for a tolerance out of range.
    public func test(_ network: TreatmentNetwork, model: NetworkMetaAnalysis) throws -> [NodeSplit] {
        guard tolerance >= 0, tolerance < 0.5 else {
            throw MetaAnalysisError(
                .invalidSetting, "the tolerance is \(tolerance)", remedy: "take a number from 0 to less than 0.5")
        }
        var model = model
        model.interval = .wald
        let fit = try model.fit(network)
        let rest =
            method == .designBased
            ? try DesignLevelFit(moderating: network, at: fit.heterogeneity.tauSquared) : nil
        return fit.effects.map { effect in
            let first = network.index(of: effect.treatment) ?? 0
            let second = network.index(of: effect.versus) ?? 0
            var split = NodeSplit(effect)
            if effect.direct == nil {
                split.diagnose("has no direct evidence: no study compares the two")
            } else if let rest {
                split.indirect = rest.indirectEvidence(first, second).map {
                    NetworkEffect.Evidence($0.estimate, standardError: $0.standardError, level: model.level)
                }
                if split.indirect == nil {
                    split.diagnose(
                        "has no indirect evidence: without the designs that compare the two nothing links them")
                }
            } else if split.proportionDirect > 1 - tolerance {
                split.indirect = nil
                split.diagnose(
                    "has no indirect evidence to speak of: the direct evidence determines the network estimate")
            } else if split.proportionDirect < tolerance {
                split.diagnose("has hardly any direct evidence: the indirect evidence determines the network estimate")
                return split
            }
            split.compare(level: model.level)
            return split
        }
    }
}

/// Direct, indirect and network estimates of the effect of one treatment versus another, and the difference of the first two.
///
/// Effects are on the analysis scale, `treatment` minus `versus`.
public struct NodeSplit: Hashable, Sendable, Codable {
    /// Treatment whose effect this is.
    public var treatment: Treatment
    /// Comparator, whose effect is subtracted.
    public var versus: Treatment
    /// Direct evidence, from the studies that compare the two; `nil` where none does.
    public var direct: NetworkEffect.Evidence?
    /// Indirect evidence, from the rest of the network; `nil` where it does not link the two.
    public var indirect: NetworkEffect.Evidence?
    /// Network estimate, from all evidence.
    public var network: NetworkEffect.Evidence
    /// Share of the precision of the network estimate that direct evidence provides, 0 to 1.
    public var proportionDirect: Double
    /// Number of studies that compare the two.
    public var studies: Int
    /// Direct minus indirect estimate; `nil` where the two cannot be separated.
    public var difference: Double?
    /// Standard error of the difference; `nil` without one.
    public var standardError: Double?
    /// Confidence interval of the difference; `nil` without one.
    public var confidenceInterval: ConfidenceInterval?
    /// Difference divided by its standard error; `nil` without a difference or when the standard error is 0.
    public var statistic: Double?
    /// Two-sided p-value of no difference; `nil` without a statistic.
    public var pValue: Double?
    /// Reasons why there is no test; empty with one.
    public var diagnostics: [Diagnostic]
}

extension NodeSplit {
    fileprivate init(_ effect: NetworkEffect) {
        treatment = effect.treatment
        versus = effect.versus
        direct = effect.direct
        indirect = effect.indirect
        network = NetworkEffect.Evidence(
            estimate: effect.estimate, standardError: effect.standardError,
            confidenceInterval: effect.confidenceInterval, pValue: effect.pValue, studies: nil)
        // Every model of contrasts has this proportion.
        proportionDirect = effect.proportionDirect ?? 0
        studies = effect.studies
        diagnostics = []
    }

    fileprivate mutating func diagnose(_ reason: String) {
        diagnostics.append(Diagnostic(.note, .notEstimable, "\(treatment) versus \(versus) \(reason)"))
    }

    fileprivate mutating func compare(level: Double) {
        guard let direct, let indirect else { return }
        let difference = direct.estimate - indirect.estimate
        let error =
            (direct.standardError * direct.standardError + indirect.standardError * indirect.standardError).squareRoot()
        let evidence = NetworkEffect.Evidence(difference, standardError: error, level: level)
        self.difference = difference
        standardError = error
        confidenceInterval = evidence.confidenceInterval
        statistic = error > 0 ? difference / error : nil
        pValue = evidence.pValue
    }

    /// The split of `versus` versus `treatment`: the same evidence with the sign changed.
    public var reversed: NodeSplit {
        var result = self
        (result.treatment, result.versus) = (versus, treatment)
        result.direct = direct?.reversed
        result.indirect = indirect?.reversed
        result.network = network.reversed
        result.difference = difference.map { -$0 }
        result.confidenceInterval = confidenceInterval?.mirrored
        result.statistic = statistic.map { -$0 }
        return result
    }
}

extension NetworkEffect.Evidence {
    /// Creates evidence with the interval and test of the normal distribution.
    fileprivate init(_ estimate: Double, standardError: Double, level: Double) {
        let quantile = ReferenceDistribution.normal.twoSidedQuantile(level: level)
        self.init(
            estimate: estimate, standardError: standardError,
            confidenceInterval: ConfidenceInterval(around: estimate, halfWidth: quantile * standardError),
            pValue: standardError > 0 ? ReferenceDistribution.normal.twoSidedPValue(estimate / standardError) : nil,
            studies: nil)
    }
}

extension DesignLevelFit {
    /// Computes the effect of `first` minus `second` from the designs that do not contain both.
    ///
    /// - Returns: `nil` where they do not link the two.
    fileprivate func indirectEvidence(_ first: Int, _ second: Int) -> (estimate: Double, standardError: Double)? {
        var holders: [DesignEvidence] = []
        var others: [DesignEvidence] = []
        for design in designs {
            let holdsBoth = design.arms.contains(first) && design.arms.contains(second)
            if holdsBoth { holders.append(design) } else { others.append(design) }
        }
        let difference = without(holders, others, first, second)
        return difference.map { (factor * $0.estimate, factor * $0.variance.squareRoot()) }
    }

    private func without(
        _ holders: [DesignEvidence], _ others: [DesignEvidence], _ first: Int, _ second: Int
    ) -> (estimate: Double, variance: Double)? {
        let parts = ConnectedParts(of: others, count: effects.count)
        guard parts.areLinked(first, second) else { return nil }
        let removed = DesignEvidence(pooling: holders)
        let shared = removed.arms.count - parts.count
        guard let removal = removal(of: removed, sharedContrasts: shared) else {
            return try? DesignPart(of: others, around: first, count: effects.count).difference(first, second)
        }
        // Covariances of the contrast with the treatments of the removed designs.
        let covariances = removed.arms.map { covariance[first, $0] - covariance[second, $0] }
        let shift = removal * removed.deviation(from: effects)
        var estimate = effects[first] - effects[second]
        for (covariance, shift) in zip(covariances, shift) { estimate -= covariance * shift }
        let variance =
            covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
            + removal.quadraticForm(covariances)
        return (estimate, max(0, variance))
    }
}
