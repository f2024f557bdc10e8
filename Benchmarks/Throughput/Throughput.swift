import MetaAnalysis
import Workload

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Times the pooling of many groups without a harness, in the format of `limits/kernel.c` and `peers/pooling.py`.
///
///     throughput fit DATA.f64 STUDIES MODEL INTERVAL [THREADS [REPEATS [FITS [RESULTS.f64]]]]
///     throughput one DATA.f64 STUDIES MODEL INTERVAL [REPEATS [FITS]]
///     throughput write DATA.f64 GROUPS STUDIES
///
/// DATA.f64 holds all effects, then all variances, STUDIES of them for each group. MODEL is `common` or an estimator. FITS are done
/// between two readings of the clock. RESULTS.f64 gets all estimates, standard errors, τ², Q, I². `fit` is `BatchPooling`, `one`
/// the complete record of `RandomEffects` for the first group.
@main
struct Throughput {
    static func main() {
        do { try run() } catch { refuse("\(error)") }
    }

    private static func run() throws {
        var arguments = CommandLine.arguments.dropFirst()
        let job = arguments.popFirst() ?? ""
        let path = arguments.popFirst() ?? ""
        if job == "write", let groups = arguments.popFirst().flatMap({ Int($0) }),
            let studies = arguments.popFirst().flatMap({ Int($0) })
        {
            let workload = Workload(groups: groups, studies: studies)
            return try DoubleFile.write([workload.estimates, workload.variances], to: path)
        }
        guard let studies = arguments.popFirst().flatMap({ Int($0) }), let model = arguments.popFirst(),
            let interval = arguments.popFirst().flatMap(IntervalMethod.init)
        else { refuse() }
        let numbers = arguments.prefix(3).compactMap { Int($0) }
        let values = try DoubleFile.read(path)
        let half = values.count / 2
        let measured = Measured(
            estimates: Array(values[..<half]), variances: Array(values[half...]), studies: studies,
            heterogeneity: HeterogeneityEstimator(rawValue: model), interval: interval)
        switch job {
        case "fit":
            let threads = numbers.first ?? 1
            let pooled = try measured.pool(
                threads: threads, repeats: numbers.dropFirst().first ?? 7, fits: numbers.dropFirst(2).first ?? 1)
            if let results = arguments.dropFirst(3).first { try write(pooled, to: results) }
        case "one":
            try measured.fitOne(repeats: numbers.first ?? 7, fits: numbers.dropFirst().first ?? 1)
        default:
            refuse()
        }
    }

    private static func refuse(_ why: String = "the head of Throughput.swift describes the arguments") -> Never {
        let message = "error: throughput: \(why)\n"
        _ = message.withCString { fwrite($0, 1, strlen($0), fdopen(2, "w")) }
        exit(64)
    }

    private static func write(_ pooled: PooledBatch, to path: String) throws {
        func column(_ value: (BatchEffect) -> Double) -> [Double] { pooled.map { $0.map(value) ?? .nan } }
        try DoubleFile.write(
            [
                column(\.estimate), column(\.standardError), column(\.tauSquared), column(\.cochranQ),
                column { $0.iSquared ?? .nan },
            ], to: path)
    }
}
