internal import RealModule

/// What common and random effects share: the average at given weights, its interval, and the record of the result.
struct InverseVariancePooling {
    let effects: EffectSizes
    let model: VarianceComponentModel
    /// At τ² = 0.
    let homogeneous: VarianceComponentModel.Profile
    let weighting: Weighting
    let level: Double
    /// The interval that k allows: one study has no degrees of freedom for t.
    let usedInterval: IntervalMethod
    /// Of the pooled effect.
    let reference: ReferenceDistribution
    /// Two-sided quantile of `reference` at `level`: the dearest number of a small analysis, found once.
    let quantile: Double

    /// - Throws: `MetaAnalysisError` when no study is left or the level is not in (0, 1).
    init(_ effects: EffectSizes, interval: IntervalMethod, weighting: Weighting, level: Double) throws {
        try ConfidenceInterval.check(level: level)
        guard !effects.effects.isEmpty else { throw effects.nothingToPool }
        let responses = effects.effects.map { $0.estimate }
        let variances = effects.effects.map { $0.variance }
        for index in responses.indices {
            guard responses[index].isFinite, variances[index].isFinite, variances[index] > 0 else {
                throw effects.effects[index].cannotBePooled
            }
        }
        self.effects = effects
        self.weighting = weighting
        self.level = level
        do {
            model = try VarianceComponentModel(responses: responses, variances: variances)
        } catch {
            preconditionFailure("a single column of ones is never singular")
        }
        homogeneous = model.profile(at: 0)
        usedInterval = effects.count == 1 ? .wald : interval
        reference =
            usedInterval == .wald ? .normal : .studentT(degreesOfFreedom: model.residualDegreesOfFreedom)
        quantile = reference.twoSidedQuantile(level: level)
    }

    var count: Int { effects.effects.count }

    /// Weights that do not depend on τ², for the generalised Q statistic.
    var momentWeights: [Double] { weighting.momentWeights(model.variances) }

    /// The average with what its uncertainty is made of.
    struct Average {
        var fit: WeightedLeastSquares
        var estimate: Double
        /// As the interval uses it.
        var standardError: Double
        /// Before the scaling of Hartung and Knapp.
        var plainStandardError: Double
        /// Unbounded where the standard error is 0.
        var confidenceInterval: ConfidenceInterval
        var statistic: Double?
        var pValue: Double?
        /// Whether the interval is narrower than the Wald interval at the same τ².
        var isNarrowerThanWald = false
        /// What the truncated variant gives, where the interval is narrower than that of a common effect.
        var truncatedInterval: ConfidenceInterval?
    }

    func average(at tauSquared: Double) -> Average {
        let optimal = model.leastSquares(weights: model.weights(at: tauSquared))
        let fit = weighting == .inverseVariance ? optimal : model.leastSquares(weights: momentWeights)
        let plain: Double
        if weighting == .inverseVariance {
            plain = optimal.inverseGram[0, 0].squareRoot()
        } else {
            plain = fit.covariance(variances: model.totalVariances(at: tauSquared))[0, 0].squareRoot()
        }
        let scale = Self.scale(
            usedInterval, residual: optimal.residualSumOfSquares(model.responses),
            degreesOfFreedom: model.residualDegreesOfFreedom)
        let error = scale * plain
        let estimate = fit.coefficients[0]
        let statistic = error > 0 ? estimate / error : nil
        var average = Average(
            fit: fit, estimate: estimate, standardError: error, plainStandardError: plain,
            confidenceInterval: ConfidenceInterval(around: estimate, quantile: quantile, standardError: error),
            statistic: statistic, pValue: statistic.map(reference.twoSidedPValue))
        if scale < 1 { average.compare(with: self, truncated: quantile * plain) }
        return average
    }

    /// What the inverse-variance standard error is multiplied with.
    static func scale(
        _ interval: IntervalMethod, residual: @autoclosure () -> Double, degreesOfFreedom: Double
    ) -> Double {
        switch interval {
        case .wald, .t: 1
        case .hartungKnapp: (residual() / degreesOfFreedom).squareRoot()
        case .hartungKnappTruncated: max(1, residual() / degreesOfFreedom).squareRoot()
        }
    }

    /// Each study's share, with its own effect shrunken towards the average where `tauSquared` is given.
    func studies(_ average: Average, tauSquared: Double?) -> [PooledStudy] {
        let normal = ReferenceDistribution.normal.twoSidedQuantile(level: level)
        let weights = average.fit.weights
        let total = weights.reduce(0, +)
        let shrinkage = tauSquared.map { Shrinkage(average, tauSquared: $0, quantile: quantile) }
        let (responses, variances) = (model.responses, model.variances)
        return weights.indices.map { index in
            let (estimate, variance) = (responses[index], variances[index])
            return PooledStudy(
                label: effects.effects[index].label, row: effects.effects[index].row, estimate: estimate,
                variance: variance, weight: 100 * (weights[index] / total),
                confidenceInterval: ConfidenceInterval(around: estimate, halfWidth: normal * variance.squareRoot()),
                empiricalBayes: shrinkage?.applied(to: estimate, variance))
        }
    }

    /// Cochran's Q, always at weights 1 / v.
    var cochranQ: Double { homogeneous.quadraticForm }

    /// p-value of Q; `nil` for one study.
    func pValue(ofQ statistic: Double) -> Double? {
        let degrees = model.residualDegreesOfFreedom
        return degrees > 0 ? ReferenceDistribution.chiSquared(degreesOfFreedom: degrees).upperTail(statistic) : nil
    }

    /// 100 · max(0, (Q − df) / Q).
    static func iSquaredFromQ(_ statistic: Double, degreesOfFreedom: Double) -> Double? {
        guard degreesOfFreedom > 0 else { return nil }
        return statistic > degreesOfFreedom ? min(100, 100 * (statistic - degreesOfFreedom) / statistic) : 0
    }

    /// - Parameter parameters: how many were estimated, τ² included.
    func fitStatistics(
        _ average: Average, tauSquared: Double, isRestricted: Bool, parameters: Int, iterations: Int
    ) -> FitStatistics {
        model.fitStatistics(
            average.fit, tauSquared: tauSquared, isRestricted: isRestricted, parameters: parameters,
            iterations: iterations)
    }

    /// On the scale people read.
    func backTransformed(_ average: Average, _ prediction: ConfidenceInterval?) -> BackTransformed? {
        let size = effects.scale.needsSampleSize ? effects.harmonicMeanSampleSize : nil
        return BackTransformed(
            effects.scale, average.estimate, average.confidenceInterval, prediction,
            truncated: average.truncatedInterval, sampleSize: size)
    }

    /// What both models have to say about the data.
    func commonDiagnostics(_ average: Average) -> [Diagnostic] {
        var notes = effects.diagnostics
        if count == 1 {
            notes.append(
                Diagnostic(
                    .warning, .singleStudy,
                    "there is one study: its own effect and interval (normal distribution) are shown, and heterogeneity"
                        + " cannot be estimated"))
        }
        notes += model.varianceDiagnostics
        if average.standardError == 0 {
            notes.append(.equalEffects(.warning))
        } else if average.isNarrowerThanWald {
            notes.append(.narrower(thanCommonEffect: average.truncatedInterval != nil))
        }
        return notes
    }
}

extension InverseVariancePooling.Average {
    /// Compares the interval with those of the normal distribution, at the same τ² and under a common effect.
    ///
    /// - Parameter halfWidth: of the interval at a scale of 1.
    fileprivate mutating func compare(with pooling: InverseVariancePooling, truncated halfWidth: Double) {
        let normal = ReferenceDistribution.normal.twoSidedQuantile(level: pooling.level)
        let reached = pooling.quantile * standardError
        isNarrowerThanWald = reached < normal * plainStandardError
        let common = pooling.model.leastSquares(weights: pooling.model.weights(at: 0)).inverseGram[0, 0].squareRoot()
        if reached < normal * common {
            truncatedInterval = ConfidenceInterval(around: estimate, halfWidth: halfWidth)
        }
    }
}

extension ConfidenceInterval {
    /// By a quantile of the reference distribution; unbounded where the standard error is 0, which is no certainty but effects that happen
    /// to be equal.
    init(around estimate: Double, quantile: Double, standardError: Double) {
        self =
            standardError == 0 ? .unbounded : ConfidenceInterval(around: estimate, halfWidth: quantile * standardError)
    }
}

extension BackTransformed {
    /// - Returns: `nil` when the scale needs a sample size and there is none.
    package init?(
        _ scale: EffectScale, _ estimate: Double, _ confidence: ConfidenceInterval, _ prediction: ConfidenceInterval?,
        truncated: ConfidenceInterval? = nil, sampleSize: Double?
    ) {
        func interval(_ interval: ConfidenceInterval) -> ConfidenceInterval? {
            guard !interval.isUnbounded else { return interval }
            guard let lower = scale.backTransformed(interval.lower, sampleSize: sampleSize),
                let upper = scale.backTransformed(interval.upper, sampleSize: sampleSize)
            else { return nil }
            return ConfidenceInterval(lower: lower, upper: upper)
        }
        guard let value = scale.backTransformed(estimate, sampleSize: sampleSize), let range = interval(confidence)
        else { return nil }
        self.init(
            estimate: value, confidenceInterval: range, predictionInterval: prediction.flatMap(interval),
            truncatedInterval: truncated.flatMap(interval))
    }
}

extension EffectSize {
    var cannotBePooled: MetaAnalysisError {
        MetaAnalysisError(
            .invalidOutcome, "the effect \(estimate) has the variance \(variance)",
            remedy: "give a finite effect and a variance greater than 0",
            location: MetaAnalysisError.Location(row: row, study: label))
    }
}

/// λy + (1 − λ)μ̂ with λ = τ² / (τ² + v), and variance λv + (1 − λ)² SE².
///
/// Source: Robinson (1991), Statistical Science 6, doi:10.1214/ss/1177011926.
private struct Shrinkage {
    let mean: Double
    let standardError: Double
    let tauSquared: Double
    let quantile: Double

    init(_ average: InverseVariancePooling.Average, tauSquared: Double, quantile: Double) {
        mean = average.estimate
        standardError = average.standardError
        self.tauSquared = tauSquared
        self.quantile = quantile
    }

    func applied(to effect: Double, _ variance: Double) -> EmpiricalBayesEffect {
        let own = tauSquared / (tauSquared + variance)
        let rest = 1 - own
        let estimate = own * effect + rest * mean
        let error = (own * variance + rest * rest * standardError * standardError).squareRoot()
        return EmpiricalBayesEffect(
            estimate: estimate, standardError: error,
            interval: ConfidenceInterval(around: estimate, halfWidth: quantile * error))
    }
}

extension VarianceComponentModel {
    /// What sampling variances too far apart suggest.
    var varianceDiagnostics: [Diagnostic] {
        guard varianceRange.upperBound / varianceRange.lowerBound > 1e7 else { return [] }
        return [
            Diagnostic(
                .warning, .extremeVarianceRatio,
                "the largest sampling variance is more than ten million times the smallest; check the units")
        ]
    }
}

extension VarianceComponentModel {
    /// - Parameters:
    ///   - fit: the coefficients to judge.
    ///   - parameters: how many were estimated, τ² included.
    func fitStatistics(
        _ fit: WeightedLeastSquares, tauSquared: Double, isRestricted: Bool, parameters: Int, iterations: Int
    ) -> FitStatistics {
        fitStatistics(
            logLikelihood: logLikelihood(fit, at: tauSquared, restricted: isRestricted), isRestricted: isRestricted,
            parameters: parameters, iterations: iterations)
    }

    func fitStatistics(
        logLikelihood likelihood: Double, isRestricted: Bool, parameters: Int, iterations: Int
    ) -> FitStatistics {
        let saturated = isRestricted ? 0 : saturatedLogLikelihood
        let observations = isRestricted ? count - design.columnCount : count
        let p = Double(parameters)
        let n = Double(max(observations, parameters + 2))
        return FitStatistics(
            logLikelihood: likelihood, isRestricted: isRestricted, deviance: 2 * (saturated - likelihood),
            aic: 2 * (p - likelihood), aicc: 2 * (p * n / (n - p - 1) - likelihood),
            bic: observations > 0 ? p * .log(Double(observations)) - 2 * likelihood : nil, iterations: iterations)
    }
}

extension Diagnostic {
    static func narrower(thanCommonEffect: Bool) -> Diagnostic {
        Diagnostic(
            .warning, .narrowerThanWald,
            "the Hartung–Knapp interval is narrower than the Wald interval"
                + (thanCommonEffect ? ", and than that of a common effect" : "")
                + ", as the effects happen to lie close"
                + " together for their standard errors and the between-study variance; the interval"
                + " hartung-knapp-truncated is never narrower than the one by t")
    }

    static func equalEffects(_ severity: Severity) -> Diagnostic {
        Diagnostic(
            severity, .notEstimable,
            "all effects are equal, so that the Hartung–Knapp standard error is 0 and there is no test and no interval")
    }

    /// What there is to say of standard errors of many effects that were scaled by the same factor.
    ///
    /// - Parameter degreesOfFreedom: of the t distribution of their intervals.
    static func hartungKnapp(scale: Double, degreesOfFreedom: Double, level: Double) -> [Diagnostic] {
        if scale == 0 {
            return [
                Diagnostic(
                    .warning, .notEstimable,
                    "all effects agree exactly, so that the Hartung–Knapp standard error is 0 and there is no test")
            ]
        }
        guard isNarrower(scale: scale, degreesOfFreedom: degreesOfFreedom, level: level) else { return [] }
        return [
            Diagnostic(
                .warning, .narrowerThanWald,
                "the Hartung–Knapp intervals are narrower than Wald intervals, as the effects happen to lie close to the"
                    + " model for their standard errors and the between-study variance; the intervals"
                    + " hartung-knapp-truncated are never narrower than those by t")
        ]
    }

    /// Whether t quantile times scaled standard error is less than normal quantile times standard error.
    private static func isNarrower(scale: Double, degreesOfFreedom: Double, level: Double) -> Bool {
        guard scale < 1, degreesOfFreedom > 0 else { return false }
        let reference = ReferenceDistribution.studentT(degreesOfFreedom: degreesOfFreedom)
        return scale * reference.twoSidedQuantile(level: level)
            < ReferenceDistribution.normal.twoSidedQuantile(level: level)
    }
}
