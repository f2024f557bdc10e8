/// An expression of R, as far as the calls of the reference values go.
indirect enum RExpression: Hashable, Sendable {
    case number(Double)
    case text(String)
    case logical(Bool)
    case null
    case name(String)
    case call(String, [Argument])
    case operation(String, RExpression, RExpression)
    case negative(RExpression)

    struct Argument: Hashable, Sendable {
        var name: String?
        var value: RExpression
    }

    struct SyntaxError: Error, CustomStringConvertible {
        var text: String
        var place: Int
        var expected: String

        var description: String { "\(expected) expected at character \(place) of: \(text)" }
    }

    init(_ text: String) throws {
        var parser = RParser(text: text, tokens: try RToken.tokens(of: text))
        self = try parser.wholeExpression()
    }
}

extension RExpression {
    /// The arguments of a call.
    var arguments: [Argument] {
        if case .call(_, let arguments) = self { arguments } else { [] }
    }

    var function: String? {
        if case .call(let function, _) = self { function } else { nil }
    }

    /// The argument of this name.
    subscript(argument: String) -> RExpression? { arguments.first { $0.name == argument }?.value }

    /// The unnamed arguments in their order.
    var positional: [RExpression] { arguments.filter { $0.name == nil }.map(\.value) }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var name: String? {
        if case .name(let name) = self { name } else { nil }
    }

    var logical: Bool? {
        if case .logical(let value) = self { value } else { nil }
    }

    /// The value of arithmetic on numbers alone ("1/2").
    var number: Double? {
        switch self {
        case .number(let value): return value
        case .negative(let value): return value.number.map { -$0 }
        case .operation(let symbol, let left, let right):
            guard let left = left.number, let right = right.number else { return nil }
            switch symbol {
            case "+": return left + right
            case "-": return left - right
            case "*": return left * right
            case "/": return left / right
            default: return nil
            }
        default: return nil
        }
    }

    /// The elements of `c(…)`, or the expression itself.
    var elements: [RExpression] { function == "c" ? positional : [self] }
}

private enum RToken: Hashable {
    case number(Double)
    case text(String)
    case name(String)
    case symbol(String)

    /// Tokens with the place of their first character.
    static func tokens(of text: String) throws -> [(token: RToken, place: Int)] {
        let characters = Array(text)
        var tokens: [(RToken, Int)] = []
        var index = 0
        func error(_ expected: String) -> RExpression.SyntaxError {
            RExpression.SyntaxError(text: text, place: index, expected: expected)
        }
        while index < characters.count {
            let start = index
            let character = characters[index]
            if character.isWhitespace {
                index += 1
            } else if character == "\"" || character == "'" {
                var content = ""
                index += 1
                while index < characters.count, characters[index] != character {
                    if characters[index] == "\\" { index += 1 }
                    guard index < characters.count else { break }
                    content.append(characters[index])
                    index += 1
                }
                guard index < characters.count else { throw error("closing quote") }
                index += 1
                tokens.append((.text(content), start))
            } else if character.isNumber || character == "." && characters[safe: index + 1]?.isNumber == true {
                index = endOfNumber(characters, from: index)
                guard let value = Double(String(characters[start..<index])) else { throw error("number") }
                if characters[safe: index] == "L" { index += 1 }
                tokens.append((.number(value), start))
            } else if character.isLetter || character == "." {
                while index < characters.count,
                    characters[index].isLetter || characters[index].isNumber || "._".contains(characters[index])
                { index += 1 }
                tokens.append((.name(String(characters[start..<index])), start))
            } else {
                let pair = String(characters[index..<min(index + 2, characters.count)])
                let symbol = ["<-", "==", "!=", "<=", ">="].contains(pair) ? pair : String(character)
                guard symbol.count == 2 || "+-*/^(),=<>~$:&|![]".contains(character) else { throw error("operator") }
                index += symbol.count
                tokens.append((.symbol(symbol), start))
            }
        }
        return tokens
    }

    private static func endOfNumber(_ characters: [Character], from start: Int) -> Int {
        var index = start
        while let next = characters[safe: index], next.isNumber || next == "." { index += 1 }
        if let exponent = characters[safe: index], "eE".contains(exponent) {
            var end = index + 1
            if let sign = characters[safe: end], "+-".contains(sign) { end += 1 }
            if characters[safe: end]?.isNumber == true {
                while characters[safe: end]?.isNumber == true { end += 1 }
                index = end
            }
        }
        return index
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

/// Precedence climbing over the tokens.
private struct RParser {
    let text: String
    let tokens: [(token: RToken, place: Int)]
    var position = 0

    init(text: String, tokens: [(token: RToken, place: Int)]) {
        self.text = text
        self.tokens = tokens
    }

    private static let precedences: [String: Int] = [
        "<-": 1, "~": 2, "|": 3, "&": 4, "==": 5, "!=": 5, "<": 5, ">": 5, "<=": 5, ">=": 5, "+": 6, "-": 6, "*": 7,
        "/": 7, ":": 8, "^": 9, "$": 10,
    ]

    private var next: RToken? { position < tokens.count ? tokens[position].token : nil }

    private func error(_ expected: String) -> RExpression.SyntaxError {
        let place = position < tokens.count ? tokens[position].place : text.count
        return RExpression.SyntaxError(text: text, place: place, expected: expected)
    }

    mutating func wholeExpression() throws -> RExpression {
        let result = try expression(above: 0)
        guard next == nil else { throw error("end") }
        return result
    }

    private mutating func expression(above limit: Int) throws -> RExpression {
        var left = try operand()
        while case .symbol(let symbol)? = next, let precedence = Self.precedences[symbol], precedence > limit {
            position += 1
            left = .operation(symbol, left, try expression(above: precedence))
        }
        return left
    }

    private mutating func operand() throws -> RExpression {
        guard let token = next else { throw error("operand") }
        position += 1
        switch token {
        case .number(let value): return .number(value)
        case .text(let value): return .text(value)
        case .symbol("-"): return .negative(try expression(above: 7))
        case .symbol("~"): return .operation("~", .null, try expression(above: 2))
        case .symbol("("):
            let inner = try expression(above: 0)
            try expect(")")
            return inner
        case .name("TRUE"): return .logical(true)
        case .name("FALSE"): return .logical(false)
        case .name("NULL"): return .null
        case .name(let name):
            guard next == .symbol("(") else { return .name(name) }
            position += 1
            return .call(name, try arguments())
        case .symbol:
            position -= 1
            throw error("operand")
        }
    }

    private mutating func arguments() throws -> [RExpression.Argument] {
        var result: [RExpression.Argument] = []
        while next != .symbol(")") {
            if !result.isEmpty { try expect(",") }
            var name: String?
            if case .name(let candidate)? = next, position + 1 < tokens.count,
                tokens[position + 1].token == .symbol("=")
            {
                name = candidate
                position += 2
            }
            result.append(RExpression.Argument(name: name, value: try expression(above: 0)))
        }
        position += 1
        return result
    }

    private mutating func expect(_ symbol: String) throws {
        guard next == .symbol(symbol) else { throw error(symbol) }
        position += 1
    }
}
