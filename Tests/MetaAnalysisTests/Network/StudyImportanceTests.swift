import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct StudyImportanceTests {
    @Test func twoTreatmentsWeighTheirStudies() throws {
        let network = try EvidenceSample.network([("A", "B", 0.5), ("A", "B", 0.25), ("B", "A", 0.25)])
        let importance = try StudyImportance(network)
        #expect(importance.studies == ["Study 1", "Study 2", "Study 3"])
        for (value, expected) in zip(importance.comparisons[0].importances, [0.2, 0.4, 0.4]) {
            #expect(Tolerance.closedForm.accepts(value, expected))
        }
    }

    @Test func onlyStudiesAndBridgesAreEssential() throws {
        let alone = try StudyImportance(EvidenceSample.network([("A", "B", 0.5)]))
        #expect(alone.comparisons[0].importances == [1])
        let network = try EvidenceSample.network([("A", "B", 0.2), ("A", "B", 0.3), ("B", "C", 0.4)])
        for comparison in try StudyImportance(network, tauSquared: 0.1).comparisons {
            let isAcross = comparison.treatment == "C" || comparison.versus == "C"
            #expect(Tolerance.closedForm.accepts(comparison.importances[2], isAcross ? 1 : 0, scale: 1))
            #expect(comparison.importances[0] < 1)
        }
    }

    /// 1/V = 1/V₋ + w for the pair that a two-arm study compares: there its importance is its leverage.
    @Test(arguments: [1, 2, 3] as [UInt64]) func importanceForItsOwnPairIsLeverage(_ seed: UInt64) throws {
        let network = try EvidenceSample.random(seed: seed, treatments: 6, studies: 9)
        let importance = try StudyImportance(network, tauSquared: 0.05)
        #expect(network.studies.contains { $0.arms.count == 2 })
        for (index, study) in network.studies.enumerated() where study.arms.count == 2 {
            let row = try #require(
                try network.studyComparisons(tauSquared: 0.05).first { $0.study == study.label })
            let comparison = try #require(
                importance.comparisons.first { $0.treatment == row.treatment && $0.versus == row.versus })
            #expect(Tolerance.closedForm.accepts(comparison.importances[index], row.leverage, scale: 1))
        }
    }

    /// Leaving the study out and fitting anew.
    @Test func agreesWithLeavingOut() throws {
        let contrasts = EvidenceSample.randomContrasts(seed: 4, treatments: 5, studies: 8)
        let network = try TreatmentNetwork(contrasts)
        let importance = try StudyImportance(network, tauSquared: 0.1)
        let whole = try EvidenceGraph(network, tauSquared: 0.1)
        #expect(importance.studies.count { $0.hasPrefix("Study") } == 8)
        for (index, study) in importance.studies.enumerated() where study.hasPrefix("Study") {
            let rest = try EvidenceGraph(TreatmentNetwork(contrasts.filter { $0.study != study }), tauSquared: 0.1)
            for (position, pair) in whole.pairs.enumerated() {
                let expected = 1 - whole.variance(pair.first, pair.second) / rest.variance(pair.first, pair.second)
                let ours = importance.comparisons[position].importances[index]
                #expect(Tolerance.closedForm.accepts(ours, expected, scale: 1))
            }
        }
    }

    @Test func encodedAndDecodedIsTheSame() throws {
        let importance = try StudyImportance(EvidenceSample.random(seed: 3, treatments: 5, studies: 6))
        let decoded = try JSONDecoder().decode(StudyImportance.self, from: JSONEncoder().encode(importance))
        #expect(decoded == importance)
    }
}
