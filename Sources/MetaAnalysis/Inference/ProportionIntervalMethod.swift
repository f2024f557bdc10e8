/// Intervals of one proportion that need no normal approximation of its transformed value.
public enum ProportionIntervalMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// `Proportion.exactInterval(level:)`.
    case clopperPearson = "clopper-pearson"
    /// `Proportion.wilsonInterval(level:)`.
    case wilson
    /// `Proportion.agrestiCoullInterval(level:)`.
    case agrestiCoull = "agresti-coull"
    /// `Proportion.jeffreysInterval(level:)`.
    case jeffreys

    /// As a heading names it ("Wilson").
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
    /// The interval by a method chosen at run time.
    ///
    /// - Throws: as `exactInterval(level:)`.
    public func interval(_ method: ProportionIntervalMethod, level: Double = 0.95) throws -> ConfidenceInterval {
        switch method {
        case .clopperPearson: try exactInterval(level: level)
        case .wilson: try wilsonInterval(level: level)
        case .agrestiCoull: try agrestiCoullInterval(level: level)
        case .jeffreys: try jeffreysInterval(level: level)
        }
    }

    /// Wald's interval about the centre of Wilson's: p̃ ± z √(p̃(1 − p̃)/ñ) with ñ = n + z², p̃ = (x + z²/2)/ñ, held within 0 and 1.
    ///
    /// Contains Wilson's interval. Source: Brown, Cai & DasGupta (2001), doi:10.1214/ss/1009213286.
    ///
    /// - Throws: as `exactInterval(level:)`.
    public func agrestiCoullInterval(level: Double = 0.95) throws -> ConfidenceInterval {
        try checkInterval(level)
        let quantile = ReferenceDistribution.normal.twoSidedQuantile(level: level)
        let enlarged = size + quantile * quantile
        let center = (events + quantile * quantile / 2) / enlarged
        let rest = (size - events + quantile * quantile / 2) / enlarged
        let halfWidth = quantile * (center * rest / enlarged).squareRoot()
        return ConfidenceInterval(lower: max(0, center - halfWidth), upper: min(1, center + halfWidth))
    }

    /// The equal-tailed posterior interval under Jeffreys' prior, beta with ½ and ½; from 0 where nobody and to 1 where everybody
    /// had the event.
    ///
    /// Covers at its level on average. Source: Brown, Cai & DasGupta (2001), doi:10.1214/ss/1009213286.
    /// R: `qbeta(c(0.025, 0.975), events + 0.5, size - events + 0.5)`.
    ///
    /// - Throws: as `exactInterval(level:)`.
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
    /// Intervals of the proportions behind the effects, on the scale of proportions and without continuity correction, in the
    /// order of `effects`.
    ///
    /// R: `binom.test`, `prop.test(correct = FALSE)`; `method.ci` of `meta::metaprop`.
    ///
    /// - Throws: `MetaAnalysisError`: `.unsupportedCombination` when the data are not events of one group, `.invalidSetting` for
    ///   a level outside (0, 1).
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
