/// Conversion of the median with the range, the quartiles, or both, into the mean and standard deviation of a sample.
///
/// These estimates are less precise than a reported mean and standard deviation, so a study with converted values gets too much weight.
/// Compare the result with one without such studies. If a test finds the quantiles too skewed for normal data, the methods for normal data
/// add a warning. Quantile estimation (`.quantileEstimation`) or a power transformation is then the better choice.
///
/// ```swift
/// let reported = QuantileSummary(firstQuartile: 8, median: 10, thirdQuartile: 13, size: 20)
/// let estimate = try QuantileConversion(method: .luoWanShi).convert(reported)
/// estimate.mean.mean
/// ```
///
/// R: `metafor::conv.fivenum`, with `method="qe"`, `"bc"` and `"mln"` for the others.
public struct QuantileConversion: Hashable, Sendable, Codable {
    /// Method of the estimation.
    public var method: QuantileMethod

    /// Makes a conversion by this method. Default `.luoWanShi`.
    public init(method: QuantileMethod = .luoWanShi) { self.method = method }

    /// Estimates the mean and standard deviation. O(1); methods that search evaluate a quantile function some hundred times.
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidOutcome` for impossible quantiles, for too few participants, and for values of 0 or less
    ///   with methods that take logarithms; `.unsupportedCombination` if the method does not use the quantiles given; `.notEstimable` if
    ///   the fitted distribution has no mean or standard deviation; `.numericalOverflow`.
    public func convert(_ summary: QuantileSummary) throws -> MeanEstimate {
        let scenario = try usedScenario(summary)
        var estimate = MeanEstimate(
            mean: SingleMean(mean: .nan, deviation: .nan, size: summary.size), method: method, scenario: scenario,
            skewness: SkewnessTest(summary), diagnostics: [])
        switch method {
        case .luoWanShi:
            (estimate.mean.mean, estimate.mean.deviation) = (
                summary.luoMean(scenario), summary.shiDeviation(scenario)
            )
        case .wan:
            (estimate.mean.mean, estimate.mean.deviation) = (summary.wanMean(scenario), summary.wanDeviation())
        case .hozo:
            (estimate.mean.mean, estimate.mean.deviation) = (summary.hozoMean(), summary.hozoDeviation())
        case .quantileEstimation:
            let fit = try QuantileFit(summary, scenario)
            estimate.family = fit.family
            (estimate.mean.mean, estimate.mean.deviation) = (fit.mean, fit.deviation)
        case .boxCox, .maximumLikelihood:
            let fit =
                method == .boxCox
                ? try PowerNormal(symmetrizing: summary, scenario) : try PowerNormal(mostLikelyFor: summary, scenario)
            estimate.power = fit.power
            (estimate.mean.mean, estimate.mean.deviation) = try fit.moments()
        }
        guard estimate.mean.mean.isFinite, estimate.mean.deviation.isFinite else {
            throw MetaAnalysisError(
                .numericalOverflow, "the mean or standard deviation is outside the range of numbers",
                remedy: "give the quantiles in other units")
        }
        if let skewness = estimate.skewness, skewness.isSkewed, method.assumesNormality || estimate.family == .normal {
            estimate.diagnostics.append(Self.warning(skewness))
        }
        return estimate
    }

    private func usedScenario(_ summary: QuantileSummary) throws -> QuantileSummary.Scenario {
        let scenario = try summary.validate()
        guard method.scenarios.contains(scenario) || (method == .hozo && scenario == .fiveNumbers) else {
            throw MetaAnalysisError(
                .unsupportedCombination, "the method \(method.rawValue) does not read \(scenario.title)",
                remedy: "give min and max, or take another method", location: .init(column: "median"))
        }
        guard summary.size >= method.leastSize else {
            throw MetaAnalysisError.invalidOutcome(
                "\(summary.size.plain) participants are too few for the method \(method.rawValue)",
                remedy: "take the values themselves as the sample, or the method hozo from 2 participants on", role: "n"
            )
        }
        return method == .hozo ? .range : scenario
    }

    private static func warning(_ skewness: SkewnessTest) -> Diagnostic {
        let statistic = NumberFormat.fixed(skewness.statistic, decimals: 3)
        let critical = NumberFormat.fixed(skewness.criticalValue, decimals: 3)
        return Diagnostic(
            .warning, .skewedQuantiles,
            "the quantiles are skewed to the \(skewness.isRightTailed ? "right" : "left") (\(statistic), where normal data stay below "
                + "\(critical)), and the method assumes normal data; QE, BC or MLN do not")
    }
}
