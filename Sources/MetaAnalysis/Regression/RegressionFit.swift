internal import RealModule

/// Result of a meta-regression: a complete record, readable without the data or the settings.
///
/// All numbers are on the analysis scale `scale`, coefficients per unit of the moderators.
public struct RegressionFit: Hashable, Sendable, Codable {
    /// Name of the outcome, if a file has several; set by the caller.
    public var outcome: String?
    /// Number of effects that took part.
    public var k: Int
    /// Number of studies that the effects come from; less than `k` if a study gives several.
    public var studyCount: Int
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// Coefficients, p of them, the intercept first if there is one.
    public var coefficients: [RegressionCoefficient]
    /// Covariance of the coefficients, p × p, as the intervals use it: scaled under Hartung–Knapp.
    public var covariance: [[Double]]
    /// Degrees of freedom of t, k − p; `nil` for the normal distribution.
    public var degreesOfFreedom: Double?
    /// Test of all coefficients except an intercept, or of the intercept if it is the only one: χ², or F under `t` and
    /// Hartung–Knapp.
    public var omnibusTest: HypothesisTest
    /// Heterogeneity that the moderators do not explain.
    public var heterogeneity: Heterogeneity
    /// Percentage of the between-study variance that the moderators explain, 0–100; under a common effect the adjusted R².
    /// `nil` for a known τ², without an intercept, moderators or degrees of freedom, and when there is nothing to explain.
    public var explainedHeterogeneity: Double?
    /// Log-likelihood and information criteria.
    public var fit: FitStatistics
    /// Studies that took part, with fitted values, in the order of the data.
    public var studies: [RegressionStudy]
    /// Studies left out, without an effect or without a moderator value, each with the reason.
    public var excluded: [ExcludedStudy]
    /// Warnings and notes on the data and on this fit.
    public var diagnostics: [Diagnostic]
    /// Settings of the regression.
    public var settings: RegressionSettings
    /// Columns of the design, needed for predictions at a new point.
    var columns: ModelColumns
}

/// Coefficient of a regression: the change of the effect per unit of its column.
public struct RegressionCoefficient: Hashable, Sendable, Codable {
    /// Name of the column ("intercept", "latitude", "allocation: random").
    public var term: String
    /// Estimate, on the analysis scale per unit of the column.
    public var estimate: Double
    /// Standard error, as the interval uses it: scaled under Hartung–Knapp.
    public var standardError: Double
    /// Estimate over standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Degrees of freedom of the t distribution; `nil` for the normal distribution.
    public var degreesOfFreedom: Double?
    /// Two-sided p-value against 0; `nil` when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval at the level of the analysis.
    public var confidenceInterval: ConfidenceInterval
    /// Interval that `IntervalMethod.hartungKnappTruncated` gives; `nil` unless the Hartung–Knapp interval is narrower than
    /// that of a common effect.
    public var truncatedInterval: ConfidenceInterval?
    /// Variance inflation factor: the increase of its variance due to correlation with the other columns; `nil` for the
    /// intercept.
    public var varianceInflation: Double?

    init(_ term: String, _ found: Estimate) {
        self.term = term
        estimate = found.estimate
        standardError = found.standardError
        statistic = found.statistic
        degreesOfFreedom = found.degreesOfFreedom
        pValue = found.pValue
        confidenceInterval = found.confidenceInterval
    }
}

/// Effect that a regression predicts at one point.
public struct RegressionPrediction: Hashable, Sendable, Codable {
    /// Predicted mean effect, on the analysis scale.
    public var estimate: Double
    /// Standard error of the predicted mean, scaled under Hartung–Knapp.
    public var standardError: Double
    /// Confidence interval of the predicted mean.
    public var confidenceInterval: ConfidenceInterval
    /// Interval in which the true effect of a new study is expected; `nil` under a common effect and when nothing determines
    /// τ².
    public var predictionInterval: ConfidenceInterval?
    /// Back-transformed estimate and intervals; `nil` when the scale needs a sample size.
    public var backTransformed: BackTransformed?

    init(_ expected: Estimate, _ prediction: ConfidenceInterval?, _ scale: EffectScale) {
        estimate = expected.estimate
        standardError = expected.standardError
        confidenceInterval = expected.confidenceInterval
        predictionInterval = prediction
        backTransformed =
            scale.needsSampleSize
            ? nil
            : BackTransformed(scale, estimate, confidenceInterval, predictionInterval, sampleSize: nil)
    }
}

/// Study with the effect that the regression predicts for it.
public struct RegressionStudy: Hashable, Sendable, Codable {
    /// Label of the study, as in the data.
    public var label: String
    /// Line of the file that the study was read from; `nil` for data from elsewhere.
    public var row: Int?
    /// Effect of the study, on the analysis scale.
    public var estimate: Double
    /// Sampling variance of the effect.
    public var variance: Double
    /// Percentage of the total weight, 0–100.
    public var weight: Double
    /// Effect predicted for the study, with its intervals.
    public var fitted: RegressionPrediction
    /// Residual y − ŷ: effect minus predicted effect.
    public var residual: Double
    /// Residual over its standard error; `nil` when the study alone determines its fitted value.
    public var standardizedResidual: Double?
    /// Leverage: diagonal element of the hat matrix, 0 to 1.
    public var leverage: Double
}

/// The settings of a regression as codes, so that a result documents how it was computed.
public struct RegressionSettings: Hashable, Sendable, Codable {
    /// Code of the measure, such as "OR".
    public var measure: String
    /// Terms of the model.
    public var terms: [ModelTerm]
    /// Whether the model has an intercept.
    public var hasIntercept: Bool
    /// The kind of model, common or random effects.
    public var model: ModelIdentity
    /// The estimator of τ²; `nil` when the model has none, τ² was given, or there are as many coefficients as studies.
    public var estimator: HeterogeneityEstimator?
    /// τ² if it was given, on the squared analysis scale.
    public var knownTauSquared: Double?
    /// Method for the tests and confidence intervals, as used: `.wald` when there are no degrees of freedom.
    public var interval: IntervalMethod
    /// Method for the confidence interval of τ²; `nil` when τ² was not estimated.
    public var tauSquaredInterval: TauSquaredIntervalMethod?
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Settings with which effects were computed from data; `nil` where effects were given.
    public var effects: EffectSettings?
}

extension RegressionSettings {
    /// Whether the model has a between-study variance that was estimated or given.
    var hasTauSquared: Bool { estimator != nil || knownTauSquared != nil }
}

// MARK: - Making

extension RegressionFit {
    /// Creates the record, without the explained heterogeneity.
    init(_ data: RegressionData, _ solution: Solution, _ settings: MetaRegression) {
        let (names, scaled) = (data.columns.names, solution.model.scaled)
        let estimates = data.standard.original(solution.scaledCoefficients)
        let covariance = data.standard.original(solution.scaledCovariance)
        // Covariances without the Hartung–Knapp factor, if it makes intervals narrower.
        let isNarrowed = solution.factor < 1
        let plain = isNarrowed ? data.standard.original(solution.scaledPlainCovariance) : nil
        let common =
            isNarrowed ? data.standard.original(scaled.leastSquares(weights: scaled.weights(at: 0)).inverseGram) : nil
        let inflation = Self.varianceInflation(solution.scaledPlainCovariance, hasIntercept: settings.hasIntercept)
        outcome = nil
        k = data.effects.count
        studyCount = data.effects.studyCount
        scale = data.effects.scale
        degreesOfFreedom = solution.inference.degreesOfFreedom
        coefficients = names.indices.map { index in
            let estimate = solution.estimate(estimates[index], variance: covariance[index, index])
            var one = RegressionCoefficient(names[index], estimate)
            one.varianceInflation = inflation[index]
            if let plain, let common {
                one.truncatedInterval = solution.truncatedInterval(
                    estimate, plainVariance: plain[index, index], commonVariance: common[index, index])
            }
            return one
        }
        let unit = solution.unit
        self.covariance = names.indices.map { row in covariance.row(row).map { $0 * unit * unit } }
        omnibusTest = Self.test(
            "moderators", solution.scaledCoefficients, solution.scaledCovariance, of: data.columns.tested,
            degreesOfFreedom)
        heterogeneity = solution.heterogeneity(cochranQ: solution.cochranQ)
        fit = solution.fitStatistics()
        studies = Self.studies(data, solution)
        excluded = data.excluded
        columns = data.columns
        let model = settings.estimation.heterogeneity
        self.settings = RegressionSettings(
            measure: data.effects.measure, terms: settings.terms, hasIntercept: settings.hasIntercept,
            model: ModelIdentity(model), estimator: solution.tau?.estimator,
            knownTauSquared: model.knownTauSquared, interval: solution.usedInterval,
            tauSquaredInterval: solution.isEstimated ? settings.estimation.tauSquaredInterval : nil,
            level: settings.estimation.level, effects: data.effects.settings)
        diagnostics = data.diagnostics + solution.diagnostics + Self.notes(data, solution)
    }

    private static func studies(_ data: RegressionData, _ solution: Solution) -> [RegressionStudy] {
        let (model, matrix) = (solution.model.scaled, data.standard.matrix)
        let (coefficients, plain) = (solution.scaledCoefficients, solution.scaledPlainCovariance)
        let weights = solution.fit.weights
        let total = weights.reduce(0, +)
        return data.effects.effects.indices.map { index in
            let effect = data.effects.effects[index]
            let form = matrix.form(ofRow: index, plain)
            let value = matrix.product(ofRow: index, coefficients)
            let fitted = solution.estimate(value, variance: form * solution.factor * solution.factor)
            let leverage = weights[index] * form
            // Var(y − ŷ) = (v + τ²)(1 − h).
            let rest = 1 - leverage
            let residual = solution.isExact ? 0 : model.responses[index] - value
            return RegressionStudy(
                label: effect.label, row: effect.row, estimate: effect.estimate, variance: effect.variance,
                weight: 100 * (weights[index] / total),
                fitted: RegressionPrediction(
                    fitted,
                    solution.scaledDeterminedTauSquared == nil
                        ? nil : solution.prediction(fitted, quantile: solution.inference.quantile),
                    data.effects.scale),
                residual: residual * solution.unit,
                standardizedResidual: rest > 1e-9 ? residual / (rest / weights[index]).squareRoot() : nil,
                leverage: min(1, leverage))
        }
    }

    /// Computes the diagonal of the inverse of the coefficients' correlations, without the intercept.
    private static func varianceInflation(_ covariance: Matrix, hasIntercept: Bool) -> [Double?] {
        let first = hasIntercept ? 1 : 0
        let width = covariance.columns - first
        guard covariance.rows == covariance.columns, width > 0 else {
            return Array(repeating: nil, count: max(1, covariance.columns))
        }
        var correlations = Matrix(rows: width, columns: width)
        for row in 0..<width {
            for column in 0..<width {
                correlations[row, column] =
                    covariance[row + first, column + first]
                    / (covariance[row + first, row + first] * covariance[column + first, column + first]).squareRoot()
            }
        }
        guard let inverse = try? CholeskyFactor(correlations).inverse else {
            return Array(repeating: nil, count: covariance.columns)
        }
        return Array(repeating: nil, count: first) + (0..<width).map { inverse[$0, $0] }
    }

    /// Computes the percentage of a total that is not in the rest, at least 0; `nil` when the total is not above 0.
    static func explained(_ total: Double?, _ rest: Double?) -> Double? {
        guard let total, let rest, total > 0 else { return nil }
        return max(0, 100 * (total - rest) / total)
    }

    private static func notes(_ data: RegressionData, _ solution: Solution) -> [Diagnostic] {
        let (width, count) = (data.columns.names.count, solution.model.scaled.count)
        let slopes = width - (data.columns.hasIntercept ? 1 : 0)
        if solution.degreesOfFreedom == 0 {
            return [
                Diagnostic(
                    .warning, .notEstimable,
                    "there are as many coefficients as studies: nothing is left to estimate heterogeneity from"
                        + (solution.tau?.isDetermined == false ? ", which is taken as 0" : "")
                        + ", and intervals are by the normal distribution")
            ]
        }
        guard slopes > 0, count < 10 * slopes else { return [] }
        return [
            Diagnostic(
                .warning, .fewStudies,
                "\(count) studies for \(slopes) \(slopes == 1 ? "coefficient" : "coefficients") of moderators: with fewer"
                    + " than ten for each, chance findings are likely")
        ]
    }

    // MARK: Tests

    /// Tests some coefficients by βᵀV⁻¹β: χ², or F after division by their number.
    static func test(
        _ name: String, _ coefficients: [Double], _ covariance: Matrix, of indices: [Int], _ degreesOfFreedom: Double?
    ) -> HypothesisTest {
        let count = Double(indices.count)
        func none() -> HypothesisTest {
            HypothesisTest(
                name: name, statistic: nil, degreesOfFreedom: count, denominatorDegreesOfFreedom: degreesOfFreedom,
                pValue: nil)
        }
        // Correlations, which do not depend on units.
        var correlations = Matrix(rows: indices.count, columns: indices.count)
        let errors = indices.map { covariance[$0, $0].squareRoot() }
        guard !indices.isEmpty, errors.allSatisfy({ $0 > 0 && $0.isFinite }) else { return none() }
        for (row, one) in indices.enumerated() {
            for (column, other) in indices.enumerated() {
                correlations[row, column] = row == column ? 1 : covariance[one, other] / errors[row] / errors[column]
            }
        }
        let ratios = zip(indices, errors).map { coefficients[$0] / $1 }
        guard let factor = try? CholeskyFactor(correlations) else { return none() }
        let form = zip(ratios, factor.solution(of: ratios)).reduce(0) { $0 + $1.0 * $1.1 }
        guard let degreesOfFreedom else {
            return HypothesisTest(
                name: name, statistic: form, degreesOfFreedom: count,
                pValue: ReferenceDistribution.chiSquared(degreesOfFreedom: count).upperTail(form))
        }
        return HypothesisTest(
            name: name, statistic: form / count, degreesOfFreedom: count, denominatorDegreesOfFreedom: degreesOfFreedom,
            pValue: ReferenceDistribution.f(numerator: count, denominator: degreesOfFreedom).upperTail(form / count))
    }
}

// MARK: - Questions

extension RegressionFit {
    /// Tests whether the coefficients of some terms are all 0: χ², or F under `t` and Hartung–Knapp.
    ///
    /// - Parameter terms: names of terms ("dose^2") or of columns ("allocation: random").
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a term that the model does not have.
    public func test(of terms: [String]) throws -> HypothesisTest {
        var indices: [Int] = []
        for term in terms {
            let ranges = zip(columns.terms, columns.ranges).filter { $0.0.name == term }
            let named = columns.names.indices.filter { columns.names[$0] == term }
            guard !ranges.isEmpty || !named.isEmpty else {
                let names = columns.terms.map(\.name)
                let known = (names + columns.names.filter { !names.contains($0) }).map(quoted).joined(separator: ", ")
                throw MetaAnalysisError(
                    .invalidSetting, "the model has no term \(quoted(term))", remedy: "take one of \(known)")
            }
            for index in ranges.flatMap(\.1) + (ranges.isEmpty ? named : []) where !indices.contains(index) {
                indices.append(index)
            }
        }
        return Self.test(
            terms.joined(separator: ", "), coefficients.map(\.estimate), covarianceMatrix, of: indices, degreesOfFreedom
        )
    }

    /// Estimates the contrast cᵀβ with its interval and test.
    ///
    /// - Parameter weights: the weights c, one for each coefficient.
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for another number of weights.
    public func contrast(_ weights: [Double]) throws -> RegressionCoefficient {
        guard weights.count == coefficients.count else {
            throw MetaAnalysisError(
                .invalidSetting, "the contrast has \(weights.count) weights for \(coefficients.count) coefficients",
                remedy: "give one for each of " + coefficients.map { quoted($0.term) }.joined(separator: ", "))
        }
        return RegressionCoefficient(
            "contrast", inference.estimate(weights, coefficients.map(\.estimate), covarianceMatrix))
    }

    /// Predicts the effect at new values of the moderators.
    ///
    /// - Parameter point: a value for each moderator of the model, by name.
    /// - Returns: `nil` when a moderator has no value.
    /// - Throws: `MetaAnalysisError` for a level that no study had, or a text instead of a number.
    public func prediction(at point: [String: ModeratorValue]) throws -> RegressionPrediction? {
        guard let row = try columns.row({ point[$0] }) else { return nil }
        let one = inference.estimate(row, coefficients.map(\.estimate), covarianceMatrix)
        let error = one.standardError
        return RegressionPrediction(
            one,
            settings.hasTauSquared
                ? ConfidenceInterval(
                    around: one.estimate,
                    halfWidth: inference.quantile * (heterogeneity.tauSquared + error * error).squareRoot()) : nil,
            scale)
    }

    /// Names of the moderators that the model uses as numbers.
    package var numericModerators: Set<String> { columns.numbers }

    var covarianceMatrix: Matrix {
        Matrix(rows: covariance.count, columns: covariance.count, elements: covariance.flatMap(\.self))
    }

    private var inference: ContrastInference {
        ContrastInference(degreesOfFreedom: degreesOfFreedom, level: settings.level)
    }
}

extension RegressionFit {
    /// Checks that the results are finite.
    ///
    /// - Throws: `MetaAnalysisError` with code `.numericalOverflow` when a number is not finite.
    func checkForOverflow() throws {
        for one in coefficients { try Solution.requireFinite(one.estimate, one.standardError) }
        try Solution.requireFinite(heterogeneity.tauSquared, heterogeneity.cochranQ, fit.logLikelihood)
    }
}
