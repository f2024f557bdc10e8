extension Diagnostic {
    /// Returns a warning if a continuity correction affects half of the effects or more and therefore strongly influences the pooled
    /// effect.
    ///
    /// - Parameters:
    ///   - corrected: number of studies that were corrected because they have a cell of 0.
    ///   - count: number of all studies with an effect.
    ///   - measure: the measure of the effects, on which the remedy depends.
    ///
    /// Source: Bradburn, Deeks, Berlin & Localio (2007), Statistics in Medicine 26, doi:10.1002/sim.2528.
    static func rareEvents(_ corrected: Int, of count: Int, _ measure: MeasureDescription) -> [Diagnostic] {
        guard corrected > 0, 2 * corrected >= count else { return [] }
        let remedy: String =
            switch measure.kind {
            case .proportion: "the measures PAS and PFT need no correction"
            case .rate: "the measures IRS and IRFT need no correction"
            case .twoByTwo: "the Mantel–Haenszel method and Peto's need no correction"
            case .twoGroupRates: "the Mantel–Haenszel method needs no correction"
            default: "see whether another correction changes the answer"
            }
        return [
            Diagnostic(
                .warning, .rareEvents,
                "\(corrected) of \(count) studies have a cell of 0, so that the continuity correction moves the pooled effect; "
                    + remedy)
        ]
    }
}
