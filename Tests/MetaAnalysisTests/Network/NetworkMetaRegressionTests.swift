import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Reference numbers: year of publication in `nma_senn2013`, reference "plac", by generalized least squares on contrasts with each
/// study's first arm and their full covariance (numpy, 27 × 27 matrices), τ² as the root of the restricted score (scipy `brentq`).
@Suite struct NetworkMetaRegressionTests {
    private struct Reference: Sendable {
        var coefficients: NetworkMetaRegression.Coefficients
        /// τ² given; `nil` for REML.
        var known: Double?
        var tauSquared: Double
        /// Estimate and standard error versus "plac" at the mean year.
        var effects: [String: (Double, Double)]
        /// By treatment; "" for the common one.
        var slopes: [String: (Double, Double)]
    }

    private static let references = [
        Reference(
            coefficients: .common, known: nil, tauSquared: 0.09762672099098427,
            effects: [
                "acar": (-0.7773291053175218, 0.24559586698971486), "benf": (-0.74259727566448, 0.2753750330292487),
                "metf": (-1.1157023818536231, 0.14873515642473736), "migl": (-0.8122126375640566, 0.26532263344843987),
                "rosi": (-1.252976905867492, 0.12390695908429894), "vild": (-0.8327475426542346, 0.3644292371374256),
            ], slopes: ["": (0.023479157204149705, 0.024364969795356885)]),
        Reference(
            coefficients: .common, known: 0.1, tauSquared: 0.1,
            effects: [
                "acar": (-0.7777504815940579, 0.2477113112467114), "sita": (-0.6788488820437402, 0.3602259702616809),
            ], slopes: ["": (0.02338901597634027, 0.024589874385137434)]),
        Reference(
            coefficients: .common, known: 0, tauSquared: 0,
            effects: ["rosi": (-1.2324278155573871, 0.04836182055524364)],
            slopes: ["": (0.03846948610310639, 0.010309280986839324)]),
        Reference(
            coefficients: .independent, known: nil, tauSquared: 0.06661833141219674,
            effects: [
                "acar": (-0.08336829701486566, 0.43886766639723573), "benf": (-0.725, 0.24348718017059598),
                "migl": (-1.4632811019587997, 0.6334637599654204), "sulf": (0.0006472891986708373, 0.34017037621749313),
            ],
            slopes: [
                "acar": (0.16943481279168818, 0.09165292467124131), "benf": (-0.078, 0.05216292867778737),
                "metf": (0.069326763544047, 0.02922241172669137), "migl": (-0.0866604085296267, 0.10166501573059435),
                "piog": (0.11868003601867101, 0.12355184792318681), "rosi": (0.011627547825645602, 0.03968707046998288),
                "sulf": (0.23305704871361116, 0.10730391887175322),
            ]),
        Reference(
            coefficients: .independent, known: 0.1, tauSquared: 0.1,
            effects: ["metf": (-1.1258860054042064, 0.15838904710889057)],
            slopes: ["sulf": (0.22384196954889496, 0.12538854459129456)]),
    ]

    @Test(arguments: references.indices)
    func againstDenseLeastSquares(_ index: Int) throws {
        let reference = Self.references[index]
        let network = try NetworkExamples.diabetes()
        let fit = try NetworkMetaRegression(
            reference: "plac", coefficients: reference.coefficients,
            estimation: EstimationSettings(
                heterogeneity: HeterogeneityModel(.restrictedMaximumLikelihood, known: reference.known),
                interval: .wald)
        ).fit(network, covariate: NetworkExamples.years(network))
        // Reference numbers have about 1e-13 from the inversion of dense matrices; τ² is a root to 1e-15.
        let tolerance: Tolerance = .iterative
        #expect(Tolerance.closedForm.accepts(fit.mean, 2002.3461538461538))
        #expect(fit.k == 26)
        #expect(tolerance.accepts(fit.heterogeneity.tauSquared, reference.tauSquared))
        for (name, (estimate, error)) in reference.effects {
            let ours = try #require(fit.effect(of: Treatment(name), versus: "plac"))
            #expect(tolerance.accepts(try #require(ours.estimate), estimate, scale: error), "\(name)")
            #expect(tolerance.accepts(try #require(ours.standardError), error), "\(name)")
        }
        for (name, (estimate, error)) in reference.slopes {
            let ours = try #require(fit.coefficients.first { ($0.treatment?.name ?? "") == name })
            #expect(tolerance.accepts(try #require(ours.estimate), estimate, scale: error), "\(name)")
            #expect(tolerance.accepts(try #require(ours.standardError), error), "\(name)")
        }
    }

    /// Q of the same regressions at τ² = 0, and without the covariate.
    @Test func sumsOfSquares() throws {
        let network = try NetworkExamples.diabetes()
        let years = NetworkExamples.years(network)
        var settings = NetworkMetaRegression(
            reference: "plac", estimation: .init(heterogeneity: .common, interval: .wald))
        let common = try settings.fit(network, covariate: years)
        settings.coefficients = .independent
        let independent = try settings.fit(network, covariate: years)
        #expect(Tolerance.closedForm.accepts(common.heterogeneity.cochranQ, 83.06116822084489))
        #expect(common.heterogeneity.degreesOfFreedom == 17)
        #expect(Tolerance.closedForm.accepts(independent.heterogeneity.cochranQ, 36.44777930752895))
        #expect(independent.heterogeneity.degreesOfFreedom == 11)
        #expect(Tolerance.closedForm.accepts(common.heterogeneityWithout.cochranQ, 96.98555300526009))
        #expect(
            Tolerance.closedForm.accepts(
                try #require(common.omnibusTest.statistic), 96.98555300526009 - 83.06116822084489, scale: 1))
        #expect(common.omnibusTest.degreesOfFreedom == 1)
        #expect(independent.omnibusTest.degreesOfFreedom == 7)
        let slope = try #require(common.coefficients[0].statistic)
        #expect(Tolerance.closedForm.accepts(try #require(common.omnibusTest.statistic), slope * slope))
    }

    @Test func whatIsExplained() throws {
        let network = try NetworkExamples.diabetes()
        let fit = try NetworkMetaRegression(reference: "plac").fit(
            network, covariate: NetworkExamples.years(network))
        let without = try NetworkMetaAnalysis(reference: "plac").fit(network)
        #expect(fit.heterogeneityWithout == without.heterogeneity)
        let expected = 100 * (1 - 0.09762672099098427 / 0.0999174585534259)
        #expect(Tolerance.iterative.accepts(try #require(fit.explainedHeterogeneity), expected, scale: 100))
        let known = try NetworkMetaRegression(estimation: .init(heterogeneity: .known(0.1), interval: .wald)).fit(
            network, covariate: NetworkExamples.years(network))
        #expect(known.explainedHeterogeneity == nil)
    }

    /// Sitagliptin and vildagliptin have one study each: no slope, no effect but in the year of that study.
    @Test func whatOneStudyDoesNotTell() throws {
        let network = try NetworkExamples.diabetes()
        let fit = try NetworkMetaRegression(reference: "plac", coefficients: .independent).fit(
            network, covariate: NetworkExamples.years(network))
        #expect(fit.coefficients.filter { $0.estimate == nil }.map { $0.treatment?.name } == ["sita", "vild"])
        #expect(fit.effect(of: "sita", versus: "plac")?.estimate == nil)
        #expect(fit.effect(of: "sita", versus: "rosi")?.standardError == nil)
        let own = try #require(fit.effect(of: "sita", versus: "plac", at: 2007))
        #expect(Tolerance.closedForm.accepts(try #require(own.estimate), -0.57, scale: 0.1))
        let error = (0.1291 * 0.1291 + fit.heterogeneity.tauSquared).squareRoot()
        #expect(Tolerance.closedForm.accepts(try #require(own.standardError), error))
        #expect(fit.effect(of: "sita", versus: "vild", at: 2007)?.estimate == nil)
        #expect(
            fit.diagnostics.contains {
                $0.code == .notEstimable && $0.message.contains("\"sita\", \"vild\"")
            })
    }

    // MARK: Laws

    /// Two treatments: a weighted regression of the effects on the covariate.
    @Test(arguments: [IntervalMethod.wald, .hartungKnapp])
    func twoTreatmentsAreARegression(_ interval: IntervalMethod) throws {
        let sample = StudySample.random(seed: 4, count: 12, varianceRatio: 20, tau: 0.4).effects
        let x = sample.effects.indices.map { Double(($0 * 7) % 12) * 0.3 - 1 }
        let network = try NetworkExamples.network(sample.effects.map { ("a", "b", $0.estimate, $0.variance) })
        let covariate = Dictionary(uniqueKeysWithValues: x.enumerated().map { ("study \($0 + 1)", $1) })
        let mean = x.reduce(0, +) / 12
        let model = try VarianceComponentModel(
            responses: sample.effects.map(\.estimate), variances: sample.effects.map(\.variance),
            design: .columns(Matrix(rows: x.map { [1, $0 - mean] })))
        for estimator in [HeterogeneityEstimator.restrictedMaximumLikelihood, .derSimonianLaird, .hedges] {
            let tauSquared = estimator.estimate(model, momentWeights: model.weights(at: 0)).value
            let least = model.leastSquares(weights: model.weights(at: tauSquared))
            let scale = interval.factor(
                residual: least.residualSumOfSquares(model.responses), degreesOfFreedom: 10)
            for coefficients in NetworkMetaRegression.Coefficients.allCases {
                let fit = try NetworkMetaRegression(
                    reference: "b", coefficients: coefficients,
                    estimation: EstimationSettings(heterogeneity: .estimated(estimator), interval: interval)
                ).fit(network, covariate: covariate)
                #expect(Tolerance.iterative.accepts(fit.heterogeneity.tauSquared, tauSquared, scale: 0.01))
                let effect = try #require(fit.effect(of: "a", versus: "b"))
                let slope = fit.coefficients[0]
                let errors = (0..<2).map { scale * least.inverseGram[$0, $0].squareRoot() }
                #expect(
                    Tolerance.iterative.accepts(
                        try #require(effect.estimate), least.coefficients[0], scale: errors[0]))
                #expect(Tolerance.iterative.accepts(try #require(effect.standardError), errors[0]))
                #expect(
                    Tolerance.iterative.accepts(
                        try #require(slope.estimate), least.coefficients[1], scale: errors[1]))
                #expect(Tolerance.iterative.accepts(try #require(slope.standardError), errors[1]))
                #expect(fit.degreesOfFreedom == (interval == .wald ? nil : 10))
                // One coefficient: its test is the omnibus test.
                #expect(
                    Tolerance.iterative.accepts(
                        try #require(fit.omnibusTest.pValue), try #require(slope.pValue)))
            }
        }
    }

    /// Independent coefficients: which treatment is the reference changes nothing.
    @Test func referenceDoesNotMatterWithIndependentCoefficients() throws {
        let network = try NetworkExamples.diabetes()
        let years = NetworkExamples.years(network)
        let settings = ["plac", "metf"].map {
            NetworkMetaRegression(reference: Treatment($0), coefficients: .independent)
        }
        let one = try settings[0].fit(network, covariate: years)
        let two = try settings[1].fit(network, covariate: years)
        var compared = 0
        for year in [1995.0, 2003, 2007] {
            for (first, second) in zip(one.effects(at: year), two.effects(at: year)) {
                #expect((first.estimate == nil) == (second.estimate == nil))
                guard let estimate = first.estimate, let error = first.standardError else { continue }
                compared += 1
                #expect(Tolerance.iterative.accepts(try #require(second.estimate), estimate, scale: error))
                #expect(Tolerance.iterative.accepts(try #require(second.standardError), error))
            }
        }
        #expect(compared > 0)
        #expect(
            Tolerance.iterative.accepts(
                try #require(one.omnibusTest.statistic), try #require(two.omnibusTest.statistic)))
    }

    /// Other units and another origin of the covariate change coefficients by the unit and effects not at all.
    @Test(arguments: NetworkMetaRegression.Coefficients.allCases)
    func unitsOfTheCovariate(_ coefficients: NetworkMetaRegression.Coefficients) throws {
        let network = try NetworkExamples.diabetes()
        let years = NetworkExamples.years(network)
        let settings = NetworkMetaRegression(reference: "plac", coefficients: coefficients)
        let one = try settings.fit(network, covariate: years)
        let two = try settings.fit(network, covariate: years.mapValues { ($0 - 2000) * 365.25 })
        #expect(one.effects.contains { $0.estimate != nil } && one.effects.count == two.effects.count)
        for (first, second) in zip(one.effects, two.effects) {
            guard let estimate = first.estimate, let error = first.standardError else { continue }
            #expect(Tolerance.iterative.accepts(try #require(second.estimate), estimate, scale: error))
        }
        #expect(one.coefficients.contains { $0.estimate != nil } && one.coefficients.count == two.coefficients.count)
        for (first, second) in zip(one.coefficients, two.coefficients) {
            guard let estimate = first.estimate, let error = first.standardError else { continue }
            #expect(Tolerance.iterative.accepts(try #require(second.estimate) * 365.25, estimate, scale: error))
            #expect(Tolerance.iterative.accepts(try #require(second.standardError) * 365.25, error))
        }
    }

    /// A common coefficient changes nothing between two treatments of which neither is the reference.
    @Test func effectsElsewhere() throws {
        let network = try NetworkExamples.diabetes()
        let fit = try NetworkMetaRegression(reference: "plac").fit(
            network, covariate: NetworkExamples.years(network))
        let slope = try #require(fit.coefficients[0].estimate)
        #expect(fit.coefficients[0].treatment == nil && fit.coefficients[0].versus == "plac")
        func value(_ treatment: Treatment, _ other: Treatment, _ year: Double) throws -> Double {
            try #require(fit.effect(of: treatment, versus: other, at: year)?.estimate)
        }
        #expect(
            Tolerance.closedForm.accepts(
                try value("metf", "plac", 2010) - value("metf", "plac", 2000), 10 * slope, scale: 1))
        #expect(
            Tolerance.closedForm.accepts(try value("plac", "metf", 2010), -(try value("metf", "plac", 2010)), scale: 1))
        #expect(
            Tolerance.closedForm.accepts(try value("rosi", "metf", 2010), try value("rosi", "metf", 2000), scale: 1))
        #expect(fit.effects == fit.effects(at: fit.mean))
        #expect(fit.range == [1994, 2008])
    }

    @Test func resultsAreCompleteRecords() throws {
        let network = try NetworkExamples.diabetes()
        for coefficients in NetworkMetaRegression.Coefficients.allCases {
            let fit = try NetworkMetaRegression(coefficients: coefficients).fit(
                network, covariate: NetworkExamples.years(network))
            #expect(try JSONDecoder().decode(NetworkMetaRegressionFit.self, from: JSONEncoder().encode(fit)) == fit)
        }
    }

    // MARK: Studies and faults

    @Test func studiesWithoutACovariateAreNamed() throws {
        let network = try NetworkExamples.diabetes()
        var years = NetworkExamples.years(network)
        years["Hermansen2007"] = nil
        years["Baksi2004"] = nil
        years["Nobody1999"] = 1999
        let fit = try NetworkMetaRegression(reference: "plac").fit(network, covariate: years)
        #expect(fit.k == 24 && fit.treatments.count == 9)
        #expect(fit.excluded.map(\.label) == ["Baksi2004", "Hermansen2007"])
        let notes = fit.diagnostics.filter { $0.code == .studyExcluded }
        #expect(notes.contains { $0.studies == ["Baksi2004", "Hermansen2007"] })
        #expect(notes.contains { $0.message.contains("\"sita\"") })
        #expect(notes.contains { $0.message.contains("\"Nobody1999\"") })
        let lost = #expect(throws: MetaAnalysisError.self) {
            try NetworkMetaRegression(reference: "sita").fit(network, covariate: years)
        }
        #expect(lost?.code == .invalidSetting)
    }

    @Test func faultsOfTheCovariate() throws {
        let network = try NetworkExamples.diabetes()
        let years = NetworkExamples.years(network)
        func code(_ covariate: [String: Double]) -> MetaAnalysisError.Code? {
            let error = #expect(throws: MetaAnalysisError.self) {
                try NetworkMetaRegression().fit(network, covariate: covariate)
            }
            #expect(error?.remedy.isEmpty == false)
            return error?.code
        }
        #expect(code(years.mapValues { _ in 2000 }) == .singularDesign)
        #expect(code([:]) == .tooFewStudies)
        #expect(code(["other": 1]) == .tooFewStudies)
        #expect(code(["Baksi2004": 1]) == .singularDesign)
        #expect(code(years.merging(["Baksi2004": .nan]) { $1 }) == .invalidOutcome)
        #expect(code(years.merging(["Baksi2004": .infinity]) { $1 }) == .invalidOutcome)
        let pieces = years.filter { ["Oyama2008", "Baksi2004"].contains($0.key) }
        #expect(code(pieces) == .disconnectedNetwork)
        // The ends of the range of numbers give a result or an error with a remedy.
        do {
            let fit = try NetworkMetaRegression().fit(
                network, covariate: years.merging(["Baksi2004": 1e308, "Kim2007": -1e308]) { $1 })
            #expect(fit.coefficients.allSatisfy { $0.estimate?.isFinite ?? true })
        } catch let error as MetaAnalysisError {
            #expect(!error.remedy.isEmpty)
        }
    }

    @Test func settingsOutOfRange() throws {
        let network = try NetworkExamples.diabetes()
        let years = NetworkExamples.years(network)
        for settings in [
            NetworkMetaRegression(estimation: .init(interval: .wald, level: 1)),
            NetworkMetaRegression(estimation: .init(heterogeneity: .known(.nan), interval: .wald)),
            NetworkMetaRegression(reference: "placebo"),
        ] {
            let error = #expect(throws: MetaAnalysisError.self) { try settings.fit(network, covariate: years) }
            #expect(error?.code == .invalidSetting)
        }
    }

    /// Only studies without the reference differ in the covariate: the common coefficient has nothing to rest on.
    @Test func coefficientThatNoStudyTells() throws {
        let network = try NetworkExamples.network([
            ("a", "p", 0.5, 0.04), ("b", "p", 0.3, 0.05), ("a", "b", 0.4, 0.09), ("a", "b", 0.2, 0.09),
        ])
        let fit = try NetworkMetaRegression(reference: "p").fit(
            network, covariate: ["study 1": 1, "study 2": 1, "study 3": 0, "study 4": 2])
        #expect(fit.coefficients.map(\.estimate) == [nil])
        #expect(fit.omnibusTest.statistic == nil && fit.omnibusTest.pValue == nil)
        let plain = try NetworkMetaAnalysis(reference: "p").fit(network)
        for (ours, theirs) in zip(fit.effects, plain.effects) {
            #expect(
                Tolerance.iterative.accepts(
                    try #require(ours.estimate), theirs.estimate, scale: theirs.standardError))
        }
        #expect(fit.diagnostics.contains { $0.code == .notEstimable })
        #expect(fit.diagnostics.contains { $0.code == .fewStudies })
    }

    @Test(arguments: [-300, 300])
    func extremeUnits(_ exponent: Int) throws {
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        let network = try NetworkExamples.diabetes()
        let scaled = network.mapPairs { pair in
            var pair = pair
            pair.estimate *= factor
            pair.variance *= factor * factor
            return pair
        }
        let years = NetworkExamples.years(network)
        let one = try NetworkMetaRegression().fit(network, covariate: years)
        let two = try NetworkMetaRegression().fit(scaled, covariate: years)
        #expect(
            Tolerance.iterative.accepts(
                try #require(two.coefficients[0].estimate) / factor, try #require(one.coefficients[0].estimate),
                scale: 0.01))
        #expect(
            Tolerance.iterative.accepts(
                try #require(two.explainedHeterogeneity), try #require(one.explainedHeterogeneity), scale: 100))
    }
}
