import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct ComparisonAdjustedEffectsTests {
    private static let network = DesignSample.network([("AB", 4), ("AC", 3), ("BC", 2), ("CD", 1)])

    private func adjusted(_ sequence: [Treatment], model: NetworkMetaAnalysis.Model = .random) throws
        -> (effects: ComparisonAdjustedEffects, fit: NetworkFit)
    {
        let fit = try NetworkMetaAnalysis(model: model).fit(Self.network)
        return (try ComparisonAdjustedEffects(Self.network, fit, sequence: sequence), fit)
    }

    /// Around its own mean, weighted as in the fit, a comparison adds up to nothing.
    @Test(arguments: [NetworkMetaAnalysis.Model.random, .common])
    func comparisonsAreCentred(model: NetworkMetaAnalysis.Model) throws {
        let (effects, fit) = try adjusted(["A", "B", "C", "D"], model: model)
        #expect(effects.points.count == 10 && effects.diagnostics.isEmpty)
        for (_, points) in Dictionary(grouping: effects.points, by: { [$0.treatment, $0.versus] }) {
            let sum = points.reduce(0) {
                $0 + $1.estimate / ($1.standardError * $1.standardError + fit.heterogeneity.tauSquared)
            }
            #expect(abs(sum) < 1e-10)
        }
    }

    @Test func theOppositeSequenceMirrorsThePoints() throws {
        let (forwards, _) = try adjusted(["A", "B", "C", "D"])
        let (backwards, _) = try adjusted(["D", "C", "B", "A"])
        #expect(forwards.points.allSatisfy { $0.treatment < $0.versus })
        for point in forwards.points {
            let other = try #require(backwards.points.first { $0.study == point.study && $0.versus == point.treatment })
            #expect(other.treatment == point.versus && other.standardError == point.standardError)
            #expect(abs(other.estimate + point.estimate) < 1e-12)
        }
    }

    @Test func twoTreatmentsAreTheStudiesLessTheirMean() throws {
        let network = DesignSample.pair
        let fit = try NetworkMetaAnalysis().fit(network)
        let effects = try ComparisonAdjustedEffects(network, fit, sequence: ["A", "B"])
        for (point, study) in zip(effects.points, network.studies) {
            #expect(
                Tolerance.closedForm.accepts(
                    point.estimate, study.pairs[0].estimate - fit.effects[0].estimate, scale: 1))
        }
    }

    @Test func multiArmStudiesHaveAPointForEveryPair() throws {
        let network = DesignSample.loops
        let effects = try ComparisonAdjustedEffects(
            network, try NetworkMetaAnalysis().fit(network), sequence: network.treatments)
        #expect(effects.points.count == network.comparisonCount)
    }

    @Test func treatmentsLeftOutFollowAndAreCounted() throws {
        let (effects, _) = try adjusted(["C"])
        #expect(effects.sequence == ["C", "A", "B", "D"])
        #expect(effects.diagnostics.map(\.code) == [.defaultChosen])
        #expect(try adjusted(["C", "B", "A"]).effects.diagnostics.isEmpty)
    }

    @Test func sequencesThatCannotBeAreRefused() {
        for sequence: [Treatment] in [["A", "X"], ["A", "B", "A"]] {
            let error = #expect(throws: MetaAnalysisError.self) { try adjusted(sequence) }
            #expect(error?.code == .invalidSetting)
        }
    }
}
