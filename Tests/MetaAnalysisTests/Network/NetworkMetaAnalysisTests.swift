import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct NetworkMetaAnalysisTests {
    private static func contrast(
        _ study: String, _ one: Treatment, _ other: Treatment, _ estimate: Double, _ variance: Double = 1
    ) -> Contrast {
        Contrast(study: study, one, versus: other, estimate: estimate, variance: variance)
    }

    /// A loop that does not close: A − B and B − C are 1, A − C is 5, each with variance 1.
    ///
    /// A − C: direct 5 ± 1, indirect 2 ± √2, together (5 + 2/2) / (3/2) = 4 with variance 2/3. Likewise the two others: 2.
    /// Q = 3 · 1² with one degree of freedom; with equal variances τ² = Q / 1 − 1 = 2.
    private static func loop() throws -> TreatmentNetwork {
        try TreatmentNetwork([contrast("1", "A", "B", 1), contrast("2", "B", "C", 1), contrast("3", "A", "C", 5)])
    }

    private static func near(_ value: Double?, _ expected: Double, _ tolerance: Tolerance = .closedForm) -> Bool {
        value.map { tolerance.accepts($0, expected, scale: 1) } ?? false
    }

    // MARK: By hand

    @Test func aLoopWithACommonEffect() throws {
        let fit = try NetworkMetaAnalysis(model: .common).fit(Self.loop())
        let effect = try #require(fit.effect(of: "A", versus: "C"))
        #expect(Self.near(effect.estimate, 4) && Self.near(effect.standardError, (2.0 / 3).squareRoot()))
        #expect(Self.near(effect.direct?.estimate, 5) && Self.near(effect.direct?.standardError, 1))
        #expect(effect.direct?.studies == 1 && effect.indirect?.studies == nil)
        #expect(Self.near(effect.indirect?.estimate, 2) && Self.near(effect.indirect?.standardError, 2.0.squareRoot()))
        #expect(Self.near(effect.proportionDirect, 2.0 / 3))
        let statistic = 4 / (2.0 / 3).squareRoot()
        #expect(Self.near(effect.statistic, statistic))
        let normal = ReferenceDistribution.normal
        #expect(Self.near(effect.pValue, normal.twoSidedPValue(statistic), .quantile))
        let half = normal.twoSidedQuantile(level: 0.95) * (2.0 / 3).squareRoot()
        #expect(
            Self.near(effect.confidenceInterval.lower, 4 - half) && Self.near(effect.confidenceInterval.upper, 4 + half)
        )
        #expect(effect.predictionInterval == nil)
        for (estimate, expected) in zip(fit.estimates, [2, 0, -2.0]) { #expect(Self.near(estimate, expected)) }
        // L = 3I − J.
        for row in 0..<3 {
            for column in 0..<3 {
                #expect(Self.near(fit.covariance[row][column], ((row == column ? 1.0 : 0) - 1.0 / 3) / 3))
            }
        }
        #expect(Self.near(fit.heterogeneity.cochranQ, 3) && fit.heterogeneity.degreesOfFreedom == 1)
        #expect(fit.heterogeneity.tauSquared == 0 && fit.heterogeneity.estimator == nil)
        #expect(fit.heterogeneity.tauSquaredInterval == nil && Self.near(fit.heterogeneity.iSquared, 100 * 2.0 / 3))
        #expect(fit.degreesOfFreedom == nil && fit.k == 3 && fit.comparisonCount == 3 && fit.designs.count == 3)
        #expect(
            fit.settings
                == NetworkSettings(
                    measure: "GEN", model: .common, estimator: nil, interval: .wald, tauSquaredInterval: nil,
                    level: 0.95, effects: nil))
    }

    @Test(arguments: [
        HeterogeneityEstimator.derSimonianLaird, .hedges, .pauleMandel, .restrictedMaximumLikelihood,
        .empiricalBayes, .generalizedQ,
    ])
    func aLoopWithRandomEffects(_ estimator: HeterogeneityEstimator) throws {
        let fit = try NetworkMetaAnalysis(heterogeneity: estimator).fit(Self.loop())
        #expect(Self.near(fit.heterogeneity.tauSquared, 2) && fit.heterogeneity.estimator == estimator)
        let effect = try #require(fit.effect(of: "A", versus: "C"))
        #expect(Self.near(effect.estimate, 4) && Self.near(effect.standardError, 2.0.squareRoot()))
        #expect(Self.near(effect.direct?.standardError, 3.0.squareRoot()))
        // t with the one degree of freedom of Q: the quantile at 0.975 is tan(0.475 π).
        let half = Double.tan(0.475 * .pi) * (2.0 + 2).squareRoot()
        let prediction = try #require(effect.predictionInterval)
        #expect(Self.near(prediction.lower, 4 - half, .quantile) && Self.near(prediction.upper, 4 + half, .quantile))
        #expect(fit.settings.model == .random && fit.settings.tauSquaredInterval == .qProfile)
        #expect(fit.heterogeneity.tauSquaredInterval != nil && fit.heterogeneity.tauSquaredStandardError != nil)
    }

    /// The residual variance is that of the model, so that Hartung–Knapp changes the quantile only; under a common effect it is 3.
    @Test func intervalsByT() throws {
        let quantile = Double.tan(0.475 * .pi)
        for (model, interval, error) in [
            (NetworkMetaAnalysis.Model.random, IntervalMethod.t, 2.0.squareRoot()),
            (.random, .hartungKnapp, 2.0.squareRoot()), (.random, .hartungKnappTruncated, 2.0.squareRoot()),
            (.common, .t, (2.0 / 3).squareRoot()), (.common, .hartungKnapp, 2.0.squareRoot()),
        ] {
            let fit = try NetworkMetaAnalysis(model: model, heterogeneity: .derSimonianLaird, interval: interval)
                .fit(Self.loop())
            let effect = try #require(fit.effect(of: "B", versus: "C"))
            #expect(fit.degreesOfFreedom == 1 && Self.near(effect.estimate, 2))
            #expect(Self.near(effect.standardError, error))
            #expect(Self.near(effect.confidenceInterval.upper, 2 + quantile * error, .quantile))
            #expect(Self.near(effect.proportionDirect, 2.0 / 3))
            // Scaled like the network estimate.
            let ratio = try #require(effect.direct).standardError / effect.standardError
            #expect(Self.near(ratio, 1.5.squareRoot()))
            let variance = fit.covariance[1][1] + fit.covariance[2][2] - 2 * fit.covariance[1][2]
            #expect(Self.near(variance, error * error))
        }
    }

    @Test func levels() throws {
        let fit = try NetworkMetaAnalysis(knownTauSquared: 2, level: 0.8, predictionLevel: 0.5).fit(Self.loop())
        let effect = try #require(fit.effect(of: "A", versus: "C"))
        let half = ReferenceDistribution.normal.twoSidedQuantile(level: 0.8) * 2.0.squareRoot()
        #expect(Self.near(effect.confidenceInterval.lower, 4 - half, .quantile))
        #expect(Self.near(effect.predictionInterval?.lower, 4 - 2, .quantile))
        #expect(fit.settings.level == 0.8 && fit.settings.estimator == nil && fit.settings.tauSquaredInterval == nil)
        #expect(fit.heterogeneity.tauSquared == 2 && fit.heterogeneity.tauSquaredInterval == nil)
    }

    // MARK: Reference

    @Test func theReferenceIsTheTreatmentOfTheMostStudies() throws {
        let network = try TreatmentNetwork([
            Self.contrast("1", "A", "C", 1), Self.contrast("2", "B", "C", 1), Self.contrast("3", "B", "D", 1),
            Self.contrast("4", "C", "D", 1),
        ])
        #expect(try NetworkMetaAnalysis().fit(network).reference == "C")
        #expect(try NetworkMetaAnalysis(reference: " D").fit(network).reference == "D")
        // Of equals the first.
        #expect(try NetworkMetaAnalysis().fit(Self.loop()).reference == "A")
    }

    @Test func anUnknownReferenceNamesTheTreatments() throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try NetworkMetaAnalysis(reference: "a").fit(Self.loop())
        }
        #expect(error.code == .invalidSetting)
        #expect(error.message == "there is no treatment \"a\" to take as the reference")
        #expect(error.remedy == "take one of \"A\", \"B\", \"C\"")
    }

    // MARK: Settings that cannot be

    @Test(arguments: [0, 1, -0.5, 95, Double.nan])
    func levelsOutsideTheirRangeAreRefused(_ level: Double) throws {
        for model in [NetworkMetaAnalysis(level: level), NetworkMetaAnalysis(predictionLevel: level)] {
            let error = try #require(throws: MetaAnalysisError.self) { try model.fit(Self.loop()) }
            #expect(error.code == .invalidSetting && error.remedy.contains("0.95"))
        }
    }

    @Test(arguments: [-1, Double.nan, .infinity])
    func aKnownVarianceIsNotNegative(_ tauSquared: Double) throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try NetworkMetaAnalysis(knownTauSquared: tauSquared).fit(Self.loop())
        }
        #expect(error.code == .invalidSetting)
    }

    @Test func aProfileLikelihoodNeedsALikelihood() throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try NetworkMetaAnalysis(heterogeneity: .hedges, tauSquaredInterval: .profileLikelihood).fit(Self.loop())
        }
        #expect(error.code == .unsupportedCombination)
    }

    @Test func aDisconnectedNetworkIsRefused() throws {
        let network = try TreatmentNetwork([Self.contrast("1", "A", "B", 1), Self.contrast("2", "C", "D", 1)])
        let error = try #require(throws: MetaAnalysisError.self) { try NetworkMetaAnalysis().fit(network) }
        #expect(error.code == .disconnectedNetwork && error.message.contains("{A, B}, {C, D}"))
    }

    // MARK: At the edge

    @Test func withoutDegreesOfFreedomEffectsAreThoseOfTheStudies() throws {
        let tree = try TreatmentNetwork([Self.contrast("1", "A", "B", 1, 0.25), Self.contrast("2", "B", "C", 2, 0.75)])
        for interval in IntervalMethod.allCases {
            let fit = try NetworkMetaAnalysis(interval: interval).fit(tree)
            let effect = try #require(fit.effect(of: "A", versus: "C"))
            #expect(Self.near(effect.estimate, 3) && Self.near(effect.standardError, 1))
            #expect(effect.predictionInterval == nil && fit.degreesOfFreedom == nil && fit.fit == nil)
            #expect(fit.settings.interval == .wald)
            #expect(fit.heterogeneity.tauSquared == 0 && fit.heterogeneity.estimator == nil)
            #expect(fit.heterogeneity.pValue == nil && fit.heterogeneity.iSquared == nil)
            let note = try #require(fit.diagnostics.first { $0.code == .notEstimable })
            #expect(note.severity == .warning && note.message.hasSuffix("the between-study variance is taken as 0"))
        }
        let known = try NetworkMetaAnalysis(knownTauSquared: 1).fit(tree)
        #expect(Self.near(known.effect(of: "A", versus: "C")?.standardError, 3.0.squareRoot()))
        #expect(known.heterogeneity.tauSquared == 1)
        #expect(known.diagnostics.allSatisfy { !$0.message.contains("taken as 0") })
    }

    @Test func oneStudyOfTwoArms() throws {
        let fit = try NetworkMetaAnalysis(interval: .hartungKnapp).fit(
            TreatmentNetwork([Self.contrast("1", "A", "B", 1, 0.25)]))
        #expect(fit.effects.count == 1 && fit.k == 1)
        #expect(Self.near(fit.effects[0].standardError, 0.5) && Self.near(fit.effects[0].proportionDirect, 1))
        #expect(fit.effects[0].indirect == nil)
    }

    /// Nothing is left of the residuals, so that Hartung–Knapp leaves no test; what does not depend on it stays.
    @Test(arguments: [[1, 2, 3], [0.1, 0.2, 0.1 + 0.2], [0.4, 0.3, 0.7], [1e-9, 1e9, 1e9 + 1e-9]])
    func effectsThatAgreeExactly(_ effects: [Double]) throws {
        let network = try TreatmentNetwork([
            Self.contrast("1", "A", "B", effects[0], 0.3), Self.contrast("2", "B", "C", effects[1], 0.7),
            Self.contrast("3", "A", "C", effects[2], 0.2),
        ])
        let fit = try NetworkMetaAnalysis(interval: .hartungKnapp).fit(network)
        let wald = try NetworkMetaAnalysis().fit(network)
        for (effect, plain) in zip(fit.effects, wald.effects) {
            #expect(effect.standardError == 0 && effect.statistic == nil && effect.pValue == nil)
            #expect(effect.confidenceInterval.width == 0)
            #expect(effect.proportionDirect == plain.proportionDirect)
            #expect(effect.direct?.standardError == 0 && effect.direct?.pValue == nil)
            #expect(effect.estimate == plain.estimate)
        }
        #expect(fit.heterogeneity.cochranQ < 1e-9 && fit.heterogeneity.tauSquared == 0)
        let note = try #require(fit.diagnostics.first { $0.code == .notEstimable })
        #expect(note.severity == .warning && note.message.contains("Hartung–Knapp standard error is 0"))
        #expect(!fit.diagnostics.contains { $0.code == .narrowerThanWald })
    }

    @Test func equalEffectsOfTwoTreatments() throws {
        for value in [0, 0.1, -0.3, 7] {
            let network = try TreatmentNetwork(
                (1...5).map {
                    Self.contrast("\($0)", "A", "B", value, 0.1 * Double($0))
                })
            let fit = try NetworkMetaAnalysis(interval: .hartungKnapp).fit(network)
            #expect(Self.near(fit.effects[0].estimate, value) && fit.effects[0].standardError == 0)
            #expect(fit.effects[0].pValue == nil)
        }
    }

    @Test func narrowerIntervalsAreNoted() throws {
        let close = try TreatmentNetwork([
            Self.contrast("1", "A", "B", 1), Self.contrast("2", "B", "C", 1), Self.contrast("3", "A", "C", 2.1),
        ])
        func codes(_ interval: IntervalMethod) throws -> [Diagnostic.Code] {
            try NetworkMetaAnalysis(interval: interval).fit(close).diagnostics.map(\.code)
        }
        #expect(try codes(.hartungKnapp).contains(.narrowerThanWald))
        for interval in [IntervalMethod.wald, .t, .hartungKnappTruncated] {
            #expect(try !codes(interval).contains(.narrowerThanWald))
        }
        // Where τ² makes the residual variance 1, what rounding leaves below it is no finding.
        for value in [5, 5.1, 4.9, 5.3, 6.7] {
            let network = try TreatmentNetwork([
                Self.contrast("1", "A", "B", 1), Self.contrast("2", "B", "C", 1), Self.contrast("3", "A", "C", value),
            ])
            let fit = try NetworkMetaAnalysis(interval: .hartungKnapp).fit(network)
            #expect(!fit.diagnostics.contains { $0.code == .narrowerThanWald })
        }
    }

    // MARK: Range of numbers

    private static func spread(_ ratio: Double) throws -> TreatmentNetwork {
        try TreatmentNetwork([
            contrast("1", "A", "B", 1, 1 / ratio), contrast("2", "B", "C", 2, 1), contrast("3", "C", "D", 3, 1 / ratio),
            contrast("4", "A", "D", 6.5, 1),
        ])
    }

    /// A and B, C and D are known well and hang together loosely: with equal weights 1 of B − C and A − D, the two share what the
    /// loop misses by.
    @Test(arguments: [1e8, 1e10, 1e12]) func variancesFarApart(_ ratio: Double) throws {
        let fit = try NetworkMetaAnalysis(model: .common).fit(Self.spread(ratio))
        // Sums of numbers of this ratio lose as many digits.
        let bound = Tolerance.closedForm.bound + 8 * ratio * .ulpOfOne
        let loose = try #require(fit.effect(of: "B", versus: "C"))
        #expect(abs(loose.estimate - 2.25) < bound * 2.25)
        #expect(abs(loose.standardError - 0.5.squareRoot()) < bound)
        let close = try #require(fit.effect(of: "A", versus: "B"))
        #expect(abs(close.estimate - 1) < close.standardError)
        #expect(abs(close.standardError / (1 / ratio).squareRoot() - 1) < bound)
        #expect(fit.diagnostics.contains { $0.code == .extremeVarianceRatio })
        let random = try NetworkMetaAnalysis().fit(Self.spread(ratio))
        #expect(random.heterogeneity.tauSquared >= 0 && random.effects.allSatisfy { $0.standardError > 0 })
    }

    @Test(arguments: [1e16, 1e20, 1e100, 1e200]) func variancesTooFarApart(_ ratio: Double) throws {
        let network = try Self.spread(ratio)
        for model in [
            NetworkMetaAnalysis(), NetworkMetaAnalysis(model: .common), NetworkMetaAnalysis(knownTauSquared: 1),
        ] {
            let error = try #require(throws: MetaAnalysisError.self) { try model.fit(network) }
            #expect(error.code == .singularDesign && error.remedy.contains("orders of magnitude"))
        }
    }

    @Test func numbersOutOfRangeAreRefused() throws {
        for (estimates, variance) in [([1.7e308, 1.7e308, -1.7e308], 1.0), ([1e200, -1e200, 3e200], 1e-3)] {
            let network = try TreatmentNetwork([
                Self.contrast("1", "A", "B", estimates[0], variance),
                Self.contrast("2", "B", "C", estimates[1], variance),
                Self.contrast("3", "A", "C", estimates[2], variance),
            ])
            let error = try #require(throws: MetaAnalysisError.self) { try NetworkMetaAnalysis().fit(network) }
            #expect(error.code == .numericalOverflow)
        }
    }
}
