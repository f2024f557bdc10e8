import MetaAnalysis

/// The terms of a regression as they are written on the command line.
///
///     latitude + factor(allocation, random) + latitude:year + dose^2 - 1
///
/// Names with blanks or signs stand in quotes or backticks; a * b stands for a + b + a:b, and - 1 or 0 leaves the intercept out.
struct ModeratorFormula {
    private(set) var terms: [ModelTerm] = []
    private(set) var hasIntercept = true

    /// - Throws: `CommandFailure` (usage) that says where the text stops making sense.
    init(_ text: String) throws {
        var scanner = FormulaScanner(text)
        _ = scanner.take("~")
        var isSubtracted = scanner.take("-")
        while true {
            if scanner.take("0") {
                hasIntercept = isSubtracted
            } else if scanner.take("1") {
                hasIntercept = !isSubtracted
            } else if isSubtracted {
                throw scanner.failure("only 1, the intercept, can be taken out")
            } else {
                for term in try Self.product(&scanner) where !terms.contains(term) { terms.append(term) }
            }
            if scanner.isAtEnd { break }
            isSubtracted = scanner.take("-")
            if !isSubtracted, !scanner.take("+") { throw scanner.failure("+ expected") }
        }
    }

    /// a, a:b, or a*b.
    private static func product(_ scanner: inout FormulaScanner) throws -> [ModelTerm] {
        var parts = [try atom(&scanner)]
        var isCrossed = false
        while true {
            if scanner.take("*") {
                isCrossed = true
            } else if !scanner.take(":") {
                break
            }
            parts.append(try atom(&scanner))
        }
        guard parts.count > 1 else { return parts }
        guard isCrossed else { return [.interaction(parts)] }
        // Every choice of parts, the smaller first.
        var terms: [ModelTerm] = []
        for size in 1...parts.count {
            for mask in 1..<(1 << parts.count) where mask.nonzeroBitCount == size {
                let chosen = parts.indices.filter { mask & (1 << $0) != 0 }.map { parts[$0] }
                terms.append(chosen.count == 1 ? chosen[0] : .interaction(chosen))
            }
        }
        return terms
    }

    private static func atom(_ scanner: inout FormulaScanner) throws -> ModelTerm {
        if scanner.takeCall("factor") {
            let name = try scanner.name()
            let reference = scanner.take(",") ? try scanner.name() : nil
            guard scanner.take(")") else { throw scanner.failure(") expected") }
            return .factor(name, reference: reference)
        }
        if scanner.takeCall("I") {
            let inner = try atom(&scanner)
            guard scanner.take(")") else { throw scanner.failure(") expected") }
            return inner
        }
        let name = try scanner.name()
        guard scanner.take("^") else { return .number(name) }
        guard let power = Int(try scanner.name()), power > 0 else { throw scanner.failure("a whole power expected") }
        return .number(name, power: power)
    }
}

/// Reads a formula from left to right.
private struct FormulaScanner {
    private let text: [Character]
    private var place = 0

    init(_ text: String) { self.text = Array(text) }

    var isAtEnd: Bool { !text[place...].contains { !$0.isWhitespace } }

    private mutating func skipBlanks() { while place < text.count, text[place].isWhitespace { place += 1 } }

    private static let signs: Set<Character> = ["+", "-", ":", "*", "^", "(", ")", ",", "~", "\"", "`"]

    /// Takes a sign, or a word that nothing else follows.
    mutating func take(_ word: Character) -> Bool {
        skipBlanks()
        guard place < text.count, text[place] == word else { return false }
        if !Self.signs.contains(word), place + 1 < text.count {
            let next = text[place + 1]
            guard next.isWhitespace || next == "+" || next == "-" else { return false }
        }
        place += 1
        return true
    }

    /// Takes "word(".
    mutating func takeCall(_ word: String) -> Bool {
        skipBlanks()
        var end = place
        for character in word {
            guard end < text.count, text[end] == character else { return false }
            end += 1
        }
        while end < text.count, text[end].isWhitespace { end += 1 }
        guard end < text.count, text[end] == "(" else { return false }
        place = end + 1
        return true
    }

    mutating func name() throws -> String {
        skipBlanks()
        guard place < text.count else { throw failure("a column expected") }
        if text[place] == "\"" || text[place] == "`" {
            let quote = text[place]
            guard let end = text[(place + 1)...].firstIndex(of: quote) else { throw failure("the quote is not closed") }
            defer { place = end + 1 }
            return String(text[(place + 1)..<end])
        }
        let start = place
        while place < text.count, !Self.signs.contains(text[place]), !text[place].isWhitespace { place += 1 }
        guard place > start else { throw failure("a column expected") }
        return String(text[start..<place])
    }

    func failure(_ why: String) -> CommandFailure {
        CommandFailure(
            .usage,
            "\"\(String(text).singleLine)\": \(why) at character \(place + 1); write terms such as"
                + " \"latitude + factor(allocation) + latitude:year\"")
    }
}

extension Reading {
    /// The moderators that terms need, in the order of the effects.
    ///
    /// - Throws: `MetaAnalysisError` for a column that is not there, or a field that is not a number where one is needed.
    func moderators(for terms: [ModelTerm], of effects: EffectSizes) throws -> Moderators {
        var numbers: Set<String> = []
        for case .number(let name, _) in terms.flatMap(\.simpleTerms) { numbers.insert(name) }
        let rows = rows(of: effects)
        var moderators = Moderators(count: effects.count)
        for name in terms.flatMap(\.moderators) where moderators[name] == nil {
            let texts = try table.texts(in: name)
            guard numbers.contains(name), let column = table.column(named: name) else {
                moderators[name] = .texts(rows.map { $0.flatMap { texts[$0] } })
                continue
            }
            moderators[name] = .numbers(
                try rows.map { row in try row.flatMap { try table.number(row: $0, column: column) } })
        }
        return moderators
    }
}

extension Reading {
    /// Clusters of the effects by a column of the file.
    ///
    /// - Throws: `MetaAnalysisError` for a column that is not there.
    func setClusters(of effects: inout EffectSizes, from name: String) throws {
        let texts = try table.texts(in: name)
        for (index, row) in rows(of: effects).enumerated() {
            effects.effects[index].cluster = row.flatMap { texts[$0] }
        }
    }

    /// The row of the table that each effect was read from.
    private func rows(of effects: EffectSizes) -> [Int?] {
        let positions = Dictionary(
            (0..<table.rowCount).map { (table.line(ofRow: $0), $0) }, uniquingKeysWith: { first, _ in first })
        return effects.effects.map { $0.row.flatMap { positions[$0] } }
    }
}

extension ModelTerm {
    fileprivate var simpleTerms: [ModelTerm] {
        if case .interaction(let terms) = self { terms.flatMap(\.simpleTerms) } else { [self] }
    }
}
