internal import RealModule

/// Mapping from terms to the columns of a regression, with the levels of factors in the fit, so that it also applies to a new
/// point.
struct ModelColumns: Hashable, Sendable, Codable {
    let terms: [ModelTerm]
    let hasIntercept: Bool
    /// Levels of each factor, the reference first.
    let levels: [String: [String]]
    /// Name of each column ("intercept", "allocation: random").
    let names: [String]
    /// Columns of each term.
    let ranges: [Range<Int>]

    /// Builds the columns of the terms.
    ///
    /// - Throws: `MetaAnalysisError`: `.missingColumn` for a moderator that does not exist, `.invalidSetting` for an invalid
    ///   term, `.singularDesign` for a factor with one level, `.tooFewStudies` for more columns than rows.
    init(_ terms: [ModelTerm], hasIntercept: Bool, _ moderators: Moderators, of rows: [Int]) throws {
        try Self.check(terms, moderators)
        self.terms = terms
        self.hasIntercept = hasIntercept
        var levels: [String: [String]] = [:]
        for case .factor(let name, let reference) in terms.flatMap(\.parts) {
            guard levels[name] == nil || reference != nil else { continue }
            levels[name] = try Self.levels(of: name, reference: reference, moderators, rows)
        }
        self.levels = levels
        try Self.requireRows(rows.count, for: terms, hasIntercept: hasIntercept, levels)
        var names = hasIntercept ? ["intercept"] : []
        var ranges: [Range<Int>] = []
        var isFirstFactor = !hasIntercept
        for term in terms {
            let columns = Self.names(of: term, levels, isFull: isFirstFactor && term.isFactor)
            if term.isFactor { isFirstFactor = false }
            ranges.append(names.count..<(names.count + columns.count))
            names += columns
        }
        self.names = names
        self.ranges = ranges
    }

    /// Whether the intercept is the only column.
    var isMean: Bool { hasIntercept && names.count == 1 }

    /// Columns of the omnibus test: all except an intercept, or the intercept if it is the only column.
    var tested: [Int] { Array((hasIntercept && names.count > 1 ? 1 : 0)..<names.count) }

    /// Names of the moderators that terms use as numbers.
    var numbers: Set<String> {
        var names: Set<String> = []
        for case .number(let name, _) in terms.flatMap(\.parts) { names.insert(name) }
        return names
    }

    /// Builds the row of a new point.
    ///
    /// - Returns: `nil` when a moderator has no value.
    /// - Throws: `MetaAnalysisError` for a level that no study had, or a text instead of a number.
    func row(_ value: (String) -> ModeratorValue?) throws -> [Double]? {
        var point = Moderators(count: 1)
        for name in terms.flatMap(\.moderators) {
            guard let found = value(name) else { return nil }
            point[name] =
                switch found {
                case .number(let number): .numbers([number])
                case .text(let text): .texts([text])
                }
        }
        do {
            return try matrix(point, of: [0]).elements
        } catch { throw error.cause }
    }

    /// Error for a value that a term cannot use, with its position among the rows.
    struct Fault: Error {
        var cause: MetaAnalysisError
        var place: Int
    }

    /// Builds one row for each study; every moderator must have a value. O(k p).
    func matrix(_ moderators: Moderators, of rows: [Int]) throws(Fault) -> Matrix {
        var columns = hasIntercept ? [Array(repeating: 1.0, count: rows.count)] : []
        var isFirstFactor = !hasIntercept
        for term in terms {
            columns += try entries(of: term, isFull: isFirstFactor && term.isFactor, moderators, rows)
            if term.isFactor { isFirstFactor = false }
        }
        return Matrix(columns: columns, rows: rows.count)
    }

    /// Builds the columns of a term.
    private func entries(
        of term: ModelTerm, isFull: Bool, _ moderators: Moderators, _ rows: [Int]
    ) throws(Fault) -> [[Double]] {
        switch term {
        case .number(let name, let power):
            let values = try numbers(of: name, moderators, rows)
            return [power == 1 ? values : values.map { .pow($0, power) }]
        case .factor(let name, _):
            let known = levels[name] ?? []
            var columns = Array(repeating: Array(repeating: 0.0, count: rows.count), count: known.count)
            for (place, row) in rows.enumerated() {
                guard let level = moderators.value(name, at: row)?.level, let index = known.firstIndex(of: level) else {
                    let level = moderators.value(name, at: row)?.level ?? ""
                    throw Fault(
                        cause: MetaAnalysisError(
                            .invalidSetting, "\(name) has no level \(quoted(level))",
                            remedy: "take one of " + known.map(quoted).joined(separator: ", ")), place: place)
                }
                columns[index][place] = 1
            }
            return Array(columns.dropFirst(isFull ? 0 : 1))
        case .interaction(let parts):
            var products = [Array(repeating: 1.0, count: rows.count)]
            for part in parts {
                let factors = try entries(of: part, isFull: false, moderators, rows)
                products = factors.flatMap { factor in
                    products.map { product in zip(product, factor).map { $0 * $1 } }
                }
            }
            return products
        }
    }

    private func numbers(of name: String, _ moderators: Moderators, _ rows: [Int]) throws(Fault) -> [Double] {
        guard case .numbers(let values)? = moderators[name] else {
            let value = rows.first.flatMap { moderators.value(name, at: $0) }?.level ?? ""
            throw Fault(
                cause: MetaAnalysisError(
                    .invalidOutcome, "\(name) is \(quoted(value)), not a number",
                    remedy: "take it as a factor, factor(\(name)), or correct the value",
                    location: .init(column: name)), place: 0)
        }
        var numbers: [Double] = []
        numbers.reserveCapacity(rows.count)
        for (place, row) in rows.enumerated() {
            let number = values[row] ?? .nan
            guard number.isFinite else {
                throw Fault(
                    cause: MetaAnalysisError(
                        .invalidOutcome, "\(name) is \(number)", remedy: "give a finite number",
                        location: .init(column: name)), place: place)
            }
            numbers.append(number)
        }
        return numbers
    }

    /// Counts the columns before they are built, because products of factors can exceed the memory.
    private static func requireRows(
        _ count: Int, for terms: [ModelTerm], hasIntercept: Bool, _ levels: [String: [String]]
    ) throws {
        var columns = hasIntercept ? 1 : 0
        var isFirstFactor = !hasIntercept
        for term in terms {
            let own = width(of: term, levels) + (isFirstFactor && term.isFactor ? 1 : 0)
            if term.isFactor { isFirstFactor = false }
            columns = min(columns + own, greatestWidth)
        }
        guard columns > count || count == 0 else { return }
        throw MetaAnalysisError(
            .tooFewStudies,
            "\(count) \(count == 1 ? "study has" : "studies have") every moderator, and the model has"
                + " \(columns == greatestWidth ? "at least " : "")\(columns) coefficients",
            remedy: "leave terms out of the model")
    }

    /// Limit of the count of columns.
    private static let greatestWidth = 1_000_000_000

    /// Returns the number of columns of a term beside an intercept.
    private static func width(of term: ModelTerm, _ levels: [String: [String]]) -> Int {
        switch term {
        case .number: 1
        case .factor(let name, _): max(0, (levels[name] ?? []).count - 1)
        case .interaction(let parts): parts.reduce(1) { min($0 * width(of: $1, levels), greatestWidth) }
        }
    }

    private static func names(of term: ModelTerm, _ levels: [String: [String]], isFull: Bool) -> [String] {
        switch term {
        case .number: return [term.name]
        case .factor(let name, _):
            return (levels[name] ?? []).dropFirst(isFull ? 0 : 1).map { "\(name): \($0)" }
        case .interaction(let parts):
            var names = [""]
            for part in parts {
                let own = Self.names(of: part, levels, isFull: false)
                names = own.flatMap { name in names.map { $0.isEmpty ? name : $0 + " × " + name } }
            }
            return names
        }
    }

    // MARK: Levels

    /// Lists the levels (numbers in numeric order, texts in alphabetical order), the reference first.
    private static func levels(
        of name: String, reference: String?, _ moderators: Moderators, _ rows: [Int]
    ) throws -> [String] {
        var seen: Set<String> = []
        for row in rows {
            if let value = moderators.value(name, at: row) { seen.insert(value.level) }
        }
        let numbers = seen.compactMap { level in Double(decimal: level).map { (level, $0) } }
        var levels =
            numbers.count == seen.count
            ? numbers.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0) : seen.sorted()
        guard levels.count > 1 else {
            throw MetaAnalysisError(
                .singularDesign,
                levels.first.map { "every study has the same \(name), \(quoted($0))" }
                    ?? "no study has a value of \(name)",
                remedy: "leave the factor out", location: .init(column: name))
        }
        if let reference {
            guard let index = levels.firstIndex(of: reference) else {
                throw MetaAnalysisError(
                    .invalidSetting, "\(name) has no level \(quoted(reference)) to refer to",
                    remedy: "take one of " + levels.map(quoted).joined(separator: ", "))
            }
            levels.insert(levels.remove(at: index), at: 0)
        }
        return levels
    }

    private static func check(_ terms: [ModelTerm], _ moderators: Moderators) throws {
        var seen: Set<ModelTerm> = []
        for term in terms {
            guard seen.insert(term.withoutReference).inserted else {
                throw MetaAnalysisError(
                    .invalidSetting, "the term \(term.name) stands twice", remedy: "leave one of them out")
            }
        }
        for part in terms.flatMap(\.parts) {
            switch part {
            case .number(let name, let power):
                guard power >= 1 else {
                    throw MetaAnalysisError(
                        .invalidSetting, "the power of \(name) is \(power)", remedy: "take a whole number of 1 or more")
                }
            case .factor: break
            case .interaction(let terms):
                guard terms.count > 1, terms.allSatisfy({ if case .interaction = $0 { false } else { true } }) else {
                    throw MetaAnalysisError(
                        .invalidSetting, "the interaction \(part.name) is not one of two or more numbers or factors",
                        remedy: "name the terms that take part, each once")
                }
            }
            for name in part.moderators where moderators[name] == nil {
                let known = moderators.names.map(quoted).joined(separator: ", ")
                throw MetaAnalysisError(
                    .missingColumn, "there is no moderator \(quoted(name))",
                    remedy: known.isEmpty ? "give its values" : "take one of \(known)")
            }
        }
    }
}

extension ModelTerm {
    fileprivate var isFactor: Bool { if case .factor = self { true } else { false } }

    fileprivate var withoutReference: ModelTerm {
        switch self {
        case .number: self
        case .factor(let name, _): .factor(name)
        case .interaction(let terms): .interaction(terms.map(\.withoutReference))
        }
    }

    /// The term itself and, for an interaction, its parts.
    fileprivate var parts: [ModelTerm] {
        if case .interaction(let terms) = self { [self] + terms.flatMap(\.parts) } else { [self] }
    }
}
