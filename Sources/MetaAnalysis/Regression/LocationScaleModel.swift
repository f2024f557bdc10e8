internal import RealModule

/// Regression in which the between-study variance also depends on properties of the studies.
///
/// Answers "do effects vary more in some kinds of studies than in others?". It needs much data: tens of studies for each
/// coefficient of the scale. If the effects of one kind of study vary no more than by chance, the likelihood increases without
/// bound toward τ² = 0 for that kind, and a diagnostic reports it.
///
/// ```swift
/// let fit = try LocationScaleModel(terms: [.number("weeks")], scaleTerms: [.number("weeks")]).fit(effects, moderators: moderators)
/// fit.scaleCoefficients[1].estimate   // change of log τ² per week
/// ```
///
/// y ~ N(Xβ, diag(v + τ²)) with log τ² = Zα. α maximizes the (restricted) likelihood at the best β for each α, by Newton's
/// method from several starts; its covariance is the inverse of the curvature at the maximum. k studies, p columns of X, q of
/// Z: O(k (p² + q p²)) for each step.
/// R: `metafor::rma(yi, vi, mods = ~ weeks, scale = ~ weeks)`.
///
/// Source: Viechtbauer & López-López (2022), Research Synthesis Methods 13, doi:10.1002/jrsm.1562.
public struct LocationScaleModel: Hashable, Sendable, Codable {
    /// Terms of the model for the effects.
    public var terms: [ModelTerm]
    /// Whether the model for the effects has an intercept; by default `true`.
    public var hasIntercept: Bool
    /// Terms of the model for log τ², which always has an intercept.
    public var scaleTerms: [ModelTerm]
    /// Whether the restricted likelihood is maximized (REML) rather than the likelihood (ML); by default `true`.
    public var isRestricted: Bool
    /// Method for tests and intervals: normal for `.wald`, t for all others, with k − p degrees of freedom for the effects and
    /// k − q for the scale; by default `.t`.
    public var interval: IntervalMethod
    /// Confidence level, in (0, 1); by default 0.95.
    public var level: Double

    /// Creates a model, by default with REML, t intervals and a level of 95%. `fit` checks the settings.
    public init(
        terms: [ModelTerm], hasIntercept: Bool = true, scaleTerms: [ModelTerm], isRestricted: Bool = true,
        interval: IntervalMethod = .t, level: Double = 0.95
    ) {
        self.terms = terms
        self.hasIntercept = hasIntercept
        self.scaleTerms = scaleTerms
        self.isRestricted = isRestricted
        self.interval = interval
        self.level = level
    }

    /// Maximum number of coefficients of the scale. The time of the search grows with its cube, and no set of studies
    /// determines more.
    static let mostScaleCoefficients = 20

    /// Fits the model.
    ///
    /// - Parameter moderators: the moderators of `effects.effects`, in their order. Studies without a value that is needed are
    ///   left out and named.
    /// - Throws: the errors of `MetaRegression.fit`; `.unsupportedCombination` for more than 20 coefficients of the scale;
    ///   `.tooFewStudies` unless there are more studies than coefficients of effects and scale together.
    public func fit(_ effects: EffectSizes, moderators: Moderators) throws -> LocationScaleFit {
        let plain = MetaRegression(
            terms: terms, hasIntercept: hasIntercept,
            heterogeneity: isRestricted ? .restrictedMaximumLikelihood : .maximumLikelihood,
            interval: interval == .wald ? .wald : .t, level: level)
        try plain.check()
        let data = try RegressionData(effects, moderators, terms: terms, hasIntercept: hasIntercept, others: scaleTerms)
        let columns = try ModelColumns(scaleTerms, hasIntercept: true, moderators, of: data.kept)
        guard columns.names.count <= Self.mostScaleCoefficients else {
            throw MetaAnalysisError(
                .unsupportedCombination,
                "the scale has \(columns.names.count) coefficients, and at most \(Self.mostScaleCoefficients) are estimated",
                remedy: "leave terms out of the scale, or put levels of its factors together")
        }
        let needed = data.columns.names.count + columns.names.count
        guard data.kept.count > needed else {
            throw MetaAnalysisError(
                .tooFewStudies,
                "\(data.kept.count) studies have every moderator, and effects and their scale have \(needed) coefficients",
                remedy: "leave terms out of the model")
        }
        let standard = try StandardColumns(
            columns.matrix(moderators, of: data.kept, effects), names: columns.names, hasIntercept: true)
        let constant = try data.solve(plain.estimation)
        let likelihood = ScaleLikelihood(
            constant.model.scaled, location: data.standard.matrix, scale: standard.matrix, isRestricted: isRestricted)
        let summit = Self.highest(likelihood, constant, columns.names.count)
        let fit = LocationScaleFit(self, data, constant, columns, standard, likelihood, summit)
        guard fit.coefficients.allSatisfy({ $0.estimate.isFinite && $0.standardError.isFinite }),
            fit.scaleCoefficients.allSatisfy({ $0.estimate.isFinite })
        else { throw MetaAnalysisError.outOfRange }
        return fit
    }

    /// Finds the greatest of the likelihood maxima reached from several starts. The starts have log τ² of the plain model, of a
    /// typical sampling variance and of a tenth of it, constant over studies or with a slope along one column.
    private static func highest(
        _ likelihood: ScaleLikelihood, _ constant: Solution, _ width: Int
    ) -> ScaleLikelihood.Summit {
        let model = constant.model.scaled
        let typical = model.varianceRange.lowerBound.squareRoot() * model.varianceRange.upperBound.squareRoot()
        var levels = [typical, 0.1 * typical]
        if constant.scaledTauSquared > 0 { levels.insert(constant.scaledTauSquared, at: 0) }
        var best: ScaleLikelihood.Summit?
        for level in levels {
            var start = Array(repeating: 0.0, count: width)
            start[0] = .log(level)
            var starts = [start]
            // With many studies the likelihood has one maximum, and each search takes long.
            if model.count <= 2000 {
                for column in 1..<max(1, width) {
                    for slope in [-1.5, 1.5] {
                        var other = start
                        other[column] = slope
                        starts.append(other)
                    }
                }
            }
            for start in starts {
                let summit = likelihood.climb(from: start)
                if let found = best, !(summit.value > found.value + 1e-9) {
                    // Of two equal values, one at a true maximum is preferred.
                    if summit.isMaximum, !found.isMaximum, summit.value > found.value - 1e-9 {
                        best = summit
                    }
                    continue
                }
                best = summit
            }
        }
        // `best` is never `nil`: there is always at least one start.
        return best ?? likelihood.climb(from: Array(repeating: 0, count: width))
    }
}
