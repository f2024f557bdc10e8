import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Studies whose likelihoods of τ² have two maxima; a search from one start finds the lower.
@Suite struct TwoModeTests {
    static func sample() throws -> StudySample {
        let table = try Table(csv: Fixtures.bytes("reference/data/synth_extreme_a.csv"), name: "synth_extreme_a.csv")
        let estimates = try table.numbers(in: "yi").compactMap(\.self)
        let variances = try table.numbers(in: "vi").compactMap(\.self)
        return StudySample("synth_extreme_a", estimates: estimates, variances: variances)
    }

    /// R 5.0.1 stops where the log-likelihood is lower by 4.80 and 1.37.
    @Test(arguments: [(HeterogeneityEstimator.maximumLikelihood, 4.80), (.restrictedMaximumLikelihood, 1.37)])
    func theGreaterIsTaken(_ estimator: HeterogeneityEstimator, _ gain: Double) throws {
        let pooled = try RandomEffects(heterogeneity: estimator, interval: .wald).fit(Self.sample().effects)
        #expect(pooled.diagnostics.contains { $0.code == .severalModes && $0.severity == .warning })
        let golden = try GoldenFolder.ofPackage().files.first { $0.name == "synth_extreme_a.uni.json" }
        let one = try #require(
            golden?.content.cases.first { $0.method == estimator.rawValue && $0.test == "z" && $0.note == nil })
        let lower = try #require(one.expected["fit"]?["ll"]?.number)
        #expect(abs((pooled.fit?.logLikelihood ?? .nan) - lower - gain) < 0.005)
    }
}
