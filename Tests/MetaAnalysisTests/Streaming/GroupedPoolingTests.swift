import Testing

@testable import MetaAnalysis

@Suite struct GroupedPoolingTests {
    private static let rows = Array(
        "group,yi,vi\na,0.1,0.2\na,\"0.5\",0.1\n\"b\n\"\"c\"\"\",0.4,0.25\r\nd,1e-3,0.5\nd,NA,0.5\nd,0.2,0.5".utf8)

    /// Pools the bytes when only `size` more of them are there each time.
    private static func text(_ bytes: [UInt8], size: Int) throws -> String {
        try bytes.withUnsafeBufferPointer { bytes in
            var end = min(size, bytes.count)
            var found: TableHeader?
            while found == nil {
                found = try TableHeader(
                    UnsafeBufferPointer(rebasing: bytes[..<end]), isLast: end == bytes.count, name: "table")
                if found == nil { end = min(end + size, bytes.count) }
            }
            guard let header = found else { return "" }
            var run = try GroupedPoolingRun(
                GroupedPooling(by: "group", pooling: BatchPooling(heterogeneity: .derSimonianLaird)), header,
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
