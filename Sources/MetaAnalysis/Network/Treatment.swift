/// A treatment that a group of participants received: a node of a network.
///
/// Names are compared exactly, except for white space around them and for the encoding of accents: "Placebo " equals "Placebo", while
/// "placebo" is another treatment (and reported as a near-duplicate).
public struct Treatment: Hashable, Sendable {
    /// Name of the treatment, without white space around it.
    public let name: String

    /// Creates a treatment and removes white space around its name.
    public init(_ name: String) {
        var trimmed = Substring(name)
        while trimmed.first?.isWhitespace == true { trimmed.removeFirst() }
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        self.name = String(trimmed)
    }

    /// The name for messages: on one line, cut to a length that fits.
    var shown: String { inOneLine(name) }

    /// A key that is equal for names that a reader would take for the same.
    ///
    /// A mark between two digits counts: 1.5 mg is not 15 mg.
    var folded: String {
        var folded = ""
        var mark: Character?
        for character in name.lowercased() {
            if character.isLetter || character.isNumber || "+<>=".contains(character) {
                if let mark, character.isNumber, folded.last?.isNumber == true { folded.append(mark) }
                folded.append(character)
                mark = nil
            } else if mark?.isWhitespace ?? true {
                mark = character
            }
        }
        return folded.isEmpty ? name : folded
    }
}

extension Treatment: Comparable {
    /// Orders treatments alphabetically; case matters only between names that are otherwise equal.
    public static func < (left: Treatment, right: Treatment) -> Bool {
        let (first, second) = (left.name.lowercased(), right.name.lowercased())
        return first == second ? left.name < right.name : first < second
    }
}

extension Treatment: ExpressibleByStringLiteral, CustomStringConvertible {
    /// Creates a treatment from a string literal.
    public init(stringLiteral name: String) { self.init(name) }

    /// Name of the treatment.
    public var description: String { name }
}

extension Treatment: Codable {
    /// Decodes a treatment from its name.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Encodes the treatment as its name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
