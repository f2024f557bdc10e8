/// Trim and fill: how many extreme studies are missing on one side of a funnel plot, and the pooled effect if they are added.
///
/// It is a sensitivity analysis for one kind of suppression, not a corrected estimate. It assumes that the funnel plot is symmetric apart
/// from missing studies; heterogeneity makes it add studies that never existed.
///
/// ```swift
/// let filled = try TrimAndFill().fit(effects)
/// filled.imputed; filled.pooled.estimate
/// ```
///
/// The most extreme studies are trimmed from the fuller side, the rest is pooled by `model`, and their number k₀ is estimated from the
/// ranks of the distances, until it no longer changes. Then the mirror image of each trimmed study is added, and all are pooled. The fuller
/// side is the one that the slope of Egger's regression indicates, unless `side` is given. O(k log k) for each step.
/// R: `metafor::trimfill(rma(yi, vi), estimator="L0")`.
///
/// Source: Duval & Tweedie (2000a), doi:10.1111/j.0006-341x.2000.00455.x; (2000b), doi:10.1080/01621459.2000.10473905.
public struct TrimAndFill<Model: PoolingModel>: Sendable {
    /// Model that pools the studies while trimming and at the end; it must pool effects, not counts.
    public var model: Model
    /// Estimator of the number of missing studies; by default `linear` (L0).
    public var estimator: MissingStudiesEstimator
    /// Side on which studies are missing; `nil` finds it by Egger's regression.
    public var side: FunnelSide?

    /// Creates the method with a model of effects, by default with the estimator L0.
    public init(_ model: Model, estimator: MissingStudiesEstimator = .linear, side: FunnelSide? = nil) {
        self.model = model
        self.estimator = estimator
        self.side = side
    }

    /// Adds the imputed studies and pools all studies.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than three studies, `.singularDesign` when the side has to be
    ///   found and all studies have the same precision, `.notEstimable` when Q0 has no real value, `.notConverged` when the number of
    ///   missing studies alternates without end, and the errors of the model.
    public func fit(_ effects: EffectSizes) throws -> TrimAndFillFit {
        guard effects.count > 2 else { throw MetaAnalysisError.tooFew(effects.count, for: "trim and fill", needed: 3) }
        let emptier = try self.side == nil ? emptierSide(effects) : nil
        let side = self.side ?? emptier ?? .left
        // The signs of effects are turned so that studies are missing on the left.
        let sign = side == .left ? 1.0 : -1.0
        let order = effects.effects.indices.sorted {
            let (first, second) = (sign * effects.effects[$0].estimate, sign * effects.effects[$1].estimate)
            return first == second ? $0 < $1 : first < second
        }
        let sorted = order.map { sign * effects.effects[$0].estimate }
        let rounding = Self.rounding * max(abs(sorted[0]), abs(sorted[sorted.count - 1]))
        var missing = 0
        var center = 0.0
        var count = MissingStudiesEstimator.Count(estimate: 0, standardError: nil)
        var steps = 0
        while true {
            steps += 1
            guard steps <= 100 else { throw Self.notConverged(estimator) }
            center = sign * (try model.fit(effects.subset(Array(order.dropLast(missing)).sorted())).estimate)
            count = try estimator.count(
                signedRanks: Self.signedRanks(sorted.map { abs($0 - center) > rounding ? $0 - center : 0 }))
            let next = min(max(0, Int(count.estimate.rounded(.toNearestOrEven))), effects.count - 1)
            if next == missing { break }
            missing = next
        }
        let mirrored = order.suffix(missing).map { index -> EffectSize in
            var effect = effects.effects[index]
            effect.estimate = sign * (2 * center - sign * effect.estimate)
            effect.label = "imputed for " + effect.label
            effect.row = nil
            return effect
        }
        var filled = effects
        filled.effects += mirrored
        filled.source = nil
        var pooled = try model.fit(filled)
        pooled.diagnostics += cautions(effects, pooled, missing: missing)
        if self.side == nil, emptier == nil {
            pooled.diagnostics.append(.noEmptierSide)
        }
        return TrimAndFillFit(
            pooled: pooled, missingEstimator: estimator, imputed: missing, imputedStandardError: count.standardError,
            imputedPValue: estimator == .run ? Self.power(of: 0.5, missing + 1) : nil, side: side,
            imputedStudies: mirrored.map { ImputedStudy(label: $0.label, estimate: $0.estimate, variance: $0.variance) }
        )
    }

    /// Relative difference, to the greatest effect, that counts as rounding.
    private static var rounding: Double { 8 * .ulpOfOne }

    /// Returns the side on which the regression on the standard error indicates missing studies, opposite to the small studies; `nil` where
    /// its slope is only rounding error.
    private func emptierSide(_ effects: EffectSizes) throws -> FunnelSide? {
        let heterogeneity = (model as? RandomEffects)?.heterogeneity ?? .common
        do {
            let errors = effects.effects.map(\.standardError)
            let regression = try PredictorRegression(
                effects, on: errors, .additive(heterogeneity), level: 0.95, test: "trim and fill")
            return regression.emptierSide(of: effects, errors: errors)
        } catch var error as MetaAnalysisError where error.code == .singularDesign {
            error.message = "all studies have the same standard error, which does not tell where studies are missing"
            error.remedy = "name the side, left or right"
            throw error
        }
    }

    /// Returns the ranks of the distances with their signs; equal distances get ranks in their order.
    private static func signedRanks(_ distances: [Double]) -> [Double] {
        let order = distances.indices.sorted {
            let (first, second) = (abs(distances[$0]), abs(distances[$1]))
            return first == second ? $0 < $1 : first < second
        }
        var ranks = Array(repeating: 0.0, count: distances.count)
        for (rank, index) in order.enumerated() {
            ranks[index] = distances[index] == 0 ? 0 : Double(rank + 1) * (distances[index] > 0 ? 1 : -1)
        }
        return ranks
    }

    private static func power(of base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }

    private static func notConverged(_ estimator: MissingStudiesEstimator) -> MetaAnalysisError {
        MetaAnalysisError(
            .notConverged, "the number of missing studies by \(estimator.rawValue) does not settle in 100 steps",
            remedy: "take another estimator of L0, R0 and Q0")
    }

    private func cautions(_ effects: EffectSizes, _ pooled: PooledEffect, missing: Int) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if effects.count < 10 {
            notes.append(
                Diagnostic(
                    .warning, .fewStudies,
                    "trim and fill among \(effects.count) studies fills in what chance left out: ten are the least that is"
                        + " advised"))
        }
        if missing > 0, let pValue = pooled.heterogeneity.pValue, pValue < 0.1 {
            notes.append(
                Diagnostic(
                    .warning, .heterogeneousEffects,
                    "effects differ beyond chance, which alone can make trim and fill add studies"))
        }
        return notes
    }
}

extension TrimAndFill where Model == RandomEffects {
    /// Creates the method with random effects: REML and the Hartung–Knapp interval unless a model is given.
    public init(
        estimator: MissingStudiesEstimator = .linear, side: FunnelSide? = nil, model: RandomEffects = RandomEffects()
    ) {
        self.init(model, estimator: estimator, side: side)
    }
}

extension TrimAndFill: Equatable where Model: Equatable {}
extension TrimAndFill: Hashable where Model: Hashable {}
extension TrimAndFill: Encodable where Model: Encodable {}
extension TrimAndFill: Decodable where Model: Decodable {}

/// A side of the funnel plot: of low (left) or high (right) effects.
public enum FunnelSide: String, Hashable, Sendable, Codable, CaseIterable {
    /// The side of low effects. R: `side="left"`.
    case left
    /// The side of high effects. R: `side="right"`.
    case right
}
