/// Likelihood comparison of two nested regressions of the same studies.
///
/// Restricted likelihoods of models with different columns cannot be compared. Both models are therefore fitted by maximum
/// likelihood if another estimator of τ² is set; `isRefitted` is then `true`.
/// R: `metafor::anova(full, reduced)` of fits with `method = "ML"`.
///
/// Source: Viechtbauer (2010), Journal of Statistical Software 36, doi:10.18637/jss.v036.i03.
public struct ModelComparison: Hashable, Sendable, Codable {
    /// Log-likelihood and information criteria of the full model.
    public var full: FitStatistics
    /// Log-likelihood and information criteria of the reduced model.
    public var reduced: FitStatistics
    /// τ² of the full model, refitted if `isRefitted`, on the squared analysis scale.
    public var fullTauSquared: Double
    /// τ² of the reduced model, refitted if `isRefitted`, on the squared analysis scale.
    public var reducedTauSquared: Double
    /// Likelihood-ratio test: twice the log-likelihood of the full model minus that of the reduced one, against χ² with one
    /// degree of freedom for each coefficient that the reduced model lacks.
    public var likelihoodRatio: HypothesisTest
    /// Percentage of the reduced model's τ² that the other terms explain, at least 0; under a common effect the same of Q over
    /// its degrees of freedom. `nil` when there is nothing to explain or the full model has no degrees of freedom.
    public var explainedHeterogeneity: Double?
    /// Whether both models were fitted by maximum likelihood in place of the estimator that was set.
    public var isRefitted: Bool
    /// Terms of the full model that the reduced one lacks.
    public var terms: [String]
}

extension MetaRegression {
    /// Compares this model with one that has some of its terms, on the studies with all moderators of this one.
    ///
    /// - Parameter reduced: terms of the other model, matched by name.
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) when the other model has terms that this one lacks, or no fewer terms;
    ///   the errors of `fit`.
    public func compared(
        with reduced: [ModelTerm], _ effects: EffectSizes, moderators: Moderators
    ) throws -> ModelComparison {
        if let foreign = reduced.first(where: { term in !terms.contains { $0.name == term.name } }) {
            throw MetaAnalysisError(
                .invalidSetting, "the model has no term \(quoted(foreign.name))",
                remedy: "compare it with a part of itself")
        }
        guard reduced.count < terms.count else {
            throw MetaAnalysisError(
                .invalidSetting, "both models have the same terms", remedy: "leave at least one term out of the other")
        }
        try check()
        var likely = self
        likely.interval = .wald
        likely.tauSquaredInterval = .qProfile
        let isRefitted = estimation.heterogeneity.estimator.map { $0 != .maximumLikelihood } ?? false
        if isRefitted { likely.heterogeneity = .estimated(.maximumLikelihood) }
        let data = try RegressionData(effects, moderators, terms: terms, hasIntercept: hasIntercept)
        var smaller = likely
        smaller.terms = terms.filter { term in reduced.contains { $0.name == term.name } }
        let one = try likely.fit(effects.subset(data.kept), moderators: moderators.subset(data.kept))
        let other = try smaller.fit(effects.subset(data.kept), moderators: moderators.subset(data.kept))
        let statistic = HypothesisTest.likelihoodRatioStatistic(
            one.fit.logLikelihood, over: other.fit.logLikelihood)
        let degrees = Double(one.coefficients.count - other.coefficients.count)
        let (tau, tauBefore) = (one.heterogeneity.tauSquared, other.heterogeneity.tauSquared)
        return ModelComparison(
            full: one.fit, reduced: other.fit, fullTauSquared: tau, reducedTauSquared: tauBefore,
            likelihoodRatio: HypothesisTest(
                name: "likelihood-ratio", statistic: statistic, degreesOfFreedom: degrees,
                pValue: ReferenceDistribution.chiSquared(degreesOfFreedom: degrees).upperTail(statistic)),
            explainedHeterogeneity: one.heterogeneity.degreesOfFreedom == 0
                ? nil
                : estimation.heterogeneity.isRandom
                    ? RegressionFit.explained(tauBefore, tau)
                    : RegressionFit.explained(other.heterogeneity.perDegree, one.heterogeneity.perDegree),
            isRefitted: isRefitted,
            terms: terms.map(\.name).filter { name in !reduced.contains { $0.name == name } })
    }
}

extension Heterogeneity {
    /// Q over its degrees of freedom; `nil` without any.
    fileprivate var perDegree: Double? { degreesOfFreedom > 0 ? cochranQ / degreesOfFreedom : nil }
}
