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
@dynamicMemberLookup
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
    /// τ², and the intervals of it and of the effects; its members are also members of the model (`model.level`).
    public var estimation: EstimationSettings
    /// Level of the prediction interval; `nil` takes `level`.
    public var predictionLevel: Double?

    /// A model with these settings of the estimation.
    public init(reference: Treatment? = nil, _ estimation: EstimationSettings, predictionLevel: Double? = nil) {
        self.reference = reference
        self.estimation = estimation
        self.predictionLevel = predictionLevel
    }

    /// A model with an estimator of τ², by default REML, and intervals by the normal distribution.
    ///
    /// - Parameters:
    ///   - heterogeneity: not used under a common effect.
    ///   - knownTauSquared: τ² where it is known beforehand, at least 0; no estimator is used then.
    ///   - level: confidence level, in (0, 1).
    public init(
        reference: Treatment? = nil, model: Model = .random,
        heterogeneity: HeterogeneityEstimator = .restrictedMaximumLikelihood, interval: IntervalMethod = .wald,
        tauSquaredInterval: TauSquaredIntervalMethod = .qProfile, knownTauSquared: Double? = nil,
        level: Double = 0.95, predictionLevel: Double? = nil
    ) {
        self.init(
            reference: reference,
            EstimationSettings(
                heterogeneity: HeterogeneityModel(model == .common ? nil : heterogeneity, known: knownTauSquared),
                interval: interval, tauSquaredInterval: tauSquaredInterval, level: level),
            predictionLevel: predictionLevel)
    }

    /// Whether effects vary between studies.
    public var model: Model { estimation.heterogeneity.isRandom ? .random : .common }

    /// A member of `estimation`.
    public subscript<Value>(dynamicMember member: WritableKeyPath<EstimationSettings, Value>) -> Value {
        get { estimation[keyPath: member] }
        set { estimation[keyPath: member] = newValue }
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
        let (moderate, unit) = network.moderate
        let contrasts = try OrthogonalContrasts(moderate)
        let solution = try LinearEffectModel(contrasts.model(), unit: unit).solve(estimation)
        let inconsistency = try Inconsistency(contrasts, network: moderate, unit: unit)
        return try NetworkEstimation(self, solution, network).fit(reference: reference, inconsistency: inconsistency)
    }

    /// - Throws: `MetaAnalysisError` for a setting out of its range.
    func check() throws {
        try estimation.check()
        if let predictionLevel { try ConfidenceInterval.check(level: predictionLevel) }
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

/// The record of a network from its solution.
private struct NetworkEstimation {
    let settings: NetworkMetaAnalysis
    let solution: Solution
    let network: TreatmentNetwork

    init(_ settings: NetworkMetaAnalysis, _ solution: Solution, _ network: TreatmentNetwork) {
        self.settings = settings
        self.solution = solution
        self.network = network
    }

    func fit(reference: Treatment, inconsistency: Inconsistency) throws -> NetworkFit {
        let unit = solution.unit
        let covariance = solution.scaledCovariance
        return try NetworkFit(
            outcome: nil, scale: network.scale, treatments: network.treatments, k: network.studies.count,
            comparisonCount: network.comparisonCount, designs: network.designs, reference: reference,
            estimates: solution.coefficients,
            covariance: (0..<covariance.rows).map { row in covariance.row(row).map { $0 * unit * unit } },
            degreesOfFreedom: solution.inference.degreesOfFreedom, effects: effects,
            heterogeneity: solution.heterogeneityFromQ(inconsistency.total.q), inconsistency: inconsistency,
            fit: statistics, excluded: network.excluded,
            diagnostics: network.diagnostics + diagnostics + inconsistency.diagnostics,
            settings: settings.record(of: solution, network)
        ).checkedForOverflow()
    }

    // MARK: Effects

    private var effects: [NetworkEffect] {
        let direct = directEvidence
        let prediction = predictionQuantile
        let treatments = network.treatments
        let (coefficients, gram) = (solution.scaledCoefficients, solution.scaledPlainCovariance)
        var effects: [NetworkEffect] = []
        effects.reserveCapacity(direct.count)
        var position = 0
        for first in treatments.indices {
            for second in (first + 1)..<max(treatments.count, first + 1) {
                let value = coefficients[first] - coefficients[second]
                let variance = max(0, gram[first, first] + gram[second, second] - 2 * gram[first, second])
                let estimate = solution.estimate(value, plainVariance: variance)
                let own = direct[position]
                position += 1
                let share = min(1, variance * own.precision)
                effects.append(
                    NetworkEffect(
                        treatment: treatments[first], versus: treatments[second], estimate: estimate.estimate,
                        standardError: estimate.standardError, statistic: estimate.statistic, pValue: estimate.pValue,
                        confidenceInterval: estimate.confidenceInterval,
                        predictionInterval: prediction.map { solution.prediction(estimate, quantile: $0) },
                        studies: own.studies,
                        direct: own.precision > 0
                            ? evidence(own.product / own.precision, 1 / own.precision, studies: own.studies) : nil,
                        indirect: indirect(value, variance, own, share), proportionDirect: share))
            }
        }
        return effects
    }

    /// - Parameter variance: before the factor of Hartung and Knapp; like the estimate in scaled units.
    private func evidence(_ estimate: Double, _ variance: Double, studies: Int?) -> NetworkEffect.Evidence {
        let found = solution.estimate(estimate, plainVariance: variance)
        return NetworkEffect.Evidence(
            estimate: found.estimate, standardError: found.standardError,
            confidenceInterval: found.confidenceInterval, pValue: found.pValue, studies: studies)
    }

    /// What is left of the network estimate when the direct one is taken out of it.
    ///
    /// Source: Dias et al. (2010), Statistics in Medicine 29, doi:10.1002/sim.3767.
    private func indirect(
        _ estimate: Double, _ variance: Double, _ own: Direct, _ share: Double
    ) -> NetworkEffect.Evidence? {
        guard share > 0 else { return evidence(estimate, variance, studies: nil) }
        // A share that differs from 1 by rounding leaves nothing but rounding.
        guard share < 1 - 1e-9 else { return nil }
        let rest = (estimate - share * (own.product / own.precision)) / (1 - share)
        return evidence(rest, variance / (1 - share), studies: nil)
    }

    /// Sums over the studies that compare two treatments.
    private struct Direct {
        var precision = 0.0
        var product = 0.0
        var studies = 0
    }

    /// For every pair of treatments in scaled units, in the order of `NetworkFit.effects`.
    private var directEvidence: [Direct] {
        let n = network.treatments.count
        let (down, tauSquared) = (1 / solution.unit, solution.scaledTauSquared)
        var direct = Array(repeating: Direct(), count: n * (n - 1) / 2)
        for study in network.studies {
            for pair in study.pairs {
                let position = pair.first * n - pair.first * (pair.first + 1) / 2 + pair.second - pair.first - 1
                let weight = 1 / (pair.variance * down * down + tauSquared)
                direct[position].precision += weight
                direct[position].product += weight * (pair.estimate * down)
                direct[position].studies += 1
            }
        }
        return direct
    }

    /// Of t with the degrees of freedom of Cochran's Q.
    private var predictionQuantile: Double? {
        guard settings.model == .random, solution.degreesOfFreedom > 0 else { return nil }
        return ReferenceDistribution.studentT(degreesOfFreedom: solution.degreesOfFreedom)
            .twoSidedQuantile(level: settings.predictionLevel ?? settings.level)
    }

    // MARK: Heterogeneity

    /// Of the contrasts of every study with its first arm, whose density differs from that of orthogonal ones by a constant.
    private var statistics: FitStatistics? {
        guard solution.degreesOfFreedom > 0 else { return nil }
        var statistics = solution.fitStatistics()
        var shift = 0.0
        for study in network.studies where study.arms.count > 2 {
            shift -= 0.5 * (.log(Double(study.arms.count)) - Double(study.arms.count - 1) * .log(2))
        }
        statistics.shift(logLikelihoodBy: shift)
        return statistics
    }

    /// Where all studies compare one treatment with one other: then no effect has direct and indirect evidence.
    private var star: Diagnostic? {
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
    private var fewStudies: Diagnostic? {
        let counts = directEvidence.map(\.studies).filter { $0 > 0 }
        let single = counts.count { $0 == 1 }
        guard counts.count > 1, 2 * single > counts.count else { return nil }
        return Diagnostic(
            .note, .fewStudies,
            "\(single) of \(counts.count) comparisons rest on one study each, so that the between-study variance of those is"
                + " known from other comparisons at best")
    }

    private var diagnostics: [Diagnostic] {
        var notes = solution.tau?.diagnostics ?? []
        notes += [star, fewStudies].compactMap(\.self)
        if solution.degreesOfFreedom == 0 {
            let taken = solution.tau?.isDetermined == false
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "every contrast of the network is needed for its effects: nothing is left to estimate heterogeneity,"
                        + " inconsistency or prediction intervals from"
                        + (taken ? ", and the between-study variance is taken as 0" : "")))
        }
        return notes + solution.intervalDiagnostics
    }
}

extension NetworkMetaAnalysis {
    /// What was done, as codes.
    func record(of solution: Solution, _ network: TreatmentNetwork) -> NetworkSettings {
        NetworkSettings(
            measure: network.measure, model: ModelIdentity(estimation.heterogeneity),
            estimator: solution.tau?.estimator,
            interval: solution.usedInterval,
            tauSquaredInterval: solution.isEstimated ? estimation.tauSquaredInterval : nil,
            level: estimation.level, effects: network.settings)
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
}
