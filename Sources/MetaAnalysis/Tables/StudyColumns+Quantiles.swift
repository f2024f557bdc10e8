// Means that a study reports as medians, standard errors or intervals.
extension StudyColumns {
    /// Returns the table with missing means and standard deviations computed from its other columns.
    ///
    /// This applies to a table with a median of one of two groups (`median1i`), with the standard error of its mean (`se1i`) and no
    /// standard deviation, or, for a measure of one mean, with a median. Rows and their lines are not changed; see `TableConversion`.
    ///
    /// - Returns: the table, and for every row how it was converted or why it was not; no rows if nothing was to be computed.
    func completed(_ table: Table) throws -> (table: Table, rows: [ConvertedTable.Row], faults: [Diagnostic]) {
        guard try !groupsToComplete(table).isEmpty else { return (table, [], []) }
        let conversion = TableConversion(
            .mean, settings: ConversionSettings(method: quantileMethod ?? .luoWanShi, level: intervalLevel),
            assignments: assignments)
        do {
            let converted = try conversion.convert(table)
            return (
                Table(converted, name: table.name), converted.rows,
                converted.diagnostics.filter { $0.code == .studyExcluded }
            )
        } catch let error as MetaAnalysisError where error.code == .missingColumn {
            // The median is of something else, such as the age in a table of events.
            return (table, [], [])
        }
    }

    /// Returns a table without rows that also has the columns that `completed(_:)` can add.
    func completedHeader(_ table: Table) throws -> Table {
        let groups = try groupsToComplete(table)
        guard !groups.isEmpty else { return table }
        let finder = try ColumnFinder(table, assignments: assignments)
        let added = groups.flatMap { group in
            ["mean", "sd"].filter { finder.match(ConversionNames.of($0, group: group)) == nil }
                .map { ConversionNames.output($0, group: group) }
        }
        return Table(name: table.name, columns: table.columns + added, bytes: [], ends: [], rows: [])
    }

    /// Returns the groups of a row that have a median, or a standard error but no standard deviation, if the measure wanted is one of
    /// means.
    private func groupsToComplete(_ table: Table) throws -> [Int?] {
        let finder = try ColumnFinder(table, assignments: assignments)
        let kinds = measure.map { code in
            OutcomeKind.allCases.filter { kind in kind.measures.contains { $0.code == code.uppercased() } }
        }
        var groups: [Int?] = []
        if kinds?.contains(.twoGroupMeans) ?? true { groups += [1, 2] }
        if kinds?.contains(.singleMean) ?? false { groups.append(nil) }
        func has(_ role: String, _ group: Int?) -> Bool {
            finder.match(ConversionNames.of(role, group: group)) != nil
        }
        return groups.filter { group in
            has("median", group) || (group != nil && has("se", group) && has("mean", group) && !has("sd", group))
        }
    }

    /// Returns doubts about these rows, and a note on the studies of every route.
    static func notes(on rows: [ConvertedTable.Row]) -> [Diagnostic] {
        var doubts: [Diagnostic] = []
        var order: [String] = []
        var studies: [String: [String]] = [:]
        for row in rows {
            for (index, record) in row.records.enumerated() {
                guard let record else { continue }
                let group = row.records.count > 1 ? "group \(index + 1): " : ""
                doubts += record.diagnostics.map {
                    Diagnostic($0.severity, $0.code, group + $0.message, studies: [row.label])
                }
                if studies[record.route] == nil { order.append(record.route) }
                if studies[record.route]?.last != row.label { studies[record.route, default: []].append(row.label) }
            }
        }
        return doubts
            + order.map { Diagnostic(.note, .converted, "read by the route: \($0)", studies: studies[$0] ?? []) }
    }
}

extension Table {
    /// Makes a table from a converted one, as if it had been read with every field in quotes.
    init(_ converted: ConvertedTable, name: String) {
        var bytes: [UInt8] = []
        var ends: [UInt32] = []
        var rows: [Row] = []
        for row in converted.rows {
            rows.append(Row(start: bytes.count, firstEnd: ends.count, line: row.line))
            let start = bytes.count
            for cell in row.cells {
                if bytes.count > start { bytes.append(UInt8(ascii: ",")) }
                bytes.append(.quote)
                switch cell {
                case .text(let text):
                    for byte in text.utf8 { bytes += byte == .quote ? [byte, byte] : [byte] }
                case .number(let number): bytes += Array("\(number)".utf8)
                case nil: break
                }
                bytes.append(.quote)
                ends.append(UInt32(bytes.count - start))
            }
        }
        self.init(name: name, columns: converted.columns, bytes: bytes, ends: ends, rows: rows)
    }
}
