import Foundation
import MetaAnalysisFixtures
import Testing

@testable import MetaAnalysis

/// Numbers from R, read from JSON by one driver.
@Suite struct GoldenTests {
    @Test func everyCaseAgrees() async throws {
        for folder in try GoldenFolder.all() {
            let report = await GoldenReport(of: folder)
            print(report.summary)
            for failure in report.failures.prefix(100) { Issue.record(Comment(rawValue: failure)) }
            #expect(report.failures.isEmpty, "\(report.failures.count) cases differ from R")
        }
    }
}
