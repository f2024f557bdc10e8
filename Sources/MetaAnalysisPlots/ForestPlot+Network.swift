public import MetaAnalysis

extension ForestPlot {
    /// Makes a forest plot of every treatment of a network versus its reference, with the number of studies that compare the two directly.
    public init(_ fit: NetworkFit) {
        self.init(measure: fit.settings.measure, scale: fit.scale, level: fit.settings.level)
        heading = fit.outcome
        labelTitle = "Versus \(fit.reference.name)"
        hasWeights = false
        entryNames = ["treatment", "treatments"]
        columns = [Column("Direct studies")]
        let effects = fit.treatments.filter { $0 != fit.reference }.compactMap {
            fit.effect(of: $0, versus: fit.reference)
        }
        decimals = self.axis.reading.decimals(for: effects.map(\.confidenceInterval))
        let axis = self.axis
        for effect in effects {
            var row = Row(.study, effect.treatment.name)
            row.cells = [String(effect.studies)]
            row.estimate = effect.estimate
            row.interval = effect.confidenceInterval
            row.text = axis.text(effect.estimate, effect.confidenceInterval)
            rows.append(row)
        }
        notes.append("\(fit.settings.model.title) network meta-analysis of \(fit.k.studies).")
        if let note = fit.heterogeneity.note(isRandom: fit.settings.model == .random) {
            notes.append("Heterogeneity and inconsistency: " + note)
        }
    }
}
