import Testing

@testable import MetaAnalysis

/// All records as their fields between the separators, with the lines they begin on.
private func records(_ text: String, separator: Character = ",") throws -> [(line: Int, fields: [String])] {
    let bytes = Array(text.utf8)
    var reader = CSVReader(bytes, separator: separator.asciiValue ?? 0, from: 0)
    var result: [(Int, [String])] = []
    var ends: [UInt32] = []
    while let record = try reader.next(appendingEndsTo: &ends) {
        var start = record.start
        let fields = ends.suffix(record.fieldCount).map { end in
            defer { start = record.start + Int(end) + 1 }
            return String(decoding: bytes[start..<(record.start + Int(end))], as: UTF8.self)
        }
        result.append((record.line, fields))
    }
    return result
}

@Suite("CSV records")
struct CSVReaderTests {
    @Test("end at LF, CR, CRLF or the end of the text", arguments: ["\n", "\r", "\r\n"], [true, false])
    func lineBreaks(lineBreak: String, endsInBreak: Bool) throws {
        let text = ["a,b", "", "1,", "  ", ",2", ","].joined(separator: lineBreak) + (endsInBreak ? lineBreak : "")
        let found = try records(text)
        #expect(found.map(\.fields) == [["a", "b"], ["1", ""], ["", "2"], ["", ""]])
        #expect(found.map(\.line) == [1, 3, 5, 6])
    }

    @Test("count the lines inside quotes") func quotedLines() throws {
        let found = try records("a,\"x\ny\r\nz\rw\"\nb,c\n")
        #expect(found.map(\.line) == [1, 5])
        #expect(found[0].fields == ["a", "\"x\ny\r\nz\rw\""])
    }

    @Test("hold separators and doubled quotes inside quotes, and blanks around them") func quotes() throws {
        let found = try records("\"a,b\", \"c\"\"d\" ,e")
        #expect(found.map(\.fields) == [["\"a,b\"", " \"c\"\"d\" ", "e"]])
    }

    @Test("keep a tab as a blank unless it separates") func tabs() throws {
        #expect(try records("a\t,\"b\"\t,c").map(\.fields) == [["a\t", "\"b\"\t", "c"]])
        #expect(try records("\t\n\t1", separator: "\t").map(\.fields) == [["", ""], ["", "1"]])
    }

    @Test("are none in an empty or blank text", arguments: ["", "\n", " \r\n\t\n  "])
    func blank(text: String) throws {
        #expect(try records(text).isEmpty)
    }

    @Test("hold any character of Unicode") func unicode() throws {
        let text = "é,߿,ࠀ,퟿,\u{E000},\u{FFFF},𐀀,\u{10FFFF}"
        #expect(try records(text).map(\.fields) == [text.split(separator: ",").map(String.init)])
    }

    @Test(
        "refuse bytes that are not UTF-8",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0x80], [0xE1, 0x80],
            [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF1, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0x00],
        ] as [[UInt8]])
    func invalidBytes(bytes: [UInt8]) {
        for (opening, closing) in [("a\nb,", ""), ("a\nb,\"", "\"")] {
            var reader = CSVReader(Array(opening.utf8) + bytes + Array(closing.utf8), separator: 0x2C, from: 0)
            var ends: [UInt32] = []
            let fault = #expect(throws: CSVFault.self) {
                while try reader.next(appendingEndsTo: &ends) != nil {}
            }
            #expect(fault?.line == 2 && fault?.field == 1)
            #expect(fault?.message.contains("byte \(opening.utf8.count + 1) ") == true)
        }
    }
}
