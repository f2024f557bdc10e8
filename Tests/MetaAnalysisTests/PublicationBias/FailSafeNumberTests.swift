import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct FailSafeNumberTests {
    /// Ten studies with effects of half and standard errors of a fifth.
    private static let strong = StudySample(
        "strong", estimates: (0..<10).map { 0.5 + 0.01 * Double($0 % 3) }, variances: Array(repeating: 0.04, count: 10))

    private func number(_ method: FailSafeNumber.Method, target: Double? = nil, _ sample: StudySample) throws -> Double?
    {
        try FailSafeNumber(method: method, target: target).fit(sample.effects).number
    }

    /// With that many studies of z = 0 more, Stouffer's test is just not significant.
    @Test func rosenthalByItsDefinition() throws {
        let found = try #require(try number(.rosenthal, Self.strong))
        let sum = Self.strong.estimates.reduce(0) { $0 + $1 / 0.2 }
        func pValue(_ count: Double) -> Double {
            ReferenceDistribution.normal.upperTail(sum / (10 + count).squareRoot())
        }
        #expect(pValue(found) >= 0.05)
        #expect(pValue(found - 1) < 0.05)
    }

    /// With equal variances, studies of effect 0 and the same variance bring the common effect to p = 0.05.
    @Test func rosenbergByItsDefinition() throws {
        let found = Int(try #require(try number(.rosenberg, Self.strong)))
        func pValue(_ count: Int) throws -> Double {
            let sample = StudySample(
                "more", estimates: Self.strong.estimates + Array(repeating: 0, count: count),
                variances: Array(repeating: 0.04, count: 10 + count))
            return try CommonEffect().fit(sample.effects).pValue ?? 1
        }
        #expect(try pValue(found) >= 0.05)
        #expect(try pValue(found - 1) < 0.05)
    }

    @Test func orwinByItsDefinition() throws {
        let sample = StudySample("plain", estimates: [0.6, 0.6, 0.6, 0.6], variances: [1, 1, 1, 1])
        // (4 · 0.6) / (4 + N) ≤ 0.2 from N = 8 on.
        #expect(try number(.orwin, target: 0.2, sample) == 8)
        #expect(try number(.orwin, target: -0.2, sample) == 8)
        #expect(try number(.orwin, target: 0.7, sample) == 0)
        #expect(try number(.orwin, sample) == 4)
    }

    @Test func generalByItsDefinition() throws {
        let fit = try FailSafeNumber(method: .general).fit(Self.strong.effects)
        let found = Int(try #require(fit.number))
        #expect(found > 1)
        let tau = try RandomEffects(interval: .wald).fit(Self.strong.effects).heterogeneity.tauSquared
        let spread = (tau + 0.04).squareRoot()
        func pValue(_ count: Int) throws -> Double {
            var added = (0..<count).map { $0 % 2 == 0 ? spread : -spread }
            if count % 2 == 1 { added[count - 1] = 0 }
            let sample = StudySample(
                "more", estimates: Self.strong.estimates + added, variances: Array(repeating: 0.04, count: 10 + count))
            return try RandomEffects(interval: .wald).fit(sample.effects).pValue ?? 1
        }
        #expect(try pValue(found) >= 0.05)
        #expect(try pValue(found - 1) < 0.05)
    }

    static let methods: [FailSafeNumber.Method] = FailSafeNumber.Method.allCases

    @Test(arguments: EggerTestTests.samples, methods)
    func signAndUnitsDoNotMatter(sample: StudySample, method: FailSafeNumber.Method) throws {
        let before = try number(method, sample)
        #expect(try FailSafeNumber(method: method).fit(sample.effects.mirrored).number == before)
        var scaled = sample.effects
        for index in scaled.effects.indices {
            scaled.effects[index].estimate *= 0x1p-300
            scaled.effects[index].variance *= 0x1p-600
        }
        #expect(try FailSafeNumber(method: method).fit(scaled).number == before)
    }

    @Test func nothingToOverturn() throws {
        let sample = StudySample("null", estimates: [0.1, -0.1, 0.05], variances: [1, 1, 1])
        for method in [FailSafeNumber.Method.rosenthal, .rosenberg, .general] {
            #expect(try number(method, sample) == 0)
        }
        let zero = StudySample("zero", estimates: [0, 0, 0], variances: [1, 2, 3])
        for method in Self.methods { #expect(try number(method, zero) == 0) }
    }
}
