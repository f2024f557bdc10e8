/// Effects y ~ N(Xβ, diag(v) + τ²I) with known v: the model behind pooling, meta-regression and networks.
///
/// Effects whose squares and weights would leave the range of a `Double` are divided by a power of two, `unit`. `Solution` gives its
/// numbers in the original unit, so that results near 1e±300 are as exact as those near 1.
struct LinearEffectModel: Sendable {
    /// Of the effects divided by `unit`.
    let scaled: VarianceComponentModel
    /// A power of two.
    let unit: Double

    /// - Parameter scaled: of effects that were divided by `unit`.
    init(_ scaled: VarianceComponentModel, unit: Double) {
        self.scaled = scaled
        self.unit = unit
    }

    /// The model of finite effects with variances above 0.
    ///
    /// - Parameter unit: a power of two; `nil` takes the one that brings these effects near 1.
    /// - Throws: `NotPositiveDefinite` when the columns of the design depend linearly on each other.
    init(
        _ effects: EffectSizes, design: Design = .intercept, unit: Double? = nil
    ) throws(NotPositiveDefinite) {
        let unit = unit ?? effects.unit
        let down = 1 / unit
        scaled = try VarianceComponentModel(
            responses: effects.effects.map { $0.estimate * down },
            variances: effects.effects.map { $0.variance * down * down }, design: design)
        self.unit = unit
    }

    /// The coefficients with the τ² that the settings ask for.
    ///
    /// - Parameter weighting: of the responses; the generalized Q statistic takes the weights that it gives at τ² = 0.
    func solve(_ settings: EstimationSettings, weighting: Weighting = .inverseVariance) -> Solution {
        Solution(self, settings, weighting)
    }
}
