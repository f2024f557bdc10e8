/// Effects whose squares and weights would leave the range of a `Double` are divided by a power of two and pooled, and the
/// results are multiplied by it. Results near 1e±300 are then as accurate as those near 1.
extension EffectSizes {
    /// These effects divided by a power of two that brings them near 1, and that power; the effects themselves and 1 if no
    /// scaling is needed.
    var moderate: (effects: EffectSizes, factor: Double) {
        let factor = unit
        guard factor != 1 else { return (self, 1) }
        let down = 1 / factor
        var moderate = self
        for index in effects.indices {
            moderate.effects[index].estimate *= down
            moderate.effects[index].variance = effects[index].variance * down * down
        }
        // A linear change of the analysis scale; results are back-transformed on the original one.
        moderate.scale = .identity
        return (moderate, factor)
    }

    /// Power of two that brings the effects near 1 by division; 1 if no scaling is needed.
    var unit: Double {
        guard let exponent = awkwardExponent else { return 1 }
        return Double(sign: .plus, exponent: exponent, significand: 1)
    }

    /// Sampling variances whose weights can be squared and multiplied by effects up to `greatestModerateEffect` without
    /// overflow.
    static let moderateVariances = 1e-80...1e80
    static let greatestModerateEffect = 1e100

    /// Exponent of the typical standard error if squares of weights or effects could overflow or underflow.
    private var awkwardExponent: Int? {
        guard !effects.isEmpty else { return nil }
        var least = Double.infinity
        var greatest = 0.0
        var effect = 0.0
        // Indexed access: copying an effect would retain and release its strings.
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
        // If effects and variances are too far apart, some stay far from 1, but none becomes infinite.
        let bound = max(
            (Int(greatest.exponent) - Self.greatestExponent) / 2,
            effect > 0 ? Int(effect.exponent) - Self.greatestExponent : typical)
        return max(typical, bound)
    }

    private static let greatestExponent = 1020
}

extension MetaAnalysisError {
    /// Error for effects and variances that no power of two brings into the range of numbers.
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
    /// Returns the heterogeneity of effects `factor` times as large.
    func rescaled(by factor: Double) -> Heterogeneity {
        var result = self
        result.tauSquared = tauSquared * factor * factor
        result.tauSquaredStandardError = tauSquaredStandardError.map { $0 * factor * factor }
        result.tauSquaredInterval = tauSquaredInterval?.rescaled(by: factor).rescaled(by: factor)
        return result
    }
}
