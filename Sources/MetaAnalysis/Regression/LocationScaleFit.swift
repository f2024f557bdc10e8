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
        // The intercept is a log τ², and only that of the columns changes with the unit.
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
