import Testing

@testable import MetaAnalysis

@Suite("Mutated input")
struct MutatedInputTests {
    static let files = [
        "study,ai,n1i,ci,n2i\nAlpha,4,123,11,139\n\"Beta, B.\",6,306,29,303\nGamma,NA,231,11,220\n",
        "\u{FEFF}studlab\tevent.e\tn.e\tevent.c\tn.c\r\n\"A \"\"x\"\"\"\t1\t10\t2\t20\r\nB\t0\t9\t1\t9\r\n\r\n",
        "study;n_t;mean_t;sd_t;n_c;mean_c;sd_c;group\nÄ;10;1.5;0.2;12;-1e-2;.3;\"a\nb\"\nB;9;;2;9;1;2;c\n",
        "study,outcome,yi,sei,ci_low,ci_high,mean_change,sd_change,n\nA,x,1,0.5,,,,,\nB,x,2,,1,3,,,\nC,y,,,,,3,1,12\n",
        "ri,ni,cluster\r0.5,10,1\r-0.25,20,1\r",
    ]

    /// Bytes that mean something to a reader of tables.
    static let special =
        Array(",;\t\"\r\n NA-+.eE0%<=é\u{2212}\u{FEFF}".utf8) + [0, 0x80, 0xC3, 0xE2, 0xED, 0xF4, 0xFF]

    @Test("is read or refused, and never ends the program", arguments: files.indices) func mutated(file: Int) throws {
        let original = Array(Self.files[file].utf8)
        #expect(throws: Never.self) { try Self.read(original) }
        var generator = SeededGenerator(seed: UInt64(file))
        var counts = (read: 0, refused: 0)
        for round in 0..<2000 {
            let bytes = Self.mutation(of: original, &generator)
            do {
                try Self.read(bytes)
                counts.read += 1
            } catch let error as MetaAnalysisError {
                counts.refused += 1
                let isOneLine = !error.description.contains(where: \.isNewline)
                #expect(isOneLine && !error.remedy.isEmpty, "round \(round): \(error)")
                if error.code == .malformedTable || error.code == .invalidOutcome {
                    #expect(error.location.row != nil, "round \(round): \(error)")
                }
            }
        }
        // Both roads were taken, or the mutations test nothing.
        #expect(counts.read > 100 && counts.refused > 100, "\(counts)")
    }

    private static func read(_ bytes: [UInt8]) throws {
        let table = try Table(csv: bytes, name: "t.csv")
        for row in 0..<table.rowCount {
            for column in table.columns.indices { _ = table.text(row: row, column: column) }
        }
        for data in try StudyColumns().read(table) {
            #expect(data.studies.count + data.excluded.count > 0)
            #expect(data.tableRows.count == data.studies.count)
            let effects = try data.studies.effectSizes()
            #expect(effects.effects.count + effects.excluded.count == data.studies.count)
            #expect(effects.effects.allSatisfy { $0.estimate.isFinite && $0.variance.isFinite && $0.variance > 0 })
        }
    }

    /// One to four changes, each at a random place: a byte replaced, put in or taken out, a stretch doubled, or the end cut.
    private static func mutation(of original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &generator)
            let byte =
                Bool.random(using: &generator)
                ? special[Int.random(in: special.indices, using: &generator)]
                : UInt8.random(in: 0...255, using: &generator)
            switch Int.random(in: 0..<16, using: &generator) {
            case 0..<6: bytes[place] = byte
            case 6..<10: bytes.insert(byte, at: place)
            case 10..<13: bytes.remove(at: place)
            case 13..<15:
                let end = min(bytes.count, place + Int.random(in: 1...12, using: &generator))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }
}
