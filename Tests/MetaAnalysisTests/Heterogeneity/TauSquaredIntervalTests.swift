import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct TauSquaredIntervalTests {
    /// Variance 1 and Σ (y − ȳ)² = 14 with 2 degrees of freedom, where the quantiles of χ² are −2 ln(1 − p).
    private static let sample = StudySample("balanced", estimates: [1, 2, 6], variances: [1, 1, 1])

    private static func fit(
        _ method: TauSquaredIntervalMethod, _ estimator: HeterogeneityEstimator = .restrictedMaximumLikelihood,
        _ sample: StudySample = sample
    ) throws -> PooledEffect {
        try RandomEffects(heterogeneity: estimator, tauSquaredInterval: method).fit(sample.effects)
    }

    @Test func rawValuesAreTheCodesOfTheField() {
        #expect(TauSquaredIntervalMethod.allCases.map(\.rawValue) == ["QP", "GENQ", "PL", "HT"])
    }

    @Test(arguments: [TauSquaredIntervalMethod.qProfile, .generalizedQ])
    func quantilesOfChiSquaredByHand(_ method: TauSquaredIntervalMethod) throws {
        let ends = try #require(try Self.fit(method).heterogeneity.tauSquaredInterval)
        #expect(Tolerance.quantile.accepts(ends.lower, 14 / (-2 * Double.log(0.025)) - 1))
        #expect(Tolerance.quantile.accepts(ends.upper, 14 / (-2 * Double.log(0.975)) - 1))
    }

    /// The restricted likelihood is that of 14 / (1 + τ²) as χ²: with x = 14 / (2 (1 + τ²)) it is ln x − x, up to a constant.
    @Test func profileLikelihoodByHand() throws {
        let ends = try #require(try Self.fit(.profileLikelihood).heterogeneity.tauSquaredInterval)
        let drop = 3.841458820694124 / 2
        for end in [ends.lower, ends.upper] where end > 0 {
            let x = 7 / (1 + end)
            #expect(Tolerance.quantile.accepts(-1 - (Double.log(x) - x), drop))
        }
        // At τ² = 0, x = 7: a fall of 7 − ln 7 − 1 = 4.05 is more than the drop, so that the lower end is above 0.
        #expect(ends.lower > 0 && ends.upper > 6)
    }

    /// H² = 7, and Q = 14 > k: ½ (ln 14 − ln 2) / (√28 − √3) is the standard error of ln H.
    @Test func testBasedByHand() throws {
        let ends = try #require(try Self.fit(.testBased, .derSimonianLaird).heterogeneity.tauSquaredInterval)
        let error = 0.5 * (Double.log(14) - Double.log(2)) / (28.0.squareRoot() - 3.0.squareRoot())
        let factor = Double.exp(2 * 1.959963984540054 * error)
        #expect(Tolerance.quantile.accepts(ends.lower, max(0, 7 / factor - 1)))
        #expect(Tolerance.quantile.accepts(ends.upper, 7 * factor - 1))
    }

    /// Q ≤ k takes the second formula of Higgins and Thompson: √(1 / (2 (k − 2)) · (1 − 1 / (3 (k − 2)²))).
    @Test func standardErrorOfLogHForSmallQ() {
        #expect(
            HeterogeneityScale.logHStandardError(cochranQ: 3, count: 5).map {
                Tolerance.closedForm.accepts($0, (1.0 / 6 * (1 - 1.0 / 27)).squareRoot())
            } == true)
        #expect(HeterogeneityScale.logHStandardError(cochranQ: 3, count: 2) == nil)
    }

    @Test func scaleOfISquared() {
        let scale = HeterogeneityScale(typicalVariance: 0.5)
        #expect(scale.iSquared(0) == 0 && scale.hSquared(0) == 1)
        #expect(scale.iSquared(0.5) == 50 && scale.hSquared(0.5) == 2)
        #expect(scale.iSquared(.infinity) == 100)
        #expect(scale.tauSquared(hSquared: 3) == 1 && scale.tauSquared(hSquared: 0.4) == 0)
    }

    @Test(arguments: [TauSquaredIntervalMethod.qProfile, .generalizedQ])
    func effectsTooMuchAlikeHaveAnEmptyInterval(_ method: TauSquaredIntervalMethod) throws {
        let alike = StudySample("alike", estimates: [1, 1.001, 0.999, 1], variances: [1, 1, 1, 1])
        let pooled = try Self.fit(method, .derSimonianLaird, alike)
        #expect(pooled.heterogeneity.tauSquaredInterval == ConfidenceInterval(lower: 0, upper: 0))
        #expect(pooled.heterogeneity.iSquaredInterval == ConfidenceInterval(lower: 0, upper: 0))
        #expect(pooled.diagnostics.contains { $0.code == .negativeHeterogeneity })
    }

    @Test func anEndAtZero() throws {
        let near = StudySample("near", estimates: [1, 2, 3], variances: [1, 1, 1])
        for method in TauSquaredIntervalMethod.allCases {
            let ends = try #require(
                try Self.fit(method, .restrictedMaximumLikelihood, near).heterogeneity.tauSquaredInterval)
            #expect(ends.lower == 0 && ends.upper > 0, "\(method)")
        }
    }

    @Test func twoStudiesHaveNoTestBasedInterval() throws {
        let two = StudySample("two", estimates: [1, 4], variances: [1, 1])
        let pooled = try Self.fit(.testBased, .derSimonianLaird, two)
        #expect(pooled.heterogeneity.tauSquaredInterval == nil)
        #expect(pooled.diagnostics.contains { $0.code == .notEstimable })
        #expect(try Self.fit(.qProfile, .derSimonianLaird, two).heterogeneity.tauSquaredInterval != nil)
    }

    @Test(arguments: HeterogeneityEstimator.allCases)
    func onlyAMaximumHasAProfile(_ estimator: HeterogeneityEstimator) throws {
        guard !estimator.maximizesLikelihood else {
            #expect(try Self.fit(.profileLikelihood, estimator).heterogeneity.tauSquaredInterval != nil)
            return
        }
        let error = #expect(throws: MetaAnalysisError.self) { try Self.fit(.profileLikelihood, estimator) }
        #expect(error?.code == .unsupportedCombination)
    }

    /// Both ends are the same root there, found from two sides.
    @Test(arguments: [TauSquaredIntervalMethod.qProfile, .generalizedQ, .profileLikelihood, .testBased])
    func endsStandInOrderAtTheLeastLevels(_ method: TauSquaredIntervalMethod) throws {
        for sample in try StudySample.all() where sample.effects.count > 2 {
            for level in [1e-17, 1e-9] {
                let model = RandomEffects(tauSquaredInterval: method, level: level)
                guard let ends = try model.fit(sample.effects).heterogeneity.tauSquaredInterval else { continue }
                #expect(ends.lower <= ends.upper, "\(sample)")
            }
        }
    }

    @Test func roundingDoesNotLeaveMoreThanAHundredPercent() throws {
        for typical in [1e-34, 3e-33, 7e-20, 1.1e-18, 0.3] {
            let scale = HeterogeneityScale(typicalVariance: typical)
            for tauSquared in [1e-17, 3.7e-17, 0.1, 7, 1e300] {
                #expect(scale.iSquared(tauSquared) <= 100)
                let statistic = tauSquared / typical
                #expect((InverseVariancePooling.iSquaredFromQ(statistic, degreesOfFreedom: 1) ?? 0) <= 100)
            }
        }
    }
}
