/// Peto's one-step pooling of odds ratios under a common effect.
///
/// Use it for rare events, arms of similar size and effects that are not large; it is biased otherwise. It needs no continuity
/// correction: only tables without events, or with events only, carry no information.
///
/// ```swift
/// let pooled = try Peto().fit(EffectSizes(trials, measure: .petoOddsRatio))
/// ```
///
/// μ̂ = Σ (O − E) / Σ V with the hypergeometric mean E and variance V of the first cell. k studies in O(k).
/// R: `metafor::rma.peto(ai, bi, ci, di)`.
///
/// Source: Yusuf, Peto, Lewis, Collins & Sleight (1985), Progress in Cardiovascular Diseases 27,
/// doi:10.1016/s0033-0620(85)80003-7.
public struct Peto: PoolingModel, Hashable, Codable {
    /// Confidence level, in (0, 1); by default 0.95.
    public var level: Double

    /// Creates the model with a confidence level in (0, 1), which `fit` checks.
    public init(level: Double = 0.95) { self.level = level }

    /// Pools the 2×2 tables behind the effects, in O(k).
    ///
    /// - Throws: `MetaAnalysisError` with code `.unsupportedCombination` unless the effects are Peto odds ratios of 2×2 tables,
    ///   `.tooFewStudies` for no study, `.notEstimable` when no table has both events and non-events, `.invalidSetting` for a
    ///   level outside (0, 1).
    public func fit(_ effects: EffectSizes) throws -> PooledEffect {
        try effects.requireData(for: "Peto's method")
        guard case .twoByTwo(let studies) = effects.source,
            effects.measure == TwoByTwoTable.Measure.petoOddsRatio.rawValue
        else {
            throw MetaAnalysisError(
                .unsupportedCombination, "Peto's method cannot pool \(effects.measure)",
                remedy: "give 2×2 tables and the measure PETO")
        }
        guard !studies.isEmpty else { throw effects.nothingToPool }
        let strata = studies.map { StratifiedTables.Hypergeometric($0.outcome) }
        var difference = 0.0
        var variance = 0.0
        for stratum in strata {
            difference += stratum.excess
            variance += stratum.variance
        }
        guard variance > 0 else {
            throw MetaAnalysisError(
                .notEstimable, "no study has both events and non-events", remedy: "choose an outcome that occurred")
        }
        // The studies' own effects come from the same sums, without the continuity correction of `effects`.
        let own = strata.map { stratum in
            stratum.variance > 0
                ? EffectEstimate(estimate: stratum.excess / stratum.variance, variance: 1 / stratum.variance) : nil
        }
        var uncorrected = effects
        uncorrected.diagnostics.removeAll { $0.code == .continuityCorrection || $0.code == .rareEvents }
        return try PooledEffect(
            countPooling: .peto, uncorrected, own: own, estimate: difference / variance, variance: 1 / variance,
            weights: strata.map(\.variance), tests: [], level: level)
    }
}
