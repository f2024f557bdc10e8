import Benchmark
import MetaAnalysis

/// The generator of Park & Miller (1988), Communications of the ACM 31(10), which every language computes alike: the scripts
/// in `peers` make the same networks.
private struct Uniforms {
    private var state = 20_250_101

    /// In (0, 1).
    mutating func next() -> Double {
        state = state * 16_807 % 2_147_483_647
        return Double(state) / 2_147_483_647
    }

    mutating func below(_ count: Int) -> Int { Int(next() * Double(count)) }

    /// Twelve uniforms have variance 1: near enough to normal to time with.
    mutating func deviation() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + next() } }
}

/// Twenty studies for each treatment, of two arms (70 %), three (20 %) and four (10 %), whose contrasts share the error of
/// their arms; τ² = 0.04. A ring of studies keeps the network connected.
private func contrasts(treatments: Int) -> [Contrast] {
    var uniforms = Uniforms()
    let effects = (0..<treatments).map { _ in 0.5 * uniforms.deviation() }
    return (0..<20 * treatments).flatMap { study in
        let share = uniforms.next()
        let size = share < 0.7 ? 2 : share < 0.9 ? 3 : 4
        var arms = study < treatments ? [study, (study + 1) % treatments] : []
        while arms.count < size {
            let arm = uniforms.below(treatments)
            if !arms.contains(arm) { arms.append(arm) }
        }
        var variances: [Double] = []
        var means: [Double] = []
        for arm in arms {
            let variance = 0.01 + 0.05 * uniforms.next()
            variances.append(variance)
            means.append(effects[arm] + (variance + 0.02).squareRoot() * uniforms.deviation())
        }
        return arms.indices.flatMap { first in
            arms.indices.dropFirst(first + 1).map { second in
                Contrast(
                    study: "study \(study + 1)", Treatment("treatment \(arms[first] + 1)"),
                    versus: Treatment("treatment \(arms[second] + 1)"), estimate: means[first] - means[second],
                    variance: variances[first] + variances[second])
            }
        }
    }
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        metrics: [.wallClock, .throughput], warmupIterations: 3, scalingFactor: .one, maxDuration: .seconds(5))

    for count in [5, 20, 100, 300] {
        let rows = contrasts(treatments: count)
        let size = "\(count) treatments, \(20 * count) studies"
        guard let network = try? TreatmentNetwork(rows) else { continue }
        Benchmark("network from contrasts, \(size)") { benchmark in
            for _ in benchmark.scaledIterations { blackHole(try TreatmentNetwork(rows)) }
        }
        Benchmark("contrasts to P-scores, REML, \(size)") { benchmark in
            for _ in benchmark.scaledIterations {
                let fit = try NetworkMetaAnalysis().fit(TreatmentNetwork(rows))
                blackHole(Ranking(fit, preferring: .lower, rankProbabilities: false))
            }
        }
        for estimator in [HeterogeneityEstimator.restrictedMaximumLikelihood, .derSimonianLaird] {
            Benchmark("\(estimator.rawValue), \(size)") { benchmark in
                let model = NetworkMetaAnalysis(heterogeneity: estimator)
                for _ in benchmark.scaledIterations { blackHole(try model.fit(network)) }
            }
        }
    }
}
