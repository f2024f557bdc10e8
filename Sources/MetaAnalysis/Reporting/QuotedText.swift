/// Returns the text in quotes, on one line and cut to a length that fits a message.
func quoted(_ text: String) -> String { "\"\(inOneLine(text))\"" }

/// Returns the text on one line and cut to a length that fits a message.
func inOneLine(_ text: String) -> String {
    let limit = 40
    let shown = text.unicodeScalars.prefix(limit).map { scalar in
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case _ where scalar.properties.generalCategory == .control: scalar.codePoint
        default: String(scalar)
        }
    }
    return shown.joined() + (text.unicodeScalars.count > limit ? "…" : "")
}

extension Unicode.Scalar {
    /// Code point and name: "U+2212 (minus sign)".
    var codePoint: String {
        let digits = String(value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return properties.name.map { "\(code) (\($0.lowercased()))" } ?? code
    }
}
