extension StringProtocol {
    /// Width of the text in columns of a terminal: two for East Asian wide characters and emoji, none for combining marks.
    package var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// The text on one line, with blanks and line breaks as single spaces and other control characters as "�".
    package var singleLine: String {
        var line = ""
        var isBlank = true
        for character in self {
            if character.isWhitespace {
                if !isBlank { line.append(" ") }
                isBlank = true
            } else {
                let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
                line.append(isControl ? "\u{FFFD}" : character)
                isBlank = false
            }
        }
        if line.last == " " { line.removeLast() }
        return line
    }

    /// Returns the text cut to `width` columns; "…" is in the last column if something was cut off.
    package func truncated(toWidth width: Int) -> String {
        guard displayWidth > width else { return String(self) }
        var kept = ""
        var used = 0
        for character in self {
            guard used + character.displayWidth < width else { break }
            kept.append(character)
            used += character.displayWidth
        }
        while kept.last == " " { kept.removeLast() }
        return kept + "…"
    }

    /// Returns lines of at most `width` columns, broken at spaces, or within a word that is longer than a line. All lines but the first
    /// begin with `indent` spaces.
    package func wrapped(toWidth width: Int, indent: Int = 0) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        var isStart = true
        func endLine() {
            lines.append(line)
            line = String(repeating: " ", count: indent)
            used = indent
            isStart = true
        }
        for word in split(separator: " ") {
            if !isStart, used + 1 + word.displayWidth > width { endLine() }
            if !isStart {
                line.append(" ")
                used += 1
            }
            for character in word {
                if !isStart, used + character.displayWidth > width { endLine() }
                line.append(character)
                used += character.displayWidth
                isStart = false
            }
        }
        if !isStart { endLine() }
        return lines
    }
}

extension Character {
    fileprivate var displayWidth: Int {
        // The widest scalar gives the width of the cluster: marks, joiners and selectors after it take no column of their own.
        unicodeScalars.reduce(0) { max($0, $1.displayWidth) }
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        if value < 0x300 { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return Self.isWide(value) ? 2 : 1
        }
    }

    /// Returns whether the character is in a block of wide characters (W or F) of Unicode Standard Annex 11, or is an emoji presented as a
    /// picture.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
