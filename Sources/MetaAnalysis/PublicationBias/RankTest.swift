internal import RealModule

/// Begg and Mazumdar's rank test: whether standardized effects are correlated with their sampling variances.
///
/// The test uses Kendall's τ between (y − μ̂) / √(v − 1/Σw) and v, with the common-effect mean μ̂; numbers that differ by rounding only are
/// tied. It is exact without ties and for k of at most 300, otherwise normal with the variance for ties, without a continuity correction.
/// It has little power with few studies. R: `metafor::ranktest(rma(yi, vi, method="EE"))`. O(k²), O(k³) for the exact p-value.
///
/// Source: Begg & Mazumdar (1994), doi:10.2307/2533446.
public struct RankTest: Hashable, Sendable, Codable {
    /// Creates the test; it has no settings.
    public init() {}

    /// Tests whether standardized effects and sampling variances are correlated.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than three studies, `.singularDesign` when all sampling
    ///   variances, or all standardized effects, are equal.
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        guard effects.count > 2 else { throw MetaAnalysisError.tooFew(effects.count, for: "begg", needed: 3) }
        let solution = try InverseVariancePooling(
            effects, EstimationSettings(heterogeneity: .common, interval: .wald), weighting: .inverseVariance
        ).solution
        let (responses, variances) = (solution.model.scaled.responses, solution.model.scaled.variances)
        let (mean, share) = (solution.scaledCoefficients[0], solution.scaledPlainCovariance[0, 0])
        let standardized = zip(responses, variances).map { response, variance in
            (response - mean) / (variance - share).squareRoot()
        }
        guard standardized.allSatisfy(\.isFinite) else { throw MetaAnalysisError.outOfRange }
        // Magnitudes of what the differences are formed from, both in y − μ̂ and in v − 1/Σw.
        let sizes = zip(responses, variances).map { response, variance in
            (abs(response) + abs(mean)) * variance / (variance - share) / (variance - share).squareRoot()
        }
        let correlation = KendallCorrelation(standardized, variances, sizesOfX: sizes)
        guard let coefficient = correlation.coefficient else {
            throw MetaAnalysisError(
                .singularDesign, "begg cannot be made: all sampling variances, or all standardized effects, are equal",
                remedy: "leave it out")
        }
        let error = correlation.variance.squareRoot()
        let exact = effects.count <= Self.greatestExactCount ? correlation.exactPValue : nil
        let statistic = error > 0 ? correlation.score / error : nil
        return SmallStudyTest(
            name: .begg, predictor: nil, k: effects.count, reference: exact == nil ? .normal : .exact,
            statistic: statistic, degreesOfFreedom: nil,
            pValue: exact ?? statistic.map(ReferenceDistribution.normal.twoSidedPValue), estimate: coefficient,
            standardError: error / correlation.greatestScore, limit: nil, tauSquared: nil, significance: nil,
            diagnostics: effects.asymmetryCautions(count: effects.count) + effects.dependenceCautions)
    }

    private static let greatestExactCount = 300
}
