import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct RadialCoordinatesTests {
    /// At the common effect the line is that of least squares through the origin, and Q what it leaves.
    @Test(arguments: StudySample.random)
    func theLineIsThatOfLeastSquares(_ sample: StudySample) throws {
        let pooled = try CommonEffect().fit(sample.effects)
        let found = pooled.radialCoordinates
        let products = found.studies.reduce(0) { $0 + $1.precision * $1.standardizedEffect }
        let squares = found.studies.reduce(0) { $0 + $1.precision * $1.precision }
        #expect(Tolerance.closedForm.accepts(products / squares, found.slope, scale: pooled.standardError))
        let rest = found.studies.reduce(0) { sum, study in
            let residual = study.standardizedEffect - study.precision * found.slope
            return sum + residual * residual
        }
        #expect(Tolerance.closedForm.accepts(rest, pooled.heterogeneity.cochranQ, scale: 1))
        #expect(found.tauSquared == 0)
    }

    @Test func heterogeneityShortensThePrecision() throws {
        let pooled = try RandomEffects().fit(StudySample.random[5].effects)
        let found = pooled.radialCoordinates
        #expect(found.tauSquared == pooled.heterogeneity.tauSquared)
        for (place, study) in zip(found.studies, pooled.studies) {
            let variance = try #require(study.variance)
            let total = variance + found.tauSquared
            #expect(Tolerance.closedForm.accepts(1 / (place.precision * place.precision), total))
        }
    }

    @Test func theBandIsThatOfTheLevel() throws {
        let sample = StudySample("far", estimates: [0, 0, 0, 0, 9], variances: [1, 1, 1, 1, 1])
        let found = try CommonEffect(level: 0.9).fit(sample.effects).radialCoordinates
        #expect(Tolerance.quantile.accepts(found.halfWidth, 1.6448536269514722))
        #expect(found.studies.map(\.isOutside) == [true, true, true, true, true])
        let narrow = StudySample("near", estimates: [0.1, 0, 0, 0, 0.2], variances: [1, 1, 1, 1, 1])
        #expect(try CommonEffect().fit(narrow.effects).radialCoordinates.studies.allSatisfy { !$0.isOutside })
    }

    @Test func studiesWithoutAnEffectHaveNoPlace() throws {
        var pooled = try CommonEffect().fit(StudySample.random[5].effects)
        let count = pooled.studies.count
        pooled.studies[0].estimate = nil
        pooled.studies[1].variance = 0
        #expect(pooled.radialCoordinates.studies.count == count - 2)
    }
}
