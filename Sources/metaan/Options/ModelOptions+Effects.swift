import ArgumentParser
import MetaAnalysis

// What the pooling model says of the effects it pools.

extension ModelOptions {
    func check(_ effects: EffectOptions) throws {
        guard estimation.chosenModel == .peto, let measure = effects.measure,
            !["PETO", "OR"].contains(measure.uppercased())
        else {
            return
        }
        throw ValidationError("--model peto pools odds ratios (PETO), not \(measure); leave out --measure")
    }

    /// The measure that a file is read for.
    func measure(_ effects: EffectOptions) -> String? { estimation.measure(effects) }

    /// With the Mantel–Haenszel method "uncorrected" is said of its test.
    func settings(_ effects: EffectOptions) -> EffectSettings {
        var settings = effects.settings
        if estimation.chosenModel == .mantelHaenszel { settings.biasCorrected = true }
        return settings
    }

    /// What is done without having been asked for.
    func choices(_ effects: EffectOptions, measure code: String, for data: StudyData) -> [String] {
        estimation.choices(effects, measure: code, for: data)
    }
}

extension EstimationOptions {
    /// The measure that a file is read for.
    func measure(_ effects: EffectOptions) -> String? { chosenModel == .peto ? "PETO" : effects.measure }

    /// What is done without having been asked for.
    func choices(_ effects: EffectOptions, measure code: String, for data: StudyData) -> [String] {
        (measure(effects) == nil ? ["measure \(code) for \(data.studies.kind.title)"] : []) + choices
    }
}
