internal import RealModule

/// Normal effects truncated at their critical values: significant ones from below and, where they are used, others from above.
///
/// This is the likelihood given the side of its critical value on which each effect lies; p-uniform and p-uniform* are based on it. For a
/// given τ² it is concave in μ. k effects, O(k).
struct TruncatedNormals {
    let responses: [Double]
    let variances: [Double]
    let criticalValues: [Double]
    let isSignificant: [Bool]

    /// Creates the effects with their critical values.
    ///
    /// - Parameters:
    ///   - sign: 1 where high effects are the significant ones, −1 where low ones are; it multiplies the responses.
    ///   - critical: two-sided normal quantile.
    init(_ effects: EffectSizes, sign: Double, critical: Double) {
        responses = effects.effects.map { sign * $0.estimate }
        variances = effects.effects.map(\.variance)
        criticalValues = variances.map { critical * $0.squareRoot() }
        isSignificant = zip(responses, criticalValues).map { $0 > $1 }
    }

    private init(_ all: TruncatedNormals, _ kept: [Int]) {
        responses = kept.map { all.responses[$0] }
        variances = kept.map { all.variances[$0] }
        criticalValues = kept.map { all.criticalValues[$0] }
        isSignificant = kept.map { all.isSignificant[$0] }
    }

    var count: Int { responses.count }
    var significant: TruncatedNormals { TruncatedNormals(self, isSignificant.indices.filter { isSignificant[$0] }) }
    /// Returns the greatest total standard deviation, the unit of searches for μ.
    func unit(_ tauSquared: Double) -> Double { ((variances.max() ?? 1) + tauSquared).squareRoot() }

    // MARK: - Likelihood

    func logLikelihood(_ mean: Double, _ tauSquared: Double) -> Double {
        var sum = 0.0
        for index in responses.indices {
            let variance = variances[index] + tauSquared
            let deviation = variance.squareRoot()
            let z = (responses[index] - mean) / deviation
            let u = (criticalValues[index] - mean) / deviation
            sum -= 0.5 * .log(variance) + NormalTail.halfLogTwoPi
            // The terms z²/2 and the tail at u are both huge where μ is far away.
            sum -= 0.5 * (z - u) * (z + u) + NormalTail.logScaledUpper(isSignificant[index] ? u : -u)
        }
        return sum
    }

    /// Returns the derivatives with respect to μ and τ².
    func score(_ mean: Double, _ tauSquared: Double) -> (mean: Double, tauSquared: Double) {
        var result = (mean: 0.0, tauSquared: 0.0)
        for index in responses.indices {
            let variance = variances[index] + tauSquared
            let deviation = variance.squareRoot()
            let z = (responses[index] - mean) / deviation
            let u = (criticalValues[index] - mean) / deviation
            let pull = isSignificant[index] ? -NormalTail.hazard(u) : NormalTail.hazard(-u)
            result.mean += (z + pull) / deviation
            result.tauSquared += 0.5 * (z * z - 1 + u * pull) / variance
        }
        return result
    }

    /// Returns the μ of greatest likelihood at this τ², with that likelihood; `nil` where it is out of reach.
    func bestMean(_ tauSquared: Double) -> (mean: Double, logLikelihood: Double)? {
        let start = responses.reduce(0, +) / Double(count)
        guard let mean = Self.crossing(from: start, unit: unit(tauSquared), { score($0, tauSquared).mean }) else {
            return nil
        }
        return (mean, logLikelihood(mean, tauSquared))
    }

    // MARK: - Conditional p-values

    /// Returns Σ q, where each q is the probability of an effect at least as great, given that it is significant. It grows with μ from 0 to
    /// k.
    func sumOfPValues(_ mean: Double) -> Double {
        var sum = 0.0
        for index in responses.indices {
            let deviation = variances[index].squareRoot()
            sum += .exp(
                NormalTail.logRatio(
                    (responses[index] - mean) / deviation, (criticalValues[index] - mean) / deviation))
        }
        return sum
    }

    /// Returns the μ at which Σ q is `sum`; `nil` where it is out of reach.
    func mean(withSumOfPValues sum: Double) -> Double? {
        Self.crossing(from: criticalValues.max() ?? 0, unit: unit(0)) { sum - sumOfPValues($0) }
    }

    /// Finds the zero of a decreasing function, within 1e6 units of the start; `nil` where there is none.
    static func crossing(from start: Double, unit: Double, _ function: (Double) -> Double) -> Double? {
        let sign: Double = function(start) < 0 ? -1 : 1
        var (near, step) = (start, unit)
        while step <= 1e6 * unit {
            let far = start + sign * step
            if sign * function(far) <= 0 {
                return root(of: function, in: min(near, far)...max(near, far)).value
            }
            near = far
            step *= 2
        }
        return nil
    }
}
