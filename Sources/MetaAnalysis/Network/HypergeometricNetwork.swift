/// Odds ratios of all treatments of a network from the distribution of each study's events over its arms, given their sum: a likelihood for
/// rare events under common effects.
///
/// Use it for rare events in few studies: there is no continuity correction, and no arm is too small. Do not use it for effects that vary
/// between studies (use `NetworkMetaAnalysis`).
///
/// ```swift
/// let network = try TreatmentNetwork(arms, measure: .oddsRatio)
/// let fit = try HypergeometricNetwork(reference: "placebo").fit(network)
/// ```
///
/// With log odds θ of the treatments, the events of a study follow Fisher's multivariate noncentral hypergeometric distribution given their
/// sum. θ maximizes the product of these probabilities. The logarithm of the product is concave, and Newton's method with exact derivatives
/// finds its maximum; the covariance is the inverse of the information there. `.multinomial` takes the limit of rare events instead, as R
/// does.
///
/// In `heterogeneity` and `inconsistency`, Q is Rao's score statistic Σ gᵀI⁺g, with gradient g and information I of each study (total) and
/// of each design (between designs) at the estimates. It needs no estimate of any single study. With rare events χ² is a poor approximation
/// of the distribution of the total.
///
/// The following are left out, all by name in `excluded` and `diagnostics`: studies without events, or with events only, in all arms; arms
/// of a treatment without events, or with events only, in all studies of a design; and studies that then have a single arm. O(Σ a² + n³)
/// for each of some six steps, with n treatments and studies of a arms, whatever the number of participants.
/// R: `netmeta::netmetabin(p, method="NCH", sm="OR")` for `.multinomial`, but for the early stop of its search.
///
/// Source: Stijnen, Hamza & Özdemir (2010), Statistics in Medicine 29, doi:10.1002/sim.4040; Efthimiou et al. (2019),
/// Statistics in Medicine 38, doi:10.1002/sim.8158.
public struct HypergeometricNetwork: Hashable, Sendable, Codable {
    /// The distribution of a study's events over its arms.
    public enum Likelihood: String, Hashable, Sendable, Codable, CaseIterable {
        /// Noncentral hypergeometric distribution, exact at any risk.
        case exact
        /// Multinomial distribution with probabilities proportional to n exp θ (Breslow's approximation). It is right for rare events only;
        /// otherwise effects are too close to no effect by the factor 1 − risk.
        case multinomial
    }

    /// Distribution of the events; by default exact.
    public var likelihood: Likelihood
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Reference treatment of tables; `nil` takes the treatment with the most studies. No number depends on it.
    public var reference: Treatment?
    /// Whether an arm of a treatment without events in its whole design is used; by default not, as in R. The likelihood can use it if
    /// other designs have events under the treatment.
    public var keepsArmsWithoutEvents: Bool

    /// Creates a model, by default with the exact likelihood and without arms of treatments without events in their design.
    public init(
        likelihood: Likelihood = .exact, level: Double = 0.95, reference: Treatment? = nil,
        keepsArmsWithoutEvents: Bool = false
    ) {
        self.likelihood = likelihood
        self.level = level
        self.reference = reference
        self.keepsArmsWithoutEvents = keepsArmsWithoutEvents
    }

    /// Estimates all log odds ratios.
    ///
    /// - Throws: `MetaAnalysisError`: `.unsupportedCombination` for a network of another measure or without counts, `.invalidOutcome` for
    ///   counts that are not whole, `.notEstimable` when no study has events to compare or an effect is infinite, `.disconnectedNetwork`
    ///   when the remaining network is disconnected, `.invalidSetting` for an unknown reference or a level outside (0, 1), `.notConverged`
    ///   when the search finds no maximum.
    public func fit(_ network: TreatmentNetwork) throws -> NetworkFit {
        try ConfidenceInterval.check(level: level)
        var designs = try EventDesigns(network, method: "the hypergeometric model")
        if likelihood == .exact { try designs.requireWholeNumbers() }
        if !keepsArmsWithoutEvents { designs.excludeUninformativeArms() }
        let remaining = try designs.remainingNetwork()
        let reference = try designs.reference(self.reference, in: remaining)
        let model = ConditionalLikelihood(designs, remaining, likelihood)
        try model.requireFiniteMaximum(remaining.treatments)
        let maximum = try model.maximum()
        let inconsistency = model.scoreTests(at: maximum.effects)
        var notes = model.riskDiagnostics
        if inconsistency.betweenDesigns.degreesOfFreedom == 0 {
            notes.append(
                Diagnostic(
                    .note, .notEstimable,
                    "every design is needed for the effects: nothing is left to test whether designs agree"))
        }
        return NetworkFit(
            designs, remaining, model: .hypergeometric, estimates: maximum.effects,
            covariance: maximum.covariance, reference: reference, level: level, inconsistency: inconsistency,
            fit: model.statistics(maximum), diagnostics: notes)
    }
}

extension EventDesigns {
    fileprivate func requireWholeNumbers() throws {
        for study in designs.flatMap(\.studies) {
            for count in study.events + study.sizes where count != count.rounded() || count > 0x1p53 {
                throw MetaAnalysisError(
                    .invalidOutcome,
                    "the hypergeometric model needs whole numbers, and there is a count of \(count.plain)",
                    remedy: "give the counts as observed, without a continuity correction",
                    location: MetaAnalysisError.Location(row: study.row, study: study.label))
            }
        }
    }
}
