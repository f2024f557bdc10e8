import ArgumentParser
import MetaAnalysis

// Settings of the pooling model that affect the effects it pools.

extension ModelOptions {
    func check(_ effects: EffectOptions) throws {
        guard estimation.chosenModel == .peto, let measure = effects.measure,
            !["PETO", "OR"].contains(measure.uppercased())
        else {
            return
        }
        throw ValidationError("--model peto pools odds ratios (PETO), not \(measure); leave out --measure")
    }

    /// Returns the measure for which a file is read; `nil` for the default of its data.
    func measure(_ effects: EffectOptions) -> String? { estimation.measure(effects) }

    /// Returns the settings of effects. With the Mantel–Haenszel method the option "uncorrected" refers to its test, so it does not affect
    /// the effects.
    func settings(_ effects: EffectOptions) -> EffectSettings {
        var settings = effects.settings
        if estimation.chosenModel == .mantelHaenszel { settings.biasCorrected = true }
        return settings
    }

    /// Returns the choices made by default, as clauses.
    func choices(_ effects: EffectOptions, measure code: String, for data: StudyData) -> [String] {
        estimation.choices(effects, measure: code, for: data)
    }
}

extension EstimationOptions {
    /// Returns the measure for which a file is read; `nil` for the default of its data.
    func measure(_ effects: EffectOptions) -> String? { chosenModel == .peto ? "PETO" : effects.measure }

    /// Returns the choices made by default, as clauses.
    func choices(_ effects: EffectOptions, measure code: String, for data: StudyData) -> [String] {
        (measure(effects) == nil ? ["measure \(code) for \(data.studies.kind.title)"] : []) + choices
    }
}
