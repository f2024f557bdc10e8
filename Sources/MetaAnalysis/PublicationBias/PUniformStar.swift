internal import RealModule

/// p-uniform*: effect and heterogeneity if significant results were published more often than others, by an unknown factor.
///
/// Each study is taken given the side of its critical value on which it lies, so that the probabilities of publication of significant and
/// other studies need not be estimated. The method assumes that publication depends on significance alone. With few studies of one kind
/// there is little information, and heterogeneity is then estimated as 0 too often.
///
/// ```swift
/// let adjusted = try PUniformStar().fit(effects)
/// adjusted.estimate; adjusted.tauSquaredInterval
/// ```
///
/// Effects y, critical values c = z√v, S² = v + τ²: density φ((y − μ)/S)/S over Q((c − μ)/S) for y > c and over 1 − Q otherwise; maximum
/// likelihood over μ and τ² ≥ 0. Intervals by the profile likelihood; L₀ tests μ = 0, L_het tests τ² = 0 (one-sided: P(Z > √L)). R:
/// `puniform::puni_star(yi, vi, side="right", method="ML")`. O(k) for each of some hundred steps.
///
/// Source: van Aert & van Assen (2026), doi:10.3758/s13423-025-02812-4.
public struct PUniformStar: Hashable, Sendable, Codable {
    /// Two-sided level at which studies count as significant, in (0, 1).
    public var alpha: Double
    /// Side on which significant effects lie; `nil` takes the side of the common-effect mean.
    public var side: FunnelSide?
    /// Confidence level, in (0, 1).
    public var level: Double

    /// Creates the method, by default at the two-sided level 0.05 and on the side of the common-effect mean.
    public init(alpha: Double = 0.05, side: FunnelSide? = nil, level: Double = 0.95) {
        self.alpha = alpha
        self.side = side
        self.level = level
    }

    /// Estimates effect and heterogeneity by maximum likelihood.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than two studies, `.notEstimable` when the likelihood rises
    ///   with τ² without bound (as it may when all studies, or none, are significant), `.invalidSetting` for a level outside (0, 1).
    public func fit(_ effects: EffectSizes) throws -> PUniformStarFit {
        try ConfidenceInterval.check(level: level)
        try SmallStudyAlpha.check(alpha)
        guard effects.count > 1 else { throw MetaAnalysisError.tooFew(effects.count, for: "p-uniform*", needed: 2) }
        let (moderate, factor) = effects.moderate
        let common = try CommonEffect(level: level).fit(moderate)
        let side = self.side ?? (common.estimate < 0 ? .left : .right)
        let sign = side == .right ? 1.0 : -1.0
        let critical = ReferenceDistribution.normal.twoSidedQuantile(level: 1 - alpha)
        let studies = TruncatedNormals(moderate, sign: sign, critical: critical)
        let profile = TruncatedProfile(studies)
        guard let best = profile.maximum else { throw Self.unbounded }
        let bound = ReferenceDistribution.chiSquared(degreesOfFreedom: 1).quantile(level)
        func ratio(_ logLikelihood: Double?) -> Double {
            max(0, 2 * (best.logLikelihood - (logLikelihood ?? -.infinity)))
        }
        func excess(_ mean: Double) -> Double { bound - ratio(profile.logLikelihood(mean: mean)) }
        let unit = studies.unit(best.tauSquared)
        let upper = TruncatedNormals.crossing(from: best.mean, unit: unit / 4, excess)
        let lower = TruncatedNormals.crossing(from: -best.mean, unit: unit / 4) { excess(-$0) }
        let ends = ((lower.map { -$0 } ?? -.infinity) * factor, (upper ?? .infinity) * factor)
        let interval =
            side == .right
            ? ConfidenceInterval(lower: ends.0, upper: ends.1) : ConfidenceInterval(lower: -ends.1, upper: -ends.0)
        let homogeneous = studies.bestMean(0)
        let heterogeneity = HypothesisTest.likelihoodRatioStatistic(
            best.logLikelihood, over: homogeneous?.logLikelihood ?? -.infinity)
        let estimate = sign * factor * best.mean
        guard estimate.isFinite, (factor * factor * best.tauSquared).isFinite else {
            throw MetaAnalysisError.outOfRange
        }
        return PUniformStarFit(
            k: effects.count, significant: studies.isSignificant.count { $0 }, scale: effects.scale, side: side,
            estimate: estimate, confidenceInterval: interval,
            backTransformed: effects.backTransformed(estimate, interval),
            tauSquared: best.tauSquared * factor * factor,
            tauSquaredInterval: tauSquaredInterval(profile, best, bound: bound)
                .rescaled(by: factor).rescaled(by: factor),
            effectTest: .likelihoodRatio("no-effect", ratio(profile.logLikelihood(mean: 0))),
            heterogeneityTest: HypothesisTest(
                name: "no-heterogeneity", statistic: heterogeneity,
                pValue: ReferenceDistribution.normal.upperTail(heterogeneity.squareRoot())),
            logLikelihood: best.logLikelihood - Double(effects.count) * .log(factor), alpha: alpha, level: level,
            diagnostics: cautions(studies))
    }

    private func tauSquaredInterval(
        _ profile: TruncatedProfile, _ best: TruncatedProfile.Point, bound: Double
    ) -> ConfidenceInterval {
        func excess(_ tauSquared: Double) -> Double {
            let here = profile.studies.bestMean(tauSquared)?.logLikelihood ?? -.infinity
            return bound - 2 * (best.logLikelihood - here)
        }
        var lower = 0.0
        if best.tauSquared > 0, excess(0) < 0 {
            lower = root(of: { -excess($0) }, in: 0...best.tauSquared).value
        }
        let unit = best.tauSquared + profile.typicalVariance
        let upper = TruncatedNormals.crossing(from: best.tauSquared, unit: unit / 4, excess)
        return ConfidenceInterval(lower: lower, upper: upper ?? .infinity)
    }

    private static let unbounded = MetaAnalysisError(
        .notEstimable, "the likelihood of p-uniform* rises with the heterogeneity without an end",
        remedy: "take p-uniform, or a selection model")

    private func cautions(_ studies: TruncatedNormals) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        let significant = studies.isSignificant.count { $0 }
        if studies.count < 10 {
            notes.append(
                Diagnostic(
                    .warning, .fewStudies,
                    "p-uniform* among \(studies.count) studies is uncertain, and its τ² more so: ten are the least that is advised"
                ))
        }
        if significant == 0 || significant == studies.count {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "\(significant == 0 ? "no study is" : "all studies are") significant on this side: p-uniform* has one kind of"
                        + " study to go by"))
        }
        return notes
    }
}

/// The profile likelihood of truncated normal effects in one parameter, maximized over the other.
struct TruncatedProfile {
    struct Point {
        var mean: Double
        var tauSquared: Double
        var logLikelihood: Double
    }

    let studies: TruncatedNormals
    let typicalVariance: Double
    /// Values of τ² that bracket the maximum: 0, and from well below the sampling variances to well above the spread of effects.
    private let grid: [Double]

    init(_ studies: TruncatedNormals) {
        self.studies = studies
        let total = studies.variances.reduce(0) { $0 + 1 / $1 }
        typicalVariance = Double(studies.count) / total
        let spread = (studies.responses.max() ?? 0) - (studies.responses.min() ?? 0)
        let last = 256 * (spread * spread + (studies.variances.max() ?? 0))
        var grid = [0.0]
        var value = typicalVariance / 1024
        while value < last {
            grid.append(value)
            value *= 1.75
        }
        self.grid = grid + [last]
    }

    /// Maximum over both parameters; `nil` when it is not reached within bounds.
    var maximum: Point? {
        func point(_ tauSquared: Double) -> Point? {
            studies.bestMean(tauSquared).map {
                Point(mean: $0.mean, tauSquared: tauSquared, logLikelihood: $0.logLikelihood)
            }
        }
        let values = grid.map { studies.bestMean($0)?.logLikelihood ?? -.infinity }
        let found = best(values) { tauSquared in
            point(tauSquared).map { studies.score($0.mean, tauSquared).tauSquared } ?? .nan
        }
        return found.flatMap(point)
    }

    /// Returns the log-likelihood at this μ, maximized over τ².
    func logLikelihood(mean: Double) -> Double {
        let values = grid.map { studies.logLikelihood(mean, $0) }
        guard let tauSquared = best(values, { studies.score(mean, $0).tauSquared }) else {
            return values.max() ?? -.infinity
        }
        return studies.logLikelihood(mean, tauSquared)
    }

    /// Returns the τ² of greatest likelihood, given its values on the grid and its slope; `nil` at the end of the grid.
    private func best(_ values: [Double], _ slope: (Double) -> Double) -> Double? {
        guard let index = values.indices.max(by: { values[$0] < values[$1] }), values[index] > -.infinity,
            index + 1 < grid.count
        else { return nil }
        let (low, middle, high) = (grid[max(0, index - 1)], grid[index], grid[index + 1])
        let here = slope(middle)
        if here == 0 || (index == 0 && here <= 0) { return middle }
        let (start, end) = here > 0 ? (middle, high) : (low, middle)
        // The likelihood is higher at `middle` than at the other end, so that the slope changes its sign between them.
        return root(of: slope, in: start...end).value
    }
}

/// Effect and heterogeneity by p-uniform*: a complete record on the analysis scale.
public struct PUniformStarFit: Hashable, Sendable, Codable {
    /// Number of studies.
    public var k: Int
    /// Number of significant studies on the side.
    public var significant: Int
    /// Analysis scale of the estimates.
    public var scale: EffectScale
    /// Side on which significant effects lie.
    public var side: FunnelSide
    /// Mean effect μ.
    public var estimate: Double
    /// Confidence interval of the effect by profile likelihood; an end is infinite where no finite value is found.
    public var confidenceInterval: ConfidenceInterval
    /// Estimate and interval, back-transformed; `nil` when the scale needs sample sizes that the studies lack.
    public var backTransformed: BackTransformed?
    /// Between-study variance τ², on the squared analysis scale.
    public var tauSquared: Double
    /// Confidence interval of τ² by profile likelihood.
    public var tauSquaredInterval: ConfidenceInterval
    /// Likelihood-ratio test L₀ of no effect, with 1 degree of freedom.
    public var effectTest: HypothesisTest
    /// Test L_het of no heterogeneity, one-sided.
    public var heterogeneityTest: HypothesisTest
    /// Maximum of the log-likelihood of the effects, given the sides of their critical values.
    public var logLikelihood: Double
    /// Two-sided level at which studies counted as significant.
    public var alpha: Double
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]
}
