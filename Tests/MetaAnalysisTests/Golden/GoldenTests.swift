import Foundation
import MetaAnalysisFixtures
import Testing

@testable import MetaAnalysis

/// Numbers from R, read from JSON by one driver.
@Suite struct GoldenTests {
    /// A part of the names of the cases to run; all are run without it. The name of a case is its file and its call.
    private static let wanted = ProcessInfo.processInfo.environment["METAAN_CASE"]

    @Test func everyCaseAgrees() async throws {
        var run = 0
        for folder in try GoldenFolder.all() {
            let report = await GoldenReport(of: folder, namesContaining: Self.wanted)
            print(report.summary)
            for failure in report.failures.prefix(100) { Issue.record(Comment(rawValue: failure)) }
            #expect(report.failures.isEmpty, "\(report.failures.count) cases differ from R")
            run += report.caseCount
            if Self.wanted == nil {
                try GoldenCounts(report, of: folder).expectRecorded(at: folder.counts)
            } else {
                print(report.outcomes.joined(separator: "\n"))
            }
        }
        #expect(run > 0, "no case has \(Self.wanted ?? "") in its name")
    }
}
