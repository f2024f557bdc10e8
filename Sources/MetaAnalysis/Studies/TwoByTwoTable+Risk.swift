internal import RealModule

extension TwoByTwoTable {
    /// Proportion of the first group with the event; NaN for an empty group.
    public var treatedRisk: Double { treatedEvents / treatedSize }

    /// Proportion of the second group with the event; NaN for an empty group.
    public var controlRisk: Double { controlEvents / controlSize }
}

extension TwoByTwoTable.Measure {
    /// Returns the risk in the first group that gives an effect at a risk in the second group: the curve of a L'Abbé plot.
    ///
    /// ```swift
    /// TwoByTwoTable.Measure.riskRatio.treatedRisk(at: 0.2, effect: -0.7)   // 0.2 · e^−0.7
    /// ```
    ///
    /// Peto's odds ratio is treated as an odds ratio. R: the lines of `labbe(rma(…))`.
    ///
    /// - Parameters:
    ///   - controlRisk: risk in the second group, from 0 to 1.
    ///   - effect: effect on the analysis scale.
    /// - Returns: `nil` if no risk gives the effect (a risk ratio of 3 at a risk of ½), and for measures that depend on the sizes of the
    ///   groups (phi and tetrachoric correlation).
    ///
    /// Source: L'Abbé, Detsky & O'Rourke (1987), Annals of Internal Medicine 107, doi:10.7326/0003-4819-107-2-224.
    public func treatedRisk(at controlRisk: Double, effect: Double) -> Double? {
        guard controlRisk >= 0, controlRisk <= 1, effect.isFinite else { return nil }
        let risk: Double
        switch self {
        case .riskDifference: risk = controlRisk + effect
        case .riskRatio: risk = controlRisk * .exp(effect)
        case .vaccineEfficacy: risk = controlRisk * .exp(-effect)
        case .arcsineDifference:
            let angle = Double.asin(controlRisk.squareRoot()) + effect
            guard angle >= 0, angle <= .pi / 2 else { return nil }
            risk = Double.sin(angle) * Double.sin(angle)
        case .probitDifference:
            let normal = ReferenceDistribution.normal
            risk = normal.lowerTail(normal.quantile(controlRisk) + effect)
        case .oddsRatio, .diagnosticOddsRatio, .petoOddsRatio: risk = Self.risk(controlRisk, logOddsRatio: effect)
        case .oddsRatioAsDifference, .oddsRatioAsLogisticDifference:
            risk = Self.risk(controlRisk, logOddsRatio: effect * OddsPerDeviation.logistic)
        case .oddsRatioAsNormalDifference:
            risk = Self.risk(controlRisk, logOddsRatio: effect * OddsPerDeviation.normal)
        case .yuleQ, .yuleY:
            guard abs(effect) < 1 else { return nil }
            // (q − 1)/(q + 1) is tanh(½ ln q), with the odds ratio as q, or its root.
            risk = Self.risk(controlRisk, logOddsRatio: (self == .yuleQ ? 2 : 4) * .atanh(effect))
        case .phi, .fisherPhi, .tetrachoric, .fisherTetrachoric: return nil
        }
        return risk >= 0 && risk <= 1 ? risk : nil
    }

    private static func risk(_ risk: Double, logOddsRatio: Double) -> Double {
        let (events, others) = (risk * .exp(logOddsRatio / 2), (1 - risk) * .exp(-logOddsRatio / 2))
        return events / (events + others)
    }
}
