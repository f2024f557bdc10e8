import Foundation
import Testing

@testable import MetaAnalysis

struct CombinedGroupTests {
    private func summary(_ values: [Double]) -> SingleMean {
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return SingleMean(
            mean: mean, deviation: values.count > 1 ? sqrt(squares / Double(values.count - 1)) : 0,
            size: Double(values.count))
    }

    /// Groups together are what their participants together give.
    @Test func equalsTheParticipantsTogether() throws {
        var generator = SeededGenerator(seed: 3)
        let groups = [3, 1, 12, 40].map { count in
            (0..<count).map { _ in 5 + Double(count) + 2 * generator.nextNormal() }
        }
        let together = try CombinedGroup.means(groups.map(summary))
        let all = summary(groups.flatMap(\.self))
        #expect(together.size == 56)
        #expect(abs(together.mean / all.mean - 1) < 1e-14)
        #expect(abs(together.deviation / all.deviation - 1) < 1e-13)
    }

    @Test func orderAndUnitsDoNotMatter() throws {
        let groups = [
            SingleMean(mean: 1e300, deviation: 2e299, size: 5), SingleMean(mean: -1e300, deviation: 1e299, size: 1e9),
            SingleMean(mean: 0, deviation: 0, size: 0),
        ]
        let forward = try CombinedGroup.means(groups)
        let backward = try CombinedGroup.means(groups.reversed())
        #expect(forward.mean.isFinite && forward.deviation.isFinite)
        #expect(abs(forward.mean / backward.mean - 1) < 1e-12)
        #expect(abs(forward.deviation / backward.deviation - 1) < 1e-12)
    }

    @Test func eventsAdd() throws {
        let all = try CombinedGroup.events([Proportion(events: 3, size: 10), Proportion(events: 0, size: 5)])
        #expect(all == Proportion(events: 3, size: 15))
        let error = #expect(throws: MetaAnalysisError.self) {
            try CombinedGroup.events([Proportion(events: 3, size: 10), Proportion(events: 7, size: 5)])
        }
        #expect(error?.location.column == "x2i")
    }

    @Test func refusesImpossibleGroups() {
        let error = #expect(throws: MetaAnalysisError.self) {
            try CombinedGroup.means([
                SingleMean(mean: 1, deviation: 1, size: 3), SingleMean(mean: 1, deviation: -1, size: 3),
            ])
        }
        #expect(error?.location.column == "sd2i")
        #expect(throws: MetaAnalysisError.self) {
            try CombinedGroup.means([SingleMean(mean: 1, deviation: 0, size: 1)])
        }
    }
}
