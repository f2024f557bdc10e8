import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct GoldenComparisonTests {
    private static var comparison: GoldenComparison {
        GoldenComparison(["tau2": .number(1), "k": .number(3), "ci": .array([.number(0), .number(2)])])
    }

    @Test func everyFieldIsComparedOrForgotten() {
        var comparison = Self.comparison
        comparison.compare("tau2", 1, .closedForm, scale: 1)
        comparison.compare("ci.1", 2, .closedForm, scale: 1)
        comparison.compare("absent", 7, .closedForm, scale: 1)
        #expect(comparison.mismatches.isEmpty && comparison.compared == 2)
        #expect(comparison.forgotten == ["ci.0", "k"])
        comparison.skip("k", "a reason")
        #expect(comparison.forgotten == ["ci.0"])
    }

    @Test func onlyTheNamedFieldsAreForgiven() {
        var comparison = Self.comparison
        comparison.compare("tau2", 2, .closedForm, scale: 1)
        comparison.compare("k", 4, .closedForm, scale: 1)
        comparison.compare("ci.0", 1, .closedForm, scale: 1)
        comparison.compare("ci.1", nil, .closedForm, scale: 1)
        comparison.forgiveMismatches(of: ["tau2"])
        #expect(comparison.mismatches.map(\.field) == ["k", "ci.0", "ci.1"])
        // A name stands for all of its members, and not for a longer name.
        comparison.forgiveMismatches(of: ["ci", "absent", ""])
        #expect(comparison.mismatches.map(\.field) == ["k"])
    }

    /// What another comparison of the case found is not meant by the name alone.
    @Test func numbersComparedUnderAnotherAssumptionAreNotForgiven() {
        var (comparison, other) = (Self.comparison, Self.comparison)
        other.compare("tau2", 2, .closedForm, scale: 1)
        comparison.add(other, prefix: "given R's τ², ")
        comparison.forgiveMismatches(of: ["tau2"])
        #expect(comparison.mismatches.map(\.field) == ["given R's τ², tau2"])
    }

    @Test func aValueOnOneSideOnlyIsAMismatch() {
        var comparison = GoldenComparison(["a": .null, "b": .number(1), "c": .null])
        comparison.compare("a", 1, .closedForm, scale: 1)
        comparison.compare("b", nil, .closedForm, scale: 1)
        comparison.compare("c", nil, .closedForm, scale: 1)
        #expect(comparison.mismatches.map(\.field) == ["a", "b"])
    }
}
