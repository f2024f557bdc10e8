/// Doubts about the studies that are read, collected so that one warning for each kind lists the columns and numbers.
struct StudyDoubts {
    private var found: [(kind: OutcomeDoubt.Kind, study: String, values: String)] = []

    /// Adds doubts about a study.
    ///
    /// - Parameters:
    ///   - doubts: the doubts.
    ///   - study: label of the study.
    ///   - column: returns the name of the column of a role.
    mutating func add(_ doubts: [OutcomeDoubt], of study: String, column: (String) -> String?) {
        for doubt in doubts {
            let values = doubt.values.map { "\(column($0.role) ?? $0.role) \($0.value.plain)" }.joined(separator: ", ")
            found.append((doubt.kind, study, values))
        }
    }

    /// Returns one warning for each kind of doubt.
    ///
    /// - Parameter kinds: kinds that have another explanation and are left out.
    func warnings(without kinds: Set<OutcomeDoubt.Kind> = []) -> [Diagnostic] {
        OutcomeDoubt.Kind.allCases.filter { !kinds.contains($0) }.compactMap { kind in
            let all = found.filter { $0.kind == kind }
            guard !all.isEmpty else { return nil }
            // Both groups of a study may have the same doubt.
            var studies: [String] = []
            for doubt in all where studies.last != doubt.study { studies.append(doubt.study) }
            let list = all.prefix(3).map(\.values).joined(separator: "; ") + (all.count > 3 ? "; …" : "")
            return Diagnostic(
                .warning, .doubtfulNumbers, "\(kind.sentence.finding): \(list); \(kind.sentence.remedy)",
                studies: studies)
        }
    }
}
