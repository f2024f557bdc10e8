import Foundation
import MetaAnalysisFixtures
import Testing

@testable import MetaAnalysis

@Suite struct TemporarySelection {
    @Test func selectionOnly() throws {
        for folder in try GoldenFolder.all() {
            var skipped: [String: Int] = [:]
            for file in folder.files where file.content.family == "bias" {
                for one in file.content.cases where one.call.hasPrefix("selmodel") {
                    let began = Date()
                    var check = GoldenCaseCheck(one, file, in: folder)
                    do {
                        try check.run()
                        for m in check.comparison.mismatches { print("SEL FAIL", file.content.dataset, one.call.suffix(60), m) }
                        for f in check.comparison.forgotten { print("SEL FORGOT", file.content.dataset, one.call.suffix(60), f) }
                        for (reason, n) in check.comparison.skipped { skipped[reason, default: 0] += n; print("SEL SKIP", file.content.dataset, one.call.suffix(60), reason, n) }
                    } catch { print("SEL THROW", file.content.dataset, one.call.suffix(60), error) }
                    print("SEL TIME", file.content.dataset, one.call.suffix(60), Date().timeIntervalSince(began))
                }
            }
            for (reason, n) in skipped { print("SEL SUM", n, reason) }
        }
    }
}
