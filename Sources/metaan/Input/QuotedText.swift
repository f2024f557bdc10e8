/// Lists and names in options; text in quotes or backticks keeps its signs, as in `"Time, days"=15`.
enum QuotedText {
    /// Returns the parts between commas outside quotes, without blanks at their ends.
    static func parts(_ text: String) -> [String] {
        var parts = [""]
        var opens = true
        var rest = text[...]
        while let letter = rest.first {
            if opens, let end = closing(rest) {
                parts[parts.count - 1] += rest[...end]
                rest = rest[rest.index(after: end)...]
                opens = false
                continue
            }
            rest.removeFirst()
            if letter == "," {
                parts.append("")
                opens = true
            } else {
                parts[parts.count - 1].append(letter)
                if !letter.isWhitespace { opens = letter == "=" }
            }
        }
        return parts.map(\.trimmed)
    }

    /// Returns the quoted name at the beginning of a text, and the rest; `nil` if the text does not begin with a quote.
    static func name(_ text: String) -> (name: String, rest: String)? {
        guard let end = closing(text[...]) else { return nil }
        return (String(text[..<end].dropFirst()), String(text[text.index(after: end)...]))
    }

    /// Returns the text without quotes around all of it.
    static func plain(_ text: String) -> String {
        guard let quoted = name(text), quoted.rest.isEmpty else { return text }
        return quoted.name
    }

    /// Returns the position of the quote that closes the one at the beginning.
    private static func closing(_ text: Substring) -> Substring.Index? {
        guard let quote = text.first, quote == "\"" || quote == "`" else { return nil }
        return text.dropFirst().firstIndex(of: quote)
    }
}

extension String {
    /// The text without blanks at both ends.
    var trimmed: String {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
        return String(self[start..<max(start, end)])
    }
}
