internal import RealModule

/// Henmi and Copas' interval: the common-effect mean with an interval that allows for heterogeneity.
///
/// The weights 1/v give small studies less influence than random effects do, so that the mean is less biased if small studies are missing.
/// The interval takes τ² and its uncertainty into account. It does not correct for strong selection.
///
/// ```swift
/// let robust = try HenmiCopas().fit(effects)
/// ```
///
/// μ̂ = Σ wy / Σ w with w = 1/v and variance (1 + τ̂² Σw²/Σw) / Σw, τ̂² by DerSimonian and Laird. The critical value is the quantile of
/// (μ̂ − μ) divided by its standard error. Cochran's Q given μ̂ is taken as gamma with its exact mean and variance, and τ² at its estimate;
/// by 512-point quadrature and a root search. O(k). R: `metafor::hc(rma(yi, vi))`, whose critical value is accurate to 1e-4.
///
/// Source: Henmi & Copas (2010), doi:10.1002/sim.4029.
public struct HenmiCopas: Hashable, Sendable, Codable {
    /// Confidence level, in (0, 1).
    public var level: Double

    /// Creates the method with a confidence level, in (0, 1).
    public init(level: Double = 0.95) { self.level = level }

    /// Computes the mean and its interval.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than two studies, `.invalidSetting` for the level.
    public func fit(_ effects: EffectSizes) throws -> HenmiCopasFit {
        try ConfidenceInterval.check(level: level)
        guard effects.count > 1 else { throw MetaAnalysisError.tooFew(effects.count, for: "Henmi–Copas", needed: 2) }
        let (moderate, factor) = effects.moderate
        let pooled = try RandomEffects(heterogeneity: .derSimonianLaird, interval: .wald).fit(moderate)
        let common = try CommonEffect().fit(moderate)
        let tauSquared = pooled.heterogeneity.tauSquared
        let law = JointLaw(moderate.effects.map(\.variance), tauSquared: tauSquared)
        let critical = law.criticalValue(upperTail: (1 - level) / 2)
        guard critical.isFinite else { throw MetaAnalysisError.outOfRange }
        let estimate = factor * common.estimate
        let error = factor * law.standardError
        let interval = ConfidenceInterval(around: estimate, halfWidth: critical * error)
        return HenmiCopasFit(
            k: effects.count, scale: effects.scale, estimate: estimate, standardError: error,
            tauSquared: factor * factor * tauSquared, criticalValue: critical, confidenceInterval: interval,
            backTransformed: effects.backTransformed(estimate, interval), level: level,
            diagnostics: [])
    }

    /// The joint distribution of R = √W (μ̂ − μ) and Cochran's Q, with W = Σ w.
    struct JointLaw {
        private let count: Double
        private let total: Double
        private let squares: Double
        /// Variance of R.
        private let variance: Double
        /// Coefficients of E(Q | R = r) = constant + r² slope; `spread` has those of the variance.
        private let mean: (constant: Double, slope: Double)
        private let spread: (constant: Double, slope: Double)

        init(_ variances: [Double], tauSquared: Double) {
            let weights = variances.map { 1 / $0 }
            let total = weights.reduce(0, +)
            let squares = weights.reduce(0) { $0 + $1 * $1 }
            let variance = 1 + tauSquared * squares / total
            // y − μ ~ N(0, D), Q = yᵀPy with P = diag(w) − wwᵀ/W, and given R = r y has mean u r / Var R and covariance
            // D − uuᵀ / Var R, where u = Dw / √W.
            let deviations = variances.map { $0 + tauSquared }
            let directions = weights.map { (1 + tauSquared * $0) / total.squareRoot() }
            let middle = zip(weights, directions).reduce(0) { $0 + $1.0 * $1.1 } / total
            var form = 0.0
            var weighted = 0.0
            var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
            for index in weights.indices {
                let (w, d) = (weights[index], deviations[index])
                let projected = w * (directions[index] - middle)
                form += projected * (directions[index] - middle)
                weighted += d * projected * projected
                first += w * d
                second += w * w * d
                third += w * w * d * d
                fourth += w * w * w * d * d
            }
            let trace = first - second / total
            let squaredTrace = third - 2 * fourth / total + second / total * (second / total)
            self.total = total
            self.squares = squares
            self.variance = variance
            count = Double(weights.count)
            mean = (trace - form / variance, form / (variance * variance))
            spread = (
                2 * (squaredTrace - 2 * weighted / variance + form / variance * (form / variance)),
                4 * (weighted - form * form / variance) / (variance * variance)
            )
        }

        /// Standard error of μ̂ at the given τ².
        var standardError: Double { (variance / total).squareRoot() }

        /// Returns c with P((μ̂ − μ) / SE > c) = `upperTail`, where SE is estimated from the same data.
        func criticalValue(upperTail: Double) -> Double {
            let normal = ReferenceDistribution.normal.upperQuantile(upperTail)
            let rule = GaussLegendre(count: 16)
            func excess(_ value: Double) -> Double { probability(above: value, rule) - upperTail }
            // The statistic is at most R, so that the normal quantile times the standard deviation of R is an upper bound.
            let greatest = max(normal, 1) * variance.squareRoot() * (1 + 1e-6)
            return root(of: excess, in: min(normal, greatest) / 64...greatest).value
        }

        /// Integrates P(R / SE > c) = ∫_c^∞ P(Q small enough to leave SE below r / c | R = r) dP(r).
        private func probability(above value: Double, _ rule: GaussLegendre) -> Double {
            let deviation = variance.squareRoot()
            let panels = 32
            let width = max(12 * deviation - value, 6 * deviation) / Double(panels)
            var sum = 0.0
            for panel in 0..<panels {
                for (node, weight) in zip(rule.nodes, rule.weights) {
                    let r = value + width * (Double(panel) + node)
                    let z = r / deviation
                    let density = Double.exp(-0.5 * z * z) / (deviation * (2 * .pi).squareRoot())
                    let ratio = r / value
                    let bound = (total * total / squares - 1) * (ratio * ratio - 1) + count - 1
                    sum += width * weight * density * lowerTail(bound, given: r)
                }
            }
            return sum
        }

        /// Approximates P(Q ≤ q | R = r) by the gamma distribution with the same mean and variance.
        private func lowerTail(_ bound: Double, given r: Double) -> Double {
            let center = mean.constant + r * r * mean.slope
            let square = spread.constant + r * r * spread.slope
            // A gamma distribution of shape m²/s² is a scaled χ² with 2m²/s² degrees of freedom.
            return ReferenceDistribution.chiSquared(degreesOfFreedom: 2 * center * center / square)
                .lowerTail(2 * bound * center / square)
        }
    }
}

/// The common-effect mean with Henmi and Copas' interval: a complete record on the analysis scale.
public struct HenmiCopasFit: Hashable, Sendable, Codable {
    /// Number of studies.
    public var k: Int
    /// Analysis scale of the estimates.
    public var scale: EffectScale
    /// Common-effect mean μ̂.
    public var estimate: Double
    /// Standard error of the mean at the estimated τ².
    public var standardError: Double
    /// Between-study variance by DerSimonian and Laird, on the squared analysis scale.
    public var tauSquared: Double
    /// Multiple of the standard error that is half the width of the interval.
    public var criticalValue: Double
    /// Confidence interval of the mean.
    public var confidenceInterval: ConfidenceInterval
    /// Estimate and interval, back-transformed; `nil` when the scale needs sample sizes that the studies lack.
    public var backTransformed: BackTransformed?
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]
}
