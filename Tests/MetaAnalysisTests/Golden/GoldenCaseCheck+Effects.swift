import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

extension GoldenCaseCheck {
    mutating func compareEffects(_ call: RExpression, _ frame: RFrame) throws {
        let rows = frame.byRow(try RFrame.escalc(call, frame.table))
        let isSingle = frame.table.rowCount == 1
        // R's unbiased variances of SMD and UCOR pass through gamma and hypergeometric functions.
        // The variance of ZBIS holds the square of 1 − r², of whose digits few are left near 1.
        let isSpecial =
            call["vtype"]?.text == "UB" && ["SMD", "UCOR"].contains(call["measure"]?.text)
            || call["measure"]?.text == "ZBIS"
        // R's search for the tetrachoric correlation.
        let isSearched = call["measure"]?.text == "RTET" && one.by == nil
        for row in rows.estimates.indices {
            let suffix = isSingle ? "" : ".\(row)"
            if rows.variances[row] == nil, comparison.reference("vi" + suffix)?.number == nil,
                comparison.reference("yi" + suffix)?.number != nil
            {
                comparison.skip(
                    "yi" + suffix, "an estimate without a sampling variance: the library names it as left out")
            }
            if isSearched, rows.estimates[row] == nil,
                let theirs = comparison.reference("yi" + suffix)?.number, abs(theirs) == 1
            {
                for field in ["yi", "vi"] {
                    comparison.skip(
                        field + suffix, "a table with a zero cell: R gives 1 or -1 and a variance of roundings")
                }
            }
            if rows.variances[row] == nil, comparison.reference("vi" + suffix)?.number == 0 {
                for field in ["yi", "vi"] {
                    comparison.skip(
                        field + suffix, "a sampling variance of 0: R keeps the study, the library names it as left out")
                }
            }
            let error = (rows.variances[row] ?? 0).squareRoot()
            if isSearched {
                comparison.compare("yi" + suffix, rows.estimates[row], .coarseRootOfReference, scale: 1)
                comparison.compare("vi" + suffix, rows.variances[row], .tetrachoricVarianceOfReference, scale: 0)
                continue
            }
            comparison.compare("yi" + suffix, rows.estimates[row], .closedForm, scale: error)
            comparison.compare("vi" + suffix, rows.variances[row], isSpecial ? .specialFunction : .closedForm, scale: 0)
        }
    }
}
