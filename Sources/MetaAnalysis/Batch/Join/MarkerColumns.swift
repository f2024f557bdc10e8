internal import RealModule

/// The columns of a cohort's file that hold the key of a marker, the effect, its precision and the alleles.
struct MarkerColumns: Sendable {
    enum Precision: Hashable, Sendable {
        case variance(Int)
        case standardError(Int)
        /// Bounds of a normal confidence interval, on the scale of the column of effects.
        case interval(lower: Int, upper: Int)
    }

    let key: Int
    let effect: Int
    /// Whether the column of effects holds ratios, whose logarithms are the effects. A variance or standard error is that of the logarithm.
    let isRatio: Bool
    let precision: Precision
    let alleles: (effect: Int, other: Int)?
    /// Notes on columns that were chosen although their names allow another choice.
    let notes: [String]

    /// Finds the columns of a file.
    ///
    /// - Parameters:
    ///   - table: table of which only the header is read.
    ///   - key: name of the column by which rows are joined.
    ///   - assignments: columns by role, as `StudyColumns.assignments`.
    /// - Throws: `MetaAnalysisError`: `.missingColumn`, `.invalidSetting` for an unknown role or a column with two roles.
    init(_ table: Table, key: String, assignments: [String: String] = [:]) throws {
        let finder = try ColumnFinder(table, assignments: assignments)
        let keyColumn = try Self.key(key, table)
        self.key = keyColumn
        func missing(_ message: String, _ remedy: String) -> MetaAnalysisError {
            MetaAnalysisError(.missingColumn, message, remedy: remedy, location: table.location())
        }

        let additive = finder.marker("yi")
        let ratio = finder.marker("ratio")
        let isRatio =
            additive == nil || (finder.isAssigned(["ratio"]) && !finder.isAssigned(ColumnNames.marker["yi"] ?? []))
        guard let effect = isRatio ? ratio ?? additive : additive else {
            throw missing(
                "no column has the effects (there are \(table.columnList))",
                "name it with --columns yi=NAME, or with --columns ratio=NAME if it is a ratio such as an odds ratio")
        }
        self.effect = effect.column
        self.isRatio = isRatio

        let precisions: [(Precision, Bool)] = [
            finder.marker("vi").map { (.variance($0.column), finder.isAssigned(ColumnNames.marker["vi"] ?? [])) },
            finder.marker("sei").map {
                (.standardError($0.column), finder.isAssigned(ColumnNames.marker["sei"] ?? []))
            },
            finder.marker("ci_low").flatMap { low in
                finder.marker("ci_high").map { high in
                    (
                        .interval(lower: low.column, upper: high.column),
                        finder.isAssigned(ColumnNames.marker["ci_low"] ?? [])
                    )
                }
            },
        ].compactMap { $0 }
        guard let precision = (precisions.first(where: \.1) ?? precisions.first)?.0 else {
            throw missing(
                "no column has the standard errors (there are \(table.columnList))",
                "name it with --columns sei=NAME, or vi=NAME for variances")
        }
        self.precision = precision

        let (effectAllele, otherAllele) = (finder.marker("effect_allele"), finder.marker("other_allele"))
        switch (effectAllele, otherAllele) {
        case (let effect?, let other?): alleles = (effect.column, other.column)
        case (nil, nil): alleles = nil
        case (let found?, nil), (nil, let found?):
            throw missing(
                "there is one column of alleles only, \(quoted(table.columns[found.column]))",
                """
                name the other with --columns effect_allele=NAME,other_allele=NAME, or join without alleles by \
                --columns effect_allele=,other_allele=
                """)
        }

        try Self.refuseTwice(
            [("the key", self.key)]
                + (alleles.map { [("the effect allele", $0.effect), ("the other allele", $0.other)] } ?? []),
            table, "give each a column of its own, or join without alleles by --columns effect_allele=,other_allele=")
        try Self.refuseTwice(
            [("the effect", effect.column)] + precision.roles, table,
            "name the columns with --columns yi=NAME,sei=NAME")

        var notes: [String] = []
        if table.column(named: key) == nil {
            notes.append(
                "the keys are column \(table.columns[keyColumn]), as there is no column \(quoted(key))")
        }
        if isRatio {
            notes.append(
                "the effects are logarithms of column \(table.columns[effect.column]), to whose scale the precision belongs"
            )
        } else if let ratio {
            notes.append(
                """
                the effects are column \(table.columns[effect.column]), not the logarithms of column \
                \(table.columns[ratio.column])
                """)
        }
        for (what, match) in [
            ("effects", effect), ("effect alleles", effectAllele), ("other alleles", otherAllele),
        ] {
            for (match, rival) in match.map({ match in match.rivals.map { (match, $0) } }) ?? [] {
                notes.append(
                    """
                    the \(what) are column \(table.columns[match.column]), not column \(table.columns[rival]), whose \
                    name means the same
                    """)
            }
        }
        self.notes = notes
    }

    /// Returns the column of this name. If there is none and the name is usual for keys of markers, returns the only column with another
    /// such name.
    private static func key(_ name: String, _ table: Table) throws -> Int {
        if let column = table.column(named: name) { return column }
        if ColumnNames.markerKeys.contains(ColumnNames.folded(name)) {
            let others = table.columns.indices.filter {
                ColumnNames.markerKeys.contains(ColumnNames.folded(table.columns[$0]))
            }
            if others.count == 1 { return others[0] }
        }
        throw MetaAnalysisError(
            .missingColumn, "there is no column \(quoted(name)) (there are \(table.columnList))",
            remedy: "give the column of the keys the same name in all files", location: table.location())
    }

    /// Refuses a column with two roles; the scanner also reads each column only once.
    private static func refuseTwice(_ roles: [(name: String, column: Int)], _ table: Table, _ remedy: String) throws {
        for (index, role) in roles.enumerated() {
            guard let other = roles[..<index].first(where: { $0.column == role.column }) else { continue }
            throw MetaAnalysisError(
                .invalidSetting,
                "column \(quoted(table.columns[role.column])) is taken for \(other.name) and \(role.name)",
                remedy: remedy, location: table.location())
        }
    }

    /// Columns of numbers, in the order of the parameters of `effect`.
    var numberColumns: [Int] { [effect] + precision.roles.map(\.column) }
}

extension MarkerColumns.Precision {
    fileprivate var roles: [(name: String, column: Int)] {
        switch self {
        case .variance(let column): [("the variance", column)]
        case .standardError(let column): [("the standard error", column)]
        case .interval(let lower, let upper): [("the lower bound", lower), ("the upper bound", upper)]
        }
    }
}

extension MarkerColumns {
    /// Returns the effect of a row; `nil` if a number is missing.
    ///
    /// - Parameters:
    ///   - first: number in the column of effects; NaN if missing, like the others.
    ///   - second: variance, standard error or lower bound.
    ///   - third: upper bound; ignored without an interval.
    ///   - level: level of the interval.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) with the role of the column.
    func effect(_ first: Double, _ second: Double, _ third: Double, level: Double) throws -> EffectEstimate? {
        guard !first.isNaN, !second.isNaN else { return nil }
        if isRatio, first <= 0 { throw Self.noRatio("ratio", first, role: "ratio") }
        switch precision {
        case .standardError
        where second > 0 && second * second >= EffectEstimate.leastVariance && second * second < .infinity:
            return EffectEstimate(estimate: isRatio ? .log(first) : first, variance: second * second)
        case .variance where second >= EffectEstimate.leastVariance:
            return EffectEstimate(estimate: isRatio ? .log(first) : first, variance: second)
        case .standardError:
            return try effect(first, .standardError(second), "sei")
        case .variance: return try effect(first, .variance(second), "vi")
        case .interval:
            guard !third.isNaN else { return nil }
            if isRatio, second <= 0 { throw Self.noRatio("lower bound of the ratio", second, role: "ci_low") }
            return try effect(first, .interval(lower: second, upper: third, level: level), "ci_low")
        }
    }

    /// Returns the effect with the checks of a single analysis.
    private func effect(
        _ estimate: Double, _ precision: ReportedEffect.Precision, _ role: String
    ) throws -> EffectEstimate {
        let reported = ReportedEffect(estimate: estimate, precision: precision, form: isRatio ? .ratio : .analysis)
        try reported.validate()
        let effect = try reported.effect(.generic, settings: EffectSettings(), averages: [])
        guard effect.variance >= EffectEstimate.leastVariance, effect.variance.isFinite else {
            throw MetaAnalysisError.invalidOutcome(
                "the sampling variance that follows is \(effect.variance.plain)",
                remedy: "give the effects in other units", role: role)
        }
        return effect
    }

    private static func noRatio(_ what: String, _ value: Double, role: String) -> MetaAnalysisError {
        MetaAnalysisError.invalidOutcome(
            "the \(what) is \(value.plain)", remedy: "give the ratio itself, greater than 0, or NA where there is none",
            role: role)
    }

    /// Returns the column to which the role of an error belongs.
    func column(ofRole role: String?) -> Int? {
        switch (role, precision) {
        case ("ratio", _), ("yi", _): effect
        case ("effect_allele", _): alleles?.effect
        case ("other_allele", _): alleles?.other
        case ("vi", .variance(let column)), ("sei", .standardError(let column)): column
        case ("ci_low", .interval(let lower, _)): lower
        case ("ci_high", .interval(_, let upper)): upper
        default: nil
        }
    }
}
