import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct ArmEffectsTests {
    private static func data(_ text: String, _ measure: String? = nil) throws -> NetworkData {
        try NetworkColumns(measure: measure).read(Table(csv: text, name: "t.csv"))[0]
    }

    /// The variance of a difference of means is the sum of the squares.
    @Test func meansWithStandardErrors() throws {
        for header in ["study,treatment,mean,std.err", "study,treatment,mean,se"] {
            let data = try Self.data(header + "\nS,A,1,3\nS,B,2,4\n")
            #expect(
                data.arms == nil && data.contrasts.map(\.estimate) == [-1] && data.contrasts.map(\.variance) == [25])
            let network = try data.network()
            #expect(network.measure == "MD" && network.studies.count == 1)
            let error = try #require(throws: MetaAnalysisError.self) { try data.network(measureCode: "SMD") }
            #expect(error.code == .unsupportedCombination)
        }
        // Where the rows have standard deviations and sizes, these are read.
        let known = try Self.data("study,treatment,mean,sd,n,se\nS,A,1,2,20,9\nS,B,2,2,20,9\n")
        #expect(known.contrasts.isEmpty && known.arms != nil)
    }

    /// Differences from the arm that has none share its variance: 0.29² + 0.27² − 2 · 0.18².
    @Test func differencesFromAnArm() throws {
        let text = "study,treatment,diff,std.err\nS,A,NA,0.18\nS,B,-0.48,0.29\nS,C,-0.31,0.27\n"
        let data = try Self.data(text)
        let expected = [(0.48, 0.29 * 0.29), (0.31, 0.27 * 0.27), (-0.17, 0.0922)]
        for (contrast, (estimate, variance)) in zip(data.contrasts, expected) {
            #expect(Tolerance.closedForm.accepts(contrast.estimate, estimate))
            #expect(Tolerance.closedForm.accepts(contrast.variance, variance))
        }
        #expect(data.contrasts.count == 3 && data.diagnostics.contains { $0.message.contains("minus the arm") })
        #expect(try data.network(measureCode: "OR").measure == "OR")
        // Two arms share nothing that matters; of three, the shared variance must be known.
        let two = try Self.data("study,treatment,diff,se\nS,A,NA,NA\nS,B,-0.5,0.3\n")
        #expect(two.contrasts.map(\.variance) == [0.09])
        let three = try Self.data(text.replacing("NA,0.18", with: "NA,NA"))
        #expect(three.contrasts.isEmpty && three.excluded.map(\.label) == ["S"])
        // Differences of every arm are from something that is not there.
        let open = try Self.data("study,treatment,diff,se\nS,A,1,1\nS,B,-0.5,0.3\nT,A,,\nT,B,1,1\n")
        #expect(open.excluded.map(\.label) == ["S"] && open.contrasts.map(\.study) == ["T"])
    }
}
