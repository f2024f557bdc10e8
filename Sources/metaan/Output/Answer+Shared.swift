import MetaAnalysis

// Functions shared by answers with an analysis for each outcome.

extension Sequence {
    /// Returns the value that all elements have in common; `nil` if they differ, or if there is none.
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
    /// Returns the diagnostics with the name of their analysis before the message.
    ///
    /// - Parameter place: outcome or group; `nil` if there is only one.
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
    /// Returns the lines for standard error, one for each warning.
    ///
    /// - Throws: `CommandFailure` if warnings are treated as failures and there is one.
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
    /// Returns the summary followed by the diagnostics on the whole file.
    func noting(_ diagnostics: [Diagnostic]) -> Summary {
        diagnostics.isEmpty ? self : self + Summary([.list(diagnostics.map(\.sentence))])
    }
}

extension Sequence {
    /// Returns the diagnostics of every part; those of a part that cannot be pooled have its name.
    func diagnostics<Found>(_ found: (Found) -> [Diagnostic]) -> [Diagnostic] where Element == PartResult<Found> {
        flatMap { part in
            switch part {
            case .found(let analysis): found(analysis)
            case .notEstimable(let part): part.diagnostics.named(part.name)
            }
        }
    }

    /// Returns the summaries of all parts one after the other.
    ///
    /// - Parameters:
    ///   - choices: choices made by default, for each part that was pooled.
    ///   - found: function that returns the summary of a part, given its choices.
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
