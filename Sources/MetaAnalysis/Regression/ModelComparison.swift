/// Two nested regressions of the same studies, compared by their likelihoods.
///
/// Restricted likelihoods of different columns cannot be compared: both are fitted by maximum likelihood where the model asks for
/// another estimator of τ², which `isRefitted` says.
/// R: `metafor::anova(full, reduced)` of fits with `method = "ML"`.
///
/// Source: Viechtbauer (2010), Journal of Statistical Software 36, doi:10.18637/jss.v036.i03.
public struct ModelComparison: Hashable, Sendable, Codable {
    public var full: FitStatistics
    public var reduced: FitStatistics
    public var fullTauSquared: Double
    public var reducedTauSquared: Double
    /// 2 (log-likelihood of the full less that of the reduced model), against χ² with one degree of freedom for each coefficient less.
    public var likelihoodRatio: HypothesisTest
    /// Percent of the reduced model's τ² that the further terms account for, `nil` where that is 0; under a common effect the same of
    /// Q over its degrees of freedom.
    public var explainedHeterogeneity: Double?
    public var isRefitted: Bool
    /// Terms of the full model that the reduced one lacks.
    public var terms: [String]
}

extension MetaRegression {
    /// This model against one with some of its terms, on the studies that have all moderators of this one.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) when the other model has terms that this one lacks, or all of them; what `fit`
    ///   throws.
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
    /// Q for each degree of freedom; `nil` without any.
    fileprivate var perDegree: Double? { degreesOfFreedom > 0 ? cochranQ / degreesOfFreedom : nil }
}
