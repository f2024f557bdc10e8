internal import RealModule

/// The scale of a reported effect, as far as its interval shows it.
enum IntervalScale: Hashable {
    /// Symmetric on the transformed scale (about the logarithm of a ratio), but not about the estimate.
    case transformed
    /// Symmetric about the estimate, but not on the transformed scale.
    case difference
    /// Not distinguishable: a narrow interval is nearly symmetric on both scales.
    case either
    /// Symmetric on neither scale.
    case neither

    /// Asymmetry that the rounding of bounds can cause, as a share of the width.
    private static let rounding = 0.05
    /// Asymmetry from which on an interval is certainly not symmetric.
    private static let certain = 0.1

    /// Classifies an interval.
    ///
    /// - Returns: `nil` if the estimate or a bound has no transformed value, or if the bounds are not in order.
    init?(estimate: Double, lower: Double, upper: Double, scale: EffectScale = .log) {
        guard let middle = scale.transformed(estimate), let low = scale.transformed(lower),
            let high = scale.transformed(upper), upper > lower, high > low
        else { return nil }
        let natural = Self.lopsidedness(estimate, lower, upper)
        let transformed = Self.lopsidedness(middle, low, high)
        if natural >= Self.certain {
            self = transformed <= Self.rounding ? .transformed : .neither
        } else {
            self = natural <= Self.rounding && transformed >= Self.certain ? .difference : .either
        }
    }

    /// Difference in length between the two halves of an interval, as a share of its width.
    private static func lopsidedness(_ middle: Double, _ lower: Double, _ upper: Double) -> Double {
        abs((upper - middle) / (upper - lower) - (middle - lower) / (upper - lower))
    }
}

extension [Study<ReportedEffect>] {
    /// Whether effects that are assumed to be on this scale look as if they were not transformed. This is so if most of their intervals are
    /// symmetric on the transformed scale alone and at most one in ten contradicts it. Logits or probits look so too if all estimates and
    /// intervals are between 0 and 1.
    func lookUntransformed(_ scale: EffectScale) -> Bool {
        var (count, transformed, differences, others) = (0, 0, 0, 0)
        for study in self where study.outcome.form == .analysis {
            guard case .interval(let lower, let upper, _) = study.outcome.precision else { continue }
            guard
                let found = IntervalScale(
                    estimate: study.outcome.estimate, lower: lower, upper: upper, scale: scale)
            else { return false }
            count += 1
            switch found {
            case .transformed: transformed += 1
            case .difference: differences += 1
            case .neither: others += 1
            case .either: break
            }
        }
        if scale == .logit || scale == .probit, count > 2, 2 * differences <= count { return true }
        return transformed > 1 && 2 * transformed > count && 10 * (differences + others) <= count
    }

    /// Returns a warning if effects that are assumed to be on the analysis scale of a measure look as if they were not.
    func doubtOfScale(_ measure: MeasureDescription) -> Diagnostic? {
        // Without a measure, effects that were not transformed are most often ratios.
        let isGeneric = measure.kind == .reported && measure.scale == .identity
        let natural = isGeneric ? .ratio : measure.reportedForms.first { $0 != .analysis }
        let scale = isGeneric ? .log : measure.scale
        guard let natural, scale != .identity, lookUntransformed(scale) else { return nil }
        let names = "\(natural.title)s"
        guard natural == .ratio else {
            return Diagnostic(
                .warning, .asymmetricInterval,
                "these look like \(names), and yi is taken to be on the transformed (\(scale.rawValue)) scale; give \(names) in the column "
                    + natural.role.rawValue)
        }
        let remedy =
            isGeneric
            ? "give them in the column ratio and take the measure HR, which takes the logarithm of any ratio, or give logarithms"
            : "give ratios in the column ratio, or logarithms"
        return Diagnostic(
            .warning, .asymmetricInterval,
            "these look like ratios: their intervals are symmetric about the logarithm of the estimate, not about the estimate; "
                + remedy)
    }
}

extension EffectScale {
    /// Values that the effect of a study can have on this scale. The limits allow for proportions and correlations as close to an end of
    /// their range as any study can show. A logit of 22, for example, is most likely a percentage.
    var possibleEffects: ClosedRange<Double> {
        switch self {
        case .identity, .log: -.infinity ... .infinity
        case .logit: -20...20
        case .probit, .fisherZ: -10...10
        case .arcsine, .freemanTukey: 0...(.pi / 2)
        case .squaredFisherZ: 0...10
        case .squareRoot, .freemanTukeyRate: 0 ... .infinity
        case .cubeRootComplement: -.infinity...1
        case .logComplement: -.infinity...20
        }
    }
}
