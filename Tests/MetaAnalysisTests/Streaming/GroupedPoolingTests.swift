import Testing

@testable import MetaAnalysis

@Suite struct GroupedPoolingTests {
    private static let rows = Array(
        "group,yi,vi\na,0.1,0.2\na,\"0.5\",0.1\n\"b\n\"\"c\"\"\",0.4,0.25\r\nd,1e-3,0.5\nd,NA,0.5\nd,0.2,0.5".utf8)

    /// Pools the bytes when only `size` more of them are there each time.
    private static func text(
        _ bytes: [UInt8], size: Int, columns: StudyColumns = StudyColumns()
    ) throws -> String {
        try bytes.withUnsafeBufferPointer { bytes in
            var end = min(size, bytes.count)
            var found: TableHeader?
            while found == nil {
                found = try TableHeader(
                    UnsafeBufferPointer(rebasing: bytes[..<end]), isLast: end == bytes.count, name: "table")
                if found == nil { end = min(end + size, bytes.count) }
            }
            let header = try #require(found)
            var run = try GroupedPoolingRun(
                GroupedPooling(
                    by: "group", columns: columns, pooling: BatchPooling(heterogeneity: .derSimonianLaird)), header,
                writer: GroupWriter(.csv))
            var start = header.byteCount
            while true {
                let consumed = try run.read(
                    UnsafeBufferPointer(rebasing: bytes[start..<end]), isLast: end == bytes.count)
                start += consumed
                guard consumed == 0 else { continue }
                if end == bytes.count { break }
                end = min(end + size, bytes.count)
            }
            try run.finish()
            var text = ""
            for block in run.takeEnded() {
                try block.pool()
                try run.note(block)
                text += String(decoding: block.text.bytes, as: UTF8.self)
            }
            return text
        }
    }

    @Test(arguments: Array(1...70))
    func bordersBetweenBlocksChangeNothing(_ size: Int) throws {
        #expect(try Self.text(Self.rows, size: size) == Self.text(Self.rows, size: 1_000))
    }

    /// Rows that say that they sum up the others of their group change nothing, read one by one or as a table.
    @Test(arguments: ["yi,vi", "ai,n1i,ci,n2i"])
    func totalsAreNoStudies(columns: String) throws {
        let isReported = columns == "yi,vi"
        let studies =
            isReported
            ? ["0.1,0.2", "0.5,0.1", "0.3,0.3"] : ["1,10,2,11", "4,31,5,33", "3,28,7,30"]
        let totals = isReported ? ["0.3,0.05", "0.2,0.1"] : ["8,69,14,74", "8,69,14,74"]
        let names = ["Total Knee 2004", "B", "C", "Subtotal (95% CI)", "\"RE Model (Q = 1, p = 0.3)\""]
        func rows(_ count: Int) -> [UInt8] {
            let lines = zip(names, studies + totals).prefix(count).map { "a,\($0),\($1)\n" }
            return Array(("group,study,\(columns)\n" + lines.joined()).utf8)
        }
        #expect(try Self.text(rows(5), size: 1_000) == Self.text(rows(3), size: 1_000))
        #expect(try Self.text(rows(3), size: 1_000) != Self.text(rows(2), size: 1_000))
    }

    /// Every group as the same rows by themselves are pooled, whatever its rows report.
    @Test(
        arguments: [
            (
                "MD", "n1i,n2i,q1_1i,median1i,q3_1i,q1_2i,median2i,q3_2i",
                ["60,55,8,10.5,12.4,6,8.1,10.2", "60,55,8,11,12.4,6,7,10.2"]
            ),
            (
                "OR", "ai,n1i,ci,n2i,yi,vi,or,ci_low,ci_high",
                ["1,10,2,10,,,,,", ",,,,0.5,0.2,,,", ",,,,,,0.7,0.5,0.98"]
            ),
            ("HR", "oe,v,hr,se", ["-8.5,21,,", ",,0.9,0.2"]), ("OR", "or,se", ["0.7,0.3", "0.9,0.4"]),
            ("HR", "ratio,sei", ["1.2,0.2", "0.9,0.3"]), ("HR", "ratio,vi", ["1.2,0.04", "0.9,0.09"]),
            ("HR", "hr,ci_low,ci_high", ["1.2,0.9,1.6", "0.9,0.5,1.62"]), ("HR", "hr,p", ["1.2,0.04", "0.9,0.3"]),
            ("HR", "yi,sei", ["0.2,0.2", "-0.1,0.3"]), ("HR", "logHR,hr,se", ["0.2,,0.2", ",0.9,0.3"]),
            ("PLO", "percent,ci_low,ci_high", ["20,10,40", "50,40,60"]),
            ("ZCOR", "r,ci_low,ci_high", ["0.5,0.2,0.7", "0.4,0.1,0.6"]),
            ("PLO", "prop,n", ["0.2,40", "0.3,50"]), ("VE", "ve,lower,upper", ["0.8,0.6,0.9", "0.5,0.2,0.7"]),
        ] as [(String, String, [String])])
    func groupsOfMixedRows(measure: String, header: String, rows: [String]) throws {
        let columns = StudyColumns(measure: measure)
        let model = RandomEffects(heterogeneity: .derSimonianLaird)
        let alone = try columns.read(Table(csv: ([header] + rows).joined(separator: "\n"), name: "t"))[0].studies
            .effectSizes(measureCode: measure)
        let expected = try model.fit(alone)
        let grouped = (["group,\(header)"] + ["a", "b"].flatMap { group in rows.map { "\(group),\($0)" } })
        let lines = try Self.text(Array(grouped.joined(separator: "\n").utf8), size: 1_000, columns: columns)
            .split(separator: "\n").map { $0.split(separator: ",") }
        #expect(lines.map { String($0[0]) } == ["a", "b"])
        for line in lines {
            #expect(Int(line[1]) == rows.count)
            #expect(abs((Double(line[2]) ?? .nan) - expected.estimate) < 1e-12)
        }
    }

    @Test func theMeasureIsThatOfAColumnWhereNoneIsAskedFor() throws {
        let rows = Array("group,rr,ci_low,ci_high\na,0.8,0.7,0.92\na,0.7,0.5,0.98\n".utf8)
        #expect(
            try Self.text(rows, size: 1_000)
                == Self.text(rows, size: 1_000, columns: StudyColumns(measure: "RR")))
        #expect(throws: MetaAnalysisError.self) {
            try Self.text(rows, size: 1_000, columns: StudyColumns(assignments: ["yi": "rr"], measure: "RR"))
        }
    }

    @Test func labelsAreWrittenAsRead() throws {
        let lines = try Self.text(Self.rows, size: 1_000)
        #expect(lines.hasPrefix("a,2,"))
        #expect(lines.contains("\n\"b\n\"\"c\"\"\",1,0.4,0.5,"))
        #expect(lines.contains("\nd,2,"))
    }
}

@Suite struct GroupOrderTests {
    private static func hasSeen(_ label: String, _ order: inout GroupOrder) -> Bool {
        Array(label.utf8).withUnsafeBufferPointer { order.hasSeen($0) }
    }

    @Test func knowsEveryGroupOfFew() {
        var order = GroupOrder()
        for index in 0..<60_000 {
            let isNew = !Self.hasSeen("g\(index)", &order)
            #expect(isNew)
        }
        for index in stride(from: 0, to: 60_000, by: 977) {
            let isSeen = Self.hasSeen("g\(index)", &order)
            #expect(isSeen)
        }
    }

    /// Of many groups a sample is kept; a file in no order meets it soon.
    @Test func knowsASampleOfMany() {
        var order = GroupOrder()
        var wrong = 0
        for index in 0..<300_000 where Self.hasSeen("g\(index)", &order) { wrong += 1 }
        #expect(wrong == 0)
        var seen = 0
        for index in 0..<300_000 where Self.hasSeen("g\(index)", &order) { seen += 1 }
        #expect(seen > 10_000)
    }
}
