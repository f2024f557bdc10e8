public import MetaAnalysis

extension ForestPlot {
    /// Every treatment of a network against its reference, with the number of studies that compare the two directly.
    public init(_ fit: NetworkFit) {
        self.init(measure: fit.settings.measure, scale: fit.scale, level: fit.settings.level)
        heading = fit.outcome
        labelTitle = "Versus \(fit.reference.name)"
        hasWeights = false
        entryNames = ["treatment", "treatments"]
        columns = [Column("Direct studies")]
        var axis = self.axis
        let effects = fit.treatments.filter { $0 != fit.reference }.compactMap {
            fit.effect(of: $0, versus: fit.reference)
        }
        let widths = effects.map { axis.reading.interval($0.confidenceInterval).width }.filter { $0.isFinite && $0 > 0 }
        decimals = NumberFormat.decimals(forWidth: widths.min() ?? 1)
        axis.reading.decimals = decimals
        for effect in effects {
            var row = Row(.study, effect.treatment.name)
            row.cells = [String(effect.direct?.studies ?? 0)]
            row.estimate = effect.estimate
            row.interval = effect.confidenceInterval
            row.text = axis.text(effect.estimate, effect.confidenceInterval)
            rows.append(row)
        }
        let name = fit.settings.model == "random" ? "Random effects" : "Common effect"
        notes.append("\(name) network meta-analysis of \(fit.k) studies.")
        if let note = fit.heterogeneity.note(isRandom: fit.settings.model == "random") {
            notes.append("Heterogeneity and inconsistency: " + note)
        }
    }
}
