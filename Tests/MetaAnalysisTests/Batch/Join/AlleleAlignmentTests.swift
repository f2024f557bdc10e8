import Testing

@testable import MetaAnalysis

@Suite("Alignment of alleles")
struct AlleleAlignmentTests {
    private func alignment(_ row: String, to reference: String) throws -> AlleleAlignment? {
        var texts = AlleleTexts()
        func pair(_ text: String) throws -> AllelePair {
            let parts = text.split(separator: "/").map { texts.allele(Array($0.utf8).span) }
            return AllelePair(effect: try #require(parts[0]), other: try #require(parts[1]))
        }
        return try pair(row).alignment(to: pair(reference))
    }

    @Test(
        "knows every case",
        arguments: [
            ("A/C", "A/C", false, AlleleAlignment.Strand.same), ("C/A", "A/C", true, .same),
            ("T/G", "A/C", false, .turned), ("G/T", "A/C", true, .turned),
            ("G/A", "A/G", true, .same), ("T/C", "A/G", false, .turned), ("C/T", "A/G", true, .turned),
            ("A/T", "A/T", false, .unknown), ("T/A", "A/T", true, .unknown),
            ("C/G", "C/G", false, .unknown), ("G/C", "C/G", true, .unknown),
            ("a/c", "A/C", false, .same), ("c/A", "a/C", true, .same), ("t/g", "A/C", false, .turned),
            ("AT/A", "AT/A", false, .same), ("A/AT", "AT/A", true, .same), ("a/at", "AT/A", true, .same),
            ("I/D", "I/D", false, .same), ("D/I", "I/D", true, .same), ("A/-", "A/-", false, .same),
        ])
    func cases(row: String, reference: String, isSwapped: Bool, strand: AlleleAlignment.Strand) throws {
        #expect(try alignment(row, to: reference) == AlleleAlignment(isSwapped: isSwapped, strand: strand))
    }

    @Test(
        "leaves out what does not fit",
        arguments: [
            ("A/G", "A/C"), ("A/T", "A/C"), ("C/G", "A/C"), ("A/C", "A/T"), ("C/G", "A/T"), ("TA/T", "AT/A"),
            ("AT/T", "AT/A"), ("T/D", "A/I"), ("AT/A", "A/C"), ("A/N", "T/N"),
        ])
    func mismatches(row: String, reference: String) throws {
        #expect(try alignment(row, to: reference) == nil)
        #expect(try alignment(reference, to: row) == nil)
    }

    @Test("is an involution for bases") func inverse() throws {
        let bases = ["A", "C", "G", "T"]
        let pairs = bases.flatMap { a in bases.filter { $0 != a }.map { "\(a)/\($0)" } }
        for row in pairs {
            for reference in pairs {
                #expect(try alignment(row, to: reference) == alignment(reference, to: row), "\(row) \(reference)")
            }
        }
    }

    @Test("writes alleles in upper case") func texts() throws {
        var texts = AlleleTexts()
        for text in ["a", "C", "acgtACGT", "<del>"] {
            let found = texts.allele(Array(text.utf8).span)
            let allele = try #require(found)
            #expect(String(decoding: texts.bytes(of: allele), as: UTF8.self) == text.uppercased())
        }
    }
}
