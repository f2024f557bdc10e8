/// Interval of a single proportion that needs no normal approximation on a transformed scale.
public enum ProportionIntervalMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// Exact interval, `Proportion.exactInterval(level:)`.
    case clopperPearson = "clopper-pearson"
    /// Score interval, `Proportion.wilsonInterval(level:)`.
    case wilson
    /// Adjusted Wald interval, `Proportion.agrestiCoullInterval(level:)`.
    case agrestiCoull = "agresti-coull"
    /// Bayesian interval under Jeffreys' prior, `Proportion.jeffreysInterval(level:)`.
    case jeffreys

    /// Name as in a heading, such as "Wilson".
    public var title: String {
        switch self {
        case .clopperPearson: "Clopper-Pearson"
        case .wilson: "Wilson"
        case .agrestiCoull: "Agresti-Coull"
        case .jeffreys: "Jeffreys"
        }
    }
}

extension Proportion {
    /// Computes the interval by a method chosen at run time.
    ///
    /// - Throws: the errors of `exactInterval(level:)`.
    public func interval(_ method: ProportionIntervalMethod, level: Double = 0.95) throws -> ConfidenceInterval {
        switch method {
        case .clopperPearson: try exactInterval(level: level)
        case .wilson: try wilsonInterval(level: level)
        case .agrestiCoull: try agrestiCoullInterval(level: level)
        case .jeffreys: try jeffreysInterval(level: level)
        }
    }

    /// Computes the Wald interval around the center of Wilson's: p̃ ± z √(p̃(1 − p̃)/ñ) with ñ = n + z², p̃ = (x + z²/2)/ñ,
    /// limited to the range 0 to 1.
    ///
    /// It contains Wilson's interval. Source: Brown, Cai & DasGupta (2001), doi:10.1214/ss/1009213286.
    ///
    /// - Throws: the errors of `exactInterval(level:)`.
    public func agrestiCoullInterval(level: Double = 0.95) throws -> ConfidenceInterval {
        try checkInterval(level)
        let quantile = ReferenceDistribution.normal.twoSidedQuantile(level: level)
        let enlarged = size + quantile * quantile
        let center = (events + quantile * quantile / 2) / enlarged
        let rest = (size - events + quantile * quantile / 2) / enlarged
        let halfWidth = quantile * (center * rest / enlarged).squareRoot()
        return ConfidenceInterval(lower: max(0, center - halfWidth), upper: min(1, center + halfWidth))
    }

    /// Computes the equal-tailed posterior interval under Jeffreys' prior, a beta distribution with parameters ½ and ½. The
    /// lower limit is 0 if no participant had the event, and the upper limit is 1 if all had it.
    ///
    /// Its coverage is close to the level on average. Source: Brown, Cai & DasGupta (2001), doi:10.1214/ss/1009213286.
    /// R: `qbeta(c(0.025, 0.975), events + 0.5, size - events + 0.5)`.
    ///
    /// - Throws: the errors of `exactInterval(level:)`.
    public func jeffreysInterval(level: Double = 0.95) throws -> ConfidenceInterval {
        try checkInterval(level)
        let tail = (1 - level) / 2
        let posterior = ReferenceDistribution.beta(events + 0.5, size - events + 0.5)
        return ConfidenceInterval(
            lower: events == 0 ? 0 : posterior.quantile(tail), upper: events == size ? 1 : posterior.upperQuantile(tail)
        )
    }
}

extension EffectSizes {
    /// Computes intervals of the proportions behind the effects, on the scale of proportions and without continuity correction,
    /// in the order of `effects`.
    ///
    /// R: `binom.test`, `prop.test(correct = FALSE)`; `method.ci` of `meta::metaprop`.
    ///
    /// - Throws: `MetaAnalysisError`: `.unsupportedCombination` when the data are not events of one group, `.invalidSetting`
    ///   for a level outside (0, 1).
    public func proportionIntervals(
        _ method: ProportionIntervalMethod, level: Double = 0.95
    ) throws -> [ConfidenceInterval] {
        guard case .proportion(let studies) = source else {
            throw MetaAnalysisError(
                .unsupportedCombination,
                "a \(method.title) interval is one of a proportion, and these effects are of other data",
                remedy: "take a measure of events of one group, such as PLO, or leave the interval out")
        }
        return try effects.map { try studies[$0.position].outcome.interval(method, level: level) }
    }
}
