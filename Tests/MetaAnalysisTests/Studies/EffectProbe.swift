import MetaAnalysis

/// Questions that the tests of every kind of data ask.
enum EffectProbe {
    /// The effect of one study computed like a set of one; `nil` when it is left out.
    static func effect<Outcome: StudyOutcome>(
        _ outcome: Outcome, _ measure: Outcome.Measure, _ settings: EffectSettings = EffectSettings()
    ) throws -> EffectEstimate? {
        try EffectSizes([Study("a", outcome)], measure: measure, settings: settings).effects.first
            .map { EffectEstimate(estimate: $0.estimate, variance: $0.variance) }
    }

    /// Why the study is left out; `nil` when it is not.
    static func reason<Outcome: StudyOutcome>(
        _ outcome: Outcome, _ measure: Outcome.Measure, _ settings: EffectSettings = EffectSettings()
    ) throws -> String? {
        try EffectSizes([Study("a", outcome)], measure: measure, settings: settings).excluded.first?.reason
    }

    /// Role of the column that is refused, with the code; `nil` when the data are possible.
    static func refused<Outcome: StudyOutcome>(_ outcome: Outcome, _ measure: Outcome.Measure? = nil) -> String? {
        do {
            try outcome.validate(for: measure ?? Outcome.defaultMeasure)
            return nil
        } catch let error as MetaAnalysisError where error.code == .invalidOutcome {
            return error.location.column
        } catch {
            return "\(error)"
        }
    }
}

extension EffectEstimate? {
    /// Whether both numbers are right to 13 digits (the estimate to 1e-15 where it is 0).
    func isNear(_ estimate: Double, _ variance: Double) -> Bool {
        guard let self else { return false }
        return self.estimate.isNear(estimate) && self.variance.isNear(variance)
    }
}

extension Double {
    /// Whether it differs from the reference by less than 1e-13 of it, or by less than 1e-15.
    func isNear(_ reference: Double) -> Bool {
        self == reference || abs(self - reference) <= max(1e-13 * abs(reference), 1e-15)
    }
}
