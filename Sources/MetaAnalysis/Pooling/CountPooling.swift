extension PooledEffect {
    /// Creates the record of a model that pools counts: Mantel–Haenszel or Peto.
    ///
    /// - Parameters:
    ///   - own: effects of the single studies of `effects.source`; `nil` for a study without one.
    ///   - weights: weights of the studies of the source.
    init(
        countPooling model: ModelIdentity, _ effects: EffectSizes, own: [EffectEstimate?], estimate: Double,
        variance: Double,
        weights: [Double], tests: [HypothesisTest], level: Double
    ) throws {
        try ConfidenceInterval.check(level: level)
        let quantile = ReferenceDistribution.normal.twoSidedQuantile(level: level)
        let error = variance.squareRoot()
        let interval = ConfidenceInterval(around: estimate, halfWidth: quantile * error)
        let heterogeneity = Self.heterogeneity(own.compactMap(\.self), around: estimate, level: level)
        let statistic = error > 0 ? estimate / error : nil
        let (excluded, said) = effects.withoutStudiesOfTheSource
        var notes = said
        if weights.count == 1 {
            notes.append(Diagnostic(.warning, .singleStudy, "there is one study; heterogeneity cannot be estimated"))
        } else {
            notes += Self.notes(own, effects)
        }
        notes += Diagnostic.beyondRange(effects.measure, interval)
        self.init(
            outcome: nil, group: nil, k: weights.count,
            studyCount: effects.source?.studyCount ?? effects.studyCount, scale: effects.scale, estimate: estimate,
            standardError: error, statistic: statistic, degreesOfFreedom: nil,
            pValue: statistic.map(ReferenceDistribution.normal.twoSidedPValue),
            confidenceInterval: interval, predictionInterval: nil,
            backTransformed: BackTransformed(effects.scale, estimate, interval, nil, sampleSize: nil),
            heterogeneity: heterogeneity, fit: nil,
            studies: Self.studies(effects, own: own, weights: weights, quantile: quantile), excluded: excluded,
            tests: tests, diagnostics: notes,
            settings: PoolingSettings(
                measure: effects.measure, model: model, interval: .wald, level: level, effects: effects.settings))
    }

    /// Returns a diagnostic that names the studies pooled by their counts alone, without an effect of their own.
    private static func notes(_ own: [EffectEstimate?], _ effects: EffectSizes) -> [Diagnostic] {
        let silent = own.indices.filter { own[$0] == nil }.compactMap { effects.source?.label(at: $0) }
        guard !silent.isEmpty else { return [] }
        let known = own.count - silent.count
        let subject = silent.count == 1 ? "1 study takes" : "\(silent.count) studies take"
        return [
            Diagnostic(
                known > 1 ? .note : .warning, .notEstimable,
                "\(subject) part by the counts alone, without an effect of \(silent.count == 1 ? "its" : "their") own: Q is of the"
                    + " other \(known)" + (known > 1 ? "" : ", from which heterogeneity cannot be estimated"),
                studies: silent)
        ]
    }

    /// Computes Q of the studies' own effects around the pooled effect; 0 for a single effect.
    private static func heterogeneity(
        _ effects: [EffectEstimate], around estimate: Double, level: Double
    ) -> Heterogeneity {
        var statistic = 0.0
        for effect in effects where effects.count > 1 {
            let distance = effect.estimate - estimate
            statistic += distance * distance / effect.variance
        }
        let count = max(1, effects.count)
        let degrees = Double(max(0, count - 1))
        let reference = ReferenceDistribution.chiSquared(degreesOfFreedom: degrees)
        return Heterogeneity(
            cochranQ: statistic, count: count, pValue: { degrees > 0 ? reference.upperTail($0) : nil }, level: level)
    }

    /// Lists every study of the source in its order, with its own effect where it has one.
    private static func studies(
        _ effects: EffectSizes, own: [EffectEstimate?], weights: [Double], quantile: Double
    ) -> [PooledStudy] {
        let total = weights.reduce(0, +)
        return weights.indices.map { index in
            let effect = own[index]
            return PooledStudy(
                label: effects.source?.label(at: index) ?? "", row: effects.source?.row(at: index),
                estimate: effect?.estimate, variance: effect?.variance, weight: 100 * (weights[index] / total),
                confidenceInterval: effect.map {
                    ConfidenceInterval(around: $0.estimate, halfWidth: quantile * $0.variance.squareRoot())
                }, empiricalBayes: nil)
        }
    }
}

extension EffectSizes {
    /// Excluded studies and diagnostics for a model that pools every study of the source: studies without an effect of their
    /// own do not count as left out.
    fileprivate var withoutStudiesOfTheSource: (excluded: [ExcludedStudy], diagnostics: [Diagnostic]) {
        guard let source, !excluded.isEmpty else { return (excluded, diagnostics) }
        let pooled = Set((0..<source.count).map { StudyPlace(label: source.label(at: $0), row: source.row(at: $0)) })
        let left = excluded.filter { !pooled.contains(StudyPlace(label: $0.label, row: $0.row)) }
        let labels = Set(excluded.map(\.label)).subtracting(left.map(\.label))
        return (
            left,
            diagnostics.filter { note in
                note.code != .studyExcluded || note.studies.isEmpty || !note.studies.allSatisfy(labels.contains)
            }
        )
    }

    /// Effects of the studies of `source` as computed, in its order; `nil` for a study without an effect.
    var effectsBySource: [EffectEstimate?] {
        var own = [EffectEstimate?](repeating: nil, count: source?.count ?? 0)
        for effect in effects {
            own[effect.position] = EffectEstimate(estimate: effect.estimate, variance: effect.variance)
        }
        return own
    }
}

/// Label and row that identify a study of a file.
private struct StudyPlace: Hashable {
    var label: String
    var row: Int?
}
