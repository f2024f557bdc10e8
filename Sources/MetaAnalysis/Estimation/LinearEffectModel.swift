/// Model y ~ N(Xβ, diag(v) + τ²I) of effects y with known v: the model behind pooling, meta-regression and networks.
///
/// Effects whose squares and weights would leave the range of a `Double` are divided by a power of two, `unit`. `Solution`
/// returns to the original unit, so that results near 1e±300 are as accurate as those near 1.
struct LinearEffectModel: Sendable {
    /// Model of the effects divided by `unit`.
    let scaled: VarianceComponentModel
    /// Power of two that the effects are divided by.
    let unit: Double

    /// Creates a model from one in scaled units.
    ///
    /// - Parameter scaled: model of effects that were divided by `unit`.
    init(_ scaled: VarianceComponentModel, unit: Double) {
        self.scaled = scaled
        self.unit = unit
    }

    /// Creates the model of finite effects with variances above 0.
    ///
    /// - Parameter unit: a power of two; `nil` chooses the one that brings these effects near 1.
    /// - Throws: `NotPositiveDefinite` when the columns of the design are linearly dependent.
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

    /// Estimates τ² by the settings, and the coefficients at that τ².
    ///
    /// - Parameters:
    ///   - weighting: weights of the responses. The generalized Q statistic uses them at τ² = 0.
    ///   - roundsToFit: whether effects that lie on the fit up to rounding error have residuals of 0, as in regressions, where sums over
    ///     columns leave such errors. A mean leaves none: equal effects have residuals of exactly 0.
    func solve(
        _ settings: EstimationSettings, weighting: Weighting = .inverseVariance, roundsToFit: Bool = false
    ) -> Solution {
        Solution(self, settings, weighting, roundsToFit: roundsToFit)
    }
}
