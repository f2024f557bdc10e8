/// Determines which kinds of data the columns of a table can hold, and which of them the rows of an outcome hold.
struct KindDetection {
    /// Kinds whose columns are present, the most specific first.
    private let candidates: [Candidate]
    private let table: Table
    private let isRequested: Bool

    /// All columns that may hold data.
    var columns: Set<Int> { candidates.reduce(into: []) { $0.formUnion($1.columns) } }

    private struct Candidate {
        var data: DataColumns
        /// Number of roles to which the caller assigned a column.
        var assignedRoles: Int

        var columns: Set<Int> { Set(data.layouts.flatMap { $0.matches.map(\.column) }) }
    }

    /// Kinds in order of preference if several fit a table equally well. A kind that needs more columns, and columns with more specific
    /// names, comes first.
    static let precedence: [OutcomeKind] = [
        .twoGroupMeans, .pairedMeans, .twoByTwo, .twoGroupRates, .pairedTable, .pairedMargins, .reliability, .genotypes,
        .singleMean, .rate, .proportion, .correlation, .partialCorrelation, .determination, .superiority, .logRank,
        .reported,
    ]

    /// Determines the kinds that the columns can hold.
    ///
    /// - Parameters:
    ///   - table: the table.
    ///   - finder: finds its columns by role.
    ///   - measure: code of the measure wanted; `nil` for any.
    ///   - kinds: kinds to look for; `nil` means those of the measure, or all kinds.
    ///   - effects: columns of effects that rows may report instead of their data. They are used alone if no kind has its columns.
    ///     Otherwise, rows that hold them are not a kind of their own.
    /// - Throws: `MetaAnalysisError`: `.missingColumn` if no kind has all its columns, naming what the nearest kind lacks;
    ///   `.unsupportedCombination` for a measure that does not exist.
    init(
        _ table: Table, finder: ColumnFinder, measure: String?, among kinds: [OutcomeKind]? = nil,
        orEffects effects: DataColumns? = nil
    ) throws {
        self.table = table
        isRequested = measure != nil
        // Without a measure, an empty column is ignored.
        let finder = measure == nil && kinds == nil ? finder.withoutEmptyColumns(of: table) : finder
        let kinds = try kinds ?? measure.map(Self.kinds(of:)) ?? Self.precedence
        var found = kinds.compactMap { kind -> Candidate? in
            let layouts = Self.layouts(of: kind, finder, for: measure)
            let complete = layouts.filter { $0.lacking.isEmpty }
            guard !complete.isEmpty else { return nil }
            let assigned = Set(complete.flatMap(\.roles)).filter { finder.isAssigned(ColumnNames.of($0, in: kind)) }
            let data = DataColumns(
                kind: kind, layouts: complete.map { .init(index: $0.index, roles: $0.roles, matches: $0.matches) })
            return Candidate(data: data, assignedRoles: assigned.count)
        }
        if measure == nil { found = Self.likely(found, in: table) }
        if let effects {
            let others = found.filter { $0.data.kind != .reported }
            candidates = !others.isEmpty ? others : found.isEmpty ? [Candidate(data: effects, assignedRoles: 0)] : found
        } else {
            candidates = found
        }
        if candidates.isEmpty {
            throw Self.nothingFits(
                table,
                kinds.flatMap { kind in
                    let named = kind.isTakenByMeasureOnly ? measure : measure ?? kind.defaultMeasure
                    return Self.layouts(of: kind, finder, for: named).map { (kind, $0) }
                }, finder, measure: measure)
        }
    }

    /// Returns the kinds without those that the columns fit by chance: a proportion and a size beside other data, and numbers of events
    /// under a name of correlations.
    private static func likely(_ found: [Candidate], in table: Table) -> [Candidate] {
        let possible = found.filter { candidate in
            guard candidate.data.kind == .correlation, let match = candidate.data.layouts[0].matches.first,
                match.name == "r"
            else { return true }
            let numbers = (0..<table.rowCount).compactMap { try? table.number(row: $0, column: match.column) }
            return numbers.isEmpty || 2 * numbers.count { abs($0) > 1 } < numbers.count
        }
        let certain = possible.filter { candidate in
            candidate.data.kind != .proportion || candidate.data.layouts.contains { $0.roles.contains(.xi) }
        }
        return certain.isEmpty ? possible : certain
    }

    /// Returns the kind that these rows hold, with notes on what else they could be.
    ///
    /// Kinds without complete rows are not considered. A kind to whose roles the caller assigned more columns is preferred, then the kind
    /// with more complete rows.
    func choose(rows: [Int], outcome: String?) -> (data: DataColumns, notes: [Diagnostic]) {
        let counts = candidates.map { candidate in
            rows.count { candidate.data.isComplete(row: $0, in: table) && !candidate.data.isBlank(row: $0, in: table) }
        }
        // A kind whose columns are part of another kind's is not a kind of its own: means at two times include a correlation.
        let isPart = candidates.indices.map { part in
            candidates.indices.contains { whole in
                whole != part && counts[whole] > 0
                    && candidates[whole].columns.isStrictSuperset(of: candidates[part].columns)
            }
        }
        func rank(_ index: Int) -> (Int, Int) {
            counts[index] == 0 || isPart[index] ? (-1, 0) : (candidates[index].assignedRoles, counts[index])
        }
        var best = candidates.startIndex
        for index in candidates.indices.dropFirst() {
            if rank(index) > rank(best) { best = index }
        }
        let data = candidates[best].data
        var notes = rivalNotes(data)
        let others = candidates.indices.filter { $0 != best && counts[$0] > 0 && !isPart[$0] }
        if !others.isEmpty {
            func share(_ index: Int) -> String {
                "\(candidates[index].data.kind.title) (\(counts[index]) of \(rows.count) rows)"
            }
            let subject = outcome.map { "the outcome \(quoted($0)) is" } ?? "the data are"
            let wayOut =
                others.contains { candidates[$0].data.kind != .reported }
                ? "ask for one of its measures to take that"
                : "ask for a measure to take such rows beside the data, or for GEN to take them alone"
            notes.insert(
                Diagnostic(
                    .note, .defaultChosen,
                    "\(subject) read as \(share(best)); there is also \(others.map(share).joined(separator: ", ")): "
                        + wayOut),
                at: 0)
        }
        return (data, notes)
    }

    /// Returns the columns of reported effects of a measure, beside the data it is computed from; `nil` if there are none.
    static func reportedEffects(of measure: String, _ finder: ColumnFinder) -> DataColumns? {
        guard measure.uppercased() != ReportedEffect.Measure.generic.rawValue, MeasureDescription.find(measure) != nil
        else { return nil }
        let complete = layouts(of: .reported, finder, for: measure).filter { $0.lacking.isEmpty }
        guard !complete.isEmpty else { return nil }
        return DataColumns(
            kind: .reported,
            layouts: complete.map { layout in
                let isExplicit =
                    ReportedLayout.all[layout.index].form != .analysis
                    || ColumnNames.saysMeasure(layout.matches[0].name) || finder.isAssigned(["yi"])
                return .init(
                    index: layout.index, roles: layout.roles, matches: layout.matches, isExplicit: isExplicit)
            })
    }

    /// Returns the measure of effects that are not transformed if the name of their column shows it (`or` with `ci_low ci_high`); `nil` if
    /// no column or several columns do.
    static func impliedMeasure(_ finder: ColumnFinder) -> (code: String, column: Int)? {
        let forms: [(code: String, form: ReportedEffect.Form)] =
            ["OR", "RR", "HR", "IRR", "ROM"].map { ($0, .ratio) }
            + [("PLO", .proportion), ("ZCOR", .correlation), ("VE", .efficacy)]
        let found = forms.compactMap { code, form -> (code: String, column: Int)? in
            reportedEffects(of: code, finder)?.layouts.first {
                ReportedLayout.all[$0.index].form == form && $0.matches[0].name != Role.ratio.rawValue
                    && ColumnNames.of(form.role, in: .reported).contains($0.matches[0].name)
            }.map { (code, $0.matches[0].column) }
        }
        return found.count == 1 ? found[0] : nil
    }

    /// Returns the kind that the columns alone determine, for a file whose rows are not available together.
    ///
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`) if the columns hold several kinds.
    func chooseByColumns() throws -> DataColumns {
        let whole = candidates.filter { part in
            !candidates.contains { $0.columns.isStrictSuperset(of: part.columns) }
        }
        let most = whole.map(\.assignedRoles).max() ?? 0
        let fitting = whole.filter { $0.assignedRoles == most }
        // Of kinds with the same columns the first is used, as for rows that are complete in both.
        let distinct = fitting.enumerated().filter { index, kind in
            !fitting[..<index].contains { $0.columns == kind.columns }
        }.map(\.element)
        guard let first = distinct.first, distinct.count == 1 else {
            let kinds = distinct.map { "\($0.data.kind.title) (\($0.data.kind.defaultMeasure))" }
            throw MetaAnalysisError(
                .unsupportedCombination, "the columns hold \(kinds.joined(separator: " and "))",
                remedy: "ask for the measure of one of them", location: table.location())
        }
        return first.data
    }

    private func rivalNotes(_ data: DataColumns) -> [Diagnostic] {
        var seen: Set<Role> = []
        return data.layouts.flatMap { zip($0.roles, $0.matches) }.compactMap { role, match in
            guard !match.rivals.isEmpty, seen.insert(role).inserted else { return nil }
            let rivals = match.rivals.map { quoted(table.columns[$0]) }.joined(separator: ", ")
            return Diagnostic(
                .note, .defaultChosen,
                "\(role.rawValue) is read from the column \(quoted(table.columns[match.column])); \(rivals) would fit as well"
            )
        }
    }
}

extension KindDetection {
    /// A set of roles with the columns that were found for them.
    private struct PartialLayout {
        var index: Int
        var roles: [Role]
        var matches: [ColumnFinder.Match]
        var lacking: [Role]
        var found: [(role: Role, column: Int)]
    }

    private static func kinds(of measure: String) throws -> [OutcomeKind] {
        let code = measure.uppercased()
        let kinds = precedence.filter { kind in kind.measures.contains { $0.code == code } }
        guard kinds.isEmpty else { return kinds }
        throw MetaAnalysisError(
            .unsupportedCombination, "there is no measure \(quoted(measure))",
            remedy: "take one of " + MeasureDescription.codes.joined(separator: ", "))
    }

    private static func layouts(
        of kind: OutcomeKind, _ finder: ColumnFinder, for measure: String?
    ) -> [PartialLayout] {
        let wanted: [[Role]] =
            if kind == .reported {
                MeasureDescription.find(measure ?? kind.defaultMeasure)?.reportedRoles ?? kind.roles
            } else {
                kind.measures.first { $0.code == (measure ?? kind.defaultMeasure).uppercased() }?.layouts ?? kind.roles
            }
        return kind.roles.enumerated().filter { wanted.contains($0.element) }.map { index, roles in
            var layout = PartialLayout(index: index, roles: roles, matches: [], lacking: [], found: [])
            for role in roles {
                if let match = finder.match(names(of: role, in: kind, for: measure)) {
                    layout.matches.append(match)
                    layout.found.append((role, match.column))
                } else {
                    layout.lacking.append(role)
                }
            }
            return layout
        }
    }

    /// Returns the names of a role, as far as the measure wanted determines what a column holds.
    private static func names(of role: Role, in kind: OutcomeKind, for measure: String?) -> [String] {
        let names = ColumnNames.of(role, in: kind)
        switch (kind, role) {
        case (.pairedMeans, .mi), (.pairedMeans, .sdi):
            // A change has a name of its own; a plain mean is used if a measure of change is wanted.
            let explicit = Array(names.dropFirst())
            return measure == nil ? explicit : explicit + ColumnNames.of(role, in: .singleMean)
        case _ where kind.isTakenByMeasureOnly && measure == nil:
            // The roles are those of other kinds, or their names have other meanings.
            return []
        case (.reported, _):
            guard let description = measure.flatMap(MeasureDescription.find), description.code != kind.defaultMeasure,
                let form = description.reportedForms.first(where: { $0.role == role })
            else { return names }
            return ColumnNames.reported(form, of: description)
        case (.proportion, .proportion):
            return measure.flatMap(MeasureDescription.find).map { ColumnNames.reported(.proportion, of: $0) } ?? names
        default:
            return names
        }
    }

    /// Returns the error that names what the nearest kind lacks: the kind with the largest share of its columns present.
    private static func nothingFits(
        _ table: Table, _ layouts: [(OutcomeKind, PartialLayout)], _ finder: ColumnFinder, measure: String?
    ) -> MetaAnalysisError {
        func share(_ layout: PartialLayout) -> Double { Double(layout.found.count) / Double(layout.roles.count) }
        // A complete layout was left out for other reasons.
        let layouts = layouts.filter { !$0.1.lacking.isEmpty }
        var nearest = layouts.first
        for candidate in layouts.dropFirst() {
            guard let best = nearest else { break }
            let (mine, theirs) = (candidate.1, best.1)
            if (share(mine), mine.found.count) > (share(theirs), theirs.found.count) { nearest = candidate }
        }
        let wanted = measure.map { " for the measure \($0.uppercased())" } ?? ""
        var message = "no kind of data is complete\(wanted)"
        var remedy = "assign columns to the roles of a kind of data, such as --columns \(exampleAssignment(table))"
        if let (kind, layout) = nearest,
            layout.found.count > 1 || layout.found.contains(where: \.role.saysKind) || measure != nil
        {
            let found = layout.found.map { "\($0.role.rawValue) (column \(quoted(table.columns[$0.column])))" }
            let lacking = layout.lacking.map(\.rawValue).joined(separator: ", ")
            message += ": \(kind.title) lacks \(lacking)"
            if !found.isEmpty { message += " beside " + found.joined(separator: ", ") }
            let empty = table.emptyColumns.map { quoted(table.columns[$0]) }
            if !empty.isEmpty { message += "; no row has a value in " + empty.joined(separator: ", ") }
            remedy = "add or assign columns for \(lacking)"
        }
        if let hint = hint(table, finder, measure: measure) { remedy = hint + ", or " + remedy }
        return MetaAnalysisError(
            .missingColumn, message, remedy: "\(remedy); the columns are \(table.columnList)",
            location: table.location())
    }

    /// Returns advice on columns that belong to no kind of data.
    private static func hint(_ table: Table, _ finder: ColumnFinder, measure: String?) -> String? {
        guard measure == nil else { return nil }
        if finder.network("treatment") != nil || table.column(named: "t") != nil {
            return "take the command network for rows that are arms of several treatments"
        }
        if finder.match(ConversionNames.of("median", group: nil)) != nil {
            return
                "ask for a measure of one mean to read medians with quartiles or ranges (--measure MN; see convert mean)"
        }
        if finder.match(ColumnNames.of(.ti, in: .twoGroupMeans)) != nil,
            finder.match(ColumnNames.of(.n1i, in: .twoGroupMeans)) != nil
        {
            return "ask for a standardized difference to read t statistics (--measure SMD)"
        }
        for code in ["OR", "RR", "HR", "IRR", "ROM"] {
            guard let measure = MeasureDescription.find(code),
                let match = finder.match(ColumnNames.reported(.ratio, of: measure).filter { $0 != Role.ratio.rawValue })
            else { continue }
            return
                "ask for the measure of column \(quoted(table.columns[match.column])) (--measure \(code)) and give its "
                + "interval, p-value, or the standard error of its logarithm"
        }
        return nil
    }

    /// Returns the last two columns if the name of the second shows that it is the variance or standard error of the first.
    private static func exampleAssignment(_ table: Table) -> String {
        let structure = Set(ColumnNames.structure.values.joined()).union(ColumnNames.network.values.joined())
        let others = table.columns.filter { name in
            !structure.contains(ColumnNames.folded(name)) && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }.suffix(2)
        let words = others.last.map { ColumnNames.folded($0).split(separator: "_").map(String.init) } ?? []
        let role: Role? =
            words.contains(where: ["se", "stderr", "sterr"].contains)
            ? .sei : words.contains(where: ["v", "var", "variance"].contains) ? .vi : nil
        guard others.count == 2, let role, let first = others.first, let second = others.last else {
            return "yi=NAME,vi=NAME"
        }
        return "yi=\(first),\(role.rawValue)=\(second)"
    }
}

extension Role {
    /// Whether a column found for the role shows by itself which kind of data it is.
    fileprivate var saysKind: Bool {
        switch self {
        case .ni, .n1i, .n2i, .v, .vi, .pi, .ti, .mi, .ri: false
        default: true
        }
    }
}

extension Table {
    /// Columns without a value in any row; none for a table without rows.
    fileprivate var emptyColumns: [Int] {
        guard rowCount > 0 else { return [] }
        return columns.indices.filter { column in
            (0..<rowCount).allSatisfy { isMissing(row: $0, column: column) }
        }
    }
}
