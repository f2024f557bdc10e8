import Foundation
import Testing

@testable import MetaAnalysis

@Suite struct ContrastTests {
    private static let sound = Contrast(study: "S", "A", versus: "B", estimate: -0.5, variance: 0.04, row: 7)

    @Test func theStandardErrorIsSquared() {
        let contrast = Contrast(study: "S", "A", versus: "B", estimate: -0.5, standardError: 0.5, group: "young")
        #expect(contrast.variance == 0.25 && contrast.estimate == -0.5)
        #expect(contrast.treatment == "A" && contrast.versus == "B" && contrast.group == "young" && contrast.row == nil)
    }

    @Test func aSoundContrastIsValid() throws {
        #expect(throws: Never.self) { try Self.sound.validate() }
        let copy = try JSONDecoder().decode(Contrast.self, from: JSONEncoder().encode(Self.sound))
        #expect(copy == Self.sound)
    }

    private static func with(_ change: (inout Contrast) -> Void) -> Contrast {
        var contrast = sound
        change(&contrast)
        return contrast
    }

    @Test(arguments: [
        (with { $0.versus = "A" }, "treat2", "\"A\" is compared with itself"),
        (with { $0.versus = "A " }, "treat2", "\"A\" is compared with itself"),
        (with { $0.treatment = " " }, "treat1", "a treatment has no name"),
        (with { $0.versus = "" }, "treat2", "a treatment has no name"),
        (with { $0.estimate = .nan }, "yi", "the effect is nan"),
        (with { $0.estimate = -.infinity }, "yi", "the effect is -inf"),
        (with { $0.variance = 0 }, "sei", "the sampling variance is 0"),
        (with { $0.variance = -0.04 }, "sei", "the sampling variance is -0.04"),
        (with { $0.variance = .nan }, "sei", "the sampling variance is nan"),
        (with { $0.variance = .infinity }, "sei", "the sampling variance is inf"),
    ])
    func whatCannotBeIsRefused(_ contrast: Contrast, _ column: String, _ message: String) throws {
        let error = try #require(throws: MetaAnalysisError.self) { try contrast.validate() }
        #expect(error.code == .invalidOutcome && error.message == message && !error.remedy.isEmpty)
        #expect(error.location == MetaAnalysisError.Location(row: 7, column: column, study: "S"))
    }

    /// The square would hide the sign.
    @Test func aNegativeStandardErrorIsRefused() {
        let contrast = Contrast(study: "S", "A", versus: "B", estimate: 1, standardError: -0.5)
        #expect(throws: MetaAnalysisError.self) { try contrast.validate() }
        let tiny = Contrast(study: "S", "A", versus: "B", estimate: 1, standardError: 1e-200)
        #expect(throws: MetaAnalysisError.self) { try tiny.validate() }
    }
}
