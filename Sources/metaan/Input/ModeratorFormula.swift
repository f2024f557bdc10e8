import MetaAnalysis

/// The terms of a regression as written on the command line.
///
///     latitude + factor(allocation, random) + latitude:year + dose^2 - 1
///
/// Names with blanks or signs are in quotes or backticks; a * b means a + b + a:b, and - 1 or 0 removes the intercept.
struct ModeratorFormula {
    private(set) var terms: [ModelTerm] = []
    private(set) var hasIntercept = true

    /// Greatest number of terms of a formula, including those of its products.
    private static let greatestCount = 1000

    /// Reads a formula.
    ///
    /// - Throws: `CommandFailure` (usage) that gives the position of the error, or for too many terms.
    init(_ text: String) throws {
        var scanner = FormulaScanner(text)
        _ = scanner.take("~")
        var known: Set<ModelTerm> = []
        var isSubtracted = scanner.take("-")
        while true {
            if scanner.take("0") {
                hasIntercept = isSubtracted
            } else if scanner.take("1") {
                hasIntercept = !isSubtracted
            } else if isSubtracted {
                throw scanner.failure("only 1, the intercept, can be taken out")
            } else {
                for term in try Self.product(&scanner) where known.insert(term).inserted { terms.append(term) }
                guard terms.count <= Self.greatestCount else {
                    throw Self.tooLong(scanner, "the formula has more than \(Self.greatestCount) terms")
                }
            }
            if scanner.isAtEnd { break }
            isSubtracted = scanner.take("-")
            if !isSubtracted, !scanner.take("+") { throw scanner.separatorMissing() }
        }
    }

    /// Reads a, a:b, or a*b.
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
        guard parts.count < 60, 1 << parts.count <= greatestCount else {
            throw tooLong(
                scanner,
                "the product of \(parts.count) columns stands for 2^\(parts.count) - 1 terms, and a formula may have"
                    + " \(greatestCount),")
        }
        // The terms are all subsets of the parts, the smaller ones first.
        var terms: [ModelTerm] = []
        for size in 1...parts.count {
            for mask in 1..<(1 << parts.count) where mask.nonzeroBitCount == size {
                let chosen = parts.indices.filter { mask & (1 << $0) != 0 }.map { parts[$0] }
                terms.append(chosen.count == 1 ? chosen[0] : .interaction(chosen))
            }
        }
        return terms
    }

    private static func tooLong(_ scanner: FormulaScanner, _ what: String) -> CommandFailure {
        scanner.failure(
            what, remedy: "write only the terms wanted, with a:b for the product of a and b")
    }

    private static func atom(_ scanner: inout FormulaScanner, depth: Int = 0) throws -> ModelTerm {
        if scanner.takeCall("factor") {
            let name = try scanner.name()
            let reference = scanner.take(",") ? try scanner.name() : nil
            guard scanner.take(")") else { throw scanner.failure(") expected") }
            return .factor(name, reference: reference)
        }
        if scanner.takeCall("I") {
            guard depth < 10 else { throw scanner.failure("I() stands too often inside I()") }
            let inner = try atom(&scanner, depth: depth + 1)
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
    /// Start of the last name; `nil` for a name in quotes.
    private var lastName: Int?

    init(_ text: String) { self.text = Array(text) }

    var isAtEnd: Bool { !text[place...].contains { !$0.isWhitespace } }

    private mutating func skipBlanks() { while place < text.count, text[place].isWhitespace { place += 1 } }

    private static let signs: Set<Character> = ["+", "-", ":", "*", "^", "(", ")", ",", "~", "\"", "`"]

    /// Reads a sign, or a word that nothing else follows.
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

    /// Reads "word(".
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
            lastName = nil
            return String(text[(place + 1)..<end])
        }
        let start = place
        lastName = start
        while place < text.count, !Self.signs.contains(text[place]), !text[place].isWhitespace { place += 1 }
        guard place > start else { throw failure("a column expected") }
        return String(text[start..<place])
    }

    /// Returns the failure for a term that no sign follows; if a name continues, its quotes are missing.
    func separatorMissing() -> CommandFailure {
        guard let start = lastName, case let name = text[start...].prefix(while: { !Self.signs.contains($0) }),
            name.endIndex > place
        else { return failure("+ expected") }
        return failure(
            "+ expected",
            remedy: "write a name with blanks in quotes, '\"\(String(name).trimmed.singleLine)\"', or + between terms")
    }

    func failure(
        _ why: String, remedy: String = "write terms such as \"latitude + factor(allocation) + latitude:year\""
    ) -> CommandFailure {
        let shown = String(text.prefix(Self.shownCount)).singleLine + (text.count > Self.shownCount ? "…" : "")
        return CommandFailure(.usage, "\"\(shown)\": \(why) at character \(place + 1); \(remedy)")
    }

    private static let shownCount = 120
}
