/// τ² as a model uses it, estimated or known, with its interval and what is to be said of it.
struct TauSquared {
    let value: Double
    let iterations: Int
    private let settings: RandomEffects
    private let estimate: TauSquaredEstimate?
    private let found: VarianceComponentModel.IntervalResult?
    private let scale: HeterogeneityScale?

    init(_ pooling: InverseVariancePooling, _ settings: RandomEffects, known: Double?) {
        self.settings = settings
        let canEstimate = pooling.count > 1
        scale = canEstimate ? HeterogeneityScale(pooling.model) : nil
        if let known {
            (value, iterations, estimate, found) = (known, 0, nil, nil)
        } else if canEstimate {
            let estimate = settings.heterogeneity.estimate(pooling.model, momentWeights: pooling.momentWeights)
            self.estimate = estimate
            (value, iterations) = (estimate.value, estimate.iterations)
            found = Self.interval(pooling, settings, estimate, scale)
        } else {
            (value, iterations, estimate, found) = (0, 0, nil, nil)
        }
    }

    private static func interval(
        _ pooling: InverseVariancePooling, _ settings: RandomEffects, _ estimate: TauSquaredEstimate,
        _ scale: HeterogeneityScale?
    ) -> VarianceComponentModel.IntervalResult? {
        switch settings.tauSquaredInterval {
        case .qProfile: return pooling.model.qProfileInterval(level: settings.level)
        case .generalizedQ:
            return pooling.model.generalizedQInterval(weights: pooling.momentWeights, level: settings.level)
        case .profileLikelihood:
            return pooling.model.profileLikelihoodInterval(
                around: estimate.value, restricted: settings.heterogeneity.isRestrictedLikelihood, level: settings.level
            )
        case .testBased:
            guard let scale,
                let ends = HeterogeneityScale.testBasedHSquaredInterval(
                    hSquared: scale.hSquared(estimate.value), cochranQ: pooling.cochranQ, count: pooling.count,
                    level: settings.level)
            else { return nil }
            return VarianceComponentModel.IntervalResult(
                interval: ConfidenceInterval(
                    lower: scale.tauSquared(hSquared: ends.lower), upper: scale.tauSquared(hSquared: ends.upper)))
        }
    }

    func heterogeneity(_ pooling: InverseVariancePooling) -> Heterogeneity {
        let statistic = pooling.cochranQ
        let degrees = pooling.model.residualDegreesOfFreedom
        return Heterogeneity(
            estimator: estimate == nil ? nil : settings.heterogeneity.rawValue, tauSquared: value,
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
            cochranQ: statistic, degreesOfFreedom: degrees, pValue: pooling.pValue(ofQ: statistic))
    }

    var diagnostics: [Diagnostic] {
        var notes: [Diagnostic] = []
        if let estimate, estimate.value == 0 {
            let why = estimate.wasNegative ? " (its equation has no solution above 0)" : ""
            notes.append(
                Diagnostic(
                    .note, .zeroHeterogeneity,
                    "the between-study variance is estimated as 0\(why); that is not evidence that effects are equal"))
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
                    "the interval \(settings.tauSquaredInterval.rawValue) of the between-study variance needs three studies"
                ))
        }
        return notes
    }
}

extension HeterogeneityScale {
    /// - Parameter model: with more responses than columns.
    init(_ model: VarianceComponentModel) {
        typicalVariance = model.residualDegreesOfFreedom / model.profile(at: 0).traceP
    }
}
