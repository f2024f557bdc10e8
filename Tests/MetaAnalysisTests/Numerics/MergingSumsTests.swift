import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct MergingSumsTests {
    @Test func mergedIsTheWhole() {
        let whole = MergingSums.accumulating([1, 2, 4, 8], [1, 2, 3, 4], weights: [1, 0.5, 2, 0.25])[4]
        #expect(whole.count == 4)
        let expected: [(Double, Double)] = [
            (whole.mean, 3.2), (whole.squares, 12.6), (whole.projectionTrace, 2.3333333333333333),
            (whole.varianceTrace, 5.3333333333333333),
        ]
        for (ours, byHand) in expected { #expect(Tolerance.closedForm.accepts(ours, byHand)) }
    }

    /// Taking the heavy response away from the sums of all would leave no digit of the rest.
    @Test func restOfAHeavyResponseKeepsItsDigits() {
        let rest = MergingSums.leavingOneOut([0.1, 1e8, 0.3], [1, 1e-20, 1], weights: [1, 1e20, 1])[1]
        #expect(Tolerance.closedForm.accepts(rest.mean, 0.2))
        #expect(Tolerance.closedForm.accepts(rest.squares, 0.02))
        #expect(rest.weight == 2)
    }

    @Test func equalResponsesHaveTheirOwnMean() {
        let sums = MergingSums.leavingOneOut([0.1, 0.1, 0.1], [1, 2, 3], weights: [1, 0.7, 0.3])
        #expect(sums.allSatisfy { $0.mean == 0.1 && $0.squares == 0 })
    }

    @Test func nothingIsLeftOfOne() {
        #expect(MergingSums.leavingOneOut([1], [1], weights: [1]).map(\.count) == [0])
    }
}
