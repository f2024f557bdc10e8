import MetaAnalysisFixtures
import Testing

@testable import MetaAnalysis

@Suite("Header of an array")
struct NumPyHeaderTests {
    /// A header with this dictionary.
    static func bytes(_ dictionary: String, version: UInt8 = 1) -> [UInt8] {
        let length = dictionary.utf8.count
        let size: [UInt8] =
            version == 1
            ? [UInt8(length & 0xFF), UInt8(length >> 8)] : [UInt8(length & 0xFF), UInt8(length >> 8), 0, 0]
        return NumPyHeader.magic + [version, 0] + size + Array(dictionary.utf8)
    }

    private func read(_ bytes: [UInt8], isLast: Bool = true) throws -> NumPyHeader? {
        try bytes.withUnsafeBytes { try NumPyHeader($0, isLast: isLast) }
    }

    @Test("is read as NumPy writes it") func fixture() throws {
        let bytes = try Fixtures.bytes("reference/arrays/yi.npy")
        let header = try #require(try read(bytes))
        #expect(header.element == .float64 && header.shape == [6, 4] && !header.isFortranOrder)
        #expect(header.byteCount == 128 && header.dataSize == bytes.count - 128)
    }

    @Test(
        "is read in every form",
        arguments: [
            ("{'descr': '<f4', 'fortran_order': True, 'shape': (3,), }", [3]),
            ("{\"shape\":(2,3),\"fortran_order\":True,\"descr\":\"<f4\"}  \n", [2, 3]),
            ("{ 'descr' : '<f4' , 'fortran_order' : True , 'shape' : ( 7L , 0L ) , }", [7, 0]),
            ("{'descr': '<f4', 'fortran_order': True, 'shape': (), }", []),
        ])
    func forms(dictionary: String, shape: [Int]) throws {
        for version in 1...3 as ClosedRange<UInt8> {
            let header = try #require(try read(Self.bytes(dictionary, version: version)))
            #expect(header.element == .float32 && header.isFortranOrder && header.shape == shape)
            #expect(header.count == shape.reduce(1, *))
        }
    }

    @Test("waits for more bytes, and says when there are none") func incomplete() throws {
        let bytes = Self.bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }")
        for count in 0..<bytes.count {
            #expect(try read(Array(bytes.prefix(count)), isLast: false) == nil)
            let error = try #require(throws: MetaAnalysisError.self) { _ = try read(Array(bytes.prefix(count))) }
            #expect(error.code == .malformedTable)
        }
    }

    @Test(
        "is refused with a remedy",
        arguments: [
            ("{'descr': '>f8', 'fortran_order': False, 'shape': (3,), }", "'>f8'", "astype"),
            ("{'descr': '<c16', 'fortran_order': False, 'shape': (3,), }", "'<c16'", "astype"),
            ("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", "'|O'", "astype"),
            (
                "{'descr': [('a', '<f8'), ('b', '<f8', (2,))], 'fortran_order': False, 'shape': (3,), }", "structure",
                "astype"
            ),
            ("{'descr': '<f8', 'shape': (3,), }", "cannot be read", "numpy.save"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }", "cannot be read", "numpy.save"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (3,)", "cannot be read", "numpy.save"),
            ("{'descr': '<f8', 'fortran_order': 0, 'shape': (3,)}", "cannot be read", "numpy.save"),
            ("not a dictionary", "cannot be read", "numpy.save"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000, 4000000000)}", "shape", "anew"),
        ])
    func refused(dictionary: String, message: String, remedy: String) throws {
        let error = try #require(throws: MetaAnalysisError.self) { _ = try read(Self.bytes(dictionary)) }
        #expect(
            error.code == .malformedTable && error.message.contains(message) && error.remedy.contains(remedy),
            "\(error)")
    }

    @Test("knows its versions") func versions() throws {
        let error = try #require(throws: MetaAnalysisError.self) { _ = try read(Self.bytes("{}", version: 9)) }
        #expect(error.message.contains("version 9.0"))
        let other = try #require(throws: MetaAnalysisError.self) { _ = try read(Array("group,yi,vi\n1,2,3\n".utf8)) }
        #expect(other.message.contains("not an array"))
    }

    @Test("is written so that the numbers begin at a multiple of 64") func written() throws {
        for count in [0, 5, 1_000_000] {
            let bytes = NumPyHeader.bytes(type: "'<f8'", count: count)
            let header = try #require(try read(bytes))
            #expect(bytes.count % 64 == 0 && header.byteCount == bytes.count && header.shape == [count])
        }
    }
}
