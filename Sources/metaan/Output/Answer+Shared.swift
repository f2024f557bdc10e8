import MetaAnalysis

// What answers with an analysis for each outcome have in common.

extension Sequence {
    /// What all elements have alike; `nil` where they differ, or where there is none.
    func shared<Value: Equatable>(_ path: (Element) -> Value?) -> Value? {
        var iterator = makeIterator()
        guard let first = iterator.next().flatMap(path) else { return nil }
        while let other = iterator.next() {
            guard path(other) == first else { return nil }
        }
        return first
    }
}

extension Sequence<Diagnostic> {
    /// Each said of one of several analyses.
    ///
    /// - Parameter place: the outcome or group; `nil` where there is only one.
    func named(_ place: String?) -> [Diagnostic] {
        map { diagnostic in
            guard let place else { return diagnostic }
            var named = diagnostic
            named.message = "\(place): " + diagnostic.message
            return named
        }
    }
}

extension Sequence<Diagnostic> {
    /// The lines of standard error for the warnings among them.
    ///
    /// - Throws: `CommandFailure` when warnings are failures and there is one.
    func warnings(of file: String, strict: Bool) throws -> [String] {
        let warnings = filter { $0.severity == .warning }
        if strict, let first = warnings.first {
            let others = warnings.count > 1 ? " (the first of \(warnings.count) warnings)" : ""
            throw CommandFailure(
                .dataWrong, "\(file): \(first.account)\(others); remove the cause, or leave out --strict")
        }
        return warnings.map { "warning: \(file): " + $0.account }
    }
}

extension Summary {
    /// With what is to be said of the file as a whole at its end.
    func noting(_ diagnostics: [Diagnostic]) -> Summary {
        diagnostics.isEmpty ? self : self + Summary([.list(diagnostics.map(\.sentence))])
    }
}

extension Sequence {
    /// What is to be said of every part, with its name where it cannot be pooled.
    func diagnostics<Found>(_ found: (Found) -> [Diagnostic]) -> [Diagnostic] where Element == PartResult<Found> {
        flatMap { part in
            switch part {
            case .found(let analysis): found(analysis)
            case .notEstimable(let part): part.diagnostics.named(part.name)
            }
        }
    }

    /// The summaries of all parts one after the other.
    ///
    /// - Parameters:
    ///   - choices: of every part that was found.
    ///   - found: the summary of one, with its choices.
    func summary<Found>(
        source: String, _ choices: [[String]], _ found: (Found, [String]) -> Summary
    ) -> Summary where Element == PartResult<Found> {
        var whole = Summary()
        var rest = choices[...]
        for part in self {
            switch part {
            case .found(let analysis): whole = whole + found(analysis, rest.popFirst() ?? [])
            case .notEstimable(let part): whole = whole + Summary(part, source: source)
            }
        }
        return whole
    }
}
