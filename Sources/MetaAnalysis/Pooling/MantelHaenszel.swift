internal import RealModule

/// Mantel–Haenszel pooling of 2×2 tables or person-time rates under a common effect.
///
/// Use it for sparse data: the sums are over the counts themselves, so that zero cells need no continuity correction. The
/// measure is that of the effects (OR, RR, RD, IRR or IRD), which must have been computed from counts; the studies' own
/// effects, with their continuity correction, are used only for the table of studies and for heterogeneity.
///
/// ```swift
/// let pooled = try MantelHaenszel().fit(EffectSizes(trials, measure: .oddsRatio))
/// ```
///
/// k studies in O(k). R: `metafor::rma.mh(ai, bi, ci, di, measure="OR")`.
///
/// Source: Mantel & Haenszel (1959), JNCI 22, doi:10.1093/jnci/22.4.719; variance of OR: Robins, Breslow & Greenland (1986),
/// Biometrics 42, doi:10.2307/2531052; of RR, IRR and IRD: Greenland & Robins (1985), Biometrics 41, doi:10.2307/2530643; of
/// RD: Sato, Greenland & Robins (1989), Biometrics 45.
public struct MantelHaenszel: PoolingModel, Hashable, Codable {
    /// Whether the tests of association (Cochran–Mantel–Haenszel, Cochran, and Mantel–Haenszel for rates) subtract one half, as
    /// in the original paper; by default `true`.
    public var continuityCorrectedTest: Bool
    /// Confidence level, in (0, 1); by default 0.95.
    public var level: Double

    /// Creates the model, by default with a continuity-corrected test and a 95% interval. `fit` checks the level.
    public init(continuityCorrectedTest: Bool = true, level: Double = 0.95) {
        self.continuityCorrectedTest = continuityCorrectedTest
        self.level = level
    }

    /// Pools the counts behind the effects, in O(k). Tests are added for OR and IRR.
    ///
    /// - Throws: `MetaAnalysisError` with code `.unsupportedCombination` for effects of another measure or effects given as
    ///   reported, `.tooFewStudies` for no study, `.notEstimable` when there are no events to compare, `.invalidSetting` for a
    ///   level outside (0, 1).
    public func fit(_ effects: EffectSizes) throws -> PooledEffect {
        let strata = try effects.mantelHaenszelStrata()
        guard !strata.isEmpty else { throw effects.nothingToPool }
        let total = strata.reduce(MantelHaenszelSums()) { $0.adding($1) }
        let (estimate, variance) = try total.pooled(isRatio: effects.scale == .log)
        var tests: [HypothesisTest] = []
        switch effects.source {
        case .twoByTwo(let studies) where effects.measure == TwoByTwoTable.Measure.oddsRatio.rawValue:
            let tables = studies.map(\.outcome)
            tests =
                [
                    StratifiedTables.cochranMantelHaenszel(tables, isCorrected: continuityCorrectedTest),
                    StratifiedTables.cochran(tables, isCorrected: continuityCorrectedTest),
                ] + StratifiedTables.homogeneity(tables, oddsRatio: .exp(estimate))
        case .twoGroupRates(let studies) where effects.measure == TwoGroupRates.Measure.rateRatio.rawValue:
            tests = [StratifiedTables.mantelHaenszel(studies.map(\.outcome), isCorrected: continuityCorrectedTest)]
        default: break
        }
        return try PooledEffect(
            countPooling: .mantelHaenszel, effects.notingCorrectionOfOwnEffects, own: effects.informativeEffects,
            estimate: estimate, variance: variance,
            weights: strata.map(\.weight), tests: tests, level: level)
    }
}

/// Terms that one stratum adds to the sums of numerator, denominator and variance.
struct MantelHaenszelSums {
    /// Terms of the ratio's numerator and denominator, or of the difference and its weight.
    var numerator = 0.0
    var denominator = 0.0
    /// Numerator minus denominator of a ratio, or the numerator of a difference, computed without cancellation.
    var excess = 0.0
    /// Terms of the variance: the odds ratio has three; a difference has two, of which the second is multiplied by the
    /// difference.
    var variance = (0.0, 0.0, 0.0)
    /// Weight of the stratum in the pooled effect.
    var weight = 0.0
    var isOddsRatio = false

    func adding(_ other: MantelHaenszelSums) -> MantelHaenszelSums {
        MantelHaenszelSums(
            numerator: numerator + other.numerator, denominator: denominator + other.denominator,
            excess: excess + other.excess,
            variance: (
                variance.0 + other.variance.0, variance.1 + other.variance.1, variance.2 + other.variance.2
            ), weight: weight + other.weight, isOddsRatio: isOddsRatio || other.isOddsRatio)
    }

    /// Computes the pooled effect on the analysis scale and its variance.
    ///
    /// - Throws: `MetaAnalysisError` (`.notEstimable`) without the events or the variance that the effect needs.
    func pooled(isRatio: Bool) throws -> (estimate: Double, variance: Double) {
        guard isRatio else {
            guard denominator > 0 else { throw Self.noEvents }
            let estimate = numerator / denominator
            let spread = (variance.0 + estimate * variance.1) / (denominator * denominator)
            guard spread > 0 else { throw Self.noVariance }
            return (estimate, spread)
        }
        guard numerator > 0, denominator > 0 else { throw Self.noEvents }
        let estimate = logRatio(numerator / denominator, exceedingOneBy: excess / denominator)
        guard isOddsRatio else { return (estimate, variance.0 / (numerator * denominator)) }
        let spread = variance.0 / (numerator * numerator) + variance.1 / (numerator * denominator)
        return (estimate, 0.5 * (spread + variance.2 / (denominator * denominator)))
    }

    private static let noVariance = MetaAnalysisError(
        .notEstimable, "the difference has no standard error, as every study has no events or nothing but events",
        remedy: "choose an outcome that occurred")

    private static let noEvents = MetaAnalysisError(
        .notEstimable, "no study has the events that a Mantel-Haenszel ratio needs in both groups",
        remedy: "pool the difference (RD or IRD), or use inverse-variance pooling with a continuity correction")
}

extension MantelHaenszelSums {
    fileprivate init(_ table: TwoByTwoTable, _ measure: TwoByTwoTable.Measure) {
        let (a, b) = (table.treatedEvents, table.treatedNonEvents)
        let (c, d) = (table.controlEvents, table.controlNonEvents)
        let (n1, n2) = (table.treatedSize, table.controlSize)
        let n = n1 + n2
        guard n1 > 0, n2 > 0 else { return }
        // Identical for odds, risks and their difference: ad − bc = an₂ − cn₁.
        excess = table.crossDifference.quotient(by: n, 1)
        switch measure {
        case .oddsRatio:
            isOddsRatio = true
            numerator = a / n * d
            denominator = b / n * c
            let agreeing = (a + d) / n
            let crossing = (b + c) / n
            variance = (
                agreeing * numerator, agreeing * denominator + crossing * numerator, crossing * denominator
            )
            weight = denominator
        case .riskRatio:
            numerator = a / n * n2
            denominator = c / n * n1
            variance.0 = n1 / n * (n2 / n) * (a + c) - a / n * c
            weight = denominator
        case .riskDifference:
            numerator = excess
            denominator = n1 / n * n2
            variance.0 = 0.5 * (a / n * d + c / n * b)
            let (share1, share2) = (n1 / n, n2 / n)
            variance.1 = share1 * share1 * c - share2 * share2 * a + 0.5 * share1 * share2 * (n2 - n1)
            weight = denominator
        default: break
        }
    }

    fileprivate init(_ rates: TwoGroupRates, _ measure: TwoGroupRates.Measure) {
        let (x1, t1, x2, t2) = (rates.treatedEvents, rates.treatedTime, rates.controlEvents, rates.controlTime)
        let t = t1 + t2
        excess = rates.crossDifference.quotient(by: t, 1)
        switch measure {
        case .rateRatio:
            numerator = x1 * (t2 / t)
            denominator = x2 * (t1 / t)
            variance.0 = t1 / t * (t2 / t) * (x1 + x2)
            weight = denominator
        case .rateDifference:
            numerator = excess
            denominator = t1 / t * t2
            variance.0 = x1 * (t2 / t) * (t2 / t) + x2 * (t1 / t) * (t1 / t)
            weight = denominator
        default: break
        }
    }
}

extension EffectSizes {
    /// Effects of the single studies; `nil` also for tables without events, or with events only, in both groups. The continuity
    /// correction alone determines their effects, which carry no information on heterogeneity.
    fileprivate var informativeEffects: [EffectEstimate?] {
        var own = effectsBySource
        for index in own.indices where source?.isDoubleZero(at: index) == true { own[index] = nil }
        return own
    }

    /// These effects with the note on the continuity correction restricted to studies whose corrected effects are used, in the
    /// table of studies and in Q.
    fileprivate var notingCorrectionOfOwnEffects: EffectSizes {
        guard let place = diagnostics.firstIndex(where: { $0.code == .continuityCorrection }), let settings else {
            return self
        }
        var used = diagnostics[place].studies
        let count = source?.count ?? 0
        for index in 0..<count where source?.isDoubleZero(at: index) == true {
            let label = source?.label(at: index)
            if let unused = used.firstIndex(where: { $0 == label }) { used.remove(at: unused) }
        }
        var result = self
        let note = settings.correction.note(
            used, of: count, purpose: " for their own effects and Q; the counts are pooled as they are")
        result.diagnostics.replaceSubrange(place...place, with: note.map { [$0] } ?? [])
        result.diagnostics.removeAll { $0.code == .rareEvents }
        return result
    }

    fileprivate func mantelHaenszelStrata() throws -> [MantelHaenszelSums] {
        try requireData(for: "the Mantel-Haenszel method")
        switch source {
        case .twoByTwo(let studies):
            if let measure = TwoByTwoTable.Measure(rawValue: measure),
                [.oddsRatio, .riskRatio, .riskDifference].contains(measure)
            {
                return studies.map { MantelHaenszelSums($0.outcome, measure) }
            }
        case .twoGroupRates(let studies):
            if let measure = TwoGroupRates.Measure(rawValue: measure), [.rateRatio, .rateDifference].contains(measure) {
                return studies.map { MantelHaenszelSums($0.outcome, measure) }
            }
        default: break
        }
        throw MetaAnalysisError(
            .unsupportedCombination, "the Mantel-Haenszel method cannot pool \(measure)",
            remedy:
                "give events and sizes (OR, RR, RD) or events and person-time (IRR, IRD), or pool by inverse variance")
    }
}
