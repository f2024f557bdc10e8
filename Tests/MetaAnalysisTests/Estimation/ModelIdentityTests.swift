import Testing

@testable import MetaAnalysis

@Suite struct ModelIdentityTests {
    /// Codes of the JSON output.
    @Test func codes() {
        #expect(
            ModelIdentity.allCases.map(\.rawValue)
                == ["common", "random", "mantel-haenszel", "peto", "hypergeometric"])
        #expect(ModelIdentity(.common) == .common && ModelIdentity(.known(1)) == .random)
    }

    @Test func titlesAreDistinct() { #expect(Set(ModelIdentity.allCases.map(\.title)).count == 5) }
}
