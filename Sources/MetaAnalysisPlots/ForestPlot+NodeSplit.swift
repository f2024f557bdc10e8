public import MetaAnalysis

extension ForestPlot {
    /// Makes a forest plot of the direct, indirect and network estimates of every comparison with both kinds of evidence, with the test of
    /// their difference.
    ///
    /// - Parameters:
    ///   - splits: node splits of the network of the fit; a note counts those without a difference.
    ///   - fit: network fit, for its measure, level, model and outcome.
    public init(_ splits: [NodeSplit], of fit: NetworkFit) {
        self.init(measure: fit.settings.measure, scale: fit.scale, level: fit.settings.level)
        heading = fit.outcome
        labelTitle = "Comparison"
        hasWeights = false
        entryNames = ["comparison", "comparisons"]
        entryRole = .section
        columns = [Column("Studies"), Column("Share")]
        let shown = splits.filter { $0.difference != nil }
        let parts = shown.flatMap { [$0.direct, $0.indirect, $0.network].compactMap(\.self) }
        decimals = self.axis.reading.decimals(for: parts.map(\.confidenceInterval))
        let axis = self.axis
        func row(_ role: Row.Role, _ name: String, _ part: NetworkEffect.Evidence, _ cells: [String]) -> Row {
            var row = Row(role, name)
            row.cells = cells
            row.estimate = part.estimate
            row.interval = part.confidenceInterval
            row.text = axis.text(part.estimate, part.confidenceInterval)
            return row
        }
        func percent(_ share: Double) -> String { NumberFormat.fixed(100 * share, decimals: 0) + "%" }
        for split in shown {
            rows.append(Row(.section, "\(split.treatment.name) versus \(split.versus.name)"))
            if let direct = split.direct, let indirect = split.indirect {
                rows.append(
                    row(.study, "Direct", direct, [String(split.studies), percent(split.proportionDirect)]))
                rows.append(row(.study, "Indirect", indirect, ["", ""]))
            }
            rows.append(row(.pooled, "Network", split.network, []))
            if let pValue = split.pValue {
                rows.append(Row(.note, "Difference of direct and indirect: p " + NumberFormat.pValue(pValue)))
            }
        }
        notes.append("\(fit.settings.model.title) network meta-analysis of \(fit.k.studies).")
        let rest = splits.count - shown.count
        if rest > 0 {
            notes.append(
                "Not shown: \(rest) \(rest == 1 ? "comparison" : "comparisons") with direct or indirect evidence alone."
            )
        }
    }
}
