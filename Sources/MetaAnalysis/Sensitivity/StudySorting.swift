/// Order of studies by their values.
package struct StudySorting {
    /// Positions of the studies, in order.
    package private(set) var positions: [Int]
    private var missing: [Int] = []
    private var hasTies = false

    /// Sorts the studies.
    ///
    /// - Parameter values: one value for each study, ordered as numbers if all are numbers and as texts otherwise; `nil` uses
    ///   the order of the input, or its reverse if `order` is `.descending`.
    package init(_ values: [String?]?, count: Int, _ order: StudyOrder) {
        positions = Array(0..<count)
        guard let values else {
            if order == .descending { positions.reverse() }
            return
        }
        let present = positions.filter { values[$0] != nil }
        missing = positions.filter { values[$0] == nil }
        let numbers = values.map { $0.flatMap { Double(decimal: $0) } }
        let areNumbers = present.allSatisfy { numbers[$0] != nil }
        func precedes(_ left: Int, _ right: Int) -> Bool {
            if areNumbers { return (numbers[left] ?? 0) < (numbers[right] ?? 0) }
            // Comparison by Unicode scalars is the same on every system.
            return (values[left] ?? "").unicodeScalars.lexicographicallyPrecedes((values[right] ?? "").unicodeScalars)
        }
        // The documentation does not promise a stable sort, so ties are resolved by position.
        positions =
            present.sorted { left, right in
                let (first, second) = order == .ascending ? (left, right) : (right, left)
                if precedes(first, second) { return true }
                if precedes(second, first) { return false }
                return left < right
            } + missing
        hasTies = zip(positions, positions.dropFirst()).contains { left, right in
            values[left] != nil && values[right] != nil && !precedes(left, right) && !precedes(right, left)
        }
    }

    package func diagnostics(_ labels: [String]) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if hasTies {
            notes.append(
                Diagnostic(
                    .note, .tiedOrder, "studies with the same value to be ordered by keep the order of the input"))
        }
        if !missing.isEmpty {
            notes.append(
                Diagnostic(
                    .warning, .tiedOrder, "without a value to be ordered by, and therefore last",
                    studies: missing.map { labels[$0] }))
        }
        return notes
    }
}
