/// τ² of a model, estimated or known, with its interval and diagnostics.
struct TauSquared: Sendable {
    let value: Double
    let iterations: Int
    private let isKnown: Bool
    /// The estimator of τ²; `nil` when τ² was not estimated.
    let estimator: HeterogeneityEstimator?
    private let intervalMethod: TauSquaredIntervalMethod
    private let estimate: TauSquaredEstimate?
    private let found: VarianceComponentModel.IntervalResult?
    private let scale: HeterogeneityScale?

    /// Estimates τ² and its interval, or takes the known τ².
    ///
    /// - Parameter momentWeights: weights of the generalized Q, independent of τ².
    /// - Returns: `nil` under a common effect.
    init?(
        _ model: VarianceComponentModel, _ heterogeneity: HeterogeneityModel, interval: TauSquaredIntervalMethod,
        level: Double, momentWeights: @autoclosure () -> [Double]
    ) {
        intervalMethod = interval
        let canEstimate = model.residualDegreesOfFreedom > 0
        scale = canEstimate ? HeterogeneityScale(model) : nil
        isKnown = heterogeneity.knownTauSquared != nil
        switch heterogeneity {
        case .common: return nil
        case .known(let known): (value, iterations, estimator, estimate, found) = (known, 0, nil, nil, nil)
        case .estimated(let estimator) where canEstimate:
            let estimate = estimator.estimate(model, momentWeights: momentWeights())
            self.estimator = estimator
            self.estimate = estimate
            (value, iterations) = (estimate.value, estimate.iterations)
            found = Self.interval(model, estimator, interval, estimate, scale, momentWeights, level: level)
        case .estimated: (value, iterations, estimator, estimate, found) = (0, 0, nil, nil, nil)
        }
    }

    private static func interval(
        _ model: VarianceComponentModel, _ estimator: HeterogeneityEstimator, _ method: TauSquaredIntervalMethod,
        _ estimate: TauSquaredEstimate, _ scale: HeterogeneityScale?, _ momentWeights: () -> [Double], level: Double
    ) -> VarianceComponentModel.IntervalResult? {
        switch method {
        case .qProfile: return model.qProfileInterval(level: level)
        case .generalizedQ: return model.generalizedQInterval(weights: momentWeights(), level: level)
        case .profileLikelihood:
            return model.profileLikelihoodInterval(
                around: estimate.value, restricted: estimator.isRestrictedLikelihood, level: level)
        case .testBased:
            guard let scale,
                let ends = HeterogeneityScale.testBasedHSquaredInterval(
                    hSquared: scale.hSquared(estimate.value), cochranQ: model.profile(at: 0).quadraticForm,
                    count: Int(model.residualDegreesOfFreedom) + 1, level: level)
            else { return nil }
            return VarianceComponentModel.IntervalResult(
                interval: ConfidenceInterval(
                    lower: scale.tauSquared(hSquared: ends.lower), upper: scale.tauSquared(hSquared: ends.upper)))
        }
    }

    /// Whether τ² was estimated or given; otherwise it is set to 0.
    var isDetermined: Bool { estimate != nil || isKnown }
    /// Standard error of τ²; `nil` when τ² was not estimated or its sums overflow.
    var standardError: Double? { estimate.map(\.standardError).flatMap { $0.isFinite ? $0 : nil } }
    var interval: ConfidenceInterval? { found?.interval }

    /// Builds the record of the heterogeneity.
    ///
    /// - Parameter statistic: Q at τ² = 0.
    func heterogeneity(cochranQ statistic: Double, degreesOfFreedom degrees: Double) -> Heterogeneity {
        Heterogeneity(
            estimator: estimator, tauSquared: value,
            tauSquaredStandardError: estimate?.standardError, tauSquaredInterval: found?.interval,
            iSquared: scale?.iSquared(value),
            iSquaredInterval: found.flatMap { found in
                scale.map { scale in
                    ConfidenceInterval(
                        lower: scale.iSquared(found.interval.lower), upper: scale.iSquared(found.interval.upper))
                }
            },
            hSquared: scale?.hSquared(value),
            iSquaredFromQ: InverseVariancePooling.iSquaredFromQ(statistic, degreesOfFreedom: degrees),
            cochranQ: statistic, degreesOfFreedom: degrees,
            pValue: degrees > 0
                ? ReferenceDistribution.chiSquared(degreesOfFreedom: degrees).upperTail(statistic) : nil)
    }

    var diagnostics: [Diagnostic] {
        var notes: [Diagnostic] = []
        if let estimate, estimate.value == 0 {
            // Two literal strings: composing one takes longer than estimating τ² from a few studies.
            notes.append(
                Diagnostic(
                    .note, .zeroHeterogeneity,
                    estimate.wasNegative
                        ? """
                        the between-study variance is estimated as 0 (its equation has no solution above 0); \
                        that is not evidence that effects are equal
                        """
                        : "the between-study variance is estimated as 0; that is not evidence that effects are equal"))
        }
        if let estimate, estimate.modes > 1 {
            notes.append(
                Diagnostic(
                    .warning, .severalModes,
                    "the likelihood of the between-study variance has \(estimate.modes) maxima; the greatest is taken, and"
                        + " software that searches from one start may report another"))
        }
        if found?.isEmpty == true {
            notes.append(
                Diagnostic(
                    .note, .negativeHeterogeneity,
                    "the effects differ less than chance allows at any between-study variance: its interval is shown as 0 to 0"
                ))
        }
        if estimate != nil, found == nil {
            notes.append(
                Diagnostic(
                    .note, .notEstimable,
                    "the interval \(intervalMethod.rawValue) of the between-study variance needs three studies"
                ))
        }
        return notes
    }
}

extension HeterogeneityScale {
    /// Computes the typical variance.
    ///
    /// - Parameter model: model with more responses than columns.
    init(_ model: VarianceComponentModel) {
        typicalVariance = model.residualDegreesOfFreedom / model.projectionTrace(at: 0)
    }
}

extension Heterogeneity {
    /// Creates the record with I² and H² from Q, because no sampling variance is typical of a network; τ² is set if the model
    /// has one.
    init(cochranQ: Double, degreesOfFreedom: Double, _ tau: TauSquared?, level: Double) {
        let reference = ReferenceDistribution.chiSquared(degreesOfFreedom: degreesOfFreedom)
        self.init(
            cochranQ: cochranQ, count: Int(degreesOfFreedom) + 1,
            pValue: { degreesOfFreedom > 0 ? reference.upperTail($0) : nil }, level: level)
        estimator = tau?.estimator
        tauSquared = tau?.value ?? 0
        tauSquaredStandardError = tau?.standardError
        tauSquaredInterval = tau?.interval
    }
}
