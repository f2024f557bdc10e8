import MetaAnalysis
import Testing

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("Aronson 1948", 12), ("田中 2011", 9), ("Müller", 6), ("Mu\u{308}ller", 6), ("ｱﾒﾘｶ", 4), ("한국", 4),
        ("τ² ± 1", 6), ("👩‍🔬", 2), ("ー", 2), ("\u{200B}", 0),
    ])
    func columns(text: String, width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test(arguments: [
        ("Aronson 1948", 12, "Aronson 1948"), ("Aronson 1948", 11, "Aronson 19…"), ("Aronson 1948", 9, "Aronson…"),
        ("田中さくら", 7, "田中さ…"), ("田中さくら", 6, "田中…"), ("abc", 1, "…"),
    ])
    func cut(text: String, width: Int, expected: String) {
        #expect(text.truncated(toWidth: width) == expected)
        #expect(text.truncated(toWidth: width).displayWidth <= width)
    }

    @Test func linesBreakAtSpacesAndInsideLongWords() {
        #expect("one two three".wrapped(toWidth: 7) == ["one two", "three"])
        #expect("abcdefghij k".wrapped(toWidth: 4) == ["abcd", "efgh", "ij k"])
        #expect("田中さくら".wrapped(toWidth: 5) == ["田中", "さく", "ら"])
        #expect("".wrapped(toWidth: 5) == [])
        #expect("a  b".wrapped(toWidth: 5) == ["a b"])
    }

    @Test func controlCharactersNeverReachTheTerminal() {
        #expect("a\nb\t\tc".singleLine == "a b c")
        #expect("  x ".singleLine == "x")
        #expect("\u{1B}[31mred".singleLine == "\u{FFFD}[31mred")
    }
}
