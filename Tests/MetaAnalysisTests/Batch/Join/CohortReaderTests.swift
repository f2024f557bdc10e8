import Testing

@testable import MetaAnalysis

/// Files of cohorts as texts, joined and pooled.
struct CohortFiles {
    var join: MarkerJoin
    var leftOut: LeftOutRows

    init(
        _ texts: [String], key: String = "SNP", aligning: Bool = true, assignments: [String: String] = [:],
        filters: [String] = [], skippingBadRows: Bool = false, pieceSize: Int = 1000
    ) throws {
        join = MarkerJoin(aligningAlleles: aligning)
        leftOut = LeftOutRows()
        for (index, text) in texts.enumerated() {
            try Array(text.utf8).withUnsafeBufferPointer { bytes in
                let header = try #require(
                    try TableHeader(
                        bytes, isLast: true, name: "\(index).txt", layout: text.hasPrefix(" ") ? .blanks : nil))
                var reader = try CohortReader(
                    header, key: key, assignments: assignments, filters: filters, skippingBadRows: skippingBadRows)
                try join.beginCohort("\(index).txt")
                var (start, end) = (header.byteCount, min(header.byteCount + pieceSize, bytes.count))
                while true {
                    let consumed = try reader.read(
                        UnsafeBufferPointer(rebasing: bytes[start..<end]), isLast: end == bytes.count, into: &join)
                    start += consumed
                    if consumed > 0 { continue }
                    if end == bytes.count { break }
                    end = min(end + pieceSize, bytes.count)
                }
                leftOut.append(reader.leftOut)
            }
        }
    }

    func csv(_ pooling: MarkerPooling = MarkerPooling()) throws -> String {
        var pooling = pooling
        var text = ByteWriter()
        pooling.writeHeader(for: join, to: &text)
        for first in stride(from: 0, to: join.markerCount, by: 7) {
            try pooling.write(first..<min(first + 7, join.markerCount), of: join, to: &text)
        }
        return String(decoding: text.bytes, as: UTF8.self)
    }
}

@Suite("Reader of cohorts")
struct CohortReaderTests {
    private static let first =
        "SNP\tA1\tA2\tBETA\tSE\nrs1\tA\tC\t0.5\t0.1\nrs2\tA\tG\t-0.2\t0.2\nrs3\tAT\tA\t0.1\t0.1\n"
    private static let second =
        " SNP  A1 A2  BETA    SE\n rs3  a  at  0.2   0.1\n rs1  G  T   0.3   0.1\n rs4  C  G   NA    0.1\n"

    @Test("takes tabs and blanks, and any pieces", arguments: [1, 3, 8, 20, 1000])
    func pieces(size: Int) throws {
        let files = try CohortFiles([Self.first, Self.second], pieceSize: size)
        #expect(files.join.markerCount == 3)
        #expect((0..<3).map { files.join.effect(of: $0, in: 0) } == [0.5, -0.2, 0.1])
        #expect((0..<3).map { files.join.effect(of: $0, in: 1) } == [-0.3, nil, -0.2])
        let cohort = files.join.cohorts[1]
        #expect(cohort.rowCount == 3 && cohort.joinedCount == 2 && cohort.missingCount == 1)
        #expect(cohort.swappedCount == 2 && cohort.turnedCount == 1 && files.leftOut.badCount == 0)
    }

    @Test("takes quotes, filters and assignments") func forms() throws {
        let text = "\"SNP\",chr,eff,sd\n\"a\"\"b, c\",1,1.5,0.5\nd,2,2.5,0.5\ne,1,0.5,0.5\n"
        let files = try CohortFiles(
            [text], aligning: false, assignments: ["yi": "eff", "sei": "sd"], filters: ["chr=1"])
        #expect(files.join.markerCount == 2 && files.join.cohorts[0].rowCount == 2)
        #expect(String(decoding: files.join.key(of: 0), as: UTF8.self) == "a\"b, c")
        #expect(try files.csv().contains("\n\"a\"\"b, c\",1,+,1.5,0.5,"))
    }

    @Test("counts rows without a value or an allele as missing") func missing() throws {
        let rows = [
            "rs1,A,C,NA,0.1", "rs2,A,C,0.1,", "rs3,.,C,0.1,0.1", "rs4,A,0,0.1,0.1", "rs5,NA,C,0.1,0.1", "rs6,A,C,1,1",
        ]
        let files = try CohortFiles(["SNP,A1,A2,BETA,SE\n" + rows.joined(separator: "\n")])
        #expect(files.join.markerCount == 1 && files.join.cohorts[0].missingCount == 5)
    }

    @Test("lists rows with other alleles") func otherAlleles() throws {
        let rows = (0..<30).map { "m\($0),A,C,1,1" }.joined(separator: "\n")
        let others = (0..<30).map { "m\($0),A,G,1,1" }.joined(separator: "\n")
        let header = "SNP,A1,A2,BETA,SE\n"
        let files = try CohortFiles([header + "x,A,C,1,1\n", header + rows, header + others])
        #expect(files.leftOut.otherAllelesCount == 30 && files.leftOut.otherAlleles.count == 20)
        #expect(files.join.cohorts[2].mismatchedCount == 30 && files.join.cohorts[2].joinedCount == 0)
        let error = try #require(files.leftOut.otherAlleles.first)
        #expect(error.location == .init(file: "2.txt", row: 2, column: "A1"))
        #expect(error.message == "\"m0\" has the alleles A/G here and A/C in 1.txt")
    }

    struct Fault: Sendable {
        var rows: [String]
        var code: MetaAnalysisError.Code
        var line: Int
        var column: String?
        var message: String
    }

    static let faults = [
        Fault(rows: ["rs1,A,C,0.1,0"], code: .invalidOutcome, line: 2, column: "SE", message: "standard error is 0"),
        Fault(rows: ["rs0,A,C,1,1", "rs1,A,C,0.1,-1"], code: .invalidOutcome, line: 3, column: "SE", message: "-1"),
        Fault(rows: ["rs1,A,C,x,1"], code: .malformedTable, line: 2, column: "BETA", message: "\"x\""),
        Fault(rows: ["rs1,A,C,1,inf"], code: .malformedTable, line: 2, column: "SE", message: "\"inf\""),
        Fault(rows: ["", "rs1,A,C,1"], code: .malformedTable, line: 3, column: nil, message: "4 fields"),
        Fault(rows: [",A,C,1,1"], code: .malformedTable, line: 2, column: "SNP", message: "no key"),
        Fault(rows: ["NA,A,C,1,1"], code: .malformedTable, line: 2, column: "SNP", message: "no key"),
        Fault(rows: ["rs1,A,a,1,1"], code: .invalidOutcome, line: 2, column: "A2", message: "both alleles"),
        Fault(
            rows: ["rs1,A,C,1,1", "rs2,A,C,1,1", "rs1,A,C,1,1"], code: .malformedTable, line: 4, column: "SNP",
            message: "\"rs1\" stands in an earlier row"),
    ]

    @Test("refuses bad rows with their place", arguments: faults)
    func refuses(fault: Fault) throws {
        let text = "SNP,A1,A2,BETA,SE\n" + fault.rows.joined(separator: "\n") + "\n"
        let error = try #require(throws: MetaAnalysisError.self) { _ = try CohortFiles([text]) }
        #expect(error.code == fault.code && error.location.file == "0.txt" && error.location.row == fault.line)
        #expect(error.message.contains(fault.message) && !error.remedy.isEmpty, "\(error)")
        if let column = fault.column { #expect(error.location.column == column) }
    }

    @Test("leaves out and lists bad rows when it is asked to", arguments: faults)
    func skips(fault: Fault) throws {
        let text = "SNP,A1,A2,BETA,SE\n" + fault.rows.joined(separator: "\n") + "\nlast,A,C,1,1\n"
        let files = try CohortFiles([text], skippingBadRows: true)
        #expect(files.leftOut.badCount == 1 && files.leftOut.badRows.first?.location.row == fault.line)
        let cohort = files.join.cohorts[0]
        #expect(cohort.badCount + cohort.repeatedCount == 1)
        #expect(cohort.rowCount == fault.rows.filter { !$0.isEmpty }.count + 1)
        #expect(cohort.joinedCount == cohort.rowCount - 1 && cohort.missingCount == 0)
    }

    @Test("wants a level between 0 and 1") func level() throws {
        try Array("SNP,BETA,SE\n".utf8).withUnsafeBufferPointer { bytes in
            let header = try #require(try TableHeader(bytes, isLast: true, name: "a"))
            #expect(throws: MetaAnalysisError.self) { _ = try CohortReader(header, key: "SNP", intervalLevel: 95) }
        }
    }
}
