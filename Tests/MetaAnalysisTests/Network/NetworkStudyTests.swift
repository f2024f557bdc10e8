import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct NetworkStudyTests {
    private static func study(_ estimates: [Double], _ variances: [Double], row: Int? = nil) -> NetworkStudy {
        let a = estimates.count == 1 ? 2 : estimates.count == 3 ? 3 : 4
        var pairs: [NetworkStudy.Pair] = []
        for first in 0..<a {
            for second in (first + 1)..<max(a, first + 1) {
                pairs.append(
                    NetworkStudy.Pair(
                        first: first, second: second, estimate: estimates[pairs.count], variance: variances[pairs.count]
                    ))
            }
        }
        return NetworkStudy(label: "S", row: row, arms: Array(0..<a), pairs: pairs)
    }

    @Test func ofTwoArmsTheContrastIsItsOwnGeometry() throws {
        let geometry = try StudyGeometry(Self.study([3], [0.7]))
        #expect(geometry.effects == [1.5, -1.5] && geometry.variances == [0.7] && geometry.rows == [[1, -1]])
        #expect(geometry.inconsistencyQ == 0)
    }

    /// Arms with independent variances give back the variance of every pair: C holds them all.
    @Test(arguments: [[1.0, 2, 3], [0.01, 5, 0.3], [1, 1, 1], [0.5, 0.25, 1e-3, 4]])
    func orthogonalContrastsHoldTheCovarianceOfTheArms(_ arms: [Double]) throws {
        var estimates: [Double] = []
        var variances: [Double] = []
        for first in arms.indices {
            for second in arms.indices.dropFirst(first + 1) {
                estimates.append(Double(second * second - first * first))
                variances.append(arms[first] + arms[second])
            }
        }
        let geometry = try StudyGeometry(Self.study(estimates, variances))
        let a = arms.count
        #expect(geometry.variances.count == a - 1 && geometry.rows.count == a - 1)
        let covariance = StudyGeometry.laplacian(geometry.rows, geometry.variances.map { 0.25 * $0 })
        let precision = StudyGeometry.laplacian(geometry.rows, geometry.variances.map { 1 / $0 })
        var next = 0
        for first in 0..<a {
            for second in (first + 1)..<max(a, first + 1) {
                let variance =
                    covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
                #expect(Tolerance.closedForm.accepts(variance, variances[next]))
                #expect(
                    Tolerance.closedForm.accepts(
                        geometry.effects[first] - geometry.effects[second], estimates[next],
                        scale: variances[next].squareRoot()))
                // Of independent arms the weight of a pair is the product of theirs over the sum of all.
                let weights = arms.map { 1 / $0 }
                let weight = weights[first] * weights[second] / weights.reduce(0, +)
                #expect(Tolerance.closedForm.accepts(-precision[first, second], weight, scale: precision[0, 0]))
                next += 1
            }
        }
        for row in geometry.rows {
            #expect(abs(row.reduce(0, +)) < 1e-14)
            #expect(Tolerance.closedForm.accepts(row.reduce(0) { $0 + $1 * $1 }, 2))
        }
        #expect(abs(geometry.effects.reduce(0, +)) < 1e-14 * Double(a * a))
        #expect(geometry.inconsistencyQ < 1e-25)
    }

    /// Three arms of variance 1: weights of pairs are 1/3, and a loop that misses by 0.3 costs 3 · (1/3) · 0.1².
    @Test func whatContrastsContradictEachOtherByAddsToQ() throws {
        let geometry = try StudyGeometry(Self.study([1, 2.3, 1], [2, 2, 2]))
        #expect(Tolerance.closedForm.accepts(geometry.inconsistencyQ, 0.01))
        for (effect, expected) in zip(geometry.effects, [1.1, 0, -1.1]) {
            #expect(Tolerance.closedForm.accepts(effect, expected, scale: 1))
        }
        for variance in geometry.variances { #expect(Tolerance.closedForm.accepts(variance, 2)) }
    }

    /// The shared part of standardized differences gives arms a covariance, and pairs weights of either sign.
    @Test func varianceSharedByAllPairs() throws {
        let estimates = [-2.0, -5, -3]
        let variances = estimates.map { 2 + 0.1 * $0 * $0 }
        let geometry = try StudyGeometry(Self.study(estimates, variances))
        let covariance = StudyGeometry.laplacian(geometry.rows, geometry.variances.map { 0.25 * $0 })
        let shared = covariance[0, 0] + covariance[1, 2] - covariance[0, 1] - covariance[0, 2]
        // 1 + 0.1 · 2 · 5
        #expect(Tolerance.closedForm.accepts(shared, 2))
    }

    @Test(arguments: [[1.0, 5, 1], [1, 4, 1], [4, 1, 1], [1, 1, 100]])
    func variancesThatNoArmsCanHave(_ variances: [Double]) throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try StudyGeometry(Self.study([1, 2, 1], variances, row: 12))
        }
        #expect(error.code == .inconsistentMultiArmStudy)
        #expect(error.location == MetaAnalysisError.Location(row: 12, study: "S"))
    }

    /// An arm may be known without error; two of three may not.
    @Test func armsWithoutAnErrorOfTheirOwn() throws {
        let geometry = try StudyGeometry(Self.study([1, 2, 1], [1, 1, 2]))
        #expect(geometry.variances.allSatisfy { $0 > 0.1 })
    }
}
