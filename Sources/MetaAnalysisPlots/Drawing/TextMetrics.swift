/// Widths of text in Helvetica, and in Arial and Liberation Sans, which have the same advance widths.
///
/// A letter outside ASCII is given the width of a wide letter of its script, so that a column is too wide rather than too narrow. East
/// Asian characters are 1 em wide.
public struct TextMetrics: Hashable, Sendable {
    /// Font families of the figures, those with the same widths first.
    static let family = "Helvetica, Arial, 'Liberation Sans', 'Nimbus Sans', sans-serif"
    /// Height above the baseline and depth below it, in em.
    static let ascent = 0.74
    static let descent = 0.21

    /// Font size, in user units.
    public var size: Double
    /// Whether the font is bold; default false.
    public var isBold: Bool

    /// Makes the metrics of a font of a size in user units.
    public init(size: Double, isBold: Bool = false) {
        self.size = size
        self.isBold = isBold
    }

    /// Returns the sum of the advance widths of the characters, in user units.
    public func width(of text: String) -> Double {
        var units = 0
        for scalar in text.unicodeScalars { units += width(of: scalar) }
        return Double(units) * size / 1000
    }

    /// Returns whether the text is at most as wide as `width`, apart from rounding.
    public func fits(_ text: String, in width: Double) -> Bool { self.width(of: text) <= width + 1e-6 }

    /// Returns the text cut to a width; its last character is "…" if something was cut off.
    public func shortened(_ text: String, to width: Double) -> String {
        guard !fits(text, in: width) else { return text }
        var kept = ""
        var used = self.width(of: "…")
        for character in text {
            let next = self.width(of: String(character))
            guard used + next <= width else { break }
            used += next
            kept.append(character)
        }
        while kept.last == " " { kept.removeLast() }
        return kept + "…"
    }

    /// Returns lines of at most a width, broken at spaces; a word that is wider is shortened.
    public func wrapped(_ text: String, to width: Double) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? String(word) : line + " " + word
            if fits(longer, in: width) {
                line = longer
            } else {
                if !line.isEmpty { lines.append(line) }
                line = shortened(String(word), to: width)
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    /// Returns the advance width of a character, in thousandths of an em.
    private func width(of scalar: Unicode.Scalar) -> Int {
        let value = Int(scalar.value)
        if value >= 32, value < 127 { return isBold ? Self.boldWidths[value - 32] : Self.widths[value - 32] }
        switch value {
        case 0..<32, 127..<0xA0: return 0
        case 0xB2, 0xB3, 0xB9: return 333
        case 0xC0...0xDE: return 800
        case 0xDF...0xFF: return 611
        case 0x131: return 278
        case 0x100...0x24F: return 740
        case 0x370...0x3FF: return 700
        case 0x400...0x52F: return 820
        case 0x590...0x8FF: return 700
        case 0x2010, 0x2011, 0x2018, 0x2019: return 333
        case 0x2013: return 556
        case 0x2014, 0x2026: return 1000
        case 0x2212: return 584
        case 0x2190...0x2193: return 1000
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return value >= 0x1F000 ? 1300 : 1000
        }
    }

    private static let widths = [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
        556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
        556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
        556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
        500, 500, 500, 334, 260, 334, 584,
    ]

    private static let boldWidths = [
        278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
        556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722,
        611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556,
        611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778,
        556, 556, 500, 389, 280, 389, 584,
    ]
}

extension StringProtocol {
    /// The text on one line for use in a figure, with blanks and line breaks as single spaces. Control characters, characters that change
    /// the direction of the surrounding text, and characters that XML cannot contain are removed.
    var drawable: String {
        if isPlainLine { return String(self) }
        var line = ""
        var isBlank = true
        for scalar in unicodeScalars {
            let isASCII = scalar.value < 128
            if isASCII ? scalar.value == 32 || (9...13).contains(scalar.value) : scalar.properties.isWhitespace {
                if !isBlank { line.unicodeScalars.append(" ") }
                isBlank = true
                continue
            }
            switch scalar.value {
            case 0..<32, 127..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xFDD0...0xFDEF: continue
            case let value where value & 0xFFFE == 0xFFFE: continue
            default:
                line.unicodeScalars.append(scalar)
                isBlank = false
            }
        }
        if line.last == " " { line.removeLast() }
        return line
    }

    /// Whether the text is printable ASCII with single blanks between words, as most labels are.
    private var isPlainLine: Bool {
        var previous = UInt8(ascii: " ")
        for byte in utf8 {
            guard byte >= 32, byte < 127, byte != 32 || previous != 32 else { return false }
            previous = byte
        }
        return previous != 32
    }
}
