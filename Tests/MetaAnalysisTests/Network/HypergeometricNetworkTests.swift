import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct HypergeometricNetworkTests {
    private static func fit(_ studies: CountStudies, _ model: HypergeometricNetwork = HypergeometricNetwork()) throws
        -> NetworkFit
    {
        try model.fit(MantelHaenszelNetworkTests.network(studies))
    }

    /// Fisher's tea: the conditional odds ratio solves Σ (x − 3) C(4, x) C(4, 4 − x) ψˣ = 0, that is
    /// −3 − 32ψ − 36ψ² + ψ⁴ = 0.
    @Test func oneTableByHand() throws {
        let fit = try Self.fit([("tea", [("milk", 3, 4), ("tea", 1, 4)])])
        let effect = try #require(fit.effect(of: "milk", versus: "tea"))
        let psi = Double.exp(effect.estimate)
        let square = psi * psi
        let polynomial = square * (square - 36) - 32 * psi - 3
        #expect(abs(polynomial) < 1e-9)
        let listed = NoncentralHypergeometricDistributionTests.Enumeration(
            sizes: [4, 4], logOdds: [effect.estimate, 0], total: 4)
        #expect(Tolerance.iterative.accepts(effect.standardError, 1 / listed.covariance[0, 0].squareRoot()))
        #expect(
            Tolerance.iterative.accepts(
                fit.fit?.logLikelihood ?? 0, .log(listed.probabilities[[3, 1]] ?? 0)))
        #expect(fit.heterogeneity.cochranQ == 0 && fit.heterogeneity.degreesOfFreedom == 0)
        #expect(fit.heterogeneity.pValue == nil && fit.inconsistency.betweenDesigns.pValue == nil)
    }

    /// At the maximum as many events are expected under each treatment as were observed.
    @Test func everyTreatmentHasTheEventsExpected() throws {
        let studies = MantelHaenszelNetworkTests.mixed
        let fit = try Self.fit(studies)
        var excess: [Treatment: Double] = [:]
        var logLikelihood = 0.0
        var information = Matrix(rows: 4, columns: 4)
        for (_, arms) in studies {
            let positions = arms.map { arm in fit.treatments.firstIndex(of: arm.0) ?? 0 }
            let listed = NoncentralHypergeometricDistributionTests.Enumeration(
                sizes: arms.map { Int($0.2) }, logOdds: positions.map { fit.estimates[$0] },
                total: Int(arms.reduce(0) { $0 + $1.1 }))
            for (index, arm) in arms.enumerated() {
                excess[arm.0, default: 0] += arm.1 - listed.mean[index]
                for (other, position) in positions.enumerated() {
                    information[positions[index], position] += listed.covariance[index, other]
                }
            }
            logLikelihood += .log(listed.probabilities[arms.map(\.1)] ?? 0)
        }
        for (treatment, value) in excess { #expect(abs(value) < 1e-9, "\(treatment)") }
        #expect(Tolerance.iterative.accepts(fit.fit?.logLikelihood ?? 0, logLikelihood))
        let covariance = try LaplacianInverse(information).matrix
        for first in 0..<4 {
            for second in 0..<4 {
                #expect(
                    Tolerance.iterative.accepts(
                        fit.covariance[first][second], covariance[first, second], scale: covariance[first, first]))
            }
        }
        #expect(fit.settings.model == .hypergeometric && fit.k == 9)
        let tests = fit.inconsistency
        #expect(Tolerance.closedForm.accepts(tests.total.q, tests.withinDesigns.q + tests.betweenDesigns.q))
        #expect(tests.total.degreesOfFreedom == 8 && tests.betweenDesigns.degreesOfFreedom == 2)
    }

    /// Σ (O − E)² / V over the tables.
    @Test func heterogeneityIsTheScoreStatistic() throws {
        let studies = MantelHaenszelNetworkTests.pairs
        let fit = try Self.fit(studies)
        let effect = try #require(fit.effect(of: "A", versus: "B"))
        var q = 0.0
        for (_, arms) in studies {
            let listed = NoncentralHypergeometricDistributionTests.Enumeration(
                sizes: arms.map { Int($0.2) }, logOdds: [effect.estimate, 0], total: Int(arms[0].1 + arms[1].1))
            let excess = arms[0].1 - listed.mean[0]
            q += excess * excess / listed.covariance[0, 0]
        }
        #expect(Tolerance.iterative.accepts(fit.heterogeneity.cochranQ, q))
        #expect(fit.heterogeneity.degreesOfFreedom == 3)
    }

    /// Given their sum, rare events are binomial: log (e₁/n₁) − log (e₂/n₂), variance 1/e₁ + 1/e₂.
    @Test func multinomialByHand() throws {
        let fit = try Self.fit(
            [("1", [("A", 3, 100), ("B", 5, 120)])], HypergeometricNetwork(likelihood: .multinomial))
        let effect = try #require(fit.effect(of: "A", versus: "B"))
        #expect(Tolerance.closedForm.accepts(effect.estimate, .log(3.0 / 100 * 120 / 5)))
        #expect(Tolerance.iterative.accepts(effect.standardError, (1.0 / 3 + 1.0 / 5).squareRoot()))
        let probability = 56 * Double.pow(0.375, 3) * Double.pow(0.625, 5)
        #expect(Tolerance.closedForm.accepts(fit.fit?.logLikelihood ?? 0, .log(probability)))
        #expect(!fit.diagnostics.contains { $0.code == .unusualCombination })
        let common = try Self.fit(
            [("1", [("A", 30, 100), ("B", 50, 120)])], HypergeometricNetwork(likelihood: .multinomial))
        #expect(common.diagnostics.first { $0.code == .unusualCombination }?.studies == ["1"])
    }

    /// With ever more participants the two likelihoods become one.
    @Test func rareEventsAreMultinomial() throws {
        let rare = MantelHaenszelNetworkTests.mixed.map { ($0.0, $0.1.map { ($0.0, $0.1, 1e6 * $0.2) }) }
        let exact = try Self.fit(rare)
        let limit = try Self.fit(rare, HypergeometricNetwork(likelihood: .multinomial))
        for (one, other) in zip(exact.effects, limit.effects) {
            #expect(abs(one.estimate - other.estimate) < 1e-6 * other.standardError)
            #expect(abs(one.standardError / other.standardError - 1) < 1e-6)
        }
    }

    /// With large cells the conditional estimate is the ordinary one.
    @Test func millionsOfParticipants() throws {
        let cells = [412_345.0, 1_000_000, 400_211, 990_000]
        let fit = try Self.fit([("1", [("A", cells[0], cells[1]), ("B", cells[2], cells[3])])])
        let effect = try #require(fit.effect(of: "A", versus: "B"))
        let (b, d) = (cells[1] - cells[0], cells[3] - cells[2])
        let oddsRatio = cells[0] / b * d / cells[2]
        #expect(abs(effect.estimate - .log(oddsRatio)) < 1e-6)
        let error = [cells[0], b, cells[2], d].reduce(0) { $0 + 1 / $1 }.squareRoot()
        #expect(abs(effect.standardError / error - 1) < 1e-6)
        let billions = try Self.fit([
            ("1", [("A", 3e8, 1e9), ("B", 2e8, 1e9), ("C", 12, 2e9)]), ("2", [("B", 1e9, 3e9), ("C", 9, 1e9)]),
        ])
        #expect(billions.effects.allSatisfy { $0.estimate.isFinite && $0.standardError > 0 })
    }

    @Test(arguments: HypergeometricNetwork.Likelihood.allCases)
    func rowsNamesAndReferenceChangeNothing(_ likelihood: HypergeometricNetwork.Likelihood) throws {
        let studies = MantelHaenszelNetworkTests.mixed
        let fit = try Self.fit(studies, HypergeometricNetwork(likelihood: likelihood))
        var other = try Self.fit(
            studies.reversed().map { ($0.0, Array($0.1.reversed())) },
            HypergeometricNetwork(likelihood: likelihood, reference: "D"))
        other.reference = fit.reference
        #expect(other == fit)
        let names: [Treatment: Treatment] = ["A": "W", "B": "Q", "C": "Z", "D": "P"]
        let renamed = try Self.fit(
            studies.map { ($0.0, $0.1.map { (names[$0.0, default: $0.0], $0.1, $0.2) }) },
            HypergeometricNetwork(likelihood: likelihood))
        for effect in fit.effects {
            let other = try #require(
                renamed.effect(
                    of: names[effect.treatment, default: ""], versus: names[effect.versus, default: ""]))
            #expect(Tolerance.iterative.accepts(other.estimate, effect.estimate, scale: effect.standardError))
            #expect(Tolerance.iterative.accepts(other.standardError, effect.standardError))
        }
    }

    @Test func armsWithoutEventsCanBeKept() throws {
        let studies = MantelHaenszelNetworkTests.mixed + [("empty", [("A", 0, 300), ("D", 4, 310)])]
        let left = try Self.fit(studies)
        #expect(left.excluded.map(\.label) == ["empty"])
        #expect(left.effects == (try Self.fit(MantelHaenszelNetworkTests.mixed)).effects)
        let kept = try Self.fit(studies, HypergeometricNetwork(keepsArmsWithoutEvents: true))
        #expect(kept.k == 10 && kept.excluded.isEmpty)
        let (before, after) = (left.effect(of: "A", versus: "D"), kept.effect(of: "A", versus: "D"))
        #expect(try #require(after).estimate < #require(before).estimate)
    }

    private func error(_ make: () throws -> NetworkFit) -> MetaAnalysisError? {
        do {
            _ = try make()
            return nil
        } catch { return error as? MetaAnalysisError }
    }

    @Test func infiniteEffectsAreNamed() throws {
        // Only A of study 1 and only B of study 2 have anything else than events.
        let separated: CountStudies = [("1", [("A", 0, 10), ("B", 5, 10)]), ("2", [("A", 5, 10), ("B", 10, 10)])]
        let infinite = error { try Self.fit(separated) }
        #expect(infinite?.code == .notEstimable)
        #expect(infinite?.message.contains("the odds ratios of \"A\" versus \"B\" are 0") == true)
        let never = error {
            try Self.fit(
                MantelHaenszelNetworkTests.pairs + [("5", [("B", 4, 31), ("C", 0, 30)])],
                HypergeometricNetwork(keepsArmsWithoutEvents: true))
        }
        #expect(never?.message.contains("the odds ratios of \"C\" versus \"A\", \"B\" are 0") == true)
    }

    /// Small networks with many zeros: each has its estimates or says why not, and the Mantel–Haenszel method too.
    @Test func sparseNetworksEnd() throws {
        var generator = SeededGenerator(seed: 158)
        var fitted = 0
        for _ in 0..<100 {
            var studies: CountStudies = []
            for study in 0..<Int.random(in: 1...7, using: &generator) {
                let names: [Treatment] = ["A", "B", "C", "D"].shuffled(using: &generator)
                let arms = names.prefix(Int.random(in: 2...4, using: &generator)).map { name in
                    let size = Int.random(in: 1...12, using: &generator)
                    let most = Bool.random(using: &generator) ? size : min(size, 1)
                    return (name, Double(Int.random(in: 0...most, using: &generator)), Double(size))
                }
                studies.append(("\(study)", arms))
            }
            let network = try MantelHaenszelNetworkTests.network(studies)
            let models: [() throws -> NetworkFit] = [
                { try HypergeometricNetwork().fit(network) },
                { try HypergeometricNetwork(keepsArmsWithoutEvents: true).fit(network) },
                { try HypergeometricNetwork(likelihood: .multinomial).fit(network) },
                { try MantelHaenszelNetwork().fit(network) },
                { try MantelHaenszelNetwork(increment: 0.5).fit(network) },
            ]
            for model in models {
                do {
                    let fit = try model()
                    #expect(fit.effects.allSatisfy { $0.estimate.isFinite && $0.standardError > 0 }, "\(studies)")
                    #expect(fit.heterogeneity.cochranQ >= 0 && fit.inconsistency.betweenDesigns.q >= 0)
                    fitted += 1
                } catch let error as MetaAnalysisError {
                    #expect([.notEstimable, .disconnectedNetwork].contains(error.code), "\(error) \(studies)")
                }
            }
        }
        #expect(fitted > 175)
    }

    @Test func refusals() throws {
        let studies = MantelHaenszelNetworkTests.mixed
        let riskRatios = try TreatmentNetwork(arms(studies), measure: .riskRatio)
        #expect(error { try HypergeometricNetwork().fit(riskRatios) }?.code == .unsupportedCombination)
        #expect(error { try Self.fit(studies, HypergeometricNetwork(level: 0)) }?.code == .invalidSetting)
        let parts = error { try Self.fit([("1", [("A", 0.5, 10), ("B", 5, 10)])]) }
        #expect(parts?.code == .invalidOutcome && parts?.location.study == "1")
        let apart = error {
            try Self.fit([
                ("1", [("A", 1, 9), ("B", 2, 9)]), ("2", [("B", 0, 9), ("C", 0, 9)]),
                ("3", [("C", 1, 9), ("D", 2, 9)]),
            ])
        }
        #expect(apart?.code == .disconnectedNetwork)
    }
}
