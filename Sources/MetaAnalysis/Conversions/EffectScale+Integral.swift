internal import RealModule

// The transformation to a scale, and the mean of effects that are normal on it.
extension EffectScale {
    /// Returns the value on the analysis scale of a value that people read; the inverse of `backTransformed(_:sampleSize:)`.
    ///
    /// - Parameters:
    ///   - value: a ratio, proportion, rate, correlation or reliability.
    ///   - sampleSize: participants (`freemanTukey`) or person-time (`freemanTukeyRate`), greater than 0; other scales ignore it.
    /// - Returns: `nil` outside the domain of the transformation, and without a sample size if the scale needs one.
    public func transformed(_ value: Double, sampleSize: Double? = nil) -> Double? {
        let result: Double
        switch self {
        case .identity: result = value
        case .log: result = Double.log(value)
        case .logit: result = Double.log(value) - Double.log(onePlus: -value)
        case .probit: result = ReferenceDistribution.normal.quantile(value)
        case .arcsine: result = Double.asin(value.squareRoot())
        case .freemanTukey:
            guard let n = sampleSize, n > 0, (0...1).contains(value) else { return nil }
            let events = value * n
            result =
                (Double.asin((events / (n + 1)).squareRoot()) + Double.asin(((events + 1) / (n + 1)).squareRoot())) / 2
        case .squareRoot: result = value.squareRoot()
        case .freemanTukeyRate:
            guard let t = sampleSize, t > 0, value >= 0 else { return nil }
            result = (value.squareRoot() + (value + 1 / t).squareRoot()) / 2
        case .fisherZ: result = Double.atanh(value)
        case .squaredFisherZ: result = Double.atanh(value.squareRoot())
        case .cubeRootComplement: result = 1 - Double.root(1 - value, 3)
        case .logComplement: result = -Double.log(onePlus: -value)
        }
        return result.isFinite ? result : nil
    }

    /// Returns the mean, on the scale people read, of effects that are normal on the analysis scale: ∫ h(z) φ((z − μ)/τ)/τ dz.
    ///
    /// `backTransformed(_:sampleSize:)` of a pooled estimate is the median of the true effects. This is their mean; for the logarithm it is
    /// exp(μ + τ²/2). It is computed in closed form or by 24-point Gauss–Legendre rules on intervals of one τ. R:
    /// `metafor::transf.exp.int`, `transf.ilogit.int`, `transf.ztor.int`.
    ///
    /// - Parameters:
    ///   - mean: mean μ of the effects, on the analysis scale.
    ///   - tauSquared: variance τ² of the true effects, at least 0.
    ///   - sampleSize: as for `backTransformed(_:sampleSize:)`.
    /// - Returns: `nil` if the scale needs a sample size and none is given, if τ² is negative, or if the mean is not finite.
    public func integralBackTransformed(_ mean: Double, tauSquared: Double, sampleSize: Double? = nil) -> Double? {
        guard tauSquared > 0 else { return tauSquared == 0 ? backTransformed(mean, sampleSize: sampleSize) : nil }
        let tau = tauSquared.squareRoot()
        switch self {
        case .identity: return mean
        case .log:
            let value = Double.exp(mean + tauSquared / 2)
            return value.isFinite ? value : nil
        case .logComplement:
            let value = -Double.expMinusOne(tauSquared / 2 - mean)
            return value.isFinite ? value : nil
        case .probit:
            return ReferenceDistribution.normal.lowerTail(mean / (1 + tauSquared).squareRoot())
        default: break
        }
        let rule = GaussLegendre(count: 24)
        var sums = (weight: 0.0, value: 0.0)
        // An interval begins at every point where a transformation is cut off (an arcsine at 0 and π/2).
        let ends = cutoffs(sampleSize: sampleSize).map { ($0 - mean) / tau }.filter { abs($0) < 10 }
        let breaks = (stride(from: -10.0, through: 10, by: 1) + ends).sorted()
        for (start, end) in zip(breaks, breaks.dropFirst()) where end > start {
            for (node, weight) in zip(rule.nodes, rule.weights) {
                let z = start + (end - start) * node
                let mass = weight * (end - start) * Double.exp(-z * z / 2)
                guard let value = backTransformed(mean + tau * z, sampleSize: sampleSize) else { return nil }
                sums.weight += mass
                sums.value += mass * value
            }
        }
        let value = sums.value / sums.weight
        return value.isFinite ? value : nil
    }

    private func cutoffs(sampleSize: Double?) -> [Double] {
        switch self {
        case .arcsine: [0, .pi / 2]
        case .squareRoot, .squaredFisherZ: [0]
        case .cubeRootComplement: [1]
        case .freemanTukey, .freemanTukeyRate:
            [0.0, 1.0].compactMap { transformed($0, sampleSize: sampleSize) }.prefix(self == .freemanTukey ? 2 : 1)
                .map(\.self)
        default: []
        }
    }
}
