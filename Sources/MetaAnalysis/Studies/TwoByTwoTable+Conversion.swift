internal import RealModule

/// Standardized mean differences of a quantity that was dichotomized.
extension MeasureDescription {
    static let probitDifference = MeasureDescription(
        "PBIT", .twoByTwo, title: "probit transformed risk difference", scale: .identity,
        definition: """
            y = z1 - z2 with z the normal quantile of a risk p; \
            v = p1 (1 - p1) / (n1 f(z1)^2) + p2 (1 - p2) / (n2 f(z2)^2) with the normal density f
            """,
        source: "Sanchez-Meca et al. (2003), doi:10.1037/1082-989X.8.4.448", example: (-0.4340761642, 0.07246262662),
        usesContinuityCorrection: true)

    static let oddsRatioAsDifference = differenceFromOdds(
        "OR2D", "standardized mean difference from an odds ratio", "sqrt(3) / pi",
        "Hasselblad & Hedges (1995), doi:10.1037/0033-2909.117.1.167", (-0.5175292038, 0.1085529686))

    static let oddsRatioAsNormalDifference = differenceFromOdds(
        "OR2DN", "standardized mean difference from an odds ratio, normal distributions", "1 / 1.65",
        "Sanchez-Meca et al. (2003), doi:10.1037/1082-989X.8.4.448", (-0.5689055399, 0.1311753727))

    static let oddsRatioAsLogisticDifference = differenceFromOdds(
        "OR2DL", "standardized mean difference from an odds ratio, logistic distributions", "sqrt(3) / pi",
        """
        Hasselblad & Hedges (1995), doi:10.1037/0033-2909.117.1.167; \
        Chinn (2000), doi:10.1002/1097-0258(20001130)19:22<3127::aid-sim784>3.0.co;2-m
        """, (-0.5175292038, 0.1085529686))

    private static func differenceFromOdds(
        _ code: String, _ title: String, _ factor: String, _ source: String, _ example: (Double, Double)
    ) -> MeasureDescription {
        MeasureDescription(
            code, .twoByTwo, title: title, scale: .identity,
            definition: "y = c ln(a d / (b c)); v = c^2 (1/a + 1/b + 1/c + 1/d), the factor c being \(factor)",
            source: source, example: example, usesContinuityCorrection: true)
    }
}

/// Factors between a log odds ratio and a standardized mean difference: ln OR = factor · d.
enum OddsPerDeviation {
    /// π/√3, for logistic distributions.
    static let logistic = Double.pi / 3.squareRoot()
    /// 1.65, approximately, for normal distributions.
    static let normal = 1.65
}

extension TwoByTwoTable {
    func standardizedDifference(_ oddsPerDeviation: Double) throws(Exclusion) -> EffectEstimate {
        let odds = try oddsRatio()
        return EffectEstimate(
            estimate: odds.estimate / oddsPerDeviation, variance: odds.variance / oddsPerDeviation / oddsPerDeviation)
    }

    func probitDifference() throws(Exclusion) -> EffectEstimate {
        guard !hasZeroCell else { throw zeroCellExclusion("a difference of probits") }
        let treated = Proportion(events: treatedEvents, nonEvents: treatedNonEvents).probit
        let control = Proportion(events: controlEvents, nonEvents: controlNonEvents).probit
        return EffectEstimate(
            estimate: nearProbitDifference ?? treated.estimate - control.estimate,
            variance: treated.variance + control.variance)
    }

    /// Difference of probits if it is so small that the probits themselves would cancel: the odd powers of Taylor's series about the mean
    /// of the two risks, in x = (p₁ − p₂)/φ(z). `nil` for larger differences.
    private var nearProbitDifference: Double? {
        let middle = Proportion(
            events: treatedRisk + controlRisk,
            nonEvents: treatedNonEvents / treatedSize + controlNonEvents / controlSize)
        let z = middle.probit.estimate
        let square = z * z
        let x = crossDifference.quotient(by: treatedSize, controlSize) * (2 * .pi).squareRoot() * .exp(square / 2)
        guard abs(x) * (1 + abs(z)) < 0.01 else { return nil }
        return x * (1 + x * x * ((1 + 2 * square) / 24 + x * x * (7 + square * (46 + 24 * square)) / 1920))
    }
}
