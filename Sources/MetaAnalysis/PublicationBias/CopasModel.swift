internal import RealModule

/// The Copas selection model: how the effect changes as small studies with unwelcome results are assumed to be published less often.
///
/// It is a sensitivity analysis, not an estimate of bias: the studies do not determine the chance of publication, so that it has to be
/// given. If the funnel plot is symmetric, the result hardly depends on it. With few studies the likelihood is too flat to be useful.
///
/// ```swift
/// let copas = try CopasModel().fit(effects)
/// copas.adjusted?.estimate; copas.path.map(\.publicationProbability)
/// ```
///
/// Effects y ~ N(μ, σ² + τ²) with standard errors s; a study is published where γ₀ + γ₁/s + δ > 0, with corr(y − μ, δ) = ρ for the sampling
/// error, so that studies with standard error s are published with probability Φ(γ₀ + γ₁/s). μ, ρ and τ² are estimated by maximum
/// likelihood with the sign of ρ that suppresses studies on `side`, from random effects (ρ = 0) as the start; `CopasLikelihood` has the
/// likelihood. The model is fitted on a grid of γ₀ and γ₁, and on a path across it. The path begins at least selection and follows the
/// direction in which the effect changes most, with each axis in units of its range. At every point of the path a likelihood-ratio test of
/// β in y ~ N(μ + βs, …) shows whether asymmetry is left; `adjusted` is the effect at the least selection from which on
/// p ≥ `residualAlpha`. Default ranges, with least and greatest standard errors a and b: γ₁ from 0 to 1.29/(1/a − 1/b), γ₀ from −0.25 − max
/// γ₁/b to 2, so that the largest study can have a chance of publication of 0.85 while the smallest has 0.4. O(k n²) for a grid of n × n
/// points. R: `metasens::copas(m)`, see `docs/deviations.md`.
///
/// Source: Copas & Shi (2001), doi:10.1177/096228020101000402; Carpenter, Schwarzer, Rücker & Künstler (2009),
/// doi:10.1016/j.jclinepi.2008.12.002.
public struct CopasModel: Hashable, Sendable, Codable {
    /// Range of γ₀; `nil` takes the default range above.
    public var gamma0: ClosedRange<Double>?
    /// Range of γ₁, in the unit of the effects, from 0 or more; `nil` takes the default range above.
    public var gamma1: ClosedRange<Double>?
    /// Number of points of the grid along each axis, from 2 to 1000.
    public var gridCount: Int
    /// Side on which studies are missing; `nil` takes the side that the slope of Egger's regression indicates.
    public var side: FunnelSide?
    /// Level from which on a residual p-value counts asymmetry as explained, in (0, 1).
    public var residualAlpha: Double
    /// Confidence level, in (0, 1).
    public var level: Double

    /// Creates a model with default ranges of γ₀ and γ₁, a 10 × 10 grid and the side found from the data, unless they are given.
    public init(
        gamma0: ClosedRange<Double>? = nil, gamma1: ClosedRange<Double>? = nil, gridCount: Int = 10,
        side: FunnelSide? = nil, residualAlpha: Double = 0.1, level: Double = 0.95
    ) {
        self.gamma0 = gamma0
        self.gamma1 = gamma1
        self.gridCount = gridCount
        self.side = side
        self.residualAlpha = residualAlpha
        self.level = level
    }

    /// Fits the model on the grid and on the path, and finds the adjusted effect.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than three studies, `.singularDesign` when all have the same
    ///   precision, `.invalidSetting` for settings out of range, `.numericalOverflow` for effects out of the range of numbers.
    public func fit(_ effects: EffectSizes) throws -> CopasFit {
        try check()
        guard effects.count > 2 else {
            throw MetaAnalysisError.tooFew(effects.count, for: "the Copas model", needed: 3)
        }
        let (moderate, factor) = effects.sortedByPrecision.moderate
        let random = try RandomEffects(heterogeneity: .maximumLikelihood, interval: .wald).fit(moderate)
        let emptier = try self.side ?? emptierSide(moderate)
        let side = emptier ?? .left
        let errors = moderate.effects.map(\.standardError)
        let ranges = try ranges(errors, factor: factor)
        let search = CopasSearch(
            responses: moderate.effects.map(\.estimate), errors: errors,
            start: CopasLikelihood.Point(
                mean: random.estimate, correlation: 0, tauSquared: random.heterogeneity.tauSquared),
            correlations: side == .left ? 0...Self.greatestCorrelation : -Self.greatestCorrelation...0)
        let grid = search.grid(ranges.gamma0, ranges.gamma1, count: gridCount)
        let path = CopasPath(ranges.gamma0, ranges.gamma1, grid)
        let unselected = search.unselected()
        let steps = (0..<Self.pathCount).map { index -> CopasSearch.Tested in
            let place = path.place(Double(index) / Double(Self.pathCount - 1))
            return search.tested(place.gamma0, place.gamma1)
        }
        let adjusted = adjusted(unselected, steps, path, search)
        let record = CopasRecord(
            greatestError: errors.max() ?? 1, factor: factor, level: level, count: effects.count)
        let chosen = adjusted.map(record.point)
        let result = CopasFit(
            k: effects.count, scale: effects.scale, side: side, unselected: record.point(unselected),
            path: steps.map(record.point),
            grid: record.grid(ranges.gamma0, ranges.gamma1, grid), adjusted: chosen,
            backTransformed: chosen?.confidenceInterval.flatMap { interval in
                effects.backTransformed(chosen?.estimate ?? 0, interval)
            },
            residualAlpha: residualAlpha, level: level,
            diagnostics: cautions(effects, adjusted: adjusted, unselected, hasGradient: path.hasGradient)
                + (emptier == nil ? [.noEmptierSide] : []))
        guard
            (result.path + [result.unselected]).allSatisfy({ $0.estimate.isFinite && $0.tauSquared.isFinite })
        else { throw MetaAnalysisError.outOfRange }
        return result
    }

    private static let greatestCorrelation = 0.9999
    private static let pathCount = 21

    private func check() throws {
        try ConfidenceInterval.check(level: level)
        try SmallStudyAlpha.check(residualAlpha)
        guard gridCount >= 2, gridCount <= 1000 else {
            throw MetaAnalysisError(
                .invalidSetting, "the grid has \(gridCount) points along each axis",
                remedy: "take 2 to 1000, such as 10")
        }
        for (name, range) in [("γ₀", gamma0), ("γ₁", gamma1)] {
            guard let range else { continue }
            guard range.lowerBound.isFinite, range.upperBound.isFinite, range.lowerBound < range.upperBound else {
                throw MetaAnalysisError(
                    .invalidSetting, "the range of \(name) is \(range.lowerBound) to \(range.upperBound)",
                    remedy: "give two different numbers, the lower first")
            }
        }
        if let gamma1, gamma1.lowerBound < 0 {
            throw MetaAnalysisError(
                .invalidSetting, "γ₁ begins at \(gamma1.lowerBound)",
                remedy: "give a range from 0 or more: larger studies are not less likely published")
        }
    }

    private func ranges(
        _ errors: [Double], factor: Double
    ) throws -> (gamma0: ClosedRange<Double>, gamma1: ClosedRange<Double>) {
        guard let least = errors.min(), let greatest = errors.max(), greatest > (1 + 1e-9) * least else {
            throw MetaAnalysisError(
                .singularDesign, "the Copas model cannot be fitted: studies do not differ in precision",
                remedy: "leave it out, or take random effects")
        }
        let own = gamma1.map { $0.lowerBound / factor...$0.upperBound / factor }
        let gamma1 = own ?? 0...1.29 / (1 / least - 1 / greatest)
        let lower = -0.25 - gamma1.upperBound / greatest
        let gamma0 = self.gamma0 ?? lower...2
        guard gamma1.upperBound.isFinite, gamma0.lowerBound.isFinite else { throw MetaAnalysisError.outOfRange }
        return (gamma0, gamma1)
    }

    private func emptierSide(_ effects: EffectSizes) throws -> FunnelSide? {
        let errors = effects.effects.map(\.standardError)
        return try PredictorRegression(effects, on: errors, .additive(.common), level: 0.95, test: "the Copas model")
            .emptierSide(of: effects, errors: errors)
    }

    /// Returns the fit at the least selection from which on no asymmetry is left.
    ///
    /// This is not the first point without asymmetry: where hardly any study is suppressed, the likelihood may prefer ρ = ±1, and the test
    /// with it.
    private func adjusted(
        _ unselected: CopasSearch.Tested, _ steps: [CopasSearch.Tested], _ path: CopasPath, _ search: CopasSearch
    ) -> CopasSearch.Tested? {
        if unselected.residualPValue >= residualAlpha { return unselected }
        let index = (steps.lastIndex { $0.residualPValue < residualAlpha } ?? -1) + 1
        guard index < steps.count else { return nil }
        guard index > 0 else { return steps[0] }
        let length = Double(steps.count - 1)
        let share = root(
            of: { share in
                let place = path.place(share)
                return search.tested(place.gamma0, place.gamma1).residualPValue - residualAlpha
            }, in: Double(index - 1) / length...Double(index) / length, tolerance: 1e-12
        ).value
        let place = path.place(share)
        return search.tested(place.gamma0, place.gamma1)
    }

    private func cautions(
        _ effects: EffectSizes, adjusted: CopasSearch.Tested?, _ unselected: CopasSearch.Tested, hasGradient: Bool
    ) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if effects.count < 10 {
            notes.append(
                Diagnostic(
                    .warning, .fewStudies,
                    "the Copas model among \(effects.count) studies has a flat likelihood: ten are the least that is advised"
                ))
        }
        if adjusted == nil {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "no selection within the range explains the asymmetry: there is no adjusted effect"))
        } else if adjusted?.gamma0 == nil {
            notes.append(
                Diagnostic(
                    .note, .noAsymmetry,
                    "there is no asymmetry to explain: the adjusted effect of the Copas model is that without selection"
                ))
        }
        if !hasGradient {
            notes.append(
                Diagnostic(
                    .note, .notEstimable,
                    "the effect does not change in one direction over the grid of the Copas model: its path is the diagonal"
                ))
        }
        return notes
    }
}

extension Diagnostic.Code {
    /// A funnel plot that is too symmetric for a selection model to change the result.
    public static let noAsymmetry = Diagnostic.Code(rawValue: "noAsymmetry")
}

extension EffectSizes {
    /// These effects with the largest study first, so that sums and searches give the same result in every order of the studies.
    fileprivate var sortedByPrecision: EffectSizes {
        var sorted = EffectSizes(measure: measure, scale: scale, effects: effects)
        sorted.effects.sort { ($0.variance, $0.estimate) < ($1.variance, $1.estimate) }
        return sorted
    }
}
