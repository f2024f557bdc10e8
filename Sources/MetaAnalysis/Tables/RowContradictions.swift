internal import RealModule

/// Finds contradictions between columns of one row: the columns that are read, and others that repeat the same information.
struct RowContradictions {
    private let table: Table
    /// Columns of events, non-events and total, for each of the two groups that has all three.
    private let groups: [[ColumnFinder.Match]]
    private let variance: ColumnFinder.Match?
    private let error: ColumnFinder.Match?
    private let lower: ColumnFinder.Match?
    private let upper: ColumnFinder.Match?
    private let statistic: ColumnFinder.Match?
    /// A column called z may hold many other things; it is used only if its size matches the test statistic.
    private let vagueStatistic: ColumnFinder.Match?

    init(_ table: Table, _ finder: ColumnFinder) {
        self.table = table
        groups = [[Role.ai, .bi, .n1i], [.ci, .di, .n2i]].map { roles in
            roles.compactMap { finder.match(ColumnNames.of($0, in: .twoByTwo)) }
        }.filter { $0.count == 3 }
        func precision(_ role: Role) -> ColumnFinder.Match? { finder.match(ColumnNames.of(role, in: .reported)) }
        variance = precision(.vi)
        error = precision(.sei)
        lower = precision(.ciLow)
        upper = precision(.ciHigh)
        statistic = finder.match(Self.statistics)
        vagueStatistic = finder.match(["z", "t"])
    }

    // MARK: Counts

    /// Returns a doubt for each group whose events and non-events do not add up to its total, if it has columns for all three.
    func ofCells(_ row: Int) -> [OutcomeDoubt] {
        groups.compactMap { group in
            let cells = group.compactMap { number(row, $0) }
            guard cells.count == 3,
                abs(cells[0].value + cells[1].value - cells[2].value) > 1e-6 * max(1, cells[2].value)
            else { return nil }
            return OutcomeDoubt(.disagreeingCells, cells)
        }
    }

    // MARK: Effects as reported

    /// Returns doubts about a reported effect and its precision.
    ///
    /// - Parameters:
    ///   - row: row of the table.
    ///   - layout: columns that are read.
    ///   - form: form of the estimate, and of an interval that is read.
    func ofEffect(_ row: Int, _ layout: DataColumns.Layout, _ form: ReportedEffect.Form) -> [OutcomeDoubt] {
        guard let estimate = layout.matches.first.flatMap({ number(row, $0) }) else { return [] }
        let (variance, error) = (number(row, variance), number(row, error))
        let (lower, upper) = (number(row, lower), number(row, upper))
        var doubts: [OutcomeDoubt] = []
        if let variance, let error, variance.column != error.column, disagree(row, variance, error) {
            doubts.append(OutcomeDoubt(.disagreeingErrors, [variance, error]))
        }
        let isByInterval = layout.roles.contains(.ciLow)
        if let lower, let upper, lower.value < upper.value {
            if isByInterval, isLopsided(row, estimate, lower, upper, form) {
                doubts.append(OutcomeDoubt(.lopsidedInterval, [estimate, lower, upper]))
            } else if !isByInterval, isOutside(estimate.value, lower.value, upper.value, form) {
                doubts.append(OutcomeDoubt(.outsideInterval, [estimate, lower, upper]))
            }
        }
        if let doubt = oppositeSigns(row, estimate, error?.value ?? variance.map { $0.value.squareRoot() }, form) {
            doubts.append(doubt)
        }
        return doubts
    }

    /// Whether a variance and a standard error differ by more than the rounding of both, and by more than a twentieth.
    private func disagree(_ row: Int, _ variance: Cell, _ error: Cell) -> Bool {
        guard variance.value > 0, error.value > 0 else { return false }
        let halves = (unit(row, variance) / 2, unit(row, error) / 2)
        let (least, greatest) = (max(0, error.value - halves.1), error.value + halves.1)
        return variance.value + halves.0 < 0.95 * least * least
            || variance.value - halves.0 > 1.05 * greatest * greatest
    }

    /// Distance of an estimate from the middle of its interval, as a share of the width, above which it is doubtful. A third of the way to
    /// one bound is 0.17.
    private static let greatestShift = 0.1

    /// Whether the estimate is far from the middle of its interval, on the scale on which such intervals are symmetric. Intervals of
    /// proportions, rates and reliabilities are not judged, because common methods give intervals that are symmetric on no scale.
    private func isLopsided(
        _ row: Int, _ estimate: Cell, _ lower: Cell, _ upper: Cell, _ form: ReportedEffect.Form
    ) -> Bool {
        /// Returns a value on the scale on which the interval is symmetric; an efficacy may be a percentage.
        func scaled(_ value: Double) -> Double {
            switch form {
            case .analysis, .proportion, .rate, .reliability: value
            case .ratio: .log(value)
            case .correlation: .atanh(value)
            case .efficacy: .log((upper.value > 1 ? 100 : 1) - value)
            }
        }
        switch form {
        case .proportion, .rate, .reliability: return false
        case .analysis, .ratio, .correlation, .efficacy: break
        }
        /// Returns the largest shift that rounding of the printed number can cause.
        func moved(_ cell: Cell) -> Double {
            let half = unit(row, cell) / 2
            let (least, greatest) = (scaled(cell.value - half), scaled(cell.value + half))
            let moved = max(abs(greatest - scaled(cell.value)), abs(scaled(cell.value) - least))
            return moved.isFinite ? moved : .infinity
        }
        let width = abs(scaled(upper.value) - scaled(lower.value))
        let shift = abs(scaled(estimate.value) - (scaled(lower.value) / 2 + scaled(upper.value) / 2))
        let rounding = moved(estimate) + moved(lower) / 2 + moved(upper) / 2
        return width.isFinite && width > 0 && shift - rounding > Self.greatestShift * width
    }

    /// Whether an interval that is not read excludes the estimate, whichever scale it is on.
    private func isOutside(_ estimate: Double, _ lower: Double, _ upper: Double, _ form: ReportedEffect.Form) -> Bool {
        let slack = 0.01 * (upper - lower)
        func holds(_ value: Double) -> Bool { value >= lower - slack && value <= upper + slack }
        if holds(estimate) { return false }
        if form == .ratio { return !(estimate > 0 && holds(.log(estimate))) }
        return !(lower > 0 && holds(.exp(estimate)))
    }

    private func oppositeSigns(
        _ row: Int, _ estimate: Cell, _ error: Double?, _ form: ReportedEffect.Form
    ) -> OutcomeDoubt? {
        let value = form == .ratio ? .log(estimate.value) : estimate.value
        guard [.analysis, .ratio, .correlation].contains(form), value != 0, value.isFinite else { return nil }
        func opposite(_ match: ColumnFinder.Match?) -> Cell? {
            number(row, match).flatMap { $0.column != estimate.column && $0.value * value < 0 ? $0 : nil }
        }
        if let found = opposite(statistic) { return OutcomeDoubt(.oppositeSigns, [estimate, found]) }
        guard let found = opposite(vagueStatistic), let error, error > 0,
            abs(abs(value / error) / abs(found.value) - 1) < 0.2
        else { return nil }
        return OutcomeDoubt(.oppositeSigns, [estimate, found])
    }

    private static let statistics = [
        "zval", "z_value", "zvalue", "z_score", "z_statistic", "zstat", "z_stat", "tval", "t_value", "tvalue",
        "t_statistic",
        "tstat", "t_stat",
    ]

    // MARK: Fields

    /// A number with its column.
    fileprivate struct Cell {
        var column: Int
        var name: String
        var value: Double
    }

    private func number(_ row: Int, _ match: ColumnFinder.Match?) -> Cell? {
        guard let column = match?.column, let value = try? table.number(row: row, column: column), value.isFinite else {
            return nil
        }
        return Cell(column: column, name: table.columns[column], value: value)
    }

    /// Returns one unit of the last printed digit: 0.01 for 0.50, and 1 for 12.
    private func unit(_ row: Int, _ cell: Cell) -> Double {
        let text = table.rawText(row: row, column: cell.column).lowercased()
        let parts = text.split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        guard let mantissa = parts.first, let point = mantissa.lastIndex(where: { $0 == "." || $0 == "," }) else {
            return .pow(10, exponent)
        }
        let decimals = mantissa[mantissa.index(after: point)...].count(where: \.isNumber)
        return .pow(10, exponent - decimals)
    }
}

extension OutcomeDoubt {
    fileprivate init(_ kind: Kind, _ cells: [RowContradictions.Cell]) {
        self.init(kind)
        values = cells.map { Value($0.name, $0.value) }
    }
}
