/// Influence of each study: the change of the results without it, in comparable units.
///
/// Answers "which studies fit badly, and which of them matter?". A study that fits badly is not necessarily wrong: examine it.
///
/// ```swift
/// let studies = try RandomEffects(interval: .wald).influence(effects).studies
/// ```
public struct InfluenceAnalysis: Hashable, Sendable, Codable {
    /// Studies in the order of the pooled studies.
    public var studies: [StudyInfluence]
    /// Limits beyond which a study counts as influential.
    public var limits: InfluenceLimits
    /// Diagnostics of the data, and notes on measures that cannot be computed.
    public var diagnostics: [Diagnostic]
}

/// Change of the results without one study. μ̂ is the average of all k studies, μ̂₋ that without this study, τ²₋ its
/// between-study variance.
///
/// A measure that cannot be computed is `nil`, with a diagnostic in the analysis.
public struct StudyInfluence: Hashable, Sendable, Codable {
    /// Label of the study, as in the data.
    public var label: String
    /// Line of the file that the study was read from; `nil` for data from elsewhere.
    public var row: Int?
    /// Standardized residual: y − μ̂ over its standard error, with the variance v + τ² minus the study's own contribution to
    /// the average; v for models of counts. R: `rstandard`.
    public var standardizedResidual: Double?
    /// Studentized residual: y − μ̂₋ over √(v + τ²₋ + SE₋²), the difference from the prediction of the others. R: `rstudent`.
    public var studentizedResidual: Double?
    /// DFFITS: (μ̂ − μ̂₋) / √(h (v + τ²₋)). With weights other than 1 / (v + τ²) it equals `dfbetas`, because h (v + τ²) is
    /// then not the variance of the average.
    public var dffits: Double?
    /// Cook's distance, (μ̂ − μ̂₋)² / SE².
    public var cooksDistance: Double?
    /// Covariance ratio, SE₋² / SE²; below 1 the average is more precise without the study.
    public var covarianceRatio: Double?
    /// τ² without the study, on the squared analysis scale.
    public var tauSquaredDeleted: Double?
    /// Cochran's Q without the study.
    public var qDeleted: Double?
    /// Leverage h: the study's share in the average, 0 to 1.
    public var hat: Double
    /// Leverage in percent, 0–100.
    public var weight: Double
    /// DFBETAS: (μ̂ − μ̂₋) over the standard error of μ̂ at τ²₋.
    public var dfbetas: Double?
    /// Whether DFFITS, Cook's distance, leverage or DFBETAS exceeds its limit; `nil` when the other studies cannot be pooled.
    public var isInfluential: Bool?
}

/// Limits beyond which a study counts as influential: conventions, not tests.
public struct InfluenceLimits: Hashable, Sendable, Codable {
    /// Limit of |DFFITS|, 3 √(1 / (k − 1)); `nil` for one study.
    public var dffits: Double?
    /// Limit of Cook's distance, the median of χ² with one degree of freedom.
    public var cooksDistance: Double
    /// Limit of the leverage, 3 / k.
    public var hat: Double
    /// Limit of |DFBETAS|, 1.
    public var dfbetas: Double
    /// Limit of |studentized residual|, the normal quantile of 0.975, which one residual in twenty exceeds if the model holds.
    /// It marks outliers and does not make a study influential.
    public var studentizedResidual: Double { ReferenceDistribution.normal.twoSidedQuantile(level: 0.95) }

    init(k: Int) {
        dffits = k > 1 ? 3 * (1 / Double(k - 1)).squareRoot() : nil
        cooksDistance = ReferenceDistribution.chiSquared(degreesOfFreedom: 1).quantile(0.5)
        hat = 3 / Double(k)
        dfbetas = 1
    }
}

extension PoolingModel {
    /// Computes the change of the results without each study.
    ///
    /// Under Hartung–Knapp the standard errors are those of the model. The variances v + τ²₋ of `studentizedResidual`, `dffits`
    /// and `dfbetas` are multiplied by the model's factor without the study, as in R. The complexity is that of
    /// `leaveOneOut(_:)`. R: `influence(rma(yi, vi))`, `rstandard`.
    ///
    /// - Throws: the errors of `fit` for all studies.
    ///
    /// Source: Viechtbauer & Cheung (2010), Research Synthesis Methods 1, doi:10.1002/jrsm.11.
    public func influence(_ effects: EffectSizes) throws -> InfluenceAnalysis {
        let whole = try fit(effects)
        let omissions = omissions(from: effects, whole)
        let model = self as? any InverseVarianceModel
        let pooling = model.map { SubsetPooling(effects, $0) }
        var measures = InfluenceMeasures(
            whole, plainVariance: pooling?.plainVariance(at: whole.heterogeneity.tauSquared),
            isLinear: model != nil,
            hasInverseVarianceWeights: model?.weighting == .inverseVariance)
        let studies = whole.studies.indices.map { index in
            let omission = omissions[index]
            let variance = pooling.flatMap { pooling in omission.tauSquared.map(pooling.plainVariance) }
            return measures.measure(whole.studies[index], without: omission, plainVariance: variance)
        }
        return InfluenceAnalysis(
            studies: studies, limits: measures.limits, diagnostics: whole.inheritedDiagnostics + measures.diagnostics)
    }
}

extension PooledEffect {
    /// Diagnostics of the data, which concern later analyses as well as this fit.
    var inheritedDiagnostics: [Diagnostic] {
        diagnostics.filter {
            [
                .studyExcluded, .totalRow, .duplicateLabels, .similarLabels, .similarGroups, .doubtfulNumbers,
                .continuityCorrection,
            ].contains($0.code)
        }
    }
}

/// Measures of one study after another, with the reasons for those that cannot be computed.
private struct InfluenceMeasures {
    private let whole: PooledEffect
    /// Variance of the average, before the factor of Hartung and Knapp.
    private let plainVariance: Double
    /// Whether the estimate is an average of the studies' effects with the weights shown.
    private let isLinear: Bool
    private let hasInverseVarianceWeights: Bool
    let limits: InfluenceLimits
    private(set) var diagnostics: [Diagnostic] = []

    init(_ whole: PooledEffect, plainVariance: Double?, isLinear: Bool, hasInverseVarianceWeights: Bool) {
        self.whole = whole
        self.isLinear = isLinear
        self.hasInverseVarianceWeights = hasInverseVarianceWeights
        self.plainVariance = plainVariance ?? whole.standardError * whole.standardError
        limits = InfluenceLimits(k: whole.k)
    }

    private enum Reason: String {
        case nothingLeft = "not measured: there is no other study"
        case oneLeft =
            "not measured where it depends on the between-study variance without the study: one study is left"
        case noOwnEffect = "no residual: the study has no effect of its own"
        case notPooled = "not measured: the other studies cannot be pooled"
        case noSpread = "not measured where it is relative to a standard error that is 0: effects are equal"
    }

    private mutating func note(_ reason: Reason, _ label: String) {
        if let index = diagnostics.firstIndex(where: { $0.message == reason.rawValue }) {
            guard diagnostics[index].studies.last != label else { return }
            diagnostics[index].studies.append(label)
        } else {
            diagnostics.append(Diagnostic(.note, .notEstimable, reason.rawValue, studies: [label]))
        }
    }

    /// Divides; returns `nil`, with the reason noted, unless the quotient is a number.
    private mutating func quotient(_ numerator: Double, _ denominator: Double, _ label: String) -> Double? {
        let quotient = numerator / denominator
        guard denominator > 0, quotient.isFinite else {
            note(.noSpread, label)
            return nil
        }
        return quotient
    }

    mutating func measure(
        _ study: PooledStudy, without omission: SubsetPooling.Fit, plainVariance deletedPlainVariance: Double?
    ) -> StudyInfluence {
        let hat = study.weight / 100
        var measures = StudyInfluence(label: study.label, row: study.row, hat: hat, weight: study.weight)
        let error = whole.standardError
        measures.standardizedResidual = standardizedResidual(study, hat)
        guard let estimate = omission.record.estimate, let deletedError = omission.record.standardError else {
            note(omission.record.k == 0 ? .nothingLeft : .notPooled, study.label)
            return measures
        }
        measures.qDeleted = omission.record.heterogeneity?.cochranQ
        let change = whole.estimate - estimate
        measures.cooksDistance = quotient(change * change, error * error, study.label)
        if let tauSquared = omission.tauSquared {
            measures.tauSquaredDeleted = tauSquared
            let factor = omission.varianceFactor
            measures.covarianceRatio = quotient(deletedError * deletedError, error * error, study.label)
            let variance = factor * (deletedPlainVariance ?? plainVariance)
            measures.dfbetas = quotient(change, variance.squareRoot(), study.label)
            measures.dffits = measures.dfbetas
            if let own = study.estimate, let sampling = study.variance {
                let total = factor * (sampling + tauSquared)
                if hasInverseVarianceWeights {
                    measures.dffits = quotient(change, (hat * total).squareRoot(), study.label)
                }
                measures.studentizedResidual = quotient(
                    own - estimate, (total + deletedError * deletedError).squareRoot(), study.label)
            } else {
                note(.noOwnEffect, study.label)
            }
        } else {
            note(.oneLeft, study.label)
        }
        measures.isInfluential = isInfluential(measures)
        return measures
    }

    /// Computes the standardized residual, from Var(y − μ̂) = (v + τ²)(1 − 2h) + Var μ̂ for an average with any weights.
    private mutating func standardizedResidual(_ study: PooledStudy, _ hat: Double) -> Double? {
        guard let own = study.estimate, let sampling = study.variance else { return nil }
        guard whole.k > 1 else { return nil }
        let total = sampling + whole.heterogeneity.tauSquared
        let variance = isLinear ? total * (1 - 2 * hat) + plainVariance : total
        // For a study with all the weight only rounding error is left, not a variance.
        guard variance > 1e-14 * total else {
            note(.noSpread, study.label)
            return nil
        }
        return quotient(own - whole.estimate, variance.squareRoot(), study.label)
    }

    private func isInfluential(_ measures: StudyInfluence) -> Bool {
        func exceeds(_ value: Double?, _ limit: Double?) -> Bool {
            guard let value, let limit else { return false }
            return abs(value) > limit
        }
        return exceeds(measures.dffits, limits.dffits) || exceeds(measures.cooksDistance, limits.cooksDistance)
            || exceeds(measures.hat, limits.hat) || exceeds(measures.dfbetas, limits.dfbetas)
    }
}
