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
