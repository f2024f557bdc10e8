import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite("Pooling of arrays")
struct ArrayPoolingTests {
    private static let settings = BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald)

    private func run(
        _ arrays: GroupedArrays, _ effects: [Double], _ precisions: [Double],
        form: ArrayPoolingRun.Form = .csv(digits: 0),
        skippingBad: Bool = false, check: (borrowing ArrayPoolingRun) throws -> Void
    ) throws {
        var run = ArrayPoolingRun(Self.settings, arrays, form: form, file: "a.npz", skippingBad: skippingBad)
        try effects.withUnsafeBytes { effects in
            try precisions.withUnsafeBytes { precisions in
                var (group, study) = (0, 0)
                while group < arrays.groupCount {
                    let block = arrays.block(from: group)
                    let bytes = (8 * study)..<(8 * (study + arrays.studyCount(block)))
                    try run.pool(
                        block, effects: UnsafeRawBufferPointer(rebasing: effects[bytes]),
                        precisions: UnsafeRawBufferPointer(rebasing: precisions[bytes]))
                    study += arrays.studyCount(block)
                    group = block.upperBound
                }
            }
        }
        try check(run)
    }

    private func text(_ arrays: GroupedArrays, _ effects: [Double], _ precisions: [Double]) throws -> String {
        var text = ""
        try run(arrays, effects, precisions) { text = String(decoding: $0.output.bytes, as: UTF8.self) }
        return text
    }

    private static func random(_ count: Int) -> (effects: [Double], variances: [Double]) {
        var generator = SeededGenerator(seed: 11)
        return (
            (0..<count).map { _ in Double.random(in: -1...1, using: &generator) },
            (0..<count).map { _ in Double.random(in: 0.01...0.2, using: &generator) }
        )
    }

    @Test("does not depend on the layout") func layouts() throws {
        let (groups, studies) = (9000, 5)
        let (effects, variances) = Self.random(groups * studies)
        func turned(_ numbers: [Double]) -> [Double] {
            (0..<studies).flatMap { study in (0..<groups).map { numbers[$0 * studies + study] } }
        }
        let rows = try text(GroupedArraysTests.arrays([groups, studies]), effects, variances)
        let columns = try text(
            GroupedArraysTests.arrays([groups, studies], isFortranOrder: true), turned(effects), turned(variances))
        let ragged = try text(
            GroupedArraysTests.arrays([groups * studies], offsets: (0...groups).map { $0 * studies }), effects,
            variances)
        #expect(rows == columns && rows == ragged)
        #expect(rows.split(separator: "\n").count == groups + 1)
        #expect(rows.hasPrefix("\(GroupWriter.header)1,5,"))
    }

    @Test("takes single precision and standard errors") func elements() throws {
        let header = try GroupedArraysTests.header([2, 2], .float32)
        let arrays = try GroupedArrays(effects: header, precisions: header, of: .standardError, file: "a.npz")
        var run = ArrayPoolingRun(Self.settings, arrays, form: .csv(digits: 3), file: "a.npz")
        try [0.25, 0.25, 1.5, 1.5].map(Float.init).withUnsafeBytes { effects in
            try [0.5, 0.5, 1, 1].map(Float.init).withUnsafeBytes { errors in
                try run.pool(0..<2, effects: effects, precisions: errors)
            }
        }
        let lines = String(decoding: run.output.bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines[1].hasPrefix("1,2,0.25,0.354,") && lines[2].hasPrefix("2,2,1.5,0.707,"))
    }

    @Test("does not ask for a number above 0 where there is one") func squareOutOfRange() throws {
        let header = try GroupedArraysTests.header([1, 1])
        let arrays = try GroupedArrays(effects: header, precisions: header, of: .standardError, file: "a.npz")
        let error = try #require(throws: MetaAnalysisError.self) { try run(arrays, [1], [1e-200]) { _ in } }
        #expect(error.message == "the standard error is 1e-200 in study 1 of group 1")
        #expect(error.remedy == "give the effects in other units")
    }

    @Test("names the group that cannot be pooled, or leaves its line empty") func groupOutOfRange() throws {
        let arrays = try GroupedArraysTests.arrays([3, 2])
        let (effects, variances) = ([0.1, 0.3, 1e300, -1e300, 0.1, 0.3], [0.1, 0.1, 1e-300, 1e-300, 0.1, 0.1])
        let error = try #require(throws: MetaAnalysisError.self) { try run(arrays, effects, variances) { _ in } }
        #expect(error.code == .invalidOutcome && error.location.file == "a.npz")
        #expect(error.message.hasPrefix("group 2 cannot be pooled: the effects and variances are too far apart"))
        try run(arrays, effects, variances, skippingBad: true) { run in
            #expect(run.leftOutGroups.count == 1 && run.leftOutGroups.listed == [error])
            #expect(run.counts.emptyGroups == 0)
            let lines = String(decoding: run.output.bytes, as: UTF8.self).split(separator: "\n")
            #expect(lines[2] == "2,0,,,,,,,,,")
            #expect(lines[1].dropFirst() == lines[3].dropFirst())
        }
    }

    @Test("writes records and columns with the numbers of the text") func forms() throws {
        let arrays = try GroupedArraysTests.arrays([3, 2])
        let effects = [0.1, 0.5, .nan, 0.25, .nan, .nan]
        let variances = [0.04, 0.09, 0.04, 0.04, 0.04, 0.04]
        let rows = try text(arrays, effects, variances).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).dropFirst().map(String.init)
        }
        #expect(rows[2].allSatisfy { $0.isEmpty || $0 == "0" })
        func expect(_ bits: UInt64, _ row: Int, _ column: Int) {
            let text = rows[row][column]
            if column == 0 {
                #expect(String(bits) == text)
            } else if text.isEmpty {
                #expect(Double(bitPattern: bits).isNaN)
            } else {
                #expect(Double(bitPattern: bits) == Double(text))
            }
        }
        try run(arrays, effects, variances, form: .records) { run in
            let bytes = Array(run.output.bytes)
            let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
            #expect(start % 64 == 0 && bytes.count == start + 3 * 80)
            #expect(
                String(decoding: bytes[10..<start], as: UTF8.self).hasPrefix(
                    "{'descr': [('k', '<i8'), ('estimate', '<f8'), "))
            for row in 0..<3 {
                for column in 0..<10 {
                    let place = start + 80 * row + 8 * column
                    expect(bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }, row, column)
                }
            }
            #expect(run.counts.missing == 3 && run.counts.emptyGroups == 1 && run.counts.bad == 0)
        }
        try run(arrays, effects, variances, form: .columns) { run in
            for column in 0..<10 {
                let bytes = run.column(column)
                let header = try #require(try bytes.withUnsafeBytes { try NumPyHeader($0, isLast: true) })
                #expect(header.shape == [3] && header.element == (column == 0 ? .int64 : .float64))
                for row in 0..<3 {
                    let place = header.byteCount + 8 * row
                    expect(bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }, row, column)
                }
            }
        }
    }

    @Test(
        "names group and study of a bad number",
        arguments: [
            (Double.infinity, 1, "effect is inf", "yi"), (1, 0, "sampling variance is 0", "vi"),
            (1, -2, "sampling variance is -2", "vi"), (1, .infinity, "sampling variance is inf", "vi"),
        ] as [(Double, Double, String, String)])
    func bad(effect: Double, variance: Double, message: String, column: String) throws {
        let arrays = try GroupedArraysTests.arrays([9000, 5])
        var (effects, variances) = Self.random(45_000)
        effects[40_003] = effect
        variances[40_003] = variance
        let error = try #require(throws: MetaAnalysisError.self) { try run(arrays, effects, variances) { _ in } }
        #expect(error.code == .invalidOutcome && !error.remedy.isEmpty)
        #expect(error.message == "the \(message) in study 4 of group 8001")
        #expect(error.location == .init(file: "a.npz", column: column))
        try run(arrays, effects, variances, skippingBad: true) { run in
            #expect(run.counts.bad == 1 && run.badStudies == [error])
            #expect(String(decoding: run.output.bytes, as: UTF8.self).contains("\n8001,4,"))
        }
    }
}
