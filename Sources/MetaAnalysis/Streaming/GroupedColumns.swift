/// The columns of a file that give the effects of groups of studies; each group is an analysis of its own.
struct GroupedColumns {
    /// The positions, among the numbers that are read, of the numbers of a reported effect.
    struct Layout {
        var form: ReportedEffect.Form
        var estimate: Int
        var precision: Precision

        enum Precision {
            case variance(Int)
            case standardError(Int)
            case interval(Int, Int)
        }
    }

    /// Column that names the groups.
    let group: Int
    /// Column that names the studies; `nil` if it is the column of groups or there is none.
    let label: Int?
    let kind: OutcomeKind
    /// Code of the measure.
    let measure: String
    /// Code of the measure that was requested or that a column states; `nil` for the default of the kind of data.
    let wanted: String?
    /// Columns of the numbers of reported effects; empty if the rows are read as tables.
    private(set) var numbers: [Int] = []
    /// Layouts in order of preference; empty if the rows are read as tables.
    private(set) var layouts: [Layout] = []
    /// Whether confidence intervals are among the numbers that are read.
    let readsIntervals: Bool

    init(_ table: Table, by grouping: String, _ settings: StudyColumns) throws {
        try StudyColumns.check(intervalLevel: settings.intervalLevel)
        let table = try settings.completedHeader(table)
        let finder = try ColumnFinder(table, assignments: settings.assignments)
        if let column = table.column(named: grouping) {
            group = column
        } else if grouping.lowercased() == "group", let column = finder.structure("group") {
            group = column
        } else {
            group = try table.requireColumn(grouping)
        }
        label = finder.structure("study").flatMap { [group] in $0 == group ? nil : $0 }
        let effects = settings.measure.flatMap { KindDetection.reportedEffects(of: $0, finder) }
        var data: DataColumns
        var implied: String?
        do {
            data = try KindDetection(table, finder: finder, measure: settings.measure, orEffects: effects)
                .chooseByColumns()
        } catch let error as MetaAnalysisError where error.code == .missingColumn && settings.measure == nil {
            guard let code = KindDetection.impliedMeasure(finder)?.code else { throw error }
            implied = code
            data = try KindDetection(
                table, finder: finder, measure: code, orEffects: KindDetection.reportedEffects(of: code, finder)
            ).chooseByColumns()
        }
        wanted = settings.measure ?? implied
        try ScaleOfColumns.check(data.layouts, rows: [], in: table, measure: wanted)
        kind = data.kind
        measure = wanted?.uppercased() ?? data.kind.defaultMeasure
        readsIntervals = data.layouts.contains { $0.roles.contains(.ciLow) }
        // Only the reader of tables distinguishes several outcomes in a file.
        let outcome = finder.structure("outcome")
        guard ReportedEffect.Measure(rawValue: measure) != nil, kind == .reported, outcome == nil || outcome == group
        else { return }
        let direct = data.layouts.compactMap { layout in Self.direct(ReportedLayout.all[layout.index], layout.matches) }
        // All rows are read as tables if some have another form.
        guard direct.count == data.layouts.count else { return }
        for (columns, make) in direct {
            let slots = columns.map { column in
                if let known = numbers.firstIndex(of: column) { return known }
                numbers.append(column)
                return numbers.count - 1
            }
            layouts.append(make(slots))
        }
    }

    /// Returns how the numbers of these columns are read without a table; `nil` if the form needs one.
    private static func direct(
        _ layout: ReportedLayout, _ matches: [ColumnFinder.Match]
    ) -> (columns: [Int], make: ([Int]) -> Layout)? {
        switch layout.form {
        case .analysis, .ratio: break
        case .proportion, .rate, .correlation, .reliability, .efficacy: return nil
        }
        let form = layout.form
        let make: (([Int]) -> Layout)? =
            switch layout.precision {
            case .variance: { Layout(form: form, estimate: $0[0], precision: .variance($0[1])) }
            case .standardError: { Layout(form: form, estimate: $0[0], precision: .standardError($0[1])) }
            case .interval: { Layout(form: form, estimate: $0[0], precision: .interval($0[1], $0[2])) }
            case .pValue: nil
            }
        return make.map { (matches.map(\.column), $0) }
    }
}

extension GroupedColumns.Layout {
    /// Returns the effect that a row reports in this layout; `nil` if a number is missing.
    func outcome(_ numbers: UnsafePointer<Double>, level: Double) -> ReportedEffect? {
        let found: (precision: ReportedLayout.Precision, first: Double, second: Double) =
            switch precision {
            case .variance(let slot): (.variance, numbers[slot], 0)
            case .standardError(let slot): (.standardError, numbers[slot], 0)
            case .interval(let lower, let upper): (.interval, numbers[lower], numbers[upper])
            }
        guard !numbers[estimate].isNaN, !found.first.isNaN, !found.second.isNaN else { return nil }
        return ReportedLayout(form: form, precision: found.precision)
            .effect(numbers[estimate], found.first, found.second, level: level)
    }

    /// Returns the position of the number with the role of its column.
    func slot(of role: String) -> Int? {
        switch (Role(rawValue: role), precision) {
        case (.yi, _), (.ratio, _): estimate
        case (.vi, .variance(let slot)), (.sei, .standardError(let slot)), (.ciLow, .interval(let slot, _)),
            (.ciHigh, .interval(_, let slot)):
            slot
        default: nil
        }
    }
}
