/// Conversion of every row of a table, with the results in columns of the same table so that an analysis can read them.
///
/// For a mean and standard deviation, a row may hold one group (`q1 median q3 n`) or two (`q1_1i median1i q3_1i n1i` and the same for 2,
/// like `m1i sd1i n1i`). Values that the table already has are kept, and only missing ones are filled in. `ConvertedTable.Row.route` shows
/// how each row was read. A row that lacks the numbers for every route is not changed, and a diagnostic names it.
public struct TableConversion: Hashable, Sendable, Codable {
    /// Kind of the conversion.
    public var kind: ConversionKind
    /// Method, level and other choices of the conversion.
    public var settings: ConversionSettings
    /// Columns by role, for columns whose names do not show their role. An empty column name switches the role off.
    public var assignments: [String: String]

    /// Makes a conversion of this kind; by default, columns are found by their names.
    public init(
        _ kind: ConversionKind, settings: ConversionSettings = ConversionSettings(), assignments: [String: String] = [:]
    ) {
        self.kind = kind
        self.settings = settings
        self.assignments = assignments
    }

    /// Converts every row. O(rows × columns).
    ///
    /// - Throws: `MetaAnalysisError` with file, line and column: `.malformedTable` for text in place of a number, `.invalidOutcome` for
    ///   numbers that no study can have, `.missingColumn` if the table lacks columns for every route, `.invalidSetting` for an unknown
    ///   role.
    public func convert(_ table: Table) throws -> ConvertedTable {
        let finder = try ColumnFinder(table, assignments: assignments, further: ConversionNames.known)
        let groups = try groups(of: table, finder)
        var result = ConvertedTable(
            kind: kind, columns: table.columns, added: [], rows: [], diagnostics: [], groupCount: groups.count)
        let label = finder.structure("study")
        var places: [String: Int] = [:]
        for row in 0..<table.rowCount {
            let line = table.line(ofRow: row)
            let name = label.flatMap { table.text(row: row, column: $0) } ?? "row \(line)"
            var converted = ConvertedTable.Row(
                label: name, line: line,
                cells: table.columns.indices.map { table.text(row: row, column: $0).map(ConvertedTable.Cell.text) },
                records: [])
            for group in groups {
                var record = try record(of: group, row: row, name: name, in: table, &result.diagnostics)
                for (index, value) in (record?.values ?? []).enumerated() {
                    let place = self.place(of: value.name, group, table, finder, &places, &result)
                    while converted.cells.count <= place { converted.cells.append(nil) }
                    converted.cells[place] = converted.cells[place] ?? .number(value.value)
                    record?.values[index].name = ConversionNames.output(value.name, group: group.number)
                }
                converted.records.append(record)
            }
            result.rows.append(converted)
        }
        let width = result.columns.count
        for index in result.rows.indices {
            while result.rows[index].cells.count < width { result.rows[index].cells.append(nil) }
        }
        return result
    }

    /// The columns of one group of a row, by role.
    private struct Group {
        var number: Int?
        var columns: [String: Int]
    }

    private func groups(of table: Table, _ finder: ColumnFinder) throws -> [Group] {
        let numbers: [Int?] = kind.hasGroups ? [nil, 1, 2] : [nil]
        let all = numbers.map { number in
            var columns: [String: Int] = [:]
            for role in kind.allRoles {
                columns[role] = finder.match(ConversionNames.of(role, group: number))?.column
            }
            return Group(number: number, columns: columns)
        }
        let complete = all.filter { group in
            var roles = Set(group.columns.keys)
            if roles.isSuperset(of: ["m1i", "m2i"]) { roles.insert("difference") }
            return kind.routes.contains { roles.isSuperset(of: $0.roles) }
        }
        guard complete.isEmpty else {
            // If a row has two groups, a third group without a number is ignored.
            let two = complete.filter { $0.number != nil }
            return two.isEmpty ? complete : two
        }
        let found = all.map { $0.columns.keys.sorted() }.max { $0.count < $1.count } ?? []
        throw MetaAnalysisError(
            .missingColumn,
            "the columns for \(kind.title) are not there"
                + (found.isEmpty ? "" : ", only those for " + found.joined(separator: ", ")),
            remedy: "it takes \(kind.needs); the columns are \(table.columnList)", location: table.location())
    }

    private func record(
        of group: Group, row: Int, name: String, in table: Table, _ diagnostics: inout [Diagnostic]
    ) throws -> ConversionRecord? {
        var values: [String: Double] = [:]
        for (role, column) in group.columns { values[role] = try table.number(row: row, column: column) }
        let place = group.number.map { "group \($0): " } ?? ""
        do {
            guard let record = try kind.convert(ConversionInputs(values), settings: settings) else {
                let lacking = group.columns.filter { values[$0.key] == nil }.map { table.columns[$0.value] }.sorted()
                diagnostics.append(
                    Diagnostic(
                        .warning, .studyExcluded,
                        "\(place)not converted: missing \(lacking.joined(separator: ", "))", studies: [name]))
                return nil
            }
            diagnostics += record.diagnostics.map { diagnostic in
                Diagnostic(diagnostic.severity, diagnostic.code, place + diagnostic.message, studies: [name])
            }
            return record
        } catch var error as MetaAnalysisError {
            if error.code == .notEstimable {
                diagnostics.append(
                    Diagnostic(.warning, .studyExcluded, "\(place)not converted: \(error.message)", studies: [name]))
                return nil
            }
            let column = error.location.column.flatMap { group.columns[$0] }
            error.location = MetaAnalysisError.Location(
                file: table.name, row: table.line(ofRow: row), column: column.map { table.columns[$0] }, study: name)
            throw error
        }
    }

    /// Returns the column of a value: an existing one, or a new one at the end.
    private func place(
        of output: String, _ group: Group, _ table: Table, _ finder: ColumnFinder, _ places: inout [String: Int],
        _ result: inout ConvertedTable
    ) -> Int {
        let name = ConversionNames.output(output, group: group.number)
        if let place = places[name] { return place }
        let existing =
            kind.fillsColumns
            ? finder.match(ConversionNames.of(output, group: group.number))?.column : table.column(named: name)
        let place = existing ?? result.columns.count
        if existing == nil {
            result.columns.append(name)
            result.added.append(name)
        }
        places[name] = place
        return place
    }
}
