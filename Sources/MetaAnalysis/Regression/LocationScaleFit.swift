internal import RealModule

/// Result of a location–scale model: a complete record.
///
/// Coefficients of effects are on the analysis scale `scale`, coefficients of the scale in units of log τ².
public struct LocationScaleFit: Hashable, Sendable, Codable {
    /// Number of effects that took part.
    public var k: Int
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// Coefficients of the effects, p of them, the intercept first if there is one.
    public var coefficients: [RegressionCoefficient]
    /// Covariance of `coefficients`, p × p.
    public var covariance: [[Double]]
    /// Test of all coefficients of the effects except the intercept: χ² under `wald`, F otherwise.
    public var omnibusTest: HypothesisTest
    /// Coefficients of log τ², q of them, the intercept first.
    public var scaleCoefficients: [ScaleCoefficient]
    /// Covariance of `scaleCoefficients`, q × q; `nil` when the likelihood has no maximum.
    public var scaleCovariance: [[Double]]?
    /// Test of all coefficients of the scale except the intercept: χ² under `wald`, F otherwise.
    public var scaleTest: HypothesisTest
    /// Likelihood-ratio test against the regression with one τ², χ² with q − 1 degrees of freedom.
    public var likelihoodRatio: HypothesisTest
    /// Log-likelihood and information criteria.
    public var fit: FitStatistics
    /// Studies that took part, each with its own τ², in the order of the data.
    public var studies: [ScaledStudy]
    /// Studies left out, without an effect or without a moderator value, each with the reason.
    public var excluded: [ExcludedStudy]
    /// Warnings and notes on the data and on this fit.
    public var diagnostics: [Diagnostic]
}

/// Coefficient of log τ²: the change of log τ² per unit of its column.
public struct ScaleCoefficient: Hashable, Sendable, Codable {
    /// Name of the column, such as "intercept" or "weeks".
    public var term: String
    /// Estimate, in units of log τ² per unit of the column.
    public var estimate: Double
    /// Standard error from the curvature of the likelihood; `nil`, like all that follows, when the likelihood has no maximum.
    public var standardError: Double?
    /// Estimate over standard error.
    public var statistic: Double?
    /// Degrees of freedom of the t distribution, k − q; `nil` for the normal distribution.
    public var degreesOfFreedom: Double?
    /// Two-sided p-value against 0.
    public var pValue: Double?
    /// Confidence interval at the level of the model.
    public var confidenceInterval: ConfidenceInterval?
}

/// Study with a between-study variance from its scale terms.
public struct ScaledStudy: Hashable, Sendable, Codable {
    /// Label of the study, as in the data.
    public var label: String
    /// Line of the file that the study was read from; `nil` for data from elsewhere.
    public var row: Int?
    /// Effect of the study, on the analysis scale.
    public var estimate: Double
    /// Sampling variance of the effect.
    public var variance: Double
    /// Effect that the model predicts for studies with these moderators, on the analysis scale.
    public var fitted: Double
    /// Between-study variance τ² for studies with these scale terms, on the squared analysis scale.
    public var tauSquared: Double
    /// Percentage of the total weight, 0–100.
    public var weight: Double
}

extension LocationScaleFit {
    init(
        _ settings: LocationScaleModel, _ data: RegressionData, _ constant: Solution, _ columns: ModelColumns,
        _ standard: StandardColumns, _ likelihood: ScaleLikelihood, _ summit: ScaleLikelihood.Summit
    ) {
        let (model, unit) = (constant.model.scaled, constant.unit)
        let least = likelihood.leastSquares(summit.alpha)
        let isNormal = settings.interval == .wald
        let names = data.columns.names
        let degrees = model.residualDegreesOfFreedom
        let inference = ContrastInference(degreesOfFreedom: isNormal ? nil : degrees, level: settings.level)
        let estimates = data.standard.original(least.coefficients)
        let matrix = data.standard.original(least.inverseGram)
        k = model.count
        scale = data.effects.scale
        coefficients = names.indices.map { index in
            RegressionCoefficient(
                names[index],
                inference.estimate(estimates[index], variance: matrix[index, index]).rescaled(by: unit))
        }
        covariance = names.indices.map { row in matrix.row(row).map { $0 * unit * unit } }
        omnibusTest = RegressionFit.test(
            "moderators", least.coefficients, least.inverseGram, of: data.columns.tested, isNormal ? nil : degrees)

        let width = columns.names.count
        let scaleDegrees = isNormal ? nil : Double(model.count - width)
        let own = summit.isMaximum ? Self.inverse(ofNegative: summit.hessian) : nil
        var alpha = standard.original(summit.alpha)
        // The intercept is a log τ² and alone changes with the unit.
        if unit != 1 { alpha[0] += 2 * .log(unit) }
        let scaleMatrix = own.map(standard.original)
        let scaleInference = ContrastInference(degreesOfFreedom: scaleDegrees, level: settings.level)
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
            constant.fit, at: constant.scaledTauSquared, restricted: settings.isRestricted)
        let statistic = HypothesisTest.likelihoodRatioStatistic(summit.value, over: before)
        likelihoodRatio = HypothesisTest(
            name: "likelihood-ratio", statistic: statistic, degreesOfFreedom: Double(width - 1),
            pValue: width > 1
                ? ReferenceDistribution.chiSquared(degreesOfFreedom: Double(width - 1)).upperTail(statistic) : nil)
        fit = model.fitStatistics(
            logLikelihood: summit.value, isRestricted: settings.isRestricted,
            parameters: names.count + width, iterations: summit.iterations)
        if unit != 1 {
            fit.shift(logLikelihoodBy: -Double(fit.isRestricted ? k - names.count : k) * .log(unit))
        }
        let tauSquared = likelihood.tauSquared(summit.alpha)
        let total = least.weights.reduce(0, +)
        studies = data.effects.effects.indices.map { index in
            let effect = data.effects.effects[index]
            return ScaledStudy(
                label: effect.label, row: effect.row, estimate: effect.estimate, variance: effect.variance,
                fitted: least.fitted(index) * unit, tauSquared: tauSquared[index] * unit * unit,
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
}
