import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct HenmiCopasTests {
    /// The share of intervals that hold the mean, by draws of R and Q as they are: the critical value is the quantile of the
    /// statistic at this τ².
    @Test func criticalValueAgainstDraws() throws {
        let variances = [0.05, 0.1, 0.2, 0.3, 0.5, 0.8]
        let tauSquared = 0.2
        let law = HenmiCopas.JointLaw(variances, tauSquared: tauSquared)
        let critical = law.criticalValue(upperTail: 0.025)
        var generator = SeededGenerator(seed: 5)
        var beyond = 0
        let draws = 40_000
        for _ in 0..<draws {
            let estimates = variances.map { ($0 + tauSquared).squareRoot() * generator.nextNormal() }
            let weights = variances.map { 1 / $0 }
            let total = weights.reduce(0, +)
            let mean = zip(weights, estimates).reduce(0) { $0 + $1.0 * $1.1 } / total
            let q = zip(weights, estimates).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
            let squares = weights.reduce(0) { $0 + $1 * $1 }
            let tau = max(0, (q - 5) / (total - squares / total))
            let error = ((1 + tau * squares / total) / total).squareRoot()
            if abs(mean) > critical * error { beyond += 1 }
        }
        let share = Double(beyond) / Double(draws)
        // Four standard errors of the draws, and what the gamma distribution leaves.
        #expect(abs(share - 0.05) < 0.0044 + 0.004)
    }

    @Test(arguments: EggerTestTests.samples)
    func laws(sample: StudySample) throws {
        let fit = try HenmiCopas().fit(sample.effects)
        let mirrored = try HenmiCopas().fit(sample.effects.mirrored)
        #expect(abs(fit.estimate + mirrored.estimate) < 1e-12)
        #expect(abs(fit.criticalValue - mirrored.criticalValue) < 1e-9)
        var scaled = sample.effects
        for index in scaled.effects.indices {
            scaled.effects[index].estimate *= 0x1p400
            scaled.effects[index].variance *= 0x1p800
        }
        let large = try HenmiCopas().fit(scaled)
        #expect(Tolerance.relativeError(large.standardError / 0x1p400, fit.standardError, scale: 0) < 1e-12)
        let narrow = try HenmiCopas(level: 0.8).fit(sample.effects)
        #expect(narrow.criticalValue < fit.criticalValue)
    }
}
