internal import RealModule

/// How terms become the columns of a regression, with the levels that factors had where it was fitted: what a new point needs too.
struct ModelColumns: Hashable, Sendable, Codable {
    let terms: [ModelTerm]
    let hasIntercept: Bool
    /// Levels of every factor, the reference first.
    let levels: [String: [String]]
    /// A name for each column ("intercept", "allocation: random").
    let names: [String]
    /// The columns of each term.
    let ranges: [Range<Int>]

    /// - Throws: `MetaAnalysisError`: `.missingColumn` for a moderator that is not there, `.invalidSetting` for a term that cannot be,
    ///   `.singularDesign` for a factor with one level.
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

    /// Whether there is nothing but the mean.
    var isMean: Bool { hasIntercept && names.count == 1 }

    /// Columns of the omnibus test: all but the intercept, all without one.
    var tested: [Int] { Array((hasIntercept && names.count > 1 ? 1 : 0)..<names.count) }

    /// Moderators of which a term reads numbers.
    var numbers: Set<String> {
        var names: Set<String> = []
        for case .number(let name, _) in terms.flatMap(\.parts) { names.insert(name) }
        return names
    }

    /// The row of a study or of a new point.
    ///
    /// - Returns: `nil` where a moderator has no value.
    /// - Throws: `MetaAnalysisError` for a level that no study had, or a text where a number is needed.
    func row(_ value: (String) -> ModeratorValue?) throws -> [Double]? {
        var row = hasIntercept ? [1.0] : []
        row.reserveCapacity(names.count)
        var isFirstFactor = !hasIntercept
        for term in terms {
            guard let entries = try entries(of: term, isFull: isFirstFactor && term.isFactor, value) else { return nil }
            if term.isFactor { isFirstFactor = false }
            row += entries
        }
        return row
    }

    private func entries(
        of term: ModelTerm, isFull: Bool, _ value: (String) -> ModeratorValue?
    ) throws -> [Double]? {
        switch term {
        case .number(let name, let power):
            guard let found = value(name) else { return nil }
            guard case .number(let number) = found else {
                throw MetaAnalysisError(
                    .invalidOutcome, "\(name) is \(quoted(found.level)), not a number",
                    remedy: "take it as a factor, or correct the value", location: .init(column: name))
            }
            guard number.isFinite else {
                throw MetaAnalysisError(
                    .invalidOutcome, "\(name) is \(number)", remedy: "give a finite number",
                    location: .init(column: name))
            }
            return [power == 1 ? number : .pow(number, power)]
        case .factor(let name, _):
            guard let level = value(name)?.level else { return nil }
            let known = levels[name] ?? []
            guard known.contains(level) else {
                throw MetaAnalysisError(
                    .invalidSetting, "\(name) has no level \(quoted(level))",
                    remedy: "take one of " + known.map(quoted).joined(separator: ", "))
            }
            return known.dropFirst(isFull ? 0 : 1).map { $0 == level ? 1 : 0 }
        case .interaction(let parts):
            var products = [1.0]
            for part in parts {
                guard let factors = try entries(of: part, isFull: false, value) else { return nil }
                products = factors.flatMap { factor in products.map { $0 * factor } }
            }
            return products
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

    /// The levels in order (numbers by size, names by their letters), the reference first.
    private static func levels(
        of name: String, reference: String?, _ moderators: Moderators, _ rows: [Int]
    ) throws -> [String] {
        var seen: Set<String> = []
        for row in rows {
            if let value = moderators.value(name, at: row) { seen.insert(value.level) }
        }
        let numbers = seen.compactMap { level in Double(level).map { (level, $0) } }
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

    /// The term and those it consists of.
    fileprivate var parts: [ModelTerm] {
        if case .interaction(let terms) = self { [self] + terms.flatMap(\.parts) } else { [self] }
    }
}
