internal import RealModule

/// Method for the confidence interval of τ².
public enum TauSquaredIntervalMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// The τ² at which the generalized Q equals the quantiles of χ² with k − p degrees of freedom; exact under normality.
    /// R: `confint(type="QP")`.
    ///
    /// Source: Viechtbauer (2007), Statistics in Medicine 26, doi:10.1002/sim.2514.
    case qProfile = "QP"
    /// The τ² at which Q with fixed weights equals the quantiles of its own exact distribution.
    /// R: `confint(type="GENQ")`.
    ///
    /// Source: Jackson (2013), Research Synthesis Methods 4; Jackson et al. (2014), BMC Medical Research Methodology 14,
    /// doi:10.1186/1471-2288-14-103.
    case generalizedQ = "GENQ"
    /// The τ² whose profile (restricted) log-likelihood is within half the χ² quantile of its maximum; for ML and REML only.
    /// R: `confint(type="PL")`.
    ///
    /// Source: Hardy & Thompson (1996), Statistics in Medicine 15,
    /// doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A.
    case profileLikelihood = "PL"
    /// The test-based interval of H, converted to τ². The standard error of log H is computed from Q; it needs k > 2.
    /// R: `confint(type="HT")`.
    ///
    /// Source: Higgins & Thompson (2002), Statistics in Medicine 21, doi:10.1002/sim.1186.
    case testBased = "HT"
}

extension VarianceComponentModel {
    /// Interval of τ², and whether it is empty: no τ² ≥ 0 agrees with the data (reported as 0 to 0).
    struct IntervalResult {
        var interval: ConfidenceInterval
        var isEmpty = false

        init(interval: ConfidenceInterval, isEmpty: Bool = false) {
            self.interval = interval
            self.isEmpty = isEmpty
        }

        /// Creates the interval between two roots, which rounding may have put in the wrong order.
        init(between one: Double, _ other: Double) {
            self.init(interval: ConfidenceInterval(lower: min(one, other), upper: max(one, other)))
        }
    }

    /// Computes the Q-profile interval of τ².
    ///
    /// - Parameter level: confidence level in (0, 1).
    func qProfileInterval(level: Double) -> IntervalResult {
        let reference = ReferenceDistribution.chiSquared(degreesOfFreedom: residualDegreesOfFreedom)
        let tail = 0.5 * (1 - level)
        let upper = tauSquared(whereQuadraticFormIs: reference.quantile(tail))
        guard upper.tauSquared > 0 else {
            return IntervalResult(interval: ConfidenceInterval(lower: 0, upper: 0), isEmpty: true)
        }
        let lower = tauSquared(whereQuadraticFormIs: reference.upperQuantile(tail))
        return IntervalResult(between: lower.tauSquared, upper.tauSquared)
    }

    /// Computes the interval of τ² from Q with fixed weights.
    ///
    /// - Parameter weights: weights a of Q = yᵀAy, independent of τ².
    func generalizedQInterval(weights: [Double], level: Double) -> IntervalResult {
        let tail = 0.5 * (1 - level)
        let upper = tauSquared(whereUpperTailIs: 1 - tail, weights: weights)
        guard upper.tauSquared > 0 else {
            return IntervalResult(interval: ConfidenceInterval(lower: 0, upper: 0), isEmpty: true)
        }
        let lower = tauSquared(whereUpperTailIs: tail, weights: weights)
        return IntervalResult(between: lower.tauSquared, upper.tauSquared)
    }

    /// Finds the τ² ≥ 0 at which Q with fixed weights exceeds its observed value with the given probability; 0 when the
    /// probability at 0 is already as large.
    func tauSquared(whereUpperTailIs probability: Double, weights: [Double]) -> SearchResult {
        let observed = leastSquares(weights: weights).residualSumOfSquares(responses)
        var iterations = 0
        func excess(_ tauSquared: Double) -> Double {
            iterations += 1
            let distribution = QuadraticFormDistribution(weights: weights, variances: totalVariances(at: tauSquared))
            return distribution.upperTail(observed) - probability
        }
        guard excess(0) < 0 else { return SearchResult(tauSquared: 0, iterations: iterations) }
        var low = 0.0
        var high = max(tauSquaredBound, varianceRange.lowerBound)
        while excess(high) < 0, high.isFinite { (low, high) = (high, 4 * high) }
        let root = root(of: excess, in: low...high)
        return SearchResult(tauSquared: root.value, iterations: iterations)
    }

    /// Computes the least and greatest τ² whose profile log-likelihood is within half the χ² quantile of the maximum.
    func profileLikelihoodInterval(around estimate: Double, restricted: Bool, level: Double) -> IntervalResult {
        let drop = 0.5 * ReferenceDistribution.chiSquared(degreesOfFreedom: 1).upperQuantile(1 - level)
        let least = profileLogLikelihood(at: estimate, restricted: restricted) - drop
        func excess(_ tauSquared: Double) -> Double {
            profileLogLikelihood(at: tauSquared, restricted: restricted) - least
        }
        var lower = 0.0
        if estimate > 0, excess(0) < 0 { lower = root(of: excess, in: 0...estimate).value }
        var low = estimate
        var high = max(tauSquaredBound, varianceRange.lowerBound)
        while excess(high) > 0, high.isFinite { (low, high) = (high, 4 * high) }
        let upper = root(of: excess, in: low...high).value
        return IntervalResult(between: lower, upper)
    }
}

/// Conversion between τ², H² and I², by the sampling variance v̂ of a typical study.
struct HeterogeneityScale {
    /// Sampling variance of a typical study, (k − p) / tr P at τ² = 0.
    var typicalVariance: Double

    func iSquared(_ tauSquared: Double) -> Double {
        // Rounding could otherwise give more than 100.
        tauSquared == .infinity ? 100 : min(100, 100 * tauSquared / (tauSquared + typicalVariance))
    }

    func hSquared(_ tauSquared: Double) -> Double { 1 + tauSquared / typicalVariance }

    func tauSquared(hSquared: Double) -> Double { max(0, hSquared - 1) * typicalVariance }

    /// Computes the standard error of log H by Higgins & Thompson; `nil` for two or fewer studies.
    static func logHStandardError(cochranQ: Double, count: Int) -> Double? {
        guard count > 2 else { return nil }
        let k = Double(count)
        if cochranQ > k {
            return 0.5 * (.log(cochranQ) - .log(k - 1)) / ((2 * cochranQ).squareRoot() - (2 * k - 3).squareRoot())
        }
        let degrees = k - 2
        return (1 / (2 * degrees) * (1 - 1 / (3 * degrees * degrees))).squareRoot()
    }

    /// Computes the interval of H² that is symmetric around the estimate on the log scale.
    static func testBasedHSquaredInterval(
        hSquared: Double, cochranQ: Double, count: Int, level: Double
    ) -> ConfidenceInterval? {
        guard hSquared > 0, let error = logHStandardError(cochranQ: cochranQ, count: count) else { return nil }
        let factor = Double.exp(2 * ReferenceDistribution.normal.twoSidedQuantile(level: level) * error)
        return ConfidenceInterval(lower: hSquared / factor, upper: hSquared * factor)
    }
}
