import Testing

@testable import MetaAnalysis

@Suite struct StudyBatchTests {
    @Test func isFilledGroupByGroup() {
        var batch = StudyBatch()
        #expect(batch.groupCount == 0)
        batch.append(estimate: 1, variance: 2)
        batch.append(estimate: 3, variance: 4)
        batch.endGroup()
        batch.endGroup()
        batch.append(estimate: 5, variance: 6)
        batch.endGroup()
        #expect(batch.groupCount == 3)
        #expect(batch.estimates == [1, 3, 5])
        #expect(batch.variances == [2, 4, 6])
        #expect(batch.layout == .offsets([0, 2, 2, 3]))
    }

    @Test func startsAnew() {
        var batch = StudyBatch()
        batch.append(estimate: 1, variance: 2)
        batch.endGroup()
        batch.removeAll()
        #expect(batch == StudyBatch())
    }
}

@Suite struct BatchLayoutTests {
    static let layouts: [BatchLayout] = [
        .offsets([0, 3, 6]), .groupMajor(groups: 2, studies: 3), .studyMajor(groups: 2, studies: 3),
    ]

    private static let misfits: [(BatchLayout, String)] = [
        (.offsets([0, 2, 1]), "the offsets of the groups do not rise from 0"),
        (.offsets([1, 2]), "the offsets of the groups do not rise from 0"),
        (.offsets([]), "the offsets of the groups do not rise from 0"),
        (.groupMajor(groups: -1, studies: 2), "there are -1 groups of 2 studies"),
        (.groupMajor(groups: 1, studies: 3), "there are 2 effects and 2 variances for 3 studies"),
        (.studyMajor(groups: .max, studies: 2), "there are \(Int.max) groups of 2 studies"),
    ]

    @Test(arguments: layouts)
    func counts(_ layout: BatchLayout) throws {
        #expect(layout.groupCount == 2)
        #expect(layout.studyCount == 6)
        #expect(layout.studyCount(of: 1) == 3)
        _ = try StudyBatch(
            estimates: Array(repeating: 0, count: 6), variances: Array(repeating: 1, count: 6), layout: layout)
    }

    @Test(arguments: [BatchLayout.offsets([0]), .offsets([]), .groupMajor(groups: 0, studies: 4)])
    func mayBeEmpty(_ layout: BatchLayout) {
        #expect(layout.groupCount == 0)
        #expect(layout.studyCount == 0)
    }

    @Test(arguments: misfits)
    func layoutsThatDoNotFitAreRefused(_ layout: BatchLayout, _ message: String) {
        let error = #expect(throws: MetaAnalysisError.self) {
            try StudyBatch(estimates: [1, 2], variances: [1, 2], layout: layout)
        }
        #expect(error?.code == .invalidSetting)
        #expect(error?.message == message)
        #expect(error?.remedy.isEmpty == false)
    }
}
