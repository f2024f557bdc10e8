import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct GaussLegendreTests {
    @Test(arguments: 1...60) func powersAreIntegratedExactly(_ count: Int) {
        let rule = GaussLegendre(count: count)
        #expect(rule.nodes.count == count && rule.weights.count == count)
        #expect(rule.nodes == rule.nodes.sorted() && rule.nodes[0] > 0 && rule.nodes[count - 1] < 1)
        for degree in 0..<(2 * count) {
            let integral = zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * Double.pow($1.0, degree) }
            #expect(Tolerance.closedForm.accepts(integral, 1 / Double(degree + 1)), "degree \(degree)")
        }
    }

    @Test func smallRulesInClosedForm() {
        #expect(GaussLegendre(count: 1).nodes == [0.5])
        #expect(abs(GaussLegendre(count: 2).nodes[0] - (1 - 1 / Double.sqrt(3)) / 2) <= 1e-16)
        let third = GaussLegendre(count: 3)
        #expect(abs(third.weights[1] - 4.0 / 9) <= 1e-15 && abs(third.nodes[1] - 0.5) <= 1e-16)
    }
}
