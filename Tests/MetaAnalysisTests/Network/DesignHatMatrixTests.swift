import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct DesignHatMatrixTests {
    @Test(arguments: [0, 0.2], [nil, "C"] as [Treatment?])
    func estimatesAreTheirDesignsTimesTheMatrix(_ tauSquared: Double, _ reference: Treatment?) throws {
        let network = DesignSample.loops
        let hat = try DesignHatMatrix(network, reference: reference, tauSquared: tauSquared)
        let fit = try NetworkMetaAnalysis(knownTauSquared: tauSquared).fit(network)
        #expect(hat.rows.count == 15)
        #expect(hat.columns.count == 11)
        if let reference {
            #expect(hat.rows.prefix(5).allSatisfy { $0.versus == reference })
            #expect(hat.columns.filter { $0.design.contains("C") }.allSatisfy { $0.versus == reference })
        }
        for (row, weights) in zip(hat.rows, hat.values) {
            let estimate = zip(hat.columns, weights).reduce(0) { $0 + $1.0.estimate * $1.1 }
            let effect = try #require(fit.effect(of: row.treatment, versus: row.versus))
            #expect(Tolerance.closedForm.accepts(estimate, effect.estimate, scale: effect.standardError))
        }
    }

    @Test func estimatesOfAStarAreDirect() throws {
        let hat = try DesignHatMatrix(DesignSample.star)
        for (row, weights) in zip(hat.rows, hat.values) {
            for (column, weight) in zip(hat.columns, weights) {
                let expected = (row.treatment == column.treatment ? 1.0 : 0) - (row.versus == column.treatment ? 1 : 0)
                #expect(Tolerance.closedForm.accepts(weight, expected, scale: 1))
            }
        }
    }

    @Test func directEstimatesAreThoseOfThePooledStudies() throws {
        let network = DesignSample.star
        for column in try DesignHatMatrix(network).columns {
            let pooled = try CommonEffect().fit(network.effects(of: column.treatment, versus: column.versus))
            #expect(Tolerance.closedForm.accepts(column.estimate, pooled.estimate))
            #expect(Tolerance.closedForm.accepts(column.standardError, pooled.standardError))
            #expect(column.studies == pooled.k)
        }
    }

    @Test func twoTreatmentsHaveOneEntry() throws {
        let hat = try DesignHatMatrix(DesignSample.pair)
        #expect(hat.values.count == 1)
        #expect(Tolerance.closedForm.accepts(hat.values[0][0], 1))
    }
}
