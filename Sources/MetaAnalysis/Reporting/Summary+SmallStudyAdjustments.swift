extension Summary {
    /// Returns one sentence for each model of publication.
    static func adjustments(_ report: SmallStudyReport, _ reading: EffectReading) -> [String] {
        var lines: [String] = []
        func effect(_ estimate: Double, _ interval: ConfidenceInterval?) -> String {
            reading.text(estimate) + (interval.map { " (\(reading.text($0)))" } ?? "")
        }
        func p(_ test: HypothesisTest) -> String { test.pValue.map(NumberFormat.pValue) ?? "not estimable" }
        if let fit = report.limitMetaAnalysis {
            let share = fit.gSquared.map { ", G² \(percent($0))" } ?? ""
            lines.append(
                "Limit meta-analysis: \(effect(fit.estimate, fit.confidenceInterval)); small-study effects p"
                    + " \(p(fit.qSmall)), heterogeneity beyond them p \(p(fit.qResidual))\(share).")
        }
        if let fit = report.copas {
            var line = "Copas model, studies missing on the \(fit.side.rawValue): "
            if let adjusted = fit.adjusted {
                let chance = percent(100 * adjusted.publicationProbability)
                line += effect(adjusted.estimate, adjusted.confidenceInterval)
                line +=
                    adjusted.gamma0 == nil
                    ? " without selection, as there is no asymmetry to explain"
                    : " where the study with the greatest standard error is published with a chance of \(chance)"
                        + (adjusted.unpublished.map {
                            ", \(NumberFormat.readable($0, decimals: 1)) studies staying unpublished"
                        } ?? "")
            } else {
                line += "no selection within its range explains the asymmetry"
            }
            lines.append(line + ".")
        }
        if let fit = report.pUniform {
            lines.append(
                "p-uniform: \(effect(fit.estimate, fit.confidenceInterval)) from"
                    + " \(counted(fit.significant, "study", "studies")) significant on the \(fit.side.rawValue); no effect p"
                    + " \(p(fit.effectTest)), publication bias p \(p(fit.publicationBiasTest)).")
        }
        if let fit = report.pUniformStar {
            lines.append(
                "p-uniform*: \(effect(fit.estimate, fit.confidenceInterval)), τ²"
                    + " \(NumberFormat.significant(fit.tauSquared, digits: 3)); no effect p \(p(fit.effectTest)), no"
                    + " heterogeneity p \(p(fit.heterogeneityTest)).")
        }
        return lines
    }
}
