import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct EggerTestTests {
    static let samples: [StudySample] = StudySample.random.filter {
        $0.effects.count > 4 && Set($0.variances).count > 4
    }
    static let models: [EggerTest.Model] = EggerTest.Model.allCases

    private func close(_ value: Double?, _ other: Double?, scale: Double = 1) -> Bool {
        guard let value, let other else { return value == nil && other == nil }
        return Tolerance.relativeError(value, other, scale: scale) < 1e-9
    }

    /// Egger's own form: y/√v on 1/√v without weights, whose intercept is the slope on √v.
    @Test(arguments: samples)
    func weightedRegressionIsEggersOwn(sample: StudySample) throws {
        let test = try EggerTest(model: .weightedRegression).test(sample.effects)
        let x = sample.variances.map { 1 / $0.squareRoot() }
        let y = zip(sample.estimates, x).map { $0 * $1 }
        let n = Double(x.count)
        let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        let sxx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
        let sxy = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
        let slope = sxy / sxx
        let intercept = my - slope * mx
        let residual = zip(x, y).reduce(0) { sum, pair in
            let distance = pair.1 - intercept - slope * pair.0
            return sum + distance * distance
        }
        let error = (residual / (n - 2) * (1 / n + mx * mx / sxx)).squareRoot()
        #expect(close(test.estimate, intercept))
        #expect(close(test.standardError, error))
        #expect(close(test.limit?.estimate, slope))
        #expect(test.degreesOfFreedom == n - 2)
    }

    @Test(arguments: samples, models)
    func aConstantMovesTheLimitOnly(sample: StudySample, model: EggerTest.Model) throws {
        let before = try EggerTest(model: model).test(sample.effects)
        var moved = sample.effects
        for index in moved.effects.indices { moved.effects[index].estimate += 3 }
        let after = try EggerTest(model: model).test(moved)
        #expect(close(after.estimate, before.estimate))
        #expect(close(after.pValue, before.pValue))
        #expect(close(after.limit?.estimate, before.limit.map { $0.estimate + 3 }))
    }

    @Test(arguments: samples, models)
    func theOtherSignTurnsTheSlope(sample: StudySample, model: EggerTest.Model) throws {
        let before = try EggerTest(model: model).test(sample.effects)
        let after = try EggerTest(model: model).test(sample.effects.mirrored)
        #expect(close(after.estimate, before.estimate.map { -$0 }))
        #expect(close(after.pValue, before.pValue))
        #expect(close(after.limit?.estimate, before.limit.map { -$0.estimate }))
    }

    @Test(arguments: samples, models)
    func unitsDoNotMatter(sample: StudySample, model: EggerTest.Model) throws {
        let before = try EggerTest(model: model).test(sample.effects)
        for factor in [1e-3, 1e120, 1e-120] {
            var scaled = sample.effects
            for index in scaled.effects.indices {
                scaled.effects[index].estimate *= factor
                scaled.effects[index].variance *= factor * factor
            }
            let after = try EggerTest(model: model).test(scaled)
            #expect(close(after.estimate, before.estimate))
            #expect(close(after.pValue, before.pValue))
            #expect(close(after.limit.map { $0.estimate / factor }, before.limit?.estimate))
        }
    }

    @Test(arguments: samples)
    func thompsonAndSharpIsTheMixedModelByT(sample: StudySample) throws {
        let mixed = try EggerTest().test(sample.effects)
        let other = try ThompsonSharpTest().test(sample.effects)
        #expect(other.name == .thompsonSharp)
        #expect(other.statistic == mixed.statistic)
        #expect(other.tauSquared == mixed.tauSquared)
        #expect(other.degreesOfFreedom == Double(sample.effects.count - 2))
    }

    @Test func effectsOnALineHaveNoTest() throws {
        let variances = [0.01, 0.04, 0.09, 0.25, 0.36]
        let sample = StudySample("line", estimates: variances.map { 1 + 2 * $0.squareRoot() }, variances: variances)
        let test = try EggerTest(model: .weightedRegression).test(sample.effects)
        #expect(close(test.estimate, 2))
        #expect(test.pValue == nil)
        #expect(test.diagnostics.contains { $0.code == .notEstimable })
    }

    @Test func cautions() throws {
        let few = StudySample("few", estimates: [1, 2, 3], variances: [1, 2, 3])
        let codes = try EggerTest().test(few.effects).diagnostics.map(\.code)
        #expect(codes.contains(.fewStudies))
        #expect(codes.contains(.similarPrecision))
    }

    private static let knownReferences: [(IntervalMethod, Double)] = [
        (.wald, 0.311502941125522), (.t, 0.333247346949513),
    ]
    private static let factors: [Double] = [1, 0x1p-500, 0x1p500]

    /// R 4.2.2, metafor 3.8.1: `regtest(rma(yi, vi, tau2=0.2))` of the risk ratios of `dat.bcg`, by z and by t.
    @Test(arguments: knownReferences)
    func aKnownTauSquaredIsTaken(_ interval: IntervalMethod, _ pValue: Double) throws {
        let effects = try TableTestsTests.effects("bcg", measure: "RR")
        let test = try EggerTest(heterogeneity: .known(0.2), interval: interval).test(effects)
        #expect(test.tauSquared == 0.2)
        #expect(close(test.statistic, -1.012073438768854) && close(test.pValue, pValue))
        #expect(close(test.estimate, -0.847072051953911) && close(test.standardError, 0.836966982341064))
        let limit = try #require(test.limit)
        #expect(close(limit.estimate, -0.487263772303919) && close(limit.standardError, 0.258515854454624))
        let report = try SmallStudyAnalysis(tests: [.egger, .thompsonSharp], interval: interval)
            .fit(effects, model: RandomEffects(knownTauSquared: 0.2))
        #expect(report.tests.map(\.tauSquared) == [0.2, 0.2])
        #expect(report.tests[0] == test && close(report.tests[1].statistic, test.statistic))
        let error = #expect(throws: MetaAnalysisError.self) { try EggerTest(heterogeneity: .known(-1)).test(effects) }
        #expect(error?.code == .invalidSetting)
    }

    /// Also for effects that are rescaled on the way.
    @Test(arguments: samples, factors)
    func theEstimateTakenAsKnownChangesNothing(sample: StudySample, factor: Double) throws {
        var effects = sample.effects
        for index in effects.effects.indices {
            effects.effects[index].estimate *= factor
            effects.effects[index].variance *= factor * factor
        }
        let found = try EggerTest().test(effects)
        let known = try EggerTest(heterogeneity: .known(#require(found.tauSquared))).test(effects)
        #expect(known.tauSquared == found.tauSquared)
        #expect(close(known.pValue, found.pValue) && close(known.statistic, found.statistic))
    }
}

extension EffectSizes {
    /// With the sign of every effect changed.
    var mirrored: EffectSizes {
        var copy = self
        for index in copy.effects.indices { copy.effects[index].estimate.negate() }
        copy.source = nil
        return copy
    }
}
