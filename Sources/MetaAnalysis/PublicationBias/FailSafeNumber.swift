internal import RealModule

/// Fail-safe N: how many unpublished studies without an effect would overturn the result.
///
/// It does not estimate the number of missing studies. It assumes that these have no effect at all, whereas suppressed studies more likely
/// point in the opposite direction. Selection models and limit estimates answer the question better.
///
/// ```swift
/// let number = try FailSafeNumber(method: .rosenberg).fit(effects).number
/// ```
///
/// For k effects y with variances v and weights w = 1/v, N is the smallest whole number with:
/// - Rosenthal: N ≥ (Σ y/√v)² / z² − k with the one-sided quantile z of `alpha`.
/// - Orwin: N ≥ k (|μ̂| − t) / t for the common-effect mean μ̂ and the target t, μ̂/2 unless given.
/// - Rosenberg: N ≥ ((Σ wy)² / z² − Σ w) / w̄ with the two-sided quantile.
/// - General: the random-effects model of these studies and N more, which average 0 with the harmonic mean of the variances and the
///   observed τ² among them (half at √(τ² + v̄), half at −√(τ² + v̄), one at 0 if N is odd), has p ≥ `alpha` by the Wald test or, with
///   a target, an estimate no further from 0 than that. τ² is estimated anew; up to 100 000 studies.
///
/// R: `metafor::fsn(yi, vi, type="Rosenthal")`, …; see `docs/deviations.md` for the general method.
///
/// Source: Rosenthal (1979), doi:10.1037/0033-2909.86.3.638; Orwin (1983), doi:10.3102/10769986008002157; Rosenberg (2005),
/// doi:10.1111/j.0014-3820.2005.tb01004.x.
public struct FailSafeNumber: Hashable, Sendable, Codable {
    /// Definition of the fail-safe number. R: `metafor::fsn(type=…)`.
    public enum Method: String, Hashable, Sendable, Codable, CaseIterable {
        /// Rosenthal's number, from the sum of z-values. R: `type="Rosenthal"`.
        case rosenthal
        /// Orwin's number, from the common-effect mean and a target effect.
        case orwin
        /// Rosenberg's number, from the weighted mean.
        case rosenberg
        /// Number of studies added to a random-effects model until the result is overturned.
        case general
    }

    /// Definition of the number; by default Rosenberg's.
    public var method: Method
    /// Significance level from which on the result counts as overturned, in (0, 1); not used with a target.
    public var alpha: Double
    /// Effect at or below which the result counts as overturned, on the analysis scale; its sign is ignored. Only Orwin's and the general
    /// method use it; `nil` takes half the mean for Orwin's, and `alpha` for the general method.
    public var target: Double?
    /// Estimator of τ² for the general method.
    public var heterogeneity: HeterogeneityEstimator

    /// Creates the method, by default Rosenberg's number at the level 0.05.
    public init(
        method: Method = .rosenberg, alpha: Double = 0.05, target: Double? = nil,
        heterogeneity: HeterogeneityEstimator = .restrictedMaximumLikelihood
    ) {
        self.method = method
        self.alpha = alpha
        self.target = target
        self.heterogeneity = heterogeneity
    }

    /// Computes the fail-safe number of these effects.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for no study, `.invalidSetting` for a level outside (0, 1) or a target
    ///   that is 0 or not finite.
    public func fit(_ effects: EffectSizes) throws -> FailSafeFit {
        guard alpha > 0, alpha < 1 else {
            throw MetaAnalysisError(
                .invalidSetting, "the significance level is \(alpha)",
                remedy: "take a number between 0 and 1, such as 0.05")
        }
        if let target, !(target != 0 && target.isFinite) {
            throw MetaAnalysisError(
                .invalidSetting, "the target effect is \(target)",
                remedy: "give the least effect that matters, which is not 0, on the analysis scale")
        }
        let (moderate, factor) = effects.moderate
        let common = try CommonEffect().fit(moderate)
        var result =
            switch method {
            case .rosenthal: rosenthal(moderate)
            case .orwin: orwin(common, scaledTarget: target.map { abs($0) / factor })
            case .rosenberg: rosenberg(common, moderate)
            case .general: try general(moderate, scaledTarget: target.map { abs($0) / factor })
            }
        guard result.number?.isFinite ?? true else { throw MetaAnalysisError.outOfRange }
        result.estimate = result.estimate.map { $0 * factor }
        result.target = result.target.map { $0 * factor }
        result.diagnostics += cautions
        return result
    }

    private func rosenthal(_ effects: EffectSizes) -> FailSafeFit {
        let k = Double(effects.count)
        let sum = effects.effects.reduce(0) { $0 + $1.estimate / $1.standardError }
        let pValue = ReferenceDistribution.normal.upperTail(abs(sum) / k.squareRoot())
        let ratio = sum / ReferenceDistribution.normal.upperQuantile(alpha)
        return FailSafeFit(
            type: method, number: pValue > alpha ? 0 : max(0, (ratio * ratio - k).rounded(.up)), k: effects.count,
            alpha: alpha, pValue: pValue)
    }

    private func orwin(_ common: PooledEffect, scaledTarget: Double?) -> FailSafeFit {
        let size = abs(common.estimate)
        let target = scaledTarget ?? size / 2
        let number = size <= target ? 0 : (Double(common.k) * ((size - target) / target)).rounded(.up)
        return FailSafeFit(
            type: method, number: number, k: common.k, target: common.estimate < 0 ? -target : target,
            estimate: common.estimate)
    }

    private func rosenberg(_ common: PooledEffect, _ effects: EffectSizes) -> FailSafeFit {
        let quantile = ReferenceDistribution.normal.twoSidedQuantile(level: 1 - alpha)
        let total = effects.effects.reduce(0) { $0 + 1 / $1.variance }
        let k = Double(common.k)
        // (Σwy/z)² / w̄ − Σw / w̄ with Σwy = μ̂ Σw.
        let ratio = common.estimate / quantile
        let number = (ratio * ratio * total * k - k).rounded(.up)
        let pValue = common.pValue ?? 1
        return FailSafeFit(
            type: method, number: pValue > alpha ? 0 : max(0, number), k: common.k, alpha: alpha,
            estimate: common.estimate, pValue: pValue)
    }

    /// Doubles the number of added studies until the result is overturned, then bisects.
    private func general(_ effects: EffectSizes, scaledTarget: Double?) throws -> FailSafeFit {
        let model = RandomEffects(heterogeneity: heterogeneity, interval: .wald)
        let observed = try model.fit(effects)
        let typical = Double(effects.count) / effects.effects.reduce(0) { $0 + 1 / $1.variance }
        let spread = (observed.heterogeneity.tauSquared + typical).squareRoot()
        func isOverturned(by count: Int) throws -> Bool {
            let (estimate, statistic) = try meanWith(count, spread: spread, variance: typical, effects)
            if let scaledTarget { return abs(estimate) <= scaledTarget }
            return ReferenceDistribution.normal.twoSidedPValue(statistic) >= alpha
        }
        var result = FailSafeFit(
            type: method, number: 0, k: effects.count, alpha: scaledTarget == nil ? alpha : nil,
            target: scaledTarget.map { observed.estimate < 0 ? -$0 : $0 }, estimate: observed.estimate,
            pValue: observed.pValue)
        if try isOverturned(by: 0) { return result }
        var (few, enough) = (0, 1)
        while try !isOverturned(by: enough) {
            guard enough < Self.limit else {
                result.number = nil
                result.diagnostics.append(
                    Diagnostic(.note, .notEstimable, "the general fail-safe number is greater than \(Self.limit)"))
                return result
            }
            (few, enough) = (enough, min(2 * enough, Self.limit))
        }
        while enough - few > 1 {
            let middle = (few + enough) / 2
            if try isOverturned(by: middle) { enough = middle } else { few = middle }
        }
        result.number = Double(enough)
        return result
    }

    private static let limit = 100_000

    private func meanWith(
        _ count: Int, spread: Double, variance: Double, _ effects: EffectSizes
    ) throws -> (estimate: Double, statistic: Double) {
        var responses = effects.effects.map(\.estimate)
        var variances = effects.effects.map(\.variance)
        for index in 0..<count {
            responses.append(count % 2 == 1 && index == count - 1 ? 0 : index % 2 == 0 ? spread : -spread)
            variances.append(variance)
        }
        let model: VarianceComponentModel
        do {
            model = try VarianceComponentModel(responses: responses, variances: variances)
        } catch {
            throw MetaAnalysisError.outOfRange
        }
        let tauSquared =
            model.count > 1
            ? heterogeneity.estimate(model, momentWeights: model.weights(at: 0)).value : 0
        let fit = model.leastSquares(weights: model.weights(at: tauSquared))
        return (fit.coefficients[0], fit.coefficients[0] / fit.inverseGram[0, 0].squareRoot())
    }

    private var cautions: [Diagnostic] {
        let reason =
            switch method {
            case .rosenthal:
                "Rosenthal's number adds up z-values and knows no size of effects: it is kept for comparison"
            case .orwin where target == nil:
                "without a target Orwin's number is that of the studies: name the least effect that matters"
            case .orwin, .rosenberg, .general: ""
            }
        guard !reason.isEmpty else { return [] }
        return [Diagnostic(.note, .outdatedMethod, reason)]
    }
}

/// A fail-safe number with the values it is based on: a complete record.
public struct FailSafeFit: Hashable, Sendable, Codable {
    /// Definition of the number.
    public var type: FailSafeNumber.Method
    /// Fail-safe number, a whole number; 0 when there is no result to overturn, `nil` when it exceeds 100 000 studies.
    public var number: Double?
    /// Number of studies in the data.
    public var k: Int
    /// Significance level that was used; `nil` when a target was used.
    public var alpha: Double?
    /// Target effect that was used, on the analysis scale, with the sign of the mean; `nil` when a level was used.
    public var target: Double?
    /// Mean effect of the studies, on the analysis scale; `nil` for Rosenthal's number.
    public var estimate: Double?
    /// p-value of the studies in the data, one-sided for Rosenthal's number; `nil` for Orwin's.
    public var pValue: Double?
    /// Warnings and notes on this number.
    public var diagnostics: [Diagnostic] = []
}
