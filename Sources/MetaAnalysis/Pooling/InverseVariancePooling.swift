/// Pooled effect and its record, from the solution of a model with a single mean; shared by common and random effects.
struct InverseVariancePooling {
    let effects: EffectSizes
    let solution: Solution

    /// - Throws: `MetaAnalysisError` when there is no study, an effect cannot be pooled or a setting is out of its range.
    init(_ effects: EffectSizes, _ settings: EstimationSettings, weighting: Weighting) throws {
        try settings.check()
        guard !effects.effects.isEmpty else { throw effects.nothingToPool }
        try effects.requireFinite()
        guard let model = try? LinearEffectModel(effects) else {
            preconditionFailure("a single column of ones is never singular")
        }
        self.effects = effects
        solution = model.solve(settings, weighting: weighting)
    }

    /// Pooled effect; its interval is unbounded when the standard error is 0.
    var average: Estimate {
        var average = solution.estimate(
            solution.scaledCoefficients[0], plainVariance: solution.scaledPlainCovariance[0, 0])
        if average.standardError == 0 { average.confidenceInterval = .unbounded }
        return average
    }

    /// Computes I² from Q: 100 · max(0, (Q − df) / Q).
    static func iSquaredFromQ(_ statistic: Double, degreesOfFreedom: Double) -> Double? {
        guard degreesOfFreedom > 0 else { return nil }
        return statistic > degreesOfFreedom ? min(100, 100 * (statistic - degreesOfFreedom) / statistic) : 0
    }

    // MARK: The record

    /// Builds the record of the pooled effect.
    ///
    /// - Parameter predictionInterval: ignored under a common effect.
    /// - Throws: `MetaAnalysisError` with code `.numericalOverflow` when a number is not finite.
    func pooledEffect(_ predictionInterval: PredictionIntervalMethod?) throws -> PooledEffect {
        let average = average
        let method = solution.settings.heterogeneity.isRandom ? predictionInterval : nil
        let narrowed = narrowed(average)
        let (prediction, predictionNotes) = prediction(average, method)
        let settings = solution.settings
        let pooled = PooledEffect(
            outcome: nil, group: nil, k: effects.effects.count, studyCount: effects.studyCount, scale: effects.scale,
            estimate: average.estimate, standardError: average.standardError, statistic: average.statistic,
            degreesOfFreedom: average.degreesOfFreedom, pValue: average.pValue,
            confidenceInterval: average.confidenceInterval, predictionInterval: prediction,
            truncatedInterval: narrowed?.truncated,
            backTransformed: effects.backTransformed(
                average.estimate, average.confidenceInterval, prediction, truncated: narrowed?.truncated),
            heterogeneity: solution.heterogeneity(cochranQ: solution.cochranQ),
            fit: solution.fitStatistics(isEstimated: settings.heterogeneity.estimator != nil),
            studies: studies(average), excluded: effects.excluded, tests: [],
            diagnostics: diagnostics(average, narrowed) + (solution.tau?.diagnostics ?? []) + predictionNotes
                + Diagnostic.beyondRange(effects.measure, average.confidenceInterval, prediction: prediction),
            settings: PoolingSettings(
                measure: effects.measure, model: ModelIdentity(settings.heterogeneity),
                estimator: settings.heterogeneity.estimator, interval: solution.usedInterval,
                predictionInterval: method,
                tauSquaredInterval: settings.heterogeneity.estimator == nil ? nil : settings.tauSquaredInterval,
                weighting: solution.weighting, level: settings.level, effects: effects.settings))
        try Solution.requireFinite(
            pooled.estimate, pooled.standardError, pooled.heterogeneity.tauSquared, pooled.heterogeneity.cochranQ,
            pooled.heterogeneity.iSquared, pooled.heterogeneity.hSquared, pooled.fit?.logLikelihood)
        return pooled
    }

    /// Interval that is narrower than the normal interval at the same τ².
    private struct Narrowed {
        /// Interval of the truncated variant; `nil` unless the interval is also narrower than that of a common effect.
        var truncated: ConfidenceInterval?
    }

    private func narrowed(_ average: Estimate) -> Narrowed? {
        guard solution.factor < 1 else { return nil }
        let plain = solution.scaledPlainCovariance[0, 0].squareRoot()
        let normal = ReferenceDistribution.normal.twoSidedQuantile(level: solution.settings.level)
        guard solution.inference.quantile * (average.standardError / solution.unit) < normal * plain else {
            return nil
        }
        let scaled = solution.model.scaled
        return Narrowed(
            truncated: solution.truncatedInterval(
                average, plainVariance: solution.scaledPlainCovariance[0, 0],
                commonVariance: scaled.leastSquares(weights: scaled.weights(at: 0)).inverseGram[0, 0]))
    }

    /// Computes the prediction interval μ̂ ± q √(τ² + SE²).
    private func prediction(
        _ average: Estimate, _ method: PredictionIntervalMethod?
    ) -> (interval: ConfidenceInterval?, diagnostics: [Diagnostic]) {
        guard let method else { return (nil, []) }
        let inference = solution.inference
        guard let reference = method.reference(count: effects.effects.count, matched: inference.reference) else {
            let needed = method == .higginsThompsonSpiegelhalter ? "three" : "two"
            return (
                nil,
                [
                    Diagnostic(
                        .note, .notEstimable, "a prediction interval (\(method.rawValue)) needs \(needed) studies")
                ]
            )
        }
        // `diagnostics` reports equal effects and the missing interval.
        guard average.standardError > 0 else { return (nil, []) }
        let quantile =
            reference == inference.reference
            ? inference.quantile : reference.twoSidedQuantile(level: solution.settings.level)
        return (solution.prediction(average, quantile: quantile), [])
    }

    /// Lists the studies with their weights and, under random effects, their estimates shrunk toward the average.
    private func studies(_ average: Estimate) -> [PooledStudy] {
        let normal = ReferenceDistribution.normal.twoSidedQuantile(level: solution.settings.level)
        let weights = solution.fit.weights
        let total = weights.reduce(0, +)
        let shrinkage = solution.settings.heterogeneity.isRandom ? Shrinkage(average, solution) : nil
        let variances = solution.model.scaled.variances
        return weights.indices.map { index in
            let effect = effects.effects[index]
            return PooledStudy(
                label: effect.label, row: effect.row, estimate: effect.estimate, variance: effect.variance,
                weight: 100 * (weights[index] / total),
                confidenceInterval: ConfidenceInterval(
                    around: effect.estimate, halfWidth: normal * variances[index].squareRoot() * solution.unit),
                empiricalBayes: shrinkage?.applied(to: index))
        }
    }

    private func diagnostics(_ average: Estimate, _ narrowed: Narrowed?) -> [Diagnostic] {
        var notes = effects.diagnostics
        if effects.effects.count == 1 {
            notes.append(
                Diagnostic(
                    .warning, .singleStudy,
                    "there is one study: its own effect and interval (normal distribution) are shown, and heterogeneity"
                        + " cannot be estimated"))
        }
        notes += solution.model.scaled.varianceDiagnostics
        if average.standardError == 0 {
            notes.append(.equalEffects(.warning))
        } else if let narrowed {
            notes.append(.narrower(thanCommonEffect: narrowed.truncated != nil))
        }
        if !solution.settings.heterogeneity.isRandom, solution.usedInterval.isHartungKnapp {
            notes.append(
                Diagnostic(
                    .warning, .unusualCombination,
                    "the Hartung–Knapp interval is made for random effects; with a common effect it allows for overdispersion"
                ))
        }
        return notes
    }
}

extension ConfidenceInterval {
    /// Creates an interval from a quantile of the reference distribution. It is unbounded when the standard error is 0, because
    /// effects that happen to be equal are no proof of certainty.
    init(around estimate: Double, quantile: Double, standardError: Double) {
        self =
            standardError == 0 ? .unbounded : ConfidenceInterval(around: estimate, halfWidth: quantile * standardError)
    }
}

extension BackTransformed {
    /// Back-transforms an estimate and its intervals.
    ///
    /// - Returns: `nil` when the scale needs a sample size and none is given.
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

extension EffectSizes {
    /// A result for all of these effects on the scale of the data, for which some scales need the harmonic mean of the sample sizes.
    func backTransformed(
        _ estimate: Double, _ confidence: ConfidenceInterval, _ prediction: ConfidenceInterval? = nil,
        truncated: ConfidenceInterval? = nil
    ) -> BackTransformed? {
        BackTransformed(
            scale, estimate, confidence, prediction, truncated: truncated,
            sampleSize: scale.needsSampleSize ? harmonicMeanSampleSize : nil)
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

extension EffectSizes {
    /// Checks that every effect is finite and every variance finite and above 0.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) that names the first study for which this does not hold.
    func requireFinite() throws {
        // Indexed access: copying an effect would retain and release its strings.
        for index in effects.indices {
            guard effects[index].estimate.isFinite, effects[index].variance.isFinite, effects[index].variance > 0
            else { throw effects[index].cannotBePooled }
        }
    }
}

/// Empirical Bayes estimate λy + (1 − λ)μ̂ with λ = τ² / (τ² + v), and variance λv + (1 − λ)² SE².
///
/// Source: Robinson (1991), Statistical Science 6, doi:10.1214/ss/1177011926.
private struct Shrinkage {
    let solution: Solution
    let mean: Double
    /// Standard error of the average, in scaled units.
    let standardError: Double

    init(_ average: Estimate, _ solution: Solution) {
        self.solution = solution
        mean = average.estimate / solution.unit
        standardError = average.standardError / solution.unit
    }

    func applied(to index: Int) -> EmpiricalBayesEffect {
        let (effect, variance) = (solution.model.scaled.responses[index], solution.model.scaled.variances[index])
        let own = solution.scaledTauSquared / (solution.scaledTauSquared + variance)
        let rest = 1 - own
        let estimate = own * effect + rest * mean
        let error = (own * variance + rest * rest * standardError * standardError).squareRoot()
        return EmpiricalBayesEffect(
            estimate: estimate * solution.unit, standardError: error * solution.unit,
            interval: ConfidenceInterval(around: estimate, halfWidth: solution.inference.quantile * error)
                .rescaled(by: solution.unit))
    }
}
