/// Effects whose squares and weights would leave the range of a `Double` are divided by a power of two, pooled, and
/// multiplied back: results near 1e±300 are then as exact as those near 1.
extension EffectSizes {
    /// These effects divided by a power of two that brings them near 1, and that power; themselves and 1 where they need no
    /// help.
    var moderate: (effects: EffectSizes, factor: Double) {
        let factor = unit
        guard factor != 1 else { return (self, 1) }
        let down = 1 / factor
        var moderate = self
        for index in effects.indices {
            moderate.effects[index].estimate *= down
            moderate.effects[index].variance = effects[index].variance * down * down
        }
        // A linear map of the analysis scale; reading back happens on the original one.
        moderate.scale = .identity
        return (moderate, factor)
    }

    /// The power of two by which the effects are divided to bring them near 1; 1 where they need no help.
    var unit: Double {
        guard let exponent = awkwardExponent else { return 1 }
        return Double(sign: .plus, exponent: exponent, significand: 1)
    }

    /// Sampling variances whose weights can be squared and multiplied with effects up to the greatest moderate one.
    static let moderateVariances = 1e-80...1e80
    static let greatestModerateEffect = 1e100

    /// Exponent of the typical standard error when squares of weights or effects could overflow or vanish.
    private var awkwardExponent: Int? {
        guard !effects.isEmpty else { return nil }
        var least = Double.infinity
        var greatest = 0.0
        var effect = 0.0
        // By position: a copy of an effect would count references to its texts.
        for index in effects.indices {
            let (variance, estimate) = (effects[index].variance, effects[index].estimate)
            guard variance > 0, variance.isFinite, estimate.isFinite else { return nil }
            least = min(least, variance)
            greatest = max(greatest, variance)
            effect = max(effect, abs(estimate))
        }
        guard
            !Self.moderateVariances.contains(least) || !Self.moderateVariances.contains(greatest)
                || effect > Self.greatestModerateEffect
        else { return nil }
        let typical = (Int(least.exponent) + Int(greatest.exponent)) / 4
        // Where effects and variances are too far apart, some are left far from 1 rather than made infinite.
        let bound = max(
            (Int(greatest.exponent) - Self.greatestExponent) / 2,
            effect > 0 ? Int(effect.exponent) - Self.greatestExponent : typical)
        return max(typical, bound)
    }

    private static let greatestExponent = 1020
}

extension MetaAnalysisError {
    /// No power of two brings all effects and variances into the range of numbers.
    static let outOfRange = MetaAnalysisError(
        .numericalOverflow, "the effects and variances are too far apart for the range of numbers",
        remedy: "check the units of effects and variances")
}

extension ConfidenceInterval {
    func rescaled(by factor: Double) -> ConfidenceInterval {
        ConfidenceInterval(lower: lower * factor, upper: upper * factor)
    }
}

extension Heterogeneity {
    /// When every effect is `factor` times as large.
    func rescaled(by factor: Double) -> Heterogeneity {
        var result = self
        result.tauSquared = tauSquared * factor * factor
        result.tauSquaredStandardError = tauSquaredStandardError.map { $0 * factor * factor }
        result.tauSquaredInterval = tauSquaredInterval?.rescaled(by: factor).rescaled(by: factor)
        return result
    }
}
