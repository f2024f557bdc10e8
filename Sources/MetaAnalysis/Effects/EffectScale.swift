internal import RealModule

/// The scale on which effects of a measure are stored and pooled, with its back-transformation to the scale people read.
///
/// All stored values are on the analysis scale. Reports and plots apply `backTransformed(_:sampleSize:)` once.
public enum EffectScale: String, Hashable, Sendable, Codable, CaseIterable {
    /// No transformation.
    case identity
    /// Natural logarithm of a ratio, mean or rate.
    case log
    /// Log odds of a proportion.
    case logit
    /// Normal quantile of a proportion.
    case probit
    /// Arcsine of the square root of a proportion.
    case arcsine
    /// Freeman–Tukey double arcsine of a proportion.
    case freemanTukey = "freeman-tukey"
    /// Square root of a rate.
    case squareRoot = "square-root"
    /// Freeman–Tukey transformation of a rate.
    case freemanTukeyRate = "freeman-tukey-rate"
    /// Fisher's z of a correlation.
    case fisherZ = "fisher-z"
    /// Fisher's z of the root of an R².
    case squaredFisherZ = "squared-fisher-z"
    /// 1 − ∛(1 − α) of a reliability coefficient (Hakstian & Whalen).
    case cubeRootComplement = "cube-root-complement"
    /// −ln(1 − α) of a reliability coefficient (Bonett).
    case logComplement = "log-complement"

    /// Whether the back-transformation needs a sample size (for a pooled value, the harmonic mean over studies).
    public var needsSampleSize: Bool { self == .freemanTukey || self == .freemanTukeyRate }

    /// Value on the analysis scale that means "no effect" for a contrast of two groups.
    public static let noEffect = 0.0

    /// Returns the back-transformed value: a ratio for `log`, a proportion for `logit`, a correlation for `fisherZ`.
    ///
    /// A value beyond the end of a scale (a double arcsine below that of 0 events) is back-transformed to that end.
    ///
    /// - Parameters:
    ///   - value: value on the analysis scale.
    ///   - sampleSize: participants (`freemanTukey`) or person-time (`freemanTukeyRate`), greater than 0; other scales ignore it.
    /// - Returns: `nil` if the scale needs a sample size and none greater than 0 is given.
    ///
    /// Source of the inverse of the double arcsine: Miller (1978), The American Statistician 32,
    /// doi:10.1080/00031305.1978.10479283.
    public func backTransformed(_ value: Double, sampleSize: Double? = nil) -> Double? {
        switch self {
        case .identity: return value
        case .log: return .exp(value)
        case .logit: return value >= 0 ? 1 / (1 + .exp(-value)) : .exp(value) / (1 + .exp(value))
        case .probit: return ReferenceDistribution.normal.lowerTail(value)
        case .arcsine:
            let sine = Double.sin(min(max(value, 0), .pi / 2))
            return sine * sine
        case .freemanTukey:
            guard let n = sampleSize, n > 0 else { return nil }
            return Self.inverseDoubleArcsine(value, n)
        case .squareRoot:
            let root = max(value, 0)
            return root * root
        case .freemanTukeyRate:
            guard let t = sampleSize, t > 0 else { return nil }
            // y = (√x + √(x + 1/t)) / 2 has its minimum 1/(2√t) at x = 0.
            guard value > 0.5 / t.squareRoot() else { return 0 }
            // The sum of the two roots is 2y, and the product of their sum and difference is 1/t.
            let root = value - 1 / (4 * value * t)
            return root * root
        case .fisherZ: return .tanh(value)
        case .squaredFisherZ:
            let root = Double.tanh(max(value, 0))
            return root * root
        case .cubeRootComplement:
            let complement = max(1 - value, 0)
            return 1 - complement * complement * complement
        case .logComplement: return -.expMinusOne(-value)
        }
    }

    private static func inverseDoubleArcsine(_ value: Double, _ n: Double) -> Double {
        let none = 0.5 * Double.asin((1 / (n + 1)).squareRoot())
        let all = 0.5 * (Double.asin((n / (n + 1)).squareRoot()) + .pi / 2)
        if value <= none { return 0 }
        if value >= all { return 1 }
        let sine = Double.sin(2 * value)
        let cosine = Double.cos(2 * value)
        let inner = sine + (sine - 1 / sine) / n
        let root = max(0, 1 - inner * inner).squareRoot()
        return 0.5 * (1 - (cosine < 0 ? -root : root))
    }
}
