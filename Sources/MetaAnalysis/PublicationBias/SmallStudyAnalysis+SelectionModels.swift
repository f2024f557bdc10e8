extension SmallStudyAnalysis {
    /// Adds the selection models that were requested, or the step function at 0.025 if both of its ranges have studies.
    func addSelectionModels(
        to report: inout SmallStudyReport, _ effects: EffectSizes, isCommon: Bool, level: Double
    ) throws {
        for var model in selection ?? [SelectionModel()] {
            model.level = level
            if isCommon { model.model = .common }
            let reason = model.reasonNotByDefault(effects)
            try report.attempt("selection-model", isAsked: selection != nil, unless: reason) { report in
                report.selectionModels.append(try model.fit(effects))
            }
        }
    }
}
