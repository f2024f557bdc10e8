internal import RealModule

/// A fitted location–scale model: a complete record.
///
/// Coefficients of effects are on the analysis scale `scale`, those of the scale in units of log τ².
public struct LocationScaleFit: Hashable, Sendable, Codable {
    /// Studies that took part.
    public var k: Int
    public var scale: EffectScale
    /// p of them, the intercept first.
    public var coefficients: [RegressionCoefficient]
    /// p × p.
    public var covariance: [[Double]]
    public var omnibusTest: HypothesisTest
    /// q of them, the intercept first, of log τ².
    public var scaleCoefficients: [ScaleCoefficient]
    /// q × q; `nil` where the likelihood has no maximum.
    public var scaleCovariance: [[Double]]?
    /// Of all coefficients of the scale but the intercept.
    public var scaleTest: HypothesisTest
    /// Against the regression with one τ².
    public var likelihoodRatio: HypothesisTest
    public var fit: FitStatistics
    public var studies: [ScaledStudy]
    public var excluded: [ExcludedStudy]
    public var diagnostics: [Diagnostic]
}

/// A coefficient of log τ², in units of log τ² for each unit of its column.
public struct ScaleCoefficient: Hashable, Sendable, Codable {
    public var term: String
    public var estimate: Double
    /// Like all that follows `nil` where the likelihood has no maximum.
    public var standardError: Double?
    public var statistic: Double?
    public var degreesOfFreedom: Double?
    public var pValue: Double?
    public var confidenceInterval: ConfidenceInterval?
}

/// One study with its own between-study variance.
public struct ScaledStudy: Hashable, Sendable, Codable {
    public var label: String
    /// Line of the file it was read from.
    public var row: Int?
    public var estimate: Double
    public var variance: Double
    /// What the model expects of studies like it.
    public var fitted: Double
    /// Variance of the effects of studies like it.
    public var tauSquared: Double
    /// Percent of the total weight, 0–100.
    public var weight: Double
}

extension LocationScaleFit {
    init(
        _ settings: LocationScaleModel, _ constant: RegressionSolution, _ columns: ModelColumns,
        _ standard: StandardColumns, _ likelihood: ScaleLikelihood, _ summit: ScaleLikelihood.Summit
    ) {
        let (data, model) = (constant.data, constant.model)
        let least = likelihood.leastSquares(summit.alpha)
        let isNormal = settings.interval == .wald
        let names = data.columns.names
        let degrees = model.residualDegreesOfFreedom
        let inference = CombinationInference(degreesOfFreedom: isNormal ? nil : degrees, level: settings.level)
        let estimates = data.standard.original(least.coefficients)
        let matrix = data.standard.original(least.inverseGram)
        k = model.count
        scale = data.effects.scale
        coefficients = names.indices.map { index in
            RegressionCoefficient(
                names[index], inference.estimate(estimates[index], variance: matrix[index, index]),
                degreesOfFreedom: isNormal ? nil : degrees)
        }
        covariance = names.indices.map(matrix.row)
        omnibusTest = RegressionFit.test(
            "moderators", least.coefficients, least.inverseGram, of: data.columns.tested, isNormal ? nil : degrees)

        let width = columns.names.count
        let scaleDegrees = isNormal ? nil : Double(model.count - width)
        let own = summit.isMaximum ? Self.inverse(ofNegative: summit.hessian) : nil
        let alpha = standard.original(summit.alpha)
        let scaleMatrix = own.map(standard.original)
        let scaleInference = CombinationInference(degreesOfFreedom: scaleDegrees, level: settings.level)
        scaleCoefficients = (0..<width).map { index in
            let one = scaleMatrix.map { scaleInference.estimate(alpha[index], variance: $0[index, index]) }
            return ScaleCoefficient(
                term: columns.names[index], estimate: alpha[index], standardError: one?.standardError,
                statistic: one?.statistic, degreesOfFreedom: one == nil ? nil : scaleDegrees, pValue: one?.pValue,
                confidenceInterval: one?.confidenceInterval)
        }
        scaleCovariance = scaleMatrix.map { matrix in (0..<width).map(matrix.row) }
        scaleTest =
            own.map { RegressionFit.test("scale", summit.alpha, $0, of: columns.tested, scaleDegrees) }
            ?? HypothesisTest(
                name: "scale", statistic: nil, degreesOfFreedom: Double(columns.tested.count), pValue: nil)

        let before = model.logLikelihood(
            constant.least, at: constant.tauSquared, restricted: settings.isRestricted)
        let statistic = HypothesisTest.likelihoodRatioStatistic(summit.value, over: before)
        likelihoodRatio = HypothesisTest(
            name: "likelihood-ratio", statistic: statistic, degreesOfFreedom: Double(width - 1),
            pValue: width > 1
                ? ReferenceDistribution.chiSquared(degreesOfFreedom: Double(width - 1)).upperTail(statistic) : nil)
        fit = model.fitStatistics(
            logLikelihood: summit.value, isRestricted: settings.isRestricted,
            parameters: names.count + width, iterations: summit.iterations)
        let tauSquared = likelihood.tauSquared(summit.alpha)
        let total = least.weights.reduce(0, +)
        studies = data.effects.effects.indices.map { index in
            let effect = data.effects.effects[index]
            return ScaledStudy(
                label: effect.label, row: effect.row, estimate: effect.estimate, variance: effect.variance,
                fitted: least.fitted(index), tauSquared: tauSquared[index],
                weight: 100 * (least.weights[index] / total))
        }
        excluded = data.excluded
        diagnostics = data.diagnostics + Self.notes(summit, count: model.count, width: width)
    }

    private static func inverse(ofNegative matrix: Matrix) -> Matrix? {
        var negative = matrix
        for index in negative.elements.indices { negative.elements[index] = -negative.elements[index] }
        return (try? CholeskyFactor(negative))?.inverse
    }

    private static func notes(_ summit: ScaleLikelihood.Summit, count: Int, width: Int) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if !summit.isMaximum {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "the likelihood rises without end as the between-study variance of some studies goes to 0 (or is flat): the"
                        + " coefficients of the scale have no standard errors; take the model with one τ²"))
        }
        if count < 10 * width {
            notes.append(
                Diagnostic(
                    .warning, .fewStudies,
                    "\(count) studies for \(width) coefficients of the scale: with fewer than ten for each they are hardly known"
                ))
        }
        return notes
    }

    /// When every effect is `factor` times as large.
    mutating func rescale(by factor: Double, original: EffectSizes, kept: [Int]) {
        coefficients = coefficients.map { $0.rescaled(by: factor) }
        covariance = covariance.map { $0.map { $0 * factor * factor } }
        scale = original.scale
        // The intercept is a log τ², and only that of the columns changes with the unit.
        let shift = 2 * .log(factor)
        scaleCoefficients[0].move(by: shift)
        fit.shift(logLikelihoodBy: -Double(fit.isRestricted ? k - coefficients.count : k) * .log(factor))
        for (index, position) in kept.enumerated() {
            studies[index].estimate = original.effects[position].estimate
            studies[index].variance = original.effects[position].variance
            studies[index].fitted *= factor
            studies[index].tauSquared = studies[index].tauSquared * factor * factor
        }
    }
}

extension ScaleCoefficient {
    /// Another estimate with the same standard error.
    fileprivate mutating func move(by shift: Double) {
        estimate += shift
        guard let error = standardError, let interval = confidenceInterval else { return }
        confidenceInterval = ConfidenceInterval(lower: interval.lower + shift, upper: interval.upper + shift)
        statistic = estimate / error
        pValue = (degreesOfFreedom.map { .studentT(degreesOfFreedom: $0) } ?? ReferenceDistribution.normal)
            .twoSidedPValue(estimate / error)
    }
}
