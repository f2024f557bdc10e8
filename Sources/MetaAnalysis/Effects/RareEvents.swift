extension Diagnostic {
    /// A warning where a continuity correction enters half of the effects or more: it then decides much of what is pooled.
    ///
    /// - Parameters:
    ///   - corrected: how many studies were corrected because a cell of theirs is 0.
    ///   - count: of all studies that gave an effect.
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
