extension Moderators {
    /// Reads columns of the table that effects were read from, one row for each effect.
    ///
    /// ```swift
    /// let data = try StudyColumns().read(table)[0]
    /// let effects = try data.studies.effectSizes(measureCode: "MD")
    /// let moderators = try Moderators(table, columns: ["dose", "setting"], of: effects)
    /// let fit = try MetaRegression(terms: [.number("dose"), .factor("setting")]).fit(effects, moderators: moderators)
    /// ```
    ///
    /// Effects and rows are matched by `EffectSize.row`, so that studies without an effect do not shift the values. A column
    /// becomes numbers if all its fields are numbers or missing, and texts otherwise. k effects, n rows: O(n + k) for each
    /// column.
    ///
    /// - Throws: `MetaAnalysisError`: `.missingColumn`, or `.invalidSetting` for an effect that was not read from the table.
    public init(_ table: Table, columns names: [String], of effects: EffectSizes) throws {
        let rows = try table.rows(of: effects)
        self.init(count: effects.count)
        for name in names where self[name] == nil {
            let column = try table.requireColumn(name)
            let numbers = try? rows.map { try table.number(row: $0, column: column) }
            self[name] =
                numbers.map { .numbers($0) } ?? .texts(rows.map { table.text(row: $0, column: column) })
        }
    }

    /// Reads the columns that terms of a regression use, as numbers if a term needs them and as texts otherwise.
    ///
    /// - Throws: `MetaAnalysisError`: `.missingColumn`, `.malformedTable` for a field that is not a number where one is needed,
    ///   or `.invalidSetting` for an effect that was not read from the table.
    public init(_ table: Table, for terms: [ModelTerm], of effects: EffectSizes) throws {
        let rows = try table.rows(of: effects)
        let numbers = Set(terms.flatMap(\.numbers))
        self.init(count: effects.count)
        for name in terms.flatMap(\.moderators) where self[name] == nil {
            let column = try table.requireColumn(name)
            self[name] =
                numbers.contains(name)
                ? .numbers(try table.moderator(column, of: rows))
                : .texts(rows.map { table.text(row: $0, column: column) })
        }
    }
}

extension EffectSizes {
    /// Sets the cluster of every effect from a column of the table that the effects were read from.
    ///
    /// - Throws: `MetaAnalysisError`: `.missingColumn`, or `.invalidSetting` for an effect that was not read from the table.
    public mutating func setClusters(from table: Table, column name: String) throws {
        let column = try table.requireColumn(name)
        for (index, row) in try table.rows(of: self).enumerated() {
            effects[index].cluster = table.text(row: row, column: column)
        }
    }
}

extension Table {
    /// Finds the position of the row that each effect was read from.
    fileprivate func rows(of effects: EffectSizes) throws -> [Int] {
        let positions = Dictionary(
            (0..<rowCount).map { (line(ofRow: $0), $0) }, uniquingKeysWith: { first, _ in first })
        return try effects.effects.map { effect in
            guard let line = effect.row, let position = positions[line] else {
                let place = effect.row.map { "line \($0), which the table does not have" } ?? "no line of a table"
                throw MetaAnalysisError(
                    .invalidSetting, "the effect was read from \(place)",
                    remedy: "take the table that the effects were read from, or fill Moderators(count:) in their order",
                    location: MetaAnalysisError.Location(file: name, study: effect.label))
            }
            return position
        }
    }

    /// Reads the numbers of some rows of a column. If the column has no number at all, the error suggests a factor.
    fileprivate func moderator(_ column: Int, of rows: [Int]) throws -> [Double?] {
        do {
            return try rows.map { try number(row: $0, column: column) }
        } catch var error as MetaAnalysisError {
            let hasNumber = rows.contains { row in ((try? number(row: row, column: column)) ?? nil) != nil }
            if !hasNumber { error.remedy = "write factor(\(columns[column])) for levels, or numbers in the column" }
            throw error
        }
    }
}

extension ModelTerm {
    /// Properties that the term uses as numbers.
    fileprivate var numbers: [String] {
        switch self {
        case .number(let column, _): [column]
        case .factor: []
        case .interaction(let terms): terms.flatMap(\.numbers)
        }
    }
}
