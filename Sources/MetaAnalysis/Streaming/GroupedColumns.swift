/// Which columns of a file give the effects of groups of studies, each group an analysis of its own.
struct GroupedColumns {
    /// Where a row that reports an effect has it; positions among the numbers that are read.
    struct Layout {
        /// Whether the estimate is a ratio itself.
        var isRatio: Bool
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
    let kind: OutcomeKind
    /// Code of the measure.
    let measure: String
    /// Columns of the numbers of reported effects; empty when the rows are to be read as tables.
    private(set) var numbers: [Int] = []
    /// In the order of preference; empty when the rows are to be read as tables.
    private(set) var layouts: [Layout] = []
    /// Whether confidence intervals are among what is read.
    let readsIntervals: Bool

    init(_ table: Table, by wanted: String, _ settings: StudyColumns) throws {
        try StudyColumns.check(intervalLevel: settings.intervalLevel)
        let table = try settings.completedHeader(table)
        let finder = try ColumnFinder(table, assignments: settings.assignments)
        if let column = table.column(named: wanted) {
            group = column
        } else if wanted.lowercased() == "group", let column = finder.structure("group") {
            group = column
        } else {
            group = try table.requireColumn(wanted)
        }
        let effects = settings.measure.flatMap { KindDetection.reportedEffects(of: $0, finder) }
        let data = try KindDetection(table, finder: finder, measure: settings.measure, orEffects: effects)
            .chooseByColumns()
        kind = data.kind
        measure = settings.measure?.uppercased() ?? data.kind.defaultMeasure
        readsIntervals = data.layouts.contains { $0.roles.contains(.ciLow) }
        // Several outcomes in a file are told apart by the reader of tables.
        let outcome = finder.structure("outcome")
        guard ReportedEffect.Measure(rawValue: measure) != nil, kind == .reported, outcome == nil || outcome == group
        else { return }
        layouts = data.layouts.map { layout in
            let slots = layout.matches.map { match in
                if let known = numbers.firstIndex(of: match.column) { return known }
                numbers.append(match.column)
                return numbers.count - 1
            }
            let form = ReportedLayout.all[layout.index]
            let precision: Layout.Precision =
                switch form.precision {
                case .variance: .variance(slots[1])
                case .standardError: .standardError(slots[1])
                case .interval: .interval(slots[1], slots[2])
                }
            return Layout(isRatio: form.isRatio, estimate: slots[0], precision: precision)
        }
    }
}

extension GroupedColumns.Layout {
    /// The effect that a row reports in this way; `nil` when a number is missing.
    func outcome(_ numbers: UnsafePointer<Double>, level: Double) -> ReportedEffect? {
        let form: (precision: ReportedLayout.Precision, first: Double, second: Double) =
            switch precision {
            case .variance(let slot): (.variance, numbers[slot], 0)
            case .standardError(let slot): (.standardError, numbers[slot], 0)
            case .interval(let lower, let upper): (.interval, numbers[lower], numbers[upper])
            }
        guard !numbers[estimate].isNaN, !form.first.isNaN, !form.second.isNaN else { return nil }
        return ReportedLayout(isRatio: isRatio, precision: form.precision)
            .effect(numbers[estimate], form.first, form.second, level: level)
    }

    /// Position of the number by the role of its column.
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
