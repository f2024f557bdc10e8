// Shared parts of the tests of asymmetry for 2×2 tables.

extension EffectSizes {
    /// Returns the effects with the tables they were computed from.
    ///
    /// - Parameter measures: measures that the test is made for; `nil` for any measure of two groups' events.
    /// - Throws: `MetaAnalysisError` with code `.unsupportedCombination` for other data, naming their measure.
    func tables(for test: SmallStudyMethod, measures: [String]? = nil) throws -> [StudyTable] {
        try requireData(for: test.rawValue)
        guard case .twoByTwo(let studies)? = source else {
            throw MetaAnalysisError(
                .unsupportedCombination,
                "\(test.rawValue) needs the events of two groups (2x2 tables), and these effects are \(measure)",
                remedy: "take egger or begg, or give the tables")
        }
        if let measures, !measures.contains(measure) {
            throw MetaAnalysisError(
                .unsupportedCombination,
                "\(test.rawValue) is made for \(measures.joined(separator: " and ")), not for \(measure)",
                remedy: "take the measure \(measures[0]), or egger, peters or arcsine")
        }
        return effects.map { StudyTable(effect: $0, table: studies[$0.position].outcome) }
    }
}

/// A study's effect and its table, without a continuity correction.
struct StudyTable {
    var effect: EffectSize
    var table: TwoByTwoTable

    var events: Double { table.treatedEvents + table.controlEvents }
    var nonEvents: Double { table.treatedNonEvents + table.controlNonEvents }
    var size: Double { events + nonEvents }
}

extension [StudyTable] {
    /// Returns the tables that pass, and a note that names the others.
    func informative(
        for test: SmallStudyMethod, because reason: String, _ isInformative: (StudyTable) -> Bool
    ) -> (tables: [StudyTable], diagnostics: [Diagnostic]) {
        let silent = filter { !isInformative($0) }
        guard !silent.isEmpty else { return (self, []) }
        let note = Diagnostic(
            .warning, .studyExcluded, "left out of \(test.rawValue): \(reason)", studies: silent.map(\.effect.label))
        return (filter(isInformative), [note])
    }
}
