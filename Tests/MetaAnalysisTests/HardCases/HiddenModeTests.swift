import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

/// Groups whose likelihood of τ² has a small inner mode between points with a negative score, or modes close to each other.
@Suite struct HiddenModeTests {
    private static func samples() throws -> [StudySample] {
        let table = try Table(csv: Fixtures.bytes("datasets/hidden_modes.csv"), name: "hidden_modes.csv")
        let rows = zip(try table.texts(in: "group"), zip(try table.numbers(in: "yi"), try table.numbers(in: "vi")))
        var samples: [StudySample] = []
        var group: (name: String, estimates: [Double], variances: [Double]) = ("", [], [])
        for (name, (estimate, variance)) in rows {
            let (name, estimate, variance) = try (#require(name), #require(estimate), #require(variance))
            if name != group.name {
                if !group.estimates.isEmpty {
                    samples.append(StudySample(group.name, estimates: group.estimates, variances: group.variances))
                }
                group = (name, [], [])
            }
            group.estimates.append(estimate)
            group.variances.append(variance)
        }
        return samples + [StudySample(group.name, estimates: group.estimates, variances: group.variances)]
    }

    /// Few studies with variances over four powers of ten, where several modes are common.
    private static let scattered: [StudySample] = {
        var generator = SeededGenerator(seed: 7)
        return (0..<300).map { index in
            let count = 2 + index % 5
            let variances = (0..<count).map { _ in Double.exp(9.2 * Double.random(in: 0..<1, using: &generator)) }
            let estimates = variances.map { $0.squareRoot() * 4 * Double.random(in: -1..<1, using: &generator) }
            return StudySample("scattered \(index)", estimates: estimates, variances: variances)
        }
    }()

    /// How much more likely the best of a fine grid is than what was found.
    private static func gainOfGrid(_ sample: StudySample, over found: Double, restricted: Bool) throws -> Double {
        let model = try VarianceComponentModel(responses: sample.estimates, variances: sample.variances)
        let unit = model.varianceRange.lowerBound
        var greatest = -Double.infinity
        var point = 0.0
        while point < 2 * model.tauSquaredBound {
            greatest = max(greatest, model.profileLogLikelihood(at: point, restricted: restricted))
            point += 0.03 * (point + unit)
        }
        return greatest - model.profileLogLikelihood(at: found, restricted: restricted)
    }

    @Test(arguments: [HeterogeneityEstimator.maximumLikelihood, .restrictedMaximumLikelihood])
    func noGridFindsAGreaterMode(_ estimator: HeterogeneityEstimator) throws {
        let samples = try Self.samples() + Self.scattered
        var batch = StudyBatch()
        for sample in samples {
            for effect in sample.effects.effects { batch.append(estimate: effect.estimate, variance: effect.variance) }
            batch.endGroup()
        }
        let pooled = try BatchPooling(heterogeneity: estimator, interval: .wald).fit(batch)
        for (sample, inBatch) in zip(samples, pooled) {
            let single = try RandomEffects(heterogeneity: estimator, interval: .wald).fit(sample.effects)
            for found in [single.heterogeneity.tauSquared, inBatch?.tauSquared] {
                let gain = try Self.gainOfGrid(
                    sample, over: #require(found), restricted: estimator == .restrictedMaximumLikelihood)
                #expect(gain < 1e-9, "\(sample)")
            }
        }
    }

    /// Both ends of the likelihood's first rise count, the one at 0 and the inner one.
    @Test func hiddenModesAreNamed() throws {
        for sample in try Self.samples() {
            let pooled = try RandomEffects(heterogeneity: .restrictedMaximumLikelihood, interval: .wald).fit(
                sample.effects)
            #expect(pooled.heterogeneity.tauSquared > 0)
            #expect(pooled.diagnostics.contains { $0.code == .severalModes })
        }
    }
}
