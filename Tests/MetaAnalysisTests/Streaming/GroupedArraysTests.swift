import Testing

@testable import MetaAnalysis

@Suite("Arrays of groups")
struct GroupedArraysTests {
    static func header(_ shape: [Int], isFortranOrder: Bool = false, _ element: NumPyHeader.Element = .float64) throws
        -> NumPyHeader
    {
        let text =
            "{'descr': '\(element.rawValue)', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': \(NumPyHeader.text(shape))}"
        return try #require(try NumPyHeaderTests.bytes(text).withUnsafeBytes { try NumPyHeader($0, isLast: true) })
    }

    static func arrays(_ shape: [Int], isFortranOrder: Bool = false, offsets: [Int]? = nil) throws -> GroupedArrays {
        let header = try header(shape, isFortranOrder: isFortranOrder)
        return try GroupedArrays(effects: header, precisions: header, of: .variance, offsets: offsets, file: "a.npz")
    }

    @Test("are taken in blocks that cover every group once") func blocks() throws {
        let offsets = (0...20_000).map { $0 * ($0 % 2 == 0 ? 3 : 3) }
        for arrays in [
            try Self.arrays([10_000, 5]), try Self.arrays([3, 100_000]), try Self.arrays([0, 5]),
            try Self.arrays([100, 7], isFortranOrder: true), try Self.arrays([60_000], offsets: offsets),
            try Self.arrays([0], offsets: [0, 0, 0]),
        ] {
            var first = 0
            var studies = 0
            while first < arrays.groupCount {
                let block = arrays.block(from: first)
                #expect(block.lowerBound == first && !block.isEmpty)
                #expect(arrays.studyCount(block) <= arrays.largestBlock)
                #expect(arrays.layout(block).studyCount == arrays.studyCount(block))
                studies += arrays.studyCount(block)
                first = block.upperBound
            }
            #expect(first == arrays.groupCount)
            #expect(arrays.largestBlock <= max(studies, 1))
        }
    }

    @Test("know group and study of a position") func places() throws {
        let rows = try Self.arrays([10, 3])
        #expect(rows.place(of: 7, in: 2..<10) == (5, 2))
        let columns = try Self.arrays([10, 3], isFortranOrder: true)
        #expect(columns.place(of: 12, in: 0..<10) == (3, 2))
        let ragged = try Self.arrays([6], offsets: [0, 2, 2, 5, 6])
        #expect(ragged.place(of: 1, in: 0..<4) == (1, 2) && ragged.place(of: 2, in: 0..<4) == (3, 1))
        #expect(ragged.place(of: 0, in: 2..<4) == (3, 1) && ragged.place(of: 3, in: 2..<4) == (4, 1))
    }

    @Test("have the shape of each other") func mismatch() throws {
        func error(
            _ effects: NumPyHeader, _ precisions: NumPyHeader, _ offsets: [Int]? = nil
        ) throws -> MetaAnalysisError {
            try #require(throws: MetaAnalysisError.self) {
                _ = try GroupedArrays(
                    effects: effects, precisions: precisions, of: .standardError, offsets: offsets, file: "a.npz")
            }
        }
        let square = try Self.header([3, 4])
        let shape = try error(square, Self.header([4, 3]))
        #expect(
            shape.description
                == "a.npz:sei: its shape is (4, 3) where that of yi is (3, 4); give one number for each effect")
        #expect(try error(square, Self.header([3, 4], isFortranOrder: true)).remedy.contains("ascontiguousarray"))
        #expect(try error(Self.header([3]), Self.header([3])).message == "its shape is (3,)")
        // However many groups a header of a few bytes claims.
        let groups = try Self.header([1 << 50, 0])
        #expect(try error(groups, groups).message.contains("no study in any group"))
        #expect(try error(Self.header([1, 2, 3]), Self.header([1, 2, 3])).location.column == "yi")
        #expect(try error(square, square, [0, 4]).message.contains("there are offsets"))
        #expect(try error(Self.header([3, 4], .int64), square).message.contains("'<i8'"))
        for offsets in [[], [1, 3], [0, 2], [0, 2, 1, 3], [0, 4]] {
            #expect(try error(Self.header([3]), Self.header([3]), offsets).location.column == "offsets")
        }
    }
}
