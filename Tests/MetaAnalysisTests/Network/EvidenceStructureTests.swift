import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct EvidenceStructureTests {
    /// Without multi-arm studies all measures can be read off the hat matrix.
    @Test(arguments: [0.0, 0.2]) func twoArmStudiesFollowTheHatMatrix(_ tauSquared: Double) throws {
        let network = try EvidenceSample.network([
            ("A", "B", 0.2), ("A", "B", 0.3), ("A", "C", 0.1), ("B", "C", 0.4), ("C", "D", 0.2), ("B", "D", 0.7),
            ("D", "E", 0.5),
        ])
        let structure = try EvidenceStructure(network, tauSquared: tauSquared)
        let matrix = try Contributions().fit(network, tauSquared: tauSquared)
        #expect(structure.comparisons.count == matrix.rows.count)
        for row in matrix.rows {
            let measures = try #require(structure.comparison(of: row.versus, versus: row.treatment))
            let own = matrix.columns.firstIndex { $0.treatment == row.treatment && $0.versus == row.versus }
            #expect(
                Tolerance.closedForm.accepts(measures.proportionDirect, own.map { row.hat[$0] } ?? 0, scale: 1))
            let currents = row.hat.map(abs)
            #expect(Tolerance.closedForm.accepts(measures.meanPathLength, currents.reduce(0, +)))
            #expect(Tolerance.closedForm.accepts(measures.minimalParallelism, 1 / (currents.max() ?? .nan)))
            let ofStudies = zip(matrix.columns, currents).flatMap { column, current in
                column.studies.map { $0.share * current }
            }
            #expect(Tolerance.closedForm.accepts(measures.studyMinimalParallelism, 1 / (ofStudies.max() ?? .nan)))
        }
    }

    @Test func twoTreatments() throws {
        let structure = try EvidenceStructure(
            EvidenceSample.network([("A", "B", 0.5), ("A", "B", 0.5), ("B", "A", 0.5), ("A", "B", 0.5)]))
        let measures = structure.comparisons[0]
        #expect(structure.comparisons.count == 1)
        #expect(Tolerance.closedForm.accepts(measures.proportionDirect, 1))
        #expect(Tolerance.closedForm.accepts(measures.meanPathLength, 1))
        #expect(Tolerance.closedForm.accepts(measures.minimalParallelism, 1))
        #expect(Tolerance.closedForm.accepts(measures.studyMinimalParallelism, 4))
    }

    /// A multi-arm study alone is one direct piece of evidence for all its pairs.
    @Test func oneMultiArmStudy() throws {
        let network = try TreatmentNetwork(
            EvidenceSample.study("S", [("A", 1, 0.2), ("B", 2, 0.3), ("C", 0, 0.4), ("D", 1.5, 0.1)]))
        for measures in try EvidenceStructure(network).comparisons {
            for value in [
                measures.proportionDirect, measures.meanPathLength, measures.minimalParallelism,
                measures.studyMinimalParallelism,
            ] { #expect(Tolerance.closedForm.accepts(value, 1)) }
        }
    }

    @Test func aStarIsDirectOrTwoSteps() throws {
        let network = try EvidenceSample.network([("A", "P", 0.1), ("B", "P", 0.2), ("C", "P", 0.3)])
        for measures in try EvidenceStructure(network, tauSquared: 0.1).comparisons {
            let isDirect = measures.versus == "P"
            #expect(Tolerance.closedForm.accepts(measures.proportionDirect, isDirect ? 1 : 0, scale: 1))
            #expect(Tolerance.closedForm.accepts(measures.meanPathLength, isDirect ? 1 : 2))
            #expect(Tolerance.closedForm.accepts(measures.minimalParallelism, 1))
        }
    }

    @Test func encodedAndDecodedIsTheSame() throws {
        let structure = try EvidenceStructure(EvidenceSample.random(seed: 3, treatments: 5, studies: 6))
        let decoded = try JSONDecoder().decode(EvidenceStructure.self, from: JSONEncoder().encode(structure))
        #expect(decoded == structure)
    }
}
