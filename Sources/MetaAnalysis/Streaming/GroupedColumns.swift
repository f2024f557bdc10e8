/// Which columns of a file give the effects of groups of studies, each group an analysis of its own.
struct GroupedColumns {
    /// Where a row that reports an effect has it; positions among the numbers that are read.
    struct Layout {
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
    /// Column that names the studies, where it is another one.
    let label: Int?
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
        label = finder.structure("study").flatMap { [group] in $0 == group ? nil : $0 }
        let effects = settings.measure.flatMap { KindDetection.reportedEffects(of: $0, finder) }
        let data = try KindDetection(table, finder: finder, measure: settings.measure, orEffects: effects)
            .chooseByColumns()
        kind = data.kind
        measure = settings.measure?.uppercased() ?? data.kind.defaultMeasure
        readsIntervals = data.layouts.contains { $0.roles.contains("ci_low") }
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
            let precision: Layout.Precision =
                switch layout.roles {
                case ["yi", "vi"]: .variance(slots[1])
                case ["yi", "sei"]: .standardError(slots[1])
                default: .interval(slots[1], slots[2])
                }
            return Layout(estimate: slots[0], precision: precision)
        }
    }
}

extension GroupedColumns.Layout {
    /// The effect that a row reports in this way; `nil` when a number is missing.
    func outcome(_ numbers: UnsafePointer<Double>, level: Double) -> ReportedEffect? {
        let estimate = numbers[estimate]
        switch precision {
        case .variance(let slot):
            guard !estimate.isNaN, !numbers[slot].isNaN else { return nil }
            return ReportedEffect(estimate: estimate, precision: .variance(numbers[slot]))
        case .standardError(let slot):
            guard !estimate.isNaN, !numbers[slot].isNaN else { return nil }
            return ReportedEffect(estimate: estimate, precision: .standardError(numbers[slot]))
        case .interval(let lower, let upper):
            guard !estimate.isNaN, !numbers[lower].isNaN, !numbers[upper].isNaN else { return nil }
            return ReportedEffect(
                estimate: estimate,
                precision: .interval(lower: numbers[lower], upper: numbers[upper], level: level))
        }
    }

    /// Positions of the numbers by the role of their column.
    func slot(of role: String) -> Int? {
        switch (role, precision) {
        case ("yi", _): estimate
        case ("vi", .variance(let slot)), ("sei", .standardError(let slot)), ("ci_low", .interval(let slot, _)),
            ("ci_high", .interval(_, let slot)):
            slot
        default: nil
        }
    }
}
