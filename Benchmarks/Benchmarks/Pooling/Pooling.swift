import Benchmark
import MetaAnalysis

/// Effects with a spread that keeps τ² above 0, the same on every machine.
private func effects(count: Int) -> EffectSizes {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func uniform() -> Double {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Double(state >> 11) * 0x1p-53
    }
    return EffectSizes(
        effects: (0..<count).map { index in
            let variance = 0.005 + 0.1 * uniform()
            let spread = (variance + 0.04).squareRoot()
            // Twelve uniforms have variance 1: near enough to normal to time with.
            let deviation = (0..<12).reduce(-6.0) { sum, _ in sum + uniform() }
            return EffectSize(label: "study \(index)", estimate: 0.2 + spread * deviation, variance: variance)
        })
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        metrics: [.wallClock, .throughput], warmupIterations: 3, scalingFactor: .one, maxDuration: .seconds(2))

    for count in [13, 100, 1_000, 100_000] {
        let studies = effects(count: count)
        for estimator in [HeterogeneityEstimator.restrictedMaximumLikelihood, .derSimonianLaird, .pauleMandel] {
            Benchmark("\(estimator.rawValue), Hartung-Knapp, k = \(count)") { benchmark in
                let model = RandomEffects(heterogeneity: estimator)
                for _ in benchmark.scaledIterations { blackHole(try model.fit(studies)) }
            }
        }
        Benchmark("common effect, k = \(count)") { benchmark in
            for _ in benchmark.scaledIterations { blackHole(try CommonEffect().fit(studies)) }
        }
    }
}
