internal import RealModule

/// The model behind every estimator of τ²: responses y ~ N(Xβ, diag(v) + τ²I) with known v.
///
/// Estimators read only `profile(at:)` and `quadraticForm(weights:)`, so each is written once for pooling and regression. Shapes: k
/// responses and variances, p columns, k > p wherever τ² is estimated.
struct VarianceComponentModel: Sendable {
    let responses: [Double]
    /// Sampling variances, all greater than 0.
    let variances: [Double]
    let design: Design
    /// Whether responses are differences whose sign depends on their direction, so that they have no common mean.
    let areContrasts: Bool

    /// log det XᵀX, part of the restricted likelihood.
    private let logDeterminantOfDesign: Double
    /// Residual sum of squares at equal weights; `nil` if the fit at equal weights is not known.
    private let equalWeightSum: Double?
    /// Least and greatest sampling variance.
    let varianceRange: ClosedRange<Double>
    /// Mean at weights 1 / v, relative to which means at other weights are computed. Sums of squares then lose few digits when they are
    /// moved to those means, and equal responses have exactly their own value as mean.
    let origin: Double
    /// For a design of columns, the columns and the residuals at equal weights; their sums lose few digits when weights change.
    private var grams: WeightedGrams?

    /// - Throws: `NotPositiveDefinite` if the columns are linearly dependent.
    init(
        responses: [Double], variances: [Double], design: Design = .intercept, areContrasts: Bool = false
    ) throws(NotPositiveDefinite) {
        precondition(responses.count == variances.count && !responses.isEmpty, "one variance for each response")
        self.responses = responses
        self.variances = variances
        self.design = design
        if case .contrasts = design { self.areContrasts = true } else { self.areContrasts = areContrasts }
        var least = 0
        var greatest = variances[0]
        for index in variances.indices {
            if variances[index] < variances[least] { least = index }
            greatest = max(greatest, variances[index])
        }
        varianceRange = variances[least]...greatest
        origin =
            design == .intercept
            ? responses[least] + Self.powerSums(responses, variances, at: 0, from: responses[least]).mean : 0
        switch design {
        case .intercept:
            logDeterminantOfDesign = .log(Double(responses.count))
            equalWeightSum = nil
        case .contrasts(let rows):
            let ones = Array(repeating: 1.0, count: responses.count)
            logDeterminantOfDesign = try LaplacianFactor(rows.gram(ones)).logDeterminant
            equalWeightSum = nil
        case .groups, .columns:
            let ones = Array(repeating: 1.0, count: responses.count)
            let fit = try WeightedLeastSquares(responses, on: design, weights: ones)
            logDeterminantOfDesign = fit.logDeterminant
            equalWeightSum = fit.residualSumOfSquares(responses)
            if case .columns(let matrix) = design {
                grams = WeightedGrams(matrix, responses: fit.residuals(responses), variances: variances)
            }
        }
        try requireSolvable()
    }

    /// Checks that the model can be solved. Very unequal weights hide the lighter ones in every sum; a τ² > 0 only makes them more equal.
    private func requireSolvable() throws(NotPositiveDefinite) {
        guard varianceRange.upperBound > 1e6 * varianceRange.lowerBound else { return }
        // Weights are most unequal at τ² = 0, so a model that can be solved there can be solved at every τ².
        let least = try WeightedLeastSquares(responses, on: design, weights: weights(at: 0))
        guard least.greatestInflation < Self.greatestInflation else { throw NotPositiveDefinite(column: 0) }
    }

    /// Factor by which rounding may grow; beyond it a coefficient has no correct digits.
    private static let greatestInflation = 1e13

    var count: Int { responses.count }
    var residualDegreesOfFreedom: Double { Double(responses.count - design.columnCount) }

    /// 1 / (v + τ²).
    func weights(at tauSquared: Double) -> [Double] { variances.map { 1 / ($0 + tauSquared) } }

    /// v + τ².
    func totalVariances(at tauSquared: Double) -> [Double] { variances.map { $0 + tauSquared } }

    // `init` has shown that the columns are independent at equal weights and at the most unequal ones. A system that still cannot be solved
    // has weights that vanish or overflow, as in a search among huge effects, and gives NaN.

    /// Regression with given weights.
    func leastSquares(weights: [Double]) -> WeightedLeastSquares {
        do {
            return try WeightedLeastSquares(responses, on: design, weights: weights)
        } catch {
            return WeightedLeastSquares(unsolvable: design, weights: weights)
        }
    }

    private func solution(_ rows: ContrastRows, weights: [Double]) -> ContrastSolution {
        do {
            return try ContrastSolution(responses, on: rows, weights: weights)
        } catch {
            return ContrastSolution(unsolvable: rows, weights: weights)
        }
    }

    // MARK: - At inverse-variance weights

    /// The numbers that estimators of τ² need from the fit with weights 1 / (v + τ²).
    struct Profile: Sendable {
        /// yᵀPy, Cochran's Q at τ² = 0; falls as τ² grows.
        var quadraticForm: Double
        /// yᵀPPy = −d(yᵀPy)/dτ².
        var squaredQuadraticForm: Double
        /// yᵀPPPy, minus half the derivative of yᵀPPy with respect to τ².
        var cubedQuadraticForm: Double
        var traceP: Double
        var tracePP: Double
        var sumOfWeights: Double
        var sumOfSquaredWeights: Double

        func scoreTerms(restricted: Bool) -> ScoreTerms<Double> {
            ScoreTerms(
                squaredForm: squaredQuadraticForm, cubedForm: cubedQuadraticForm,
                trace: restricted ? traceP : sumOfWeights, squaredTrace: restricted ? tracePP : sumOfSquaredWeights)
        }
    }

    func profile(at tauSquared: Double) -> Profile {
        switch design {
        case .intercept: return interceptProfile(at: tauSquared)
        case .groups, .columns, .contrasts:
            if let found = grams?.profile(at: tauSquared) { return found }
            let fit = leastSquares(weights: weights(at: tauSquared))
            let traces = fit.projectionTraces()
            var sum = 0.0
            var squares = 0.0
            for weight in fit.weights {
                sum += weight
                squares += weight * weight
            }
            return Profile(
                quadraticForm: fit.residualSumOfSquares(responses),
                squaredQuadraticForm: fit.squaredWeightResidualSum(responses),
                cubedQuadraticForm: fit.cubedQuadraticForm(responses),
                traceP: traces.first, tracePP: traces.second, sumOfWeights: sum, sumOfSquaredWeights: squares)
        }
    }

    // A search reads these parts of a profile. Among contrasts of many levels every trace costs more than the fit itself, so traces are
    // computed only if they are needed.

    /// Returns the terms of the score, the derivative of the (restricted) log-likelihood with respect to τ².
    func scoreTerms(at tauSquared: Double, restricted: Bool) -> ScoreTerms<Double> {
        guard case .contrasts(let rows) = design, !restricted else {
            return profile(at: tauSquared).scoreTerms(restricted: restricted)
        }
        let weights = weights(at: tauSquared)
        let solution = solution(rows, weights: weights)
        var terms = ScoreTerms(
            squaredForm: solution.squaredWeightResidualSum, cubedForm: solution.cubedQuadraticForm, trace: 0,
            squaredTrace: 0)
        for weight in weights {
            terms.trace += weight
            terms.squaredTrace += weight * weight
        }
        return terms
    }

    /// Returns yᵀPy and yᵀPPy at weights 1 / (v + τ²).
    func quadraticForms(at tauSquared: Double) -> QuadraticForms<Double> {
        guard case .contrasts(let rows) = design else {
            if let found = grams?.quadraticForms(at: tauSquared) { return found }
            let profile = profile(at: tauSquared)
            return QuadraticForms(form: profile.quadraticForm, squared: profile.squaredQuadraticForm)
        }
        let solution = solution(rows, weights: weights(at: tauSquared))
        return QuadraticForms(form: solution.residualSumOfSquares, squared: solution.squaredWeightResidualSum)
    }

    /// Returns tr P at weights 1 / (v + τ²). For a mean it is accurate even if one study is a million times heavier than the others.
    func projectionTrace(at tauSquared: Double) -> Double {
        switch design {
        case .intercept:
            var sum = 0.0
            var pairs = 0.0
            for variance in variances {
                let weight = 1 / (variance + tauSquared)
                pairs += weight * sum
                sum += weight
            }
            return 2 * pairs / sum
        case .groups, .columns: return profile(at: tauSquared).traceP
        case .contrasts: return leastSquares(weights: weights(at: tauSquared)).projectionTrace()
        }
    }

    /// Returns sums at weights 1 / (v + τ²) of distances from `origin`, for a mean as the only coefficient; a single pass without
    /// allocation.
    func interceptSums(at tauSquared: Double) -> WeightedPowerSums<Double> {
        Self.powerSums(responses, variances, at: tauSquared, from: origin)
    }

    private func interceptProfile(at tauSquared: Double) -> Profile {
        let sums = interceptSums(at: tauSquared)
        return Profile(
            quadraticForm: sums.quadraticForm, squaredQuadraticForm: sums.squaredQuadraticForm,
            cubedQuadraticForm: sums.cubedQuadraticForm, traceP: sums.traceP, tracePP: sums.tracePP,
            sumOfWeights: sums.w,
            sumOfSquaredWeights: sums.ww)
    }

    private static func powerSums(
        _ responses: [Double], _ variances: [Double], at tauSquared: Double, from point: Double
    ) -> WeightedPowerSums<Double> {
        responses.withUnsafeBufferPointer { responses in
            variances.withUnsafeBufferPointer { variances in
                WeightedPowerSums(responses, variances, tauSquared: tauSquared, from: point)
            }
        }
    }

    // MARK: - Likelihood

    /// Returns the log-likelihood with the coefficients that `fit` found, restricted or not.
    func logLikelihood(_ fit: WeightedLeastSquares, at tauSquared: Double, restricted: Bool) -> Double {
        let own = leastSquaresLogDeterminant(fit, at: tauSquared, restricted: restricted)
        var logVariances = 0.0
        var form = 0.0
        for (variance, residual) in zip(variances, fit.residuals(responses)) {
            let total = variance + tauSquared
            logVariances += .log(total)
            form += residual * residual / total
        }
        let dimensions = restricted ? residualDegreesOfFreedom : Double(count)
        return -0.5 * (dimensions * .log(2 * .pi) + logVariances + own + form)
    }

    /// Log-likelihood of a model that fits every response exactly, with only its sampling variance.
    var saturatedLogLikelihood: Double {
        var logVariances = 0.0
        for variance in variances { logVariances += .log(variance) }
        return -0.5 * (Double(count) * .log(2 * .pi) + logVariances)
    }

    /// Returns the greatest log-likelihood over the coefficients at this τ².
    func profileLogLikelihood(at tauSquared: Double, restricted: Bool) -> Double {
        logLikelihood(leastSquares(weights: weights(at: tauSquared)), at: tauSquared, restricted: restricted)
    }

    /// Returns log det XᵀWX − log det XᵀX at inverse-variance weights; 0 for the full likelihood.
    private func leastSquaresLogDeterminant(
        _ fit: WeightedLeastSquares, at tauSquared: Double, restricted: Bool
    ) -> Double {
        guard restricted else { return 0 }
        let inverse = weights(at: tauSquared)
        let logDeterminant =
            fit.weights == inverse ? fit.logDeterminant : leastSquares(weights: inverse).logDeterminant
        return logDeterminant - logDeterminantOfDesign
    }

    /// Upper bound of τ²: above it both likelihoods decrease and Q(τ²) is below its degrees of freedom.
    ///
    /// With R the residual sum of squares at equal weights, yᵀPPy ≤ R / (τ² + least v)² and tr P ≥ (k − p) / (τ² + greatest v), so the
    /// score is negative beyond the greater root of (k − p)(τ² + least v)² = R (τ² + greatest v).
    var tauSquaredBound: Double {
        Self.tauSquaredBound(
            sumAtEqualWeights, degreesOfFreedom: residualDegreesOfFreedom,
            varianceSpread: varianceRange.upperBound - varianceRange.lowerBound)
    }

    /// Returns a τ² below every mode of the (restricted) likelihood; 0 if there may be a mode at 0.
    ///
    /// With R as above and m = k − p (k for the full likelihood), yᵀPPy ≥ R / (τ² + greatest v)² and the trace ≤ m / (τ² + least v). The
    /// score is positive while R (τ² + least v) > m (τ² + greatest v)². If this holds at 0, it holds up to the greater root. Half of the
    /// root is returned, which allows for rounding.
    func tauSquaredFloor(restricted: Bool) -> Double {
        let (least, greatest) = (varianceRange.lowerBound, varianceRange.upperBound)
        let ratio = sumAtEqualWeights / (restricted ? residualDegreesOfFreedom : Double(count))
        guard ratio.isFinite, ratio * (least / greatest) > greatest else { return 0 }
        let root = 0.5 * ratio * (1 + max(0, 1 - 4 * ((greatest - least) / ratio)).squareRoot()) - greatest
        return max(0, 0.5 * root)
    }

    /// Residual sum of squares R at equal weights.
    private var sumAtEqualWeights: Double {
        switch design {
        case .intercept:
            var shift = 0.0
            var squares = 0.0
            for response in responses {
                shift += response - origin
                squares += (response - origin) * (response - origin)
            }
            return squares - shift * shift / Double(count)
        case .groups, .columns:
            return equalWeightSum
                ?? leastSquares(weights: Array(repeating: 1, count: count)).residualSumOfSquares(responses)
        case .contrasts(let rows):
            return solution(rows, weights: Array(repeating: 1, count: count)).residualSumOfSquares
        }
    }

    /// - Parameters:
    ///   - sum: R.
    ///   - varianceSpread: greatest minus least sampling variance.
    @inline(__always)
    static func tauSquaredBound(_ sum: Double, degreesOfFreedom: Double, varianceSpread: Double) -> Double {
        let ratio = sum / degreesOfFreedom
        guard ratio > 0 else { return 0 }
        // This form avoids the square of a ratio that can be huge.
        return 0.5 * ratio * (1 + (1 + 4 * (varianceSpread / ratio)).squareRoot())
    }
}
