internal import RealModule

/// The effect before selection and the selection function: a complete record.
///
/// It shares the keys of a pooled effect where they apply. Values that the likelihood does not determine are `nil`, with a diagnostic.
public struct SelectionModelFit: Hashable, Sendable, Codable {
    /// Number of studies.
    public var k: Int
    /// Analysis scale of the estimates.
    public var scale: EffectScale
    /// Kind of selection function.
    public var type: SelectionFunction.Kind
    /// Selection function as it was given.
    public var function: SelectionFunction
    /// Direction of the p-values on which selection depends; never `nil`, also where the model took it from the data.
    public var alternative: SelectionModel.Alternative
    /// Random or common effects before selection.
    public var model: SelectionModel.EffectModel
    /// Mean effect μ before selection, on the analysis scale.
    public var estimate: Double
    /// Standard error of μ; `nil` where the likelihood does not determine it.
    public var standardError: Double?
    /// Estimate divided by its standard error; `nil` without a standard error.
    public var statistic: Double?
    /// Two-sided p-value of no effect, from the normal distribution; `nil` without a standard error.
    public var pValue: Double?
    /// Wald interval of μ; `nil` without a standard error.
    public var confidenceInterval: ConfidenceInterval?
    /// Interval in which the effect of a new study is expected before selection; `nil` under a common effect or without a standard error.
    public var predictionInterval: ConfidenceInterval?
    /// Estimate and intervals, back-transformed; `nil` without a confidence interval, or when the scale needs sample sizes that the studies
    /// lack.
    public var backTransformed: BackTransformed?
    /// τ² with its standard error and I² by the model; Cochran's Q of the observed studies.
    public var heterogeneity: Heterogeneity
    /// Likelihood-ratio test of τ² = 0, with 1 degree of freedom; `nil` under a common effect. It is conservative, as 0 is the end of the
    /// range of τ².
    public var heterogeneityTest: HypothesisTest?
    /// Log-likelihood and information criteria; the deviance is −2 times the log-likelihood.
    public var fit: FitStatistics
    /// Parameters δ of the selection function, in the order of ascending p-values for a step function.
    public var parameters: [SelectionParameter]
    /// Likelihood-ratio test of no selection; it has no p-value when all parameters were given.
    public var likelihoodRatio: HypothesisTest
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]
}

/// One parameter δ of a selection function.
public struct SelectionParameter: Hashable, Sendable, Codable {
    /// The end of a parameter's range: `lower` (0, or 10⁻⁵ for `beta`) or `upper` (100).
    public enum Bound: String, Hashable, Sendable, Codable, CaseIterable { case lower, upper }

    /// Name of the parameter: "delta1" and so on.
    public var name: String
    /// Value of δ: estimated, or as given.
    public var estimate: Double
    /// Whether the value was given, or is the 1 of a step function's first range, rather than estimated.
    public var isFixed: Bool
    /// End of the range at which the maximum lies; `nil` inside the range and for fixed parameters.
    public var bound: Bound?
    /// Value of δ without selection: the null hypothesis of the test.
    public var nullValue: Double
    /// Standard error of δ; `nil` for a fixed parameter, or where the likelihood does not determine it.
    public var standardError: Double?
    /// Difference from `nullValue`, divided by the standard error; `nil` without a standard error.
    public var statistic: Double?
    /// Two-sided p-value of δ = `nullValue`, from the normal distribution; `nil` without a standard error.
    public var pValue: Double?
    /// Wald interval, cut to the range of the parameter; `nil` without a standard error.
    public var confidenceInterval: ConfidenceInterval?
    /// Range of p-values to which the weight applies; `nil` but for a step function.
    public var pValueInterval: ConfidenceInterval?
    /// Number of studies with a p-value in that range; `nil` but for a step function.
    public var k: Int?
}

extension SelectionModelFit {
    init(
        _ settings: SelectionModel, _ effects: EffectSizes, alternative: SelectionModel.Alternative,
        optimum: SelectionSearch.Point, search: SelectionSearch, homogeneous: Double?, null: Double, factor: Double,
        sign: Double
    ) throws {
        let errors = search.standardErrors(at: optimum)
        let isUnbounded =
            optimum.mean <= search.meanRange.lowerBound || optimum.mean >= search.meanRange.upperBound
            || optimum.tauSquared >= search.greatestTauSquared
        let tauSquared = factor * factor * optimum.tauSquared
        let estimate = sign * factor * optimum.mean
        let error = isUnbounded ? nil : errors.values[0].map { $0 * factor }
        let quantile = ReferenceDistribution.normal.twoSidedQuantile(level: settings.level)
        let k = effects.count
        let free = settings.function.givenWeights.filter { $0 == nil }.count
        // Log-likelihoods of effects that are `factor` times as large differ by a constant.
        let shift = Double(k) * .log(factor)
        self.k = k
        scale = effects.scale
        type = settings.function.kind
        function = settings.function
        self.alternative = alternative
        model = settings.model
        self.estimate = estimate
        standardError = error
        statistic = error.map { estimate / $0 }
        pValue = statistic.map(ReferenceDistribution.normal.twoSidedPValue)
        confidenceInterval = error.map { ConfidenceInterval(around: estimate, halfWidth: quantile * $0) }
        let prediction =
            settings.model == .common
            ? nil
            : error.map {
                ConfidenceInterval(around: estimate, halfWidth: quantile * ($0 * $0 + tauSquared).squareRoot())
            }
        predictionInterval = prediction
        backTransformed = confidenceInterval.flatMap {
            effects.backTransformed(estimate, $0, prediction)
        }
        var heterogeneity = try RandomEffects(interval: .wald, knownTauSquared: tauSquared).fit(effects).heterogeneity
        heterogeneity.estimator = settings.model == .random ? .maximumLikelihood : nil
        heterogeneity.tauSquaredStandardError = isUnbounded ? nil : errors.values[1].map { $0 * factor * factor }
        self.heterogeneity = heterogeneity
        heterogeneityTest = homogeneous.map {
            let statistic = HypothesisTest.likelihoodRatioStatistic(optimum.logLikelihood, over: $0)
            return HypothesisTest(
                name: "likelihood-ratio-tau2", statistic: statistic, degreesOfFreedom: 1,
                pValue: ReferenceDistribution.chiSquared(degreesOfFreedom: 1).upperTail(statistic))
        }
        fit = FitStatistics(
            selection: optimum.logLikelihood - shift, count: k, parameters: free + (settings.model == .random ? 2 : 1),
            iterations: optimum.iterations)
        let ratio = HypothesisTest.likelihoodRatioStatistic(optimum.logLikelihood, over: null)
        likelihoodRatio = HypothesisTest(
            name: "likelihood-ratio", statistic: ratio, degreesOfFreedom: Double(free),
            pValue: free > 0 ? ReferenceDistribution.chiSquared(degreesOfFreedom: Double(free)).upperTail(ratio) : nil)
        level = settings.level
        parameters = Self.parameters(
            settings.function, optimum, isUnbounded ? [] : Array(errors.values[2...]), search, quantile: quantile)
        diagnostics = []
        diagnostics = remarks(
            effects, search, held: errors.held, isUnbounded: isUnbounded, isConverged: optimum.isConverged)
        let numbers = [estimate, standardError, tauSquared, heterogeneity.tauSquaredStandardError, fit.logLikelihood]
        guard numbers.allSatisfy({ $0?.isFinite ?? true }) else { throw MetaAnalysisError.outOfRange }
    }

    private static func parameters(
        _ function: SelectionFunction, _ optimum: SelectionSearch.Point, _ errors: [Double?], _ search: SelectionSearch,
        quantile: Double
    ) -> [SelectionParameter] {
        let cuts = [0] + function.cutPoints + [1]
        let range = function.range
        return function.givenWeights.enumerated().map { index, given in
            let value = optimum.weights[index]
            let error = index < errors.count && given == nil ? errors[index] : nil
            let statistic = error.map { (value - function.nullValue) / $0 }
            return SelectionParameter(
                name: "delta\(index + 1)", estimate: value, isFixed: given != nil,
                bound: given != nil
                    ? nil : value <= range.lowerBound ? .lower : value >= range.upperBound ? .upper : nil,
                nullValue: function.nullValue, standardError: error, statistic: statistic,
                pValue: statistic.map(ReferenceDistribution.normal.twoSidedPValue),
                confidenceInterval: error.map {
                    ConfidenceInterval(
                        lower: max(range.lowerBound, value - quantile * $0),
                        upper: min(range.upperBound, value + quantile * $0))
                },
                pValueInterval: function.kind == .step
                    ? ConfidenceInterval(lower: cuts[index], upper: cuts[index + 1]) : nil,
                k: function.kind == .step ? search.likelihood.intervals.filter { $0 == index }.count : nil)
        }
    }
}

extension FitStatistics {
    fileprivate init(selection logLikelihood: Double, count: Int, parameters: Int, iterations: Int) {
        let p = Double(parameters)
        let n = Double(max(count, parameters + 2))
        self.init(
            logLikelihood: logLikelihood, isRestricted: false, deviance: -2 * logLikelihood,
            aic: 2 * (p - logLikelihood), aicc: 2 * (p * n / (n - p - 1) - logLikelihood),
            bic: p * .log(Double(count)) - 2 * logLikelihood, iterations: iterations)
    }
}

// MARK: - Diagnostics

extension Diagnostic.Code {
    /// A likelihood that is greatest at an end of a parameter's range, or at infinity.
    public static let maximumAtBound = Diagnostic.Code(rawValue: "maximumAtBound")
    /// A range of p-values without a study.
    public static let emptyInterval = Diagnostic.Code(rawValue: "emptyInterval")
}

extension SelectionModelFit {
    private func remarks(
        _ effects: EffectSizes, _ search: SelectionSearch, held: [Int], isUnbounded: Bool, isConverged: Bool
    ) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        let name = "selection model \(function.code)"
        func note(_ severity: Diagnostic.Severity, _ code: Diagnostic.Code, _ message: String) {
            notes.append(Diagnostic(severity, code, "\(name): \(message)"))
        }
        let empty = parameters.filter { $0.k == 0 }
        if !empty.isEmpty, parameters.contains(where: { !$0.isFixed }) {
            let ranges = empty.compactMap(\.pValueInterval).map { "\($0.lower.plain) to \($0.upper.plain)" }
            note(
                .warning, .emptyInterval,
                "no study has a p-value in \(ranges.joined(separator: ", ")), so that weights can hardly be estimated;"
                    + " take other steps, or give the weights")
        }
        if isUnbounded {
            note(
                .warning, .maximumAtBound,
                "the likelihood rises without end as the effect moves away from the studies: the estimate has no meaning"
            )
        }
        let bounded = parameters.filter { $0.bound != nil }
        if !bounded.isEmpty {
            let list = bounded.map { "\($0.name) = \($0.estimate.plain)" }.joined(separator: ", ")
            note(
                .warning, .maximumAtBound,
                "the likelihood is greatest at the end of a range (\(list)): its tests and intervals do not hold there")
        }
        let silent = held.filter { parameters[$0].bound == nil }
        if !silent.isEmpty {
            let list = silent.map { parameters[$0].name }.joined(separator: ", ")
            note(
                .warning, .notEstimable,
                "the studies say nothing of \(list), or not enough for a standard error: other standard errors take it as known"
            )
        } else if !held.isEmpty {
            note(.note, .notEstimable, "standard errors take what lies at the end of its range as known")
        }
        if standardError == nil, !isUnbounded {
            note(
                .warning, .notEstimable,
                "the likelihood has no curvature at its maximum, so that there is no standard error")
        }
        if model == .random, heterogeneity.tauSquared == 0 {
            note(.note, .zeroHeterogeneity, "τ² is estimated as 0, and other standard errors take it as known")
        }
        if !isConverged {
            note(
                .warning, .notConverged,
                "the search for the greatest likelihood ended before it was certain to be there")
        }
        if k < 10 {
            note(
                .warning, .fewStudies,
                "\(k) studies tell little of a selection function: read it as a sensitivity analysis")
        }
        switch MeasureDescription.find(effects.measure)?.kind {
        case .singleMean, .proportion, .rate, .reliability:
            note(
                .warning, .unusualCombination,
                "p-values are of the hypothesis that \(effects.measure) is 0, which nobody selects studies by")
        default: break
        }
        return notes
    }
}

extension Diagnostic.Code {
    /// A search that ended before it was certain to be at the maximum.
    public static let notConverged = Diagnostic.Code(rawValue: "notConverged")
}
