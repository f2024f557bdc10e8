internal import RealModule

/// A fitted meta-regression: a complete record that needs neither the data nor the settings to be read.
///
/// Everything is on the analysis scale `scale`, coefficients in units of the moderators.
public struct RegressionFit: Hashable, Sendable, Codable {
    /// Which of several outcomes of one file; set by the caller.
    public var outcome: String?
    /// Studies that took part.
    public var k: Int
    /// Number of studies that the effects are of; fewer than k where a study gives several.
    public var studyCount: Int
    public var scale: EffectScale
    /// p of them, the intercept first.
    public var coefficients: [RegressionCoefficient]
    /// p × p, as the intervals use it: scaled under Hartung–Knapp.
    public var covariance: [[Double]]
    /// Of t; `nil` where the normal distribution is used.
    public var degreesOfFreedom: Double?
    /// Of all coefficients but the intercept; of all without one.
    public var omnibusTest: HypothesisTest
    /// Of what the moderators leave.
    public var heterogeneity: Heterogeneity
    /// Percent of the between-study variance that the moderators account for, 0–100; under a common effect the adjusted R².
    public var explainedHeterogeneity: Double?
    public var fit: FitStatistics
    public var studies: [RegressionStudy]
    public var excluded: [ExcludedStudy]
    public var diagnostics: [Diagnostic]
    public var settings: RegressionSettings
    /// What a new point needs.
    var columns: ModelColumns
}

/// A coefficient, in units of the effect for each unit of its column.
public struct RegressionCoefficient: Hashable, Sendable, Codable {
    /// Name of the column ("intercept", "latitude", "allocation: random").
    public var term: String
    public var estimate: Double
    public var standardError: Double
    /// `nil` when the standard error is 0.
    public var statistic: Double?
    public var degreesOfFreedom: Double?
    public var pValue: Double?
    public var confidenceInterval: ConfidenceInterval
    /// What `IntervalMethod.hartungKnappTruncated` gives, where the interval of Hartung and Knapp is narrower than that of a common effect;
    /// `nil` otherwise.
    public var truncatedInterval: ConfidenceInterval?
    /// By how much the other columns inflate its variance; `nil` for the intercept.
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

/// What a regression expects at one point.
public struct RegressionPrediction: Hashable, Sendable, Codable {
    public var estimate: Double
    public var standardError: Double
    public var confidenceInterval: ConfidenceInterval
    /// Where the effect of a new study is expected; `nil` under a common effect and where nothing determines τ².
    public var predictionInterval: ConfidenceInterval?
    /// As people read it, where the scale allows.
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

/// One study beside what the regression expects of it.
public struct RegressionStudy: Hashable, Sendable, Codable {
    public var label: String
    /// Line of the file it was read from.
    public var row: Int?
    public var estimate: Double
    public var variance: Double
    /// Percent of the total weight, 0–100.
    public var weight: Double
    public var fitted: RegressionPrediction
    public var residual: Double
    /// Residual over its standard error; `nil` where the study determines its own fitted value.
    public var standardizedResidual: Double?
    /// Diagonal of the hat matrix, in [0, 1].
    public var leverage: Double
}

/// What was asked for, as codes.
public struct RegressionSettings: Hashable, Sendable, Codable {
    public var measure: String
    public var terms: [ModelTerm]
    public var hasIntercept: Bool
    /// Common or random.
    public var model: ModelIdentity
    /// The estimator of τ²; `nil` when the model has none, τ² was given, or there are as many coefficients as studies.
    public var estimator: HeterogeneityEstimator?
    /// τ² where it was given.
    public var knownTauSquared: Double?
    public var interval: IntervalMethod
    public var tauSquaredInterval: TauSquaredIntervalMethod?
    public var level: Double
    public var effects: EffectSettings?
}

extension RegressionSettings {
    /// Whether the model has a between-study variance, and one that the studies or the caller determined.
    var hasTauSquared: Bool { estimator != nil || knownTauSquared != nil }
}

// MARK: - Making

extension RegressionFit {
    /// All but the explained heterogeneity.
    init(_ data: RegressionData, _ solution: Solution, _ settings: MetaRegression) {
        let (names, scaled) = (data.columns.names, solution.model.scaled)
        let estimates = data.standard.original(solution.scaledCoefficients)
        let covariance = data.standard.original(solution.scaledCovariance)
        // Where intervals are narrowed, what they would be otherwise.
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

    /// Diagonal of the inverse of the correlations of the coefficients other than the intercept.
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

    /// Percent of a total that is gone from the rest, at least 0; `nil` where there is nothing to explain.
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

    /// βᵀV⁻¹β of some coefficients: χ², or over their number F.
    static func test(
        _ name: String, _ coefficients: [Double], _ covariance: Matrix, of indices: [Int], _ degreesOfFreedom: Double?
    ) -> HypothesisTest {
        let count = Double(indices.count)
        func none() -> HypothesisTest {
            HypothesisTest(
                name: name, statistic: nil, degreesOfFreedom: count, denominatorDegreesOfFreedom: degreesOfFreedom,
                pValue: nil)
        }
        // As correlations, which do not depend on units.
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
    /// Whether the coefficients of some terms are all 0.
    ///
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

    /// cᵀβ with its interval and test, one weight for each coefficient.
    ///
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

    /// The effect expected at new values of the moderators.
    ///
    /// - Returns: `nil` where a moderator has no value.
    /// - Throws: `MetaAnalysisError` for a level that no study had, or a text where a number is needed.
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

    /// Moderators of which the model reads numbers.
    package var numericModerators: Set<String> { columns.numbers }

    var covarianceMatrix: Matrix {
        Matrix(rows: covariance.count, columns: covariance.count, elements: covariance.flatMap(\.self))
    }

    private var inference: ContrastInference {
        ContrastInference(degreesOfFreedom: degreesOfFreedom, level: settings.level)
    }
}

extension RegressionFit {
    /// - Throws: `MetaAnalysisError` with code `.numericalOverflow` when a number is not finite.
    func checkForOverflow() throws {
        for one in coefficients { try Solution.requireFinite(one.estimate, one.standardError) }
        try Solution.requireFinite(heterogeneity.tauSquared, heterogeneity.cochranQ, fit.logLikelihood)
    }
}
