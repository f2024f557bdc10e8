internal import RealModule

/// The forms of an effect that can be converted into each other.
public enum EffectForm: String, Hashable, Sendable, Codable, CaseIterable {
    /// Standardized mean difference d.
    case standardizedMeanDifference = "SMD"
    /// Odds ratio; its logarithm is analyzed.
    case oddsRatio = "OR"
    /// Correlation r.
    case correlation = "COR"
    /// Fisher's z of a correlation.
    case fisherZ = "ZCOR"

    /// Scale on which effects of this form are analyzed.
    public var scale: EffectScale {
        switch self {
        case .oddsRatio: .log
        case .fisherZ: .fisherZ
        case .standardizedMeanDifference, .correlation: .identity
        }
    }
}

/// Distribution that a quantity is assumed to have in both groups before it was dichotomized to give odds.
public enum UnderlyingDistribution: String, Hashable, Sendable, Codable, CaseIterable {
    /// Logistic distributions: ln OR = d π/√3.
    case logistic
    /// Normal distributions: ln OR = 1.65 d, approximately.
    case normal

    var oddsPerDeviation: Double { self == .logistic ? OddsPerDeviation.logistic : OddsPerDeviation.normal }
}

/// Conversion of an effect from one form to another, with its sampling variance by the delta method: d ↔ odds ratio ↔ r ↔ z.
///
/// With a = (n₁ + n₂)²/(n₁ n₂), which is 4 for groups of equal size: r = d/√(d² + a), v_r = a² v_d/(d² + a)³; in the other direction d = √a
/// r/√(1 − r²), v_d = a v_r/(1 − r²)³. z = artanh r, v_z = v_r/(1 − r²)². ln OR = c d, v = c² v_d, with c of `UnderlyingDistribution`.
///
/// Converting an effect and converting it back are exact inverses. Sources: Borenstein et al. (2009), Introduction to Meta-Analysis,
/// chapter 7; Chinn (2000), doi:10.1002/1097-0258(20001130)19:22<3127::aid-sim784>3.0.co;2-m; normal distributions: Sanchez-Meca et al.
/// (2003), doi:10.1037/1082-989X.8.4.448.
public struct EffectConversion: Hashable, Sendable, Codable {
    /// Form of the effect that is given.
    public var source: EffectForm
    /// Form into which it is converted.
    public var target: EffectForm
    /// Distribution assumed to underlie an odds ratio. Default `.logistic`.
    public var distribution: UnderlyingDistribution
    /// Sizes of the two groups; `nil`, the default, means groups of equal size.
    public var sizes: GroupSizes?

    /// Sizes of two groups, greater than 0.
    public struct GroupSizes: Hashable, Sendable, Codable {
        /// Participants in the first group. Role `n1i`.
        public var first: Double
        /// Participants in the second group. Role `n2i`.
        public var second: Double

        /// Makes the sizes of two groups; `convert(_:)` checks them.
        public init(first: Double, second: Double) {
            self.first = first
            self.second = second
        }
    }

    /// Makes a conversion between two forms, which may be the same.
    public init(
        from source: EffectForm, to target: EffectForm, distribution: UnderlyingDistribution = .logistic,
        sizes: GroupSizes? = nil
    ) {
        self.source = source
        self.target = target
        self.distribution = distribution
        self.sizes = sizes
    }

    /// Converts an effect.
    ///
    /// - Parameter effect: effect on the analysis scale of the source, such as ln OR. A variance of NaN means that it is not known.
    /// - Throws: `MetaAnalysisError`: `.invalidOutcome` for a correlation outside (−1, 1) and for sizes that are not greater than 0;
    ///   `.numericalOverflow`.
    public func convert(_ effect: EffectEstimate) throws -> EffectEstimate {
        try OutcomeValue(effect.estimate, "yi", "effect").requireFinite()
        if let sizes {
            try OutcomeValue(sizes.first, "n1i", "number of participants in the first group").requirePositive()
            try OutcomeValue(sizes.second, "n2i", "number of participants in the second group").requirePositive()
        }
        guard source != target else { return effect }
        let result: EffectEstimate
        switch (source, target) {
        case (.correlation, .fisherZ): result = try fisherZ(effect)
        case (.fisherZ, .correlation): result = correlation(ofFisherZ: effect)
        default: result = try fromDifference(try difference(effect))
        }
        guard result.estimate.isFinite, result.variance.isFinite || effect.variance.isNaN else {
            throw MetaAnalysisError(
                .numericalOverflow, "the converted effect is outside the range of numbers",
                remedy: "check the effect")
        }
        return result
    }

    private var a: Double {
        guard let sizes else { return 4 }
        // (n₁ + n₂)²/(n₁ n₂) = n₁/n₂ + 2 + n₂/n₁
        return sizes.first / sizes.second + 2 + sizes.second / sizes.first
    }

    private func difference(_ effect: EffectEstimate) throws -> EffectEstimate {
        switch source {
        case .standardizedMeanDifference: return effect
        case .oddsRatio: return effect.multiplied(by: 1 / distribution.oddsPerDeviation)
        case .fisherZ:
            // r/√(1 − r²) is sinh z, even if r rounds to 1.
            let slope = a.squareRoot() * Double.cosh(effect.estimate)
            return EffectEstimate(
                estimate: a.squareRoot() * Double.sinh(effect.estimate), variance: slope * slope * effect.variance)
        case .correlation:
            let r = effect.estimate
            let rest = try complement(r)
            return EffectEstimate(
                estimate: a.squareRoot() * r / rest.squareRoot(), variance: a * effect.variance / (rest * rest * rest))
        }
    }

    private func fromDifference(_ effect: EffectEstimate) throws -> EffectEstimate {
        let d = effect.estimate
        switch target {
        case .standardizedMeanDifference: return effect
        case .oddsRatio: return effect.multiplied(by: distribution.oddsPerDeviation)
        case .correlation:
            let length = Double.hypot(d, a.squareRoot())
            // a/length² is 1 − r².
            let rest = a.squareRoot() / length
            let slope = rest * rest / length
            return EffectEstimate(estimate: d / length, variance: slope * slope * effect.variance)
        case .fisherZ:
            let slope = 1 / Double.hypot(d, a.squareRoot())
            return EffectEstimate(
                estimate: Double.asinh(d / a.squareRoot()), variance: slope * slope * effect.variance)
        }
    }

    private func fisherZ(_ effect: EffectEstimate) throws -> EffectEstimate {
        let rest = try complement(effect.estimate)
        return EffectEstimate(
            estimate: Double.atanh(effect.estimate), variance: effect.variance / (rest * rest))
    }

    private func correlation(ofFisherZ effect: EffectEstimate) -> EffectEstimate {
        let cosh = Double.cosh(effect.estimate)
        return EffectEstimate(
            estimate: Double.tanh(effect.estimate), variance: effect.variance / cosh / cosh / cosh / cosh)
    }

    private func complement(_ r: Double) throws -> Double {
        guard abs(r) < 1 else {
            throw MetaAnalysisError.invalidOutcome(
                "the correlation is \(r.plain)", remedy: "give a number between -1 and 1", role: "r")
        }
        return (1 - r) * (1 + r)
    }
}

extension EffectEstimate {
    fileprivate func multiplied(by factor: Double) -> EffectEstimate {
        EffectEstimate(estimate: factor * estimate, variance: factor * factor * variance)
    }
}
