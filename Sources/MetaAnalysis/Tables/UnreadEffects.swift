/// Finds columns that look like an effect with its variance or standard error ("d" and "d_var") but are not read.
enum UnreadEffects {
    /// Returns a note on these columns.
    ///
    /// - Parameters:
    ///   - table: the table.
    ///   - finder: finds its columns by role.
    ///   - read: columns that may hold data.
    static func notes(_ table: Table, _ finder: ColumnFinder, read: Set<Int>) -> [Diagnostic] {
        let names = table.columns.map(ColumnNames.folded)
        let free = names.indices.filter { !read.contains($0) }
        let positions = Dictionary(free.map { (names[$0], $0) }, uniquingKeysWith: { first, _ in first })
        let found = free.compactMap { column -> String? in
            let name = names[column]
            // The standard error of a mean is not that of an effect.
            guard !name.contains("mean"), !name.isEmpty else { return nil }
            for (role, marks) in [("vi", ["var", "v", "variance"]), ("sei", ["se", "stderr", "sd_err"])] {
                for mark in marks {
                    guard let other = positions["\(name)_\(mark)"] ?? positions["\(mark)_\(name)"],
                        hasNumbers(table, column, other)
                    else { continue }
                    let (effect, error) = (table.columns[column], table.columns[other])
                    return
                        "\(quoted(effect)) and \(quoted(error)) (--columns yi=\(inOneLine(effect)),\(role)=\(inOneLine(error)) --measure GEN)"
                }
            }
            return nil
        }
        guard !found.isEmpty else { return [] }
        return [
            Diagnostic(
                .note, .defaultChosen,
                "columns that look like an effect and its precision are not read: "
                    + found.prefix(3).joined(separator: ", "))
        ]
    }

    private static func hasNumbers(_ table: Table, _ first: Int, _ second: Int) -> Bool {
        (0..<table.rowCount).contains { row in
            let numbers = [first, second].compactMap { try? table.number(row: row, column: $0) }
            return numbers.count == 2
        }
    }
}
