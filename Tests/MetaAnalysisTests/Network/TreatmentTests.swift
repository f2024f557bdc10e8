import Foundation
import Testing

@testable import MetaAnalysis

@Suite struct TreatmentTests {
    @Test(arguments: ["Placebo", " Placebo", "Placebo\t", "\u{A0}Placebo \r\n", "\u{2003}Placebo\u{3000}"])
    func blanksAroundANameAreNoPartOfIt(_ name: String) {
        #expect(Treatment(name) == "Placebo")
        #expect(Treatment(name).hashValue == Treatment("Placebo").hashValue)
        #expect(Treatment(name).name == "Placebo" && Treatment(name).description == "Placebo")
    }

    @Test func blanksInsideANameAndItsCaseAre() {
        #expect(Treatment("usual care") != "usual  care")
        #expect(Treatment("placebo") != "Placebo")
        #expect(Treatment(" ").name.isEmpty)
    }

    @Test func accentsAreEqualHoweverTheyAreEncoded() {
        let (composed, decomposed) = (Treatment("Caf\u{E9}"), Treatment("Cafe\u{301}"))
        #expect(composed == decomposed)
        #expect(Set([composed, decomposed]).count == 1)
        #expect(!(composed < decomposed) && !(decomposed < composed))
        #expect(composed.folded == decomposed.folded)
    }

    @Test func orderIgnoresCaseBeforeItRegardsIt() {
        let names: [Treatment] = ["b", "C", "a", "B", "A", "Ä", "10", "9"]
        #expect(names.sorted().map(\.name) == ["10", "9", "A", "a", "B", "b", "C", "Ä"])
        #expect(names.sorted() == Array(names.reversed()).sorted())
    }

    @Test(arguments: [
        ("Placebo", "placebo"), ("St. John's wort", "St Johns wort"), ("usual care", "Usual-Care"),
        ("TNF\u{3B1}", "tnf-\u{3B1}"),
        ("zero\u{200B}width", "zerowidth"), ("5 mg", "5mg"),
    ])
    func namesThatReadersTakeForTheSame(_ first: String, _ second: String) {
        #expect(Treatment(first) != Treatment(second))
        #expect(Treatment(first).folded == Treatment(second).folded)
    }

    @Test(arguments: [
        ("1.5 mg", "15 mg"), ("5/10", "51/0"), ("A+B", "AB"), ("<5", ">5"), ("*", "#"), ("A", "B"), ("2-4 h", "24 h"),
    ])
    func namesThatReadersTellApart(_ first: String, _ second: String) {
        #expect(Treatment(first).folded != Treatment(second).folded)
    }

    @Test func inJSONATreatmentIsItsName() throws {
        #expect(
            String(decoding: try JSONEncoder().encode(["A", "B"] as [Treatment]), as: UTF8.self) == "[\"A\",\"B\"]")
        #expect(try JSONDecoder().decode([Treatment].self, from: Data("[\" A \"]".utf8)) == ["A"])
    }
}
