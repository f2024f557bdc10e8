import Benchmark
import MetaAnalysis
import Workload

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Throughput counts groups: the scaling factor is their number. With `METAAN_BENCHMARK_FULL` also 10⁶ groups, which no cache holds.
let benchmarks: @Sendable () -> Void = {
    var sizes: [(studies: Int, scale: BenchmarkScalingFactor)] = [(5, .kilo), (10, .kilo), (100, .kilo)]
    if getenv("METAAN_BENCHMARK_FULL") != nil { sizes += [(5, .mega), (10, .mega)] }
    let estimators: [HeterogeneityEstimator?] = [
        nil, .derSimonianLaird, .pauleMandel, .restrictedMaximumLikelihood, .maximumLikelihood,
    ]
    for (studies, scale) in sizes {
        let groups = scale.rawValue
        let workload = Workload(groups: groups, studies: studies)
        guard
            let batch = try? StudyBatch(
                estimates: workload.estimates, variances: workload.variances,
                layout: .groupMajor(groups: groups, studies: studies))
        else { continue }
        let configuration = Benchmark.Configuration(
            metrics: [.wallClock, .throughput], warmupIterations: 1, scalingFactor: scale,
            maxDuration: scale == .kilo ? .milliseconds(500) : .seconds(3))

        for estimator in estimators {
            for interval in [IntervalMethod.wald, .hartungKnapp] {
                let model = BatchPooling(heterogeneity: estimator, interval: interval)
                let name =
                    "\(estimator?.rawValue ?? "common effect"), \(interval.rawValue), \(groups) groups of \(studies)"
                Benchmark("\(name), 1 thread", configuration: configuration) { benchmark in
                    var pooled = try model.fit(batch)
                    benchmark.startMeasurement()
                    try model.fit(batch, into: &pooled)
                    benchmark.stopMeasurement()
                    blackHole(pooled)
                }
                Benchmark("\(name), 2 threads", configuration: configuration) { benchmark in
                    blackHole(try await model.fit(batch, threads: 2))
                }
            }
        }
    }
}
