internal import RealModule

/// The families of distributions from which quantile estimation chooses.
public enum QuantileFamily: String, Hashable, Sendable, Codable, CaseIterable {
    /// Normal distribution.
    case normal
    /// Log-normal distribution; for values of at least 0.
    case logNormal = "log-normal"
    /// Gamma distribution; for values of at least 0.
    case gamma
    /// Weibull distribution; for values of at least 0.
    case weibull = "Weibull"
    /// Beta distribution; for values from 0 to 1.
    case beta

    /// Returns a quantile of the distribution of unit scale (of median 1 for the log-normal).
    ///
    /// - Parameters:
    ///   - point: a probability, given by its smaller tail.
    ///   - shape: shape of the distribution; ignored for the normal.
    func standardQuantile(_ point: QuantilePoint, shape: Double) -> Double {
        switch self {
        case .normal: point.quantile(of: .normal)
        case .logNormal: Double.exp(shape * point.quantile(of: .normal))
        case .gamma: point.quantile(of: .chiSquared(degreesOfFreedom: 2 * shape)) / 2
        case .weibull: Double.pow(point.exponentialQuantile, 1 / shape)
        case .beta: .nan
        }
    }

    /// Returns the mean and standard deviation of the distribution of unit scale.
    func standardMoments(shape: Double) -> (mean: Double, deviation: Double) {
        switch self {
        case .normal: return (0, 1)
        case .logNormal:
            let mean = Double.exp(shape * shape / 2)
            return (mean, mean * Double.expMinusOne(shape * shape).squareRoot())
        case .gamma: return (shape, shape.squareRoot())
        case .weibull:
            let first = Double.logGamma(1 + 1 / shape)
            let second = Double.logGamma(1 + 2 / shape)
            let mean = Double.exp(first)
            return (mean, mean * max(0, Double.expMinusOne(second - 2 * first)).squareRoot())
        case .beta: return (.nan, .nan)
        }
    }
}

/// A probability given by the smaller of its tails, so that 1 − 1/n keeps its digits.
struct QuantilePoint: Hashable, Sendable {
    var tail: Double
    var isUpper: Bool

    func quantile(of distribution: ReferenceDistribution) -> Double {
        isUpper ? distribution.upperQuantile(tail) : distribution.quantile(tail)
    }

    /// −ln(1 − p).
    var exponentialQuantile: Double { isUpper ? -Double.log(tail) : -Double.log(onePlus: -tail) }
}
