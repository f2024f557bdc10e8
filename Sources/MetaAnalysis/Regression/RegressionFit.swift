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

    /// - Parameter degreesOfFreedom: of the t distribution of `found`; `nil` for the normal one.
    init(_ term: String, _ found: CombinationInference.Estimate, degreesOfFreedom: Double?) {
        self.term = term
        estimate = found.estimate
        standardError = found.standardError
        statistic = found.statistic
        self.degreesOfFreedom = degreesOfFreedom
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
    /// "common" or "random".
    public var model: String
    /// Code of the τ² estimator; `nil` when the model has none, τ² was given, or there are as many coefficients as studies.
    public var estimator: String?
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
    init(_ solution: RegressionSolution, _ settings: MetaRegression) {
        let (data, model, tau) = (solution.data, solution.model, solution.tau)
        let degrees = model.residualDegreesOfFreedom
        let isEstimated = tau?.estimatorCode != nil
        let names = data.columns.names
        let estimates = data.standard.original(solution.coefficients)
        let covariance = data.standard.original(solution.covariance)
        // Where intervals are narrowed, what they would be otherwise.
        let isNarrowed = solution.scale < 1
        let plain = isNarrowed ? data.standard.original(solution.least.inverseGram) : nil
        let common =
            isNarrowed ? data.standard.original(model.leastSquares(weights: model.weights(at: 0)).inverseGram) : nil
        let inflation = Self.varianceInflation(solution.least.inverseGram, hasIntercept: settings.hasIntercept)
        outcome = nil
        k = data.effects.count
        studyCount = data.effects.studyCount
        scale = data.effects.scale
        degreesOfFreedom = solution.usedInterval == .wald ? nil : degrees
        coefficients = names.indices.map { index in
            var one = RegressionCoefficient(
                names[index], solution.inference.estimate(estimates[index], variance: covariance[index, index]),
                degreesOfFreedom: solution.usedInterval == .wald ? nil : degrees)
            one.varianceInflation = inflation[index]
            one.truncatedInterval = solution.truncatedInterval(
                of: one, plainVariance: plain?[index, index], commonVariance: common?[index, index], settings.level)
            return one
        }
        self.covariance = (0..<names.count).map { row in covariance.row(row) }
        omnibusTest = Self.test(
            "moderators", solution.coefficients, solution.covariance,
            of: data.columns.tested, degreesOfFreedom)
        let cochranQ = solution.cochranQ
        heterogeneity =
            tau?.heterogeneity(cochranQ: cochranQ, degreesOfFreedom: degrees)
            ?? Heterogeneity(cochranQ: cochranQ, degreesOfFreedom: degrees, nil, level: settings.level)
        fit = model.fitStatistics(
            solution.least, tauSquared: solution.tauSquared,
            isRestricted: isEstimated && settings.heterogeneity?.isRestrictedLikelihood == true,
            parameters: names.count + (isEstimated ? 1 : 0), iterations: tau?.iterations ?? 0)
        studies = Self.studies(solution)
        excluded = data.excluded
        columns = data.columns
        self.settings = RegressionSettings(
            measure: data.effects.measure, terms: settings.terms, hasIntercept: settings.hasIntercept,
            model: settings.heterogeneity == nil ? "common" : "random", estimator: tau?.estimatorCode,
            knownTauSquared: settings.heterogeneity == nil ? nil : settings.knownTauSquared,
            interval: solution.usedInterval,
            tauSquaredInterval: isEstimated ? settings.tauSquaredInterval : nil, level: settings.level,
            effects: data.effects.settings)
        diagnostics = data.diagnostics + (tau?.diagnostics ?? []) + Self.notes(solution, names, level: settings.level)
    }

    private static func studies(_ solution: RegressionSolution) -> [RegressionStudy] {
        let (model, matrix) = (solution.model, solution.data.standard.matrix)
        let weights = solution.least.weights
        let total = weights.reduce(0, +)
        let plain = solution.least.inverseGram
        return solution.data.effects.effects.indices.map { index in
            let effect = solution.data.effects.effects[index]
            let form = matrix.form(ofRow: index, plain)
            let fitted = prediction(
                matrix.product(ofRow: index, solution.coefficients), variance: form * solution.scale * solution.scale,
                solution.inference, tauSquared: solution.usedTauSquared,
                scale: solution.data.effects.scale)
            let leverage = weights[index] * form
            // Var(y − ŷ) = (v + τ²)(1 − h).
            let rest = 1 - leverage
            let residual = solution.isExact ? 0 : model.responses[index] - fitted.estimate
            return RegressionStudy(
                label: effect.label, row: effect.row, estimate: effect.estimate, variance: effect.variance,
                weight: 100 * (weights[index] / total), fitted: fitted, residual: residual,
                standardizedResidual: rest > 1e-9 ? residual / (rest / weights[index]).squareRoot() : nil,
                leverage: min(1, leverage))
        }
    }

    static func prediction(
        _ estimate: Double, variance: Double, _ inference: CombinationInference, tauSquared: Double?,
        scale: EffectScale
    ) -> RegressionPrediction {
        let error = max(0, variance).squareRoot()
        let interval = ConfidenceInterval(around: estimate, halfWidth: inference.quantile * error)
        let prediction = tauSquared.map { tauSquared in
            ConfidenceInterval(
                around: estimate, halfWidth: inference.quantile * (tauSquared + error * error).squareRoot())
        }
        return RegressionPrediction(
            estimate: estimate, standardError: error, confidenceInterval: interval, predictionInterval: prediction,
            backTransformed: scale.needsSampleSize
                ? nil : BackTransformed(scale, estimate, interval, prediction, sampleSize: nil))
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

    private static func notes(_ solution: RegressionSolution, _ names: [String], level: Double) -> [Diagnostic] {
        var notes =
            Diagnostic.hartungKnapp(
                scale: solution.scale, degreesOfFreedom: solution.model.residualDegreesOfFreedom, level: level)
            + solution.model.varianceDiagnostics
        let slopes = names.count - (solution.columns.hasIntercept ? 1 : 0)
        let count = solution.model.count
        if solution.model.residualDegreesOfFreedom == 0 {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "there are as many coefficients as studies: nothing is left to estimate heterogeneity from"
                        + (solution.tau?.isDetermined == false ? ", which is taken as 0" : "")
                        + ", and intervals are by the normal distribution"))
        } else if slopes > 0, count < 10 * slopes {
            notes.append(
                Diagnostic(
                    .warning, .fewStudies,
                    "\(count) studies for \(slopes) \(slopes == 1 ? "coefficient" : "coefficients") of moderators: with fewer"
                        + " than ten for each, chance findings are likely"))
        }
        return notes
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
            "contrast", inference.estimate(weights, coefficients.map(\.estimate), covarianceMatrix),
            degreesOfFreedom: degreesOfFreedom)
    }

    /// The effect expected at new values of the moderators.
    ///
    /// - Returns: `nil` where a moderator has no value.
    /// - Throws: `MetaAnalysisError` for a level that no study had, or a text where a number is needed.
    public func prediction(at point: [String: ModeratorValue]) throws -> RegressionPrediction? {
        guard let row = try columns.row({ point[$0] }) else { return nil }
        let one = inference.estimate(row, coefficients.map(\.estimate), covarianceMatrix)
        return Self.prediction(
            one.estimate, variance: one.standardError * one.standardError, inference,
            tauSquared: settings.hasTauSquared ? heterogeneity.tauSquared : nil, scale: scale)
    }

    /// Moderators of which the model reads numbers.
    package var numericModerators: Set<String> { columns.numbers }

    var covarianceMatrix: Matrix {
        Matrix(rows: covariance.count, columns: covariance.count, elements: covariance.flatMap(\.self))
    }

    private var inference: CombinationInference {
        CombinationInference(degreesOfFreedom: degreesOfFreedom, level: settings.level)
    }
}

// MARK: - Range of numbers

extension RegressionCoefficient {
    /// When every effect is `factor` times as large.
    func rescaled(by factor: Double) -> RegressionCoefficient {
        var other = self
        other.estimate *= factor
        other.standardError *= factor
        other.confidenceInterval = confidenceInterval.rescaled(by: factor)
        other.truncatedInterval = truncatedInterval?.rescaled(by: factor)
        return other
    }
}

extension RegressionFit {
    /// When every effect is `factor` times as large.
    mutating func rescale(by factor: Double, original: EffectSizes, kept: [Int]) {
        scale = original.scale
        coefficients = coefficients.map { $0.rescaled(by: factor) }
        covariance = covariance.map { $0.map { $0 * factor * factor } }
        heterogeneity = heterogeneity.rescaled(by: factor)
        fit.shift(logLikelihoodBy: -Double(fit.isRestricted ? k - coefficients.count : k) * .log(factor))
        for (index, position) in kept.enumerated() {
            studies[index].estimate = original.effects[position].estimate
            studies[index].variance = original.effects[position].variance
            studies[index].residual *= factor
            var fitted = studies[index].fitted
            fitted.estimate *= factor
            fitted.standardError *= factor
            fitted.confidenceInterval = fitted.confidenceInterval.rescaled(by: factor)
            fitted.predictionInterval = fitted.predictionInterval?.rescaled(by: factor)
            fitted.backTransformed = BackTransformed(
                scale, fitted.estimate, fitted.confidenceInterval, fitted.predictionInterval, sampleSize: nil)
            studies[index].fitted = fitted
        }
    }

    /// - Throws: `MetaAnalysisError` with code `.numericalOverflow` when a number is not finite.
    func checkForOverflow() throws {
        let numbers = coefficients.flatMap { [$0.estimate, $0.standardError] }
        guard (numbers + [heterogeneity.tauSquared, heterogeneity.cochranQ, fit.logLikelihood]).allSatisfy(\.isFinite)
        else { throw MetaAnalysisError.outOfRange }
    }
}
