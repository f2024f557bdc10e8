import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct CopasModelTests {
    static let samples: [StudySample] = EggerTestTests.samples

    private func close(_ one: Double?, _ other: Double?, _ bound: Double = 1e-6) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return one == other || abs(one - other) <= bound * (1 + abs(one))
    }

    /// Derivatives against differences.
    @Test(arguments: samples)
    func derivatives(sample: StudySample) {
        let errors = sample.variances.map { $0.squareRoot() }
        let likelihood = CopasLikelihood(sample.estimates, errors: errors, gamma0: -0.3, gamma1: 0.1)
        for rho in [-0.9, -0.3, 0.0, 0.6] {
            let point = CopasLikelihood.Point(mean: 0.3, correlation: rho, tauSquared: 0.05, slope: 0.4)
            let here = likelihood.expanded(at: point)
            let step = 1e-5
            for index in 0..<4 {
                var (low, high) = (point, point)
                low[index] -= step
                high[index] += step
                let (before, after) = (likelihood.expanded(at: low), likelihood.expanded(at: high))
                let slope = (after.value - before.value) / (2 * step)
                #expect(abs(slope - here.gradient[index]) < 1e-4 * (1 + abs(slope)))
                for other in 0..<4 {
                    let bend = (after.gradient[other] - before.gradient[other]) / (2 * step)
                    #expect(abs(bend - here.hessian(index, other)) < 1e-3 * (10 + abs(bend)), "\(index) \(other)")
                }
            }
        }
    }

    @Test(arguments: samples)
    func withoutSelection(sample: StudySample) throws {
        let plain = try RandomEffects(heterogeneity: .maximumLikelihood, interval: .wald).fit(sample.effects)
        let fit = try CopasModel(gridCount: 4).fit(sample.effects)
        #expect(close(fit.unselected.estimate, plain.estimate, 1e-9))
        #expect(close(fit.unselected.tauSquared, plain.heterogeneity.tauSquared, 1e-8))
        #expect(close(fit.unselected.logLikelihood, plain.fit?.logLikelihood, 1e-10))
        // All but certain publication leaves nothing to correct.
        let certain = try CopasModel(gamma0: 7...9, gridCount: 3).fit(sample.effects)
        for row in certain.grid.estimates {
            for estimate in row { #expect(close(estimate, plain.estimate, 1e-6)) }
        }
    }

    @Test(arguments: samples)
    func laws(sample: StudySample) throws {
        let model = CopasModel(gridCount: 4)
        let fit = try model.fit(sample.effects)
        #expect(fit.path.allSatisfy { $0.logLikelihood.isFinite && (0...1).contains($0.residualPValue) })
        let mirrored = try model.fit(sample.effects.mirrored)
        #expect(mirrored.side != fit.side)
        let turned = try model.fit(sample.effects.subset(Array(sample.effects.effects.indices.reversed())))
        for (index, point) in fit.path.enumerated() {
            #expect(close(mirrored.path[index].estimate, -point.estimate))
            #expect(close(turned.path[index].estimate, point.estimate))
        }
        for exponent in [-400, 400] {
            let scaled = try model.fit(sample.effects.scaled(byPowerOfTwo: exponent))
            let factor = Double(sign: .plus, exponent: exponent, significand: 1)
            for (own, other) in zip(fit.path, scaled.path) {
                #expect(close(other.estimate / factor, own.estimate))
                #expect(close(other.publicationProbability, own.publicationProbability))
                #expect(close(other.residualPValue, own.residualPValue, 1e-5))
            }
            #expect(close(scaled.adjusted.map { $0.estimate / factor }, fit.adjusted?.estimate, 1e-5))
        }
    }

    /// A fit ends at a stationary point: no small step leads higher.
    @Test(arguments: samples)
    func endsOfTheClimb(sample: StudySample) throws {
        let fit = try CopasModel(gridCount: 3).fit(sample.effects)
        let errors = sample.variances.map { $0.squareRoot() }
        let bounds = fit.side == .left ? 0...0.9999 : -0.9999...0
        var generator = SeededGenerator(seed: 8)
        for point in fit.path {
            let likelihood = CopasLikelihood(
                sample.estimates, errors: errors, gamma0: try #require(point.gamma0),
                gamma1: try #require(point.gamma1))
            for _ in 0..<50 {
                let other = CopasLikelihood.Point(
                    mean: point.estimate + 1e-3 * generator.nextNormal(),
                    correlation: min(
                        max(point.correlation + 1e-3 * generator.nextNormal(), bounds.lowerBound), bounds.upperBound),
                    tauSquared: max(0, point.tauSquared + 1e-3 * generator.nextNormal()))
                #expect(likelihood.expanded(at: other).value <= point.logLikelihood + 1e-9)
            }
        }
    }

    /// Phenobarbital before preterm birth (Crowther & Henderson-Smart), the example of Carpenter, Rücker & Schwarzer (2009),
    /// doi:10.32614/RJ-2009-012, figure 1: chance of publication, odds ratio with its interval, p of residual bias, unpublished.
    static let published:
        [(chance: Double, oddsRatio: Double, lower: Double, upper: Double, p: Double, missing: Double)] = [
            (0.82, 0.5483, 0.3494, 0.8605, 0.007, 1), (0.67, 0.6063, 0.3938, 0.9335, 0.0115, 2),
            (0.55, 0.6702, 0.4601, 0.9761, 0.0205, 4), (0.45, 0.7402, 0.5376, 1.0193, 0.046, 6),
        ]

    static func crowther() throws -> EffectSizes {
        let tables: [(Double, Double, Double, Double)] = [
            (8, 25, 13, 23), (14, 62, 26, 74), (70, 311, 64, 279), (2, 21, 9, 18), (11, 54, 19, 67), (12, 42, 29, 46),
            (16, 75, 35, 75), (0, 31, 2, 33), (75, 183, 84, 172),
        ]
        return try EffectSizes(
            tables.enumerated().map { index, table in
                Study(
                    "trial \(index + 1)",
                    TwoByTwoTable(
                        treatedEvents: table.0, treatedNonEvents: table.1 - table.0, controlEvents: table.2,
                        controlNonEvents: table.3 - table.2))
            }, measure: .oddsRatio)
    }

    @Test func publishedExample() throws {
        let effects = try Self.crowther()
        let fit = try CopasModel(gamma0: -0.55...2, gridCount: 20).fit(effects)
        #expect(fit.side == .right)
        let plain = fit.unselected
        #expect(abs(Double.exp(plain.estimate) - 0.4967) < 5e-5)
        #expect(abs(plain.residualPValue - 0.006) < 5e-4)
        for one in Self.published {
            // Our path where it has their effect.
            let target = Double.log(one.oddsRatio)
            let index = try #require(fit.path.indices.dropFirst().first { fit.path[$0].estimate >= target })
            let (before, after) = (fit.path[index - 1], fit.path[index])
            let share = (target - before.estimate) / (after.estimate - before.estimate)
            func here(_ value: (CopasPoint) -> Double) -> Double { (1 - share) * value(before) + share * value(after) }
            #expect(abs(here(\.publicationProbability) - one.chance) < 0.02)
            #expect(abs(here(\.residualPValue) - one.p) < 0.1 * one.p)
            #expect(abs(here { $0.unpublished ?? .nan } - one.missing) < 0.6)
        }
    }

    @Test func whatCannotBeFitted() throws {
        let equal = StudySample("equal", estimates: [1, 2, 3, 5], variances: [0.1, 0.1, 0.1, 0.1]).effects
        #expect { try CopasModel().fit(equal) } throws: { ($0 as? MetaAnalysisError)?.code == .singularDesign }
        for count in 0..<3 {
            #expect { try CopasModel().fit(equal.subset(Array(0..<count))) } throws: {
                ($0 as? MetaAnalysisError)?.code == .tooFewStudies
            }
        }
        let settings: [CopasModel] = [
            CopasModel(gridCount: 1), CopasModel(gamma1: -1...1), CopasModel(residualAlpha: 1), CopasModel(level: 0),
        ]
        for model in settings {
            #expect { try model.fit(Self.crowther()) } throws: {
                ($0 as? MetaAnalysisError)?.code == .invalidSetting
            }
        }
    }

    @Test func equalEffects() throws {
        let effects = StudySample("flat", estimates: [2, 2, 2, 2], variances: [0.1, 0.2, 0.3, 0.5]).effects
        let fit = try CopasModel(side: .left).fit(effects)
        #expect(fit.path.allSatisfy { abs($0.estimate - 2) < 0.5 && $0.tauSquared == 0 })
    }

    /// Hardly any selection: the likelihood bets on ρ = −1 there, and its test of asymmetry with it.
    @Test func weakSelectionIsNotTrusted() throws {
        let table = try Table(csv: Fixtures.bytes("reference/data/olkin1995.csv"), name: "olkin1995")
        let roles = ["ai": "ev.exp", "n1i": "n.exp", "ci": "ev.cont", "n2i": "n.cont"]
        let effects = try StudyColumns(assignments: roles, measure: "OR").read(table)[0].studies
            .effectSizes(measureCode: "OR")
        let fit = try CopasModel().fit(effects)
        #expect(fit.path[0].residualPValue > 0.1 && fit.path[0].correlation == -0.9999)
        let adjusted = try #require(fit.adjusted)
        #expect(abs(adjusted.residualPValue - 0.1) < 1e-6)
        #expect((0.85..<0.97).contains(adjusted.publicationProbability))
        #expect(
            fit.path.filter { $0.publicationProbability < adjusted.publicationProbability }
                .allSatisfy { $0.residualPValue > 0.1 })
    }

    /// Rows in another order give the same numbers, to the last bit.
    @Test(arguments: samples)
    func theOrderOfStudiesDoesNotMatter(sample: StudySample) throws {
        let fit = try CopasModel(gridCount: 4).fit(sample.effects)
        var turned = sample.effects
        turned.effects.reverse()
        let other = try CopasModel(gridCount: 4).fit(turned)
        #expect(other.path == fit.path && other.grid == fit.grid && other.adjusted == fit.adjusted)
    }

    /// The last point of the path has one chance of publication for all, where the slope by ρ is 0: the residual p-value was 0.8453 in
    /// one order of the rows and 0.8466 in another.
    @Test func aFlatCorrelationIsNotClimbed() throws {
        let errors = [0.82, 0.31, 0.32, 0.19, 0.25, 0.6, 0.45, 0.38, 0.5, 0.22]
        let estimates = [0.99, 0.63, -1.13, 0.31, -0.4, 0.3, -0.1, 0.4, 0.25, 0.9]
        let search = CopasSearch(
            responses: estimates, errors: errors,
            start: CopasLikelihood.Point(mean: 0.2, correlation: 0, tauSquared: 0.2), correlations: -0.9999...0)
        let flat = search.tested(-0.6, 0)
        #expect(flat.maximum.point.correlation == 0)
        #expect(abs(flat.residualPValue - search.unselected().residualPValue) < 1e-9)
    }

    @Test func equalEffectsHaveNoSide() throws {
        let sample = StudySample(
            "equal", estimates: Array(repeating: 6.022, count: 5), variances: [0.01, 0.2, 0.03, 0.7, 0.1])
        for order in [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1]] {
            let fit = try CopasModel(gridCount: 3).fit(sample.effects.subset(order))
            #expect(fit.side == .left && fit.diagnostics.contains(.noEmptierSide))
        }
    }
}
