import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct ComponentNetworkTests {
    /// Two factors and their combination, every pair compared.
    private static func factorial() throws -> TreatmentNetwork {
        try NetworkExamples.network([
            ("A", "P", 0.5, 0.04), ("B", "P", 0.3, 0.05), ("A+B", "P", 1.1, 0.06), ("A+B", "A", 0.4, 0.09),
            ("B", "A+B", -0.7, 0.05), ("A", "B", 0.3, 0.08), ("A", "P", 0.8, 0.06), ("A+B", "P", 0.6, 0.03),
        ])
    }

    // MARK: Laws

    /// When no name has a separator every treatment is its own component.
    @Test(arguments: HeterogeneityEstimator.allCases)
    func singleComponentsAreTheNetwork(_ estimator: HeterogeneityEstimator) throws {
        let network = try NetworkExamples.diabetes()
        let plain = try NetworkMetaAnalysis(reference: "plac", heterogeneity: estimator, interval: .hartungKnapp)
            .fit(network)
        let fit = try ComponentNetwork(
            inactive: "plac", estimation: .init(heterogeneity: .estimated(estimator), interval: .hartungKnapp)
        ).fit(network)
        #expect(
            Tolerance.iterative.accepts(fit.heterogeneity.tauSquared, plain.heterogeneity.tauSquared, scale: 0.01))
        for (ours, theirs) in zip(fit.effects, plain.effects) {
            #expect(ours.name == theirs.treatment.name && ours.versus == theirs.versus.name)
            let error = theirs.standardError
            #expect(Tolerance.iterative.accepts(try #require(ours.estimate), theirs.estimate, scale: error))
            #expect(Tolerance.iterative.accepts(try #require(ours.standardError), error))
            #expect(
                Tolerance.iterative.accepts(
                    try #require(ours.confidenceInterval).lower, theirs.confidenceInterval.lower, scale: error))
        }
        #expect(Tolerance.closedForm.accepts(fit.additivity.additive.q, plain.inconsistency.total.q))
        #expect(fit.additivity.difference == InconsistencyTest(q: 0, degreesOfFreedom: 0))
        #expect(fit.estimableBasis == nil)
        for effect in fit.components {
            let versus = try #require(plain.effect(of: Treatment(effect.name), versus: "plac"))
            #expect(
                Tolerance.iterative.accepts(
                    try #require(effect.estimate), versus.estimate, scale: versus.standardError))
        }
    }

    /// Without an inactive component only differences have a meaning, and they are the same.
    @Test func withoutAnInactiveComponent() throws {
        let network = try NetworkExamples.diabetes()
        let fit = try ComponentNetwork().fit(network)
        let plain = try NetworkMetaAnalysis().fit(network)
        #expect(fit.components.count == network.treatments.count)
        #expect(fit.components.allSatisfy { $0.estimate == nil && $0.confidenceInterval == nil })
        #expect(fit.combinations.allSatisfy { $0.estimate == nil })
        for (ours, theirs) in zip(fit.effects, plain.effects) {
            #expect(
                Tolerance.iterative.accepts(
                    try #require(ours.estimate), theirs.estimate, scale: theirs.standardError))
            #expect(Tolerance.iterative.accepts(try #require(ours.standardError), theirs.standardError))
        }
        let notes = fit.diagnostics.filter { $0.code == .notEstimable }
        #expect(notes.contains { $0.message.contains("inactive") })
    }

    /// An interaction of both factors gives every treatment an effect of its own.
    @Test func allInteractionsAreTheNetwork() throws {
        let network = try Self.factorial()
        let fit = try ComponentNetwork(inactive: "P", interactions: [["A", "B"]]).fit(network)
        let plain = try NetworkMetaAnalysis().fit(network)
        for (ours, theirs) in zip(fit.effects, plain.effects) {
            #expect(
                Tolerance.iterative.accepts(
                    try #require(ours.estimate), theirs.estimate, scale: theirs.standardError))
        }
        #expect(fit.additivity.difference?.degreesOfFreedom == 0)
        func versus(_ treatment: Treatment) throws -> Double {
            try #require(plain.effect(of: treatment, versus: "P")).estimate
        }
        let expected = try versus("A+B") - versus("A") - versus("B")
        #expect(fit.interactions.map(\.name) == ["A*B"])
        #expect(Tolerance.iterative.accepts(try #require(fit.interactions[0].estimate), expected, scale: 0.1))
    }

    /// The test of additivity is that of the interaction.
    @Test func differenceIsTheTestOfTheInteraction() throws {
        let network = try Self.factorial()
        let additive = try ComponentNetwork(
            inactive: "P", estimation: .init(heterogeneity: .common, interval: .wald)
        ).fit(network)
        let full = try ComponentNetwork(
            inactive: "P", interactions: [["A", "B"]], estimation: .init(heterogeneity: .common, interval: .wald)
        ).fit(network)
        let statistic = try #require(full.interactions[0].statistic)
        let difference = try #require(additive.additivity.difference)
        #expect(difference.degreesOfFreedom == 1)
        #expect(Tolerance.closedForm.accepts(difference.q, statistic * statistic, scale: 1))
        #expect(
            Tolerance.quantile.accepts(try #require(difference.pValue), try #require(full.interactions[0].pValue)))
    }

    @Test func blanksAndOrderOfComponentsDoNotCount() throws {
        let rows = [
            ("A", "P", 0.5, 0.04), ("B", "P", 0.3, 0.05), ("A+B", "A", 0.4, 0.09), ("A+C", "P", 0.9, 0.05),
            ("C", "B", 0.1, 0.07),
        ]
        let other = rows.map { row in
            (
                row.0 == "A+B" ? " B  +A" : row.0 == "C" ? "P + C" : row.0, row.1, row.2,
                row.3
            )
        }
        let one = try ComponentNetwork(inactive: "P").fit(NetworkExamples.network(rows))
        let two = try ComponentNetwork(inactive: "P").fit(NetworkExamples.network(other.reversed().map { $0 }))
        #expect(one.components.map(\.name) == two.components.map(\.name))
        for (first, second) in zip(one.components, two.components) {
            #expect(
                Tolerance.closedForm.accepts(
                    try #require(first.estimate), try #require(second.estimate), scale: 0.1))
            #expect(
                Tolerance.closedForm.accepts(try #require(first.standardError), try #require(second.standardError)))
        }
    }

    // MARK: Disconnected networks

    /// {A, P} and {A+B, B, C} share no treatment, but both tell the effect of A; that of B versus P no study tells.
    private static let apart = [
        ("A", "P", 1.0, 0.1), ("A+B", "B", 0.8, 0.2), ("A", "P", 0.3, 0.15), ("C", "A+B", 0.25, 0.3),
    ]

    @Test func componentsJoinWhatStudiesDoNot() throws {
        let network = try NetworkExamples.network(Self.apart)
        #expect(network.connectedParts.count == 2)
        let fit = try ComponentNetwork(inactive: "P").fit(network)
        // The three studies that tell A, pooled.
        let pooled = try RandomEffects(interval: .wald).fit(
            StudySample("A", estimates: [1, 0.8, 0.3], variances: [0.1, 0.2, 0.15]).effects)
        let own = try #require(fit.component("A"))
        #expect(Tolerance.iterative.accepts(try #require(own.estimate), pooled.estimate))
        #expect(Tolerance.iterative.accepts(try #require(own.standardError), pooled.standardError))
        #expect(
            Tolerance.iterative.accepts(
                fit.heterogeneity.tauSquared, pooled.heterogeneity.tauSquared, scale: 0.1))
        #expect(Tolerance.closedForm.accepts(fit.heterogeneity.cochranQ, pooled.heterogeneity.cochranQ))
        #expect(fit.heterogeneity.degreesOfFreedom == 2)
        let inner = try #require(fit.effect(of: "A+B", versus: "B"))
        #expect(Tolerance.closedForm.accepts(try #require(inner.estimate), try #require(own.estimate)))
        let third = try #require(fit.effect(of: "C", versus: "A+B"))
        #expect(Tolerance.closedForm.accepts(try #require(third.estimate), 0.25, scale: 0.5))
    }

    @Test func whatIsNotDeterminedHasNoNumbers() throws {
        let fit = try ComponentNetwork(inactive: "P").fit(NetworkExamples.network(Self.apart))
        #expect(fit.components.map { $0.estimate != nil } == [true, false, false])
        let known = Set(fit.combinations.filter { $0.estimate != nil }.map(\.name))
        #expect(known == ["A", "P"])
        for effect in fit.effects {
            let names: Set = [effect.name, effect.versus ?? ""]
            let isWithin = names.isSubset(of: ["A", "P"]) || names.isSubset(of: ["A+B", "B", "C"])
            #expect((effect.estimate != nil) == isWithin)
            #expect((effect.pValue != nil) == isWithin && (effect.confidenceInterval != nil) == isWithin)
        }
        #expect(fit.additivity.standard == nil && fit.additivity.difference == nil)
        #expect(fit.parts.count == 2)
        #expect(fit.diagnostics.contains { $0.code == .disconnectedNetwork })
        #expect(
            fit.diagnostics.contains { $0.code == .notEstimable && $0.message.contains("\"B\", \"C\"") })
    }

    /// By the pseudo-inverse of dense weighted least squares (numpy), τ² by DerSimonian and Laird.
    @Test func aPublishedNetworkInTwoParts() throws {
        let network = try NetworkExamples.disconnectedDepression()
        #expect(network.connectedParts.count == 2 && network.studies.count == 85)
        let fit = try ComponentNetwork(
            inactive: "Placebo", estimation: .init(heterogeneity: .estimated(.derSimonianLaird), interval: .wald)
        ).fit(network)
        // The pseudo-inverse of the reference has lost some digits of the wide standard errors.
        let tolerance = Tolerance.iterative
        #expect(Tolerance.closedForm.accepts(fit.heterogeneity.cochranQ, 89.94164383769856))
        #expect(fit.heterogeneity.degreesOfFreedom == 77)
        #expect(Tolerance.closedForm.accepts(fit.heterogeneity.tauSquared, 0.016037624428847975))
        #expect(fit.estimableBasis == nil)
        for (name, estimate, error) in [
            ("Face-to-face CBT", 2.8903717578962116, 0.930611425047468),
            ("SSRI", 0.5112453157535585, 0.08558772492180067),
            ("UC", 2.330636603055247, 0.943272311777304), ("Hypericum", 0.681180403212525, 0.10794160077283277),
            ("Remote CBT", 2.9372344418169902, 0.94740352990426),
        ] {
            let effect = try #require(fit.component(name))
            #expect(tolerance.accepts(try #require(effect.estimate), estimate, scale: error), "\(name)")
            #expect(tolerance.accepts(try #require(effect.standardError), error), "\(name)")
        }
        let across = try #require(fit.effect(of: "Face-to-face CBT + SSRI", versus: "Hypericum"))
        #expect(tolerance.accepts(try #require(across.estimate), 2.720436670437245))
        #expect(tolerance.accepts(try #require(across.standardError), 0.9363160936060364))
        let within = try #require(fit.effect(of: "Face-to-face CBT", versus: "UC"))
        #expect(tolerance.accepts(try #require(within.estimate), 0.5597351548409648))
        #expect(tolerance.accepts(try #require(within.standardError), 0.15402931453726268))
    }

    /// Effects of combinations that no study had follow from those of their components, where those are known.
    @Test func combinationsThatWereNotStudied() throws {
        let fit = try ComponentNetwork(inactive: "P").fit(Self.factorial())
        let sum = try #require(fit.component("A")?.estimate) + #require(fit.component("B")?.estimate)
        #expect(Tolerance.closedForm.accepts(try #require(try fit.effect(ofCombination: "B + P + A").estimate), sum))
        let same = try fit.effect(ofCombination: "A+B", versus: "A")
        #expect(
            Tolerance.closedForm.accepts(
                try #require(same.estimate), try #require(fit.effect(of: "A+B", versus: "A")?.estimate)))
        let apart = try ComponentNetwork(inactive: "P").fit(NetworkExamples.network(Self.apart))
        #expect(try apart.effect(ofCombination: "B+C", versus: "A").estimate == nil)
        #expect(
            Tolerance.closedForm.accepts(
                try #require(try apart.effect(ofCombination: "C", versus: "A+B").estimate),
                try #require(apart.effect(of: "C", versus: "A+B")?.estimate)))
        let error = #expect(throws: MetaAnalysisError.self) { try fit.effect(ofCombination: "A+D") }
        #expect(error?.code == .invalidSetting)
    }

    // MARK: Reading the result

    @Test func effectsTurnRound() throws {
        let fit = try ComponentNetwork(inactive: "P").fit(Self.factorial())
        let forward = try #require(fit.effect(of: "A+B", versus: "P"))
        let backward = try #require(fit.effect(of: "P", versus: "A+B"))
        #expect(backward.name == "P" && backward.versus == "A+B")
        #expect(try #require(forward.estimate) == -(try #require(backward.estimate)))
        #expect(try #require(forward.confidenceInterval).lower == -(try #require(backward.confidenceInterval).upper))
        #expect(fit.effect(of: "A", versus: "A") == nil)
        #expect(fit.effect(of: "X", versus: "A") == nil)
    }

    @Test func resultsAreCompleteRecords() throws {
        for fit in [
            try ComponentNetwork(inactive: "P").fit(Self.factorial()),
            try ComponentNetwork().fit(NetworkExamples.network(Self.apart)),
        ] {
            let copy = try JSONDecoder().decode(ComponentFit.self, from: JSONEncoder().encode(fit))
            #expect(copy == fit)
        }
    }

    @Test func treatmentsOfTheSameComponents() throws {
        let network = try NetworkExamples.network([
            ("A", "P", 0.5, 0.04), ("A+B", "P", 0.3, 0.05), ("B + A", "A", 0.4, 0.09), ("A+B", "B + A", 0.1, 0.05),
        ])
        let fit = try ComponentNetwork(inactive: "P").fit(network)
        let twin = try #require(fit.effect(of: "A+B", versus: "B + A"))
        #expect(twin.estimate == 0 && twin.standardError == 0 && twin.statistic == nil && twin.pValue == nil)
        #expect(fit.diagnostics.contains { $0.code == .similarTreatments && $0.message.contains("\"B + A\"") })
        // The study that compares them says nothing of the components, and counts in Q.
        #expect(fit.heterogeneity.degreesOfFreedom == 2)
    }

    /// Powers of two move every number exactly.
    @Test(arguments: [-300, 300])
    func extremeUnits(_ exponent: Int) throws {
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        let one = try ComponentNetwork(inactive: "P", estimation: .init(interval: .hartungKnapp)).fit(Self.factorial())
        let scaled = try Self.factorial().mapPairs { pair in
            var pair = pair
            pair.estimate *= factor
            pair.variance *= factor * factor
            return pair
        }
        let other = try ComponentNetwork(inactive: "P", estimation: .init(interval: .hartungKnapp)).fit(scaled)
        for (first, second) in zip(one.effects, other.effects) {
            #expect(
                Tolerance.iterative.accepts(
                    try #require(second.estimate) / factor, try #require(first.estimate), scale: 0.1))
            #expect(
                Tolerance.iterative.accepts(
                    try #require(second.standardError) / factor, try #require(first.standardError)))
        }
        #expect(
            Tolerance.iterative.accepts(
                other.heterogeneity.tauSquared / factor / factor, one.heterogeneity.tauSquared, scale: 0.01))
    }

    // MARK: Faults

    @Test func settingsOutOfRange() throws {
        let network = try Self.factorial()
        for settings in [
            ComponentNetwork(inactive: "Q"), ComponentNetwork(inactive: "P", estimation: .init(level: 95)),
            ComponentNetwork(inactive: "P", estimation: .init(heterogeneity: .known(-1))),
            ComponentNetwork(separator: ""),
        ] {
            let error = #expect(throws: MetaAnalysisError.self) { try settings.fit(network) }
            #expect(error?.code == .invalidSetting)
        }
    }

    @Test func nothingToTellComponentsBy() throws {
        let network = try NetworkExamples.network([("A+B", "B + A", 0.1, 0.05), ("B+A", "A + B", 0.2, 0.03)])
        let error = #expect(throws: MetaAnalysisError.self) { try ComponentNetwork().fit(network) }
        #expect(error?.code == .singularDesign)
    }

    @Test func asManyComponentsAsContrasts() throws {
        let network = try NetworkExamples.network([("A", "P", 0.1, 0.05), ("B+A", "A", 0.2, 0.03)])
        let fit = try ComponentNetwork(inactive: "P", estimation: .init(interval: .hartungKnapp)).fit(network)
        #expect(fit.component("B")?.estimate.map { Tolerance.closedForm.accepts($0, 0.2) } == true)
        #expect(fit.heterogeneity.tauSquared == 0 && fit.heterogeneity.pValue == nil)
        #expect(fit.degreesOfFreedom == nil)
        #expect(fit.diagnostics.contains { $0.code == .notEstimable && $0.severity == .warning })
    }

    /// Variances sixty orders of magnitude apart end in an error or a result, never in a crash.
    @Test func variancesFarApart() throws {
        for (small, large) in [(1e-30, 1e30), (1e-17, 1.0), (1e-14, 1), (1e-8, 1e8), (1e-6, 1e6), (1, 1e15)] {
            let network = try NetworkExamples.network([
                ("A", "P", 0.5, small), ("B", "P", 0.3, large), ("A+B", "P", 1.1, large), ("A+B", "A", 0.4, large),
                ("A", "B", 0.1, small),
            ])
            do {
                let plain = try NetworkMetaAnalysis().fit(network)
                #expect(plain.effects.allSatisfy { $0.standardError.isFinite })
                let fit = try ComponentNetwork(inactive: "P").fit(network)
                #expect(fit.components.allSatisfy { $0.estimate?.isFinite == true })
            } catch let error as MetaAnalysisError {
                #expect([.singularDesign, .numericalOverflow].contains(error.code))
            }
        }
    }
}
