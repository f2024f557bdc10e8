internal import RealModule

/// Network meta-analysis: effects of all treatments of a network on each other, from direct and indirect evidence together.
///
/// It answers which of several treatments works best, and by how much, if no study compares all of them. It assumes that studies differ in
/// nothing that modifies effects but the treatments they compare (transitivity). Read `NetworkFit.inconsistency`, and do not use it if
/// populations or definitions differ between comparisons.
///
/// ```swift
/// let fit = try NetworkMetaAnalysis(reference: "placebo").fit(network)
/// fit.effect(of: "metformin", versus: "placebo")?.estimate
/// ```
///
/// θ̂ = L⁺ Bᵀ W y with the Laplacian L = Bᵀ W B of the treatments, whose pseudo-inverse is the covariance; a multi-arm study contributes
/// with the exact covariance of its arms. Every pairwise difference varies between studies by τ². Shapes: n treatments, k studies of a
/// arms; O(Σ a² + n³) for each step of the search for τ².
/// R: `netmeta::netmeta(TE, seTE, treat1, treat2, studlab, method.tau="REML")`.
///
/// Source: Rücker (2012), Research Synthesis Methods 3, doi:10.1002/jrsm.1058; Rücker & Schwarzer (2014), Statistics in
/// Medicine 33, doi:10.1002/sim.6236; Salanti et al. (2008), doi:10.1177/0962280207080643.
public struct NetworkMetaAnalysis: Hashable, Sendable, Codable {
    /// Whether effects vary between studies.
    public enum Model: String, Hashable, Sendable, Codable, CaseIterable {
        /// Random effects: effects vary between studies by τ², the same for every comparison.
        case random
        /// Common effects: the studies of a comparison share one effect.
        case common
    }

    /// Reference treatment of tables; `nil` takes the treatment with the most studies. No number depends on it.
    public var reference: Treatment?
    /// Random or common effects; by default random.
    public var model: Model
    /// Estimator of τ²; by default REML. It is not used with `knownTauSquared` or common effects.
    public var heterogeneity: HeterogeneityEstimator
    /// Method for tests and confidence intervals; by default Wald.
    public var interval: IntervalMethod
    /// Method for the confidence interval of τ²; by default Q-profile.
    public var tauSquaredInterval: TauSquaredIntervalMethod
    /// Known τ², at least 0, on the squared analysis scale; `nil` estimates it by `heterogeneity`.
    public var knownTauSquared: Double?
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Level of the prediction interval; `nil` takes `level`.
    public var predictionLevel: Double?

    /// Creates a model, by default with random effects, τ² by REML and Wald tests at the 95% level.
    public init(
        reference: Treatment? = nil, model: Model = .random,
        heterogeneity: HeterogeneityEstimator = .restrictedMaximumLikelihood, interval: IntervalMethod = .wald,
        tauSquaredInterval: TauSquaredIntervalMethod = .qProfile, knownTauSquared: Double? = nil,
        level: Double = 0.95, predictionLevel: Double? = nil
    ) {
        self.reference = reference
        self.model = model
        self.heterogeneity = heterogeneity
        self.interval = interval
        self.tauSquaredInterval = tauSquaredInterval
        self.knownTauSquared = knownTauSquared
        self.level = level
        self.predictionLevel = predictionLevel
    }

    /// Estimates the effects of all pairs of treatments.
    ///
    /// - Throws: `MetaAnalysisError`: `.disconnectedNetwork` naming the parts, `.invalidSetting` for an unknown reference, a level
    ///   outside (0, 1) or a negative τ², `.unsupportedCombination` for a profile-likelihood interval of an estimator that does not
    ///   maximize a likelihood, `.numericalOverflow` for effects out of the range of numbers.
    public func fit(_ network: TreatmentNetwork) throws -> NetworkFit {
        try check()
        try network.requireConnected()
        let reference = try network.reference(self.reference)
        let (moderate, factor) = network.moderate
        let contrasts = try OrthogonalContrasts(moderate)
        let estimation = try NetworkEstimation(
            contrasts, self, knownTauSquared: knownTauSquared.map { $0 / factor / factor })
        let fit = estimation.fit(
            moderate, reference: reference, inconsistency: try Inconsistency(contrasts, network: moderate))
        return try (factor == 1 ? fit : fit.rescaled(by: factor, original: network)).checkedForOverflow()
    }

    /// - Throws: `MetaAnalysisError` for a setting out of its range.
    func check() throws {
        try ConfidenceInterval.check(level: level)
        if let predictionLevel { try ConfidenceInterval.check(level: predictionLevel) }
        try RandomEffects.check(
            knownTauSquared: knownTauSquared, heterogeneity: heterogeneity, interval: tauSquaredInterval)
    }
}

extension TreatmentNetwork {
    /// The treatment of this name, or the one with the most studies.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) naming the treatments there are.
    func reference(_ wanted: Treatment?) throws -> Treatment {
        if let wanted {
            if treatments.contains(wanted) { return wanted }
            let shown = treatments.prefix(20).map { quoted($0.name) }.joined(separator: ", ")
            throw MetaAnalysisError(
                .invalidSetting, "there is no treatment \(quoted(wanted.name)) to take as the reference",
                remedy: "take one of \(shown)\(treatments.count > 20 ? ", …" : "")")
        }
        var counts = Array(repeating: 0, count: treatments.count)
        for study in studies { for arm in study.arms { counts[arm] += 1 } }
        let most = counts.max() ?? 0
        return treatments[counts.firstIndex(of: most) ?? 0]
    }
}

/// τ², the effects at it, and what their intervals need.
private struct NetworkEstimation {
    let settings: NetworkMetaAnalysis
    let model: VarianceComponentModel
    let tau: TauSquared?
    let tauSquared: Double
    let least: WeightedLeastSquares
    let degreesOfFreedom: Double
    let usedInterval: IntervalMethod
    let reference: ReferenceDistribution
    let quantile: Double
    /// What inverse-variance standard errors are multiplied with.
    let scale: Double

    init(_ contrasts: OrthogonalContrasts, _ settings: NetworkMetaAnalysis, knownTauSquared: Double?) throws {
        self.settings = settings
        model = try contrasts.model()
        degreesOfFreedom = model.residualDegreesOfFreedom
        tau =
            settings.model == .common
            ? nil
            : TauSquared(
                model, settings.heterogeneity, interval: settings.tauSquaredInterval, level: settings.level,
                momentWeights: model.weights(at: 0), known: knownTauSquared)
        tauSquared = tau?.value ?? 0
        least = model.leastSquares(weights: model.weights(at: tauSquared))
        usedInterval = degreesOfFreedom > 0 ? settings.interval : .wald
        reference = usedInterval == .wald ? .normal : .studentT(degreesOfFreedom: degreesOfFreedom)
        quantile = reference.twoSidedQuantile(level: settings.level)
        scale = InverseVariancePooling.scale(
            usedInterval, residual: least.residualSumOfSquares(model.responses), degreesOfFreedom: degreesOfFreedom)
    }

    func fit(_ network: TreatmentNetwork, reference: Treatment, inconsistency: Inconsistency) -> NetworkFit {
        let n = network.treatments.count
        let square = scale * scale
        let covariance = (0..<n).map { row in (0..<n).map { square * least.inverseGram[row, $0] } }
        return NetworkFit(
            outcome: nil, scale: network.scale, treatments: network.treatments, k: network.studies.count,
            comparisonCount: network.comparisonCount, designs: network.designs, reference: reference,
            estimates: least.coefficients, covariance: covariance,
            degreesOfFreedom: usedInterval == .wald ? nil : degreesOfFreedom, effects: effects(network, covariance),
            heterogeneity: Heterogeneity(
                cochranQ: inconsistency.total.q, degreesOfFreedom: degreesOfFreedom, tau, level: settings.level),
            inconsistency: inconsistency,
            fit: statistics(network), excluded: network.excluded,
            diagnostics: network.diagnostics + diagnostics(network) + inconsistency.diagnostics,
            settings: NetworkSettings(
                measure: network.measure, model: settings.model.rawValue, estimator: tau?.estimatorCode,
                interval: usedInterval,
                tauSquaredInterval: tau?.estimatorCode == nil ? nil : settings.tauSquaredInterval,
                level: settings.level, effects: network.settings))
    }

    // MARK: Effects

    private func effects(_ network: TreatmentNetwork, _ covariance: [[Double]]) -> [NetworkEffect] {
        let direct = directEvidence(network)
        let prediction = predictionQuantile
        let treatments = network.treatments
        var effects: [NetworkEffect] = []
        effects.reserveCapacity(direct.count)
        var position = 0
        for first in treatments.indices {
            for second in (first + 1)..<max(treatments.count, first + 1) {
                let estimate = least.coefficients[first] - least.coefficients[second]
                let variance = max(
                    0,
                    least.inverseGram[first, first] + least.inverseGram[second, second]
                        - 2 * least.inverseGram[first, second])
                let error = scale * variance.squareRoot()
                let own = direct[position]
                position += 1
                let share = min(1, variance * own.precision)
                let statistic = error > 0 ? estimate / error : nil
                effects.append(
                    NetworkEffect(
                        treatment: treatments[first], versus: treatments[second], estimate: estimate,
                        standardError: error, statistic: statistic, pValue: statistic.map(reference.twoSidedPValue),
                        confidenceInterval: ConfidenceInterval(around: estimate, halfWidth: quantile * error),
                        predictionInterval: prediction.map {
                            ConfidenceInterval(
                                around: estimate, halfWidth: $0 * (tauSquared + error * error).squareRoot())
                        },
                        studies: own.studies,
                        direct: own.precision > 0
                            ? evidence(
                                own.product / own.precision, scale / own.precision.squareRoot(), studies: own.studies)
                            : nil,
                        indirect: indirect(estimate, error, own, share), proportionDirect: share))
            }
        }
        return effects
    }

    private func evidence(_ estimate: Double, _ error: Double, studies: Int?) -> NetworkEffect.Evidence {
        NetworkEffect.Evidence(
            estimate: estimate, standardError: error,
            confidenceInterval: ConfidenceInterval(around: estimate, halfWidth: quantile * error),
            pValue: error > 0 ? reference.twoSidedPValue(estimate / error) : nil, studies: studies)
    }

    /// What is left of the network estimate when the direct one is taken out of it.
    ///
    /// Source: Dias et al. (2010), Statistics in Medicine 29, doi:10.1002/sim.3767.
    private func indirect(
        _ estimate: Double, _ error: Double, _ own: Direct, _ share: Double
    ) -> NetworkEffect.Evidence? {
        guard share > 0 else { return evidence(estimate, error, studies: nil) }
        // A share that differs from 1 by rounding leaves nothing but rounding.
        guard share < 1 - 1e-9 else { return nil }
        let rest = (estimate - share * (own.product / own.precision)) / (1 - share)
        return evidence(rest, error / (1 - share).squareRoot(), studies: nil)
    }

    /// Sums over the studies that compare two treatments.
    private struct Direct {
        var precision = 0.0
        var product = 0.0
        var studies = 0
    }

    /// For every pair of treatments, in the order of `NetworkFit.effects`.
    private func directEvidence(_ network: TreatmentNetwork) -> [Direct] {
        let n = network.treatments.count
        var direct = Array(repeating: Direct(), count: n * (n - 1) / 2)
        for study in network.studies {
            for pair in study.pairs {
                let position = pair.first * n - pair.first * (pair.first + 1) / 2 + pair.second - pair.first - 1
                let weight = 1 / (pair.variance + tauSquared)
                direct[position].precision += weight
                direct[position].product += weight * pair.estimate
                direct[position].studies += 1
            }
        }
        return direct
    }

    /// Of t with the degrees of freedom of Cochran's Q.
    private var predictionQuantile: Double? {
        guard settings.model == .random, degreesOfFreedom > 0 else { return nil }
        return ReferenceDistribution.studentT(degreesOfFreedom: degreesOfFreedom)
            .twoSidedQuantile(level: settings.predictionLevel ?? settings.level)
    }

    // MARK: Heterogeneity

    /// Of the contrasts of every study with its first arm, whose density differs from that of orthogonal ones by a constant.
    private func statistics(_ network: TreatmentNetwork) -> FitStatistics? {
        let isEstimated = tau?.estimatorCode != nil
        let isRestricted = isEstimated && settings.heterogeneity.isRestrictedLikelihood
        guard degreesOfFreedom > 0 else { return nil }
        var statistics = model.fitStatistics(
            least, tauSquared: tauSquared, isRestricted: isRestricted,
            parameters: network.treatments.count - 1 + (isEstimated ? 1 : 0), iterations: tau?.iterations ?? 0)
        var shift = 0.0
        for study in network.studies where study.arms.count > 2 {
            shift -= 0.5 * (.log(Double(study.arms.count)) - Double(study.arms.count - 1) * .log(2))
        }
        statistics.shift(logLikelihoodBy: shift)
        return statistics
    }

    /// Where all studies compare one treatment with one other: then no effect has direct and indirect evidence.
    private func star(_ network: TreatmentNetwork) -> Diagnostic? {
        guard network.treatments.count > 2, network.studies.allSatisfy({ $0.arms.count == 2 }) else { return nil }
        let center = network.treatments.indices.first { index in
            network.studies.allSatisfy { $0.arms.contains(index) }
        }
        guard let center else { return nil }
        return Diagnostic(
            .warning, .starNetwork,
            "a star: every study compares \(network.treatments[center].shown) with one other treatment, so that effects versus it are"
                + " direct evidence only, all others indirect only, and nothing can tell whether the two would agree")
    }

    /// Where most comparisons rest on a single study, their heterogeneity is known from other comparisons only.
    private func fewStudies(_ network: TreatmentNetwork) -> Diagnostic? {
        let counts = directEvidence(network).map(\.studies).filter { $0 > 0 }
        let single = counts.count { $0 == 1 }
        guard counts.count > 1, 2 * single > counts.count else { return nil }
        return Diagnostic(
            .note, .fewStudies,
            "\(single) of \(counts.count) comparisons rest on one study each, so that the between-study variance of those is"
                + " known from other comparisons at best")
    }

    private func diagnostics(_ network: TreatmentNetwork) -> [Diagnostic] {
        var notes = tau?.diagnostics ?? []
        notes += [star(network), fewStudies(network)].compactMap(\.self)
        if degreesOfFreedom == 0 {
            let taken = settings.model == .random && tau?.value == 0
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "every contrast of the network is needed for its effects: nothing is left to estimate heterogeneity,"
                        + " inconsistency or prediction intervals from"
                        + (taken ? ", and the between-study variance is taken as 0" : "")))
        }
        notes +=
            Diagnostic.hartungKnapp(scale: scale, degreesOfFreedom: degreesOfFreedom, level: settings.level)
            + model.varianceDiagnostics
        return notes
    }
}

// MARK: - Range of numbers

extension TreatmentNetwork {
    /// This network with effects divided by a power of two that brings them near 1, and that power; itself and 1 where it
    /// needs no help.
    var moderate: (network: TreatmentNetwork, factor: Double) {
        let pairs = studies.flatMap(\.pairs)
        let effects = EffectSizes(
            effects: pairs.map { EffectSize(label: "", estimate: $0.estimate, variance: $0.variance) })
        let factor = effects.moderate.factor
        return factor == 1 ? (self, 1) : (scaled(by: 1 / factor), factor)
    }

    private func scaled(by factor: Double) -> TreatmentNetwork {
        mapPairs { pair in
            var pair = pair
            pair.estimate *= factor
            pair.variance = pair.variance * factor * factor
            return pair
        }
    }
}

extension NetworkFit {
    fileprivate func checkedForOverflow() throws -> NetworkFit {
        let optional = [heterogeneity.tauSquaredStandardError, heterogeneity.iSquared, fit?.logLikelihood]
        let numbers = estimates + [heterogeneity.tauSquared, heterogeneity.cochranQ] + optional.compactMap(\.self)
        let interval = heterogeneity.tauSquaredInterval
        guard numbers.allSatisfy(\.isFinite), interval.map({ $0.lower.isFinite && $0.upper >= $0.lower }) ?? true,
            covariance.allSatisfy({ $0.allSatisfy(\.isFinite) }),
            effects.allSatisfy(\.isFinite)
        else { throw MetaAnalysisError.outOfRange }
        return self
    }

    /// The result when every effect is `factor` times what was fitted.
    fileprivate func rescaled(by factor: Double, original: TreatmentNetwork) -> NetworkFit {
        var result = self
        result.estimates = estimates.map { $0 * factor }
        result.covariance = covariance.map { $0.map { $0 * factor * factor } }
        result.effects = effects.map { $0.rescaled(by: factor) }
        result.heterogeneity = heterogeneity.rescaled(by: factor)
        result.inconsistency = inconsistency.rescaled(by: factor)
        let observations = Double(original.studies.reduce(0) { $0 + $1.arms.count - 1 })
        let free = fit?.isRestricted == true ? Double(original.degreesOfFreedom) : observations
        result.fit?.shift(logLikelihoodBy: -free * .log(factor))
        return result
    }
}

extension NetworkEffect {
    fileprivate var isFinite: Bool {
        func isFinite(_ interval: ConfidenceInterval) -> Bool { interval.lower.isFinite && interval.upper.isFinite }
        return estimate.isFinite && standardError.isFinite && isFinite(confidenceInterval)
            && (predictionInterval.map(isFinite) ?? true)
            && [direct, indirect].compactMap(\.self).allSatisfy {
                $0.estimate.isFinite && $0.standardError.isFinite && isFinite($0.confidenceInterval)
            }
    }

    fileprivate func rescaled(by factor: Double) -> NetworkEffect {
        var result = self
        result.estimate *= factor
        result.standardError *= factor
        result.confidenceInterval = confidenceInterval.rescaled(by: factor)
        result.predictionInterval = predictionInterval?.rescaled(by: factor)
        result.direct = direct?.rescaled(by: factor)
        result.indirect = indirect?.rescaled(by: factor)
        return result
    }
}

extension NetworkEffect.Evidence {
    fileprivate func rescaled(by factor: Double) -> Self {
        var result = self
        result.estimate *= factor
        result.standardError *= factor
        result.confidenceInterval = confidenceInterval.rescaled(by: factor)
        return result
    }
}
