import MetaAnalysis

/// One model on one set of groups, timed and printed.
struct Measured {
    let estimates: [Double]
    let variances: [Double]
    let studies: Int
    /// `nil` for the common effect.
    let heterogeneity: HeterogeneityEstimator?
    let interval: IntervalMethod

    private var groups: Int { estimates.count / studies }

    func pool(threads: Int, repeats: Int, fits: Int) throws -> PooledBatch {
        let batch = try StudyBatch(
            estimates: estimates, variances: variances, layout: .groupMajor(groups: groups, studies: studies))
        let model = BatchPooling(heterogeneity: heterogeneity, interval: interval)
        // The first fit touches the memory that the others use again.
        var pooled = try model.fit(batch)
        var stopwatch = Stopwatch()
        for _ in 0..<repeats {
            stopwatch.begin()
            for _ in 0..<fits {
                if threads == 1 {
                    try model.fit(batch, into: &pooled)
                } else {
                    pooled = try blocking { try await model.fit(batch, threads: threads) }
                }
            }
            stopwatch.end(fits: fits)
        }
        let effects = pooled.lazy.compactMap { $0 }
        report(
            "batch", stopwatch, groups: groups, threads: threads,
            sums: (
                effects.reduce(0) { $0 + $1.estimate }, effects.reduce(0) { $0 + $1.tauSquared },
                effects.reduce(0) { $0 + $1.standardError }
            ))
        return pooled
    }

    func fitOne(repeats: Int, fits: Int) throws {
        let effects = EffectSizes(
            effects: (0..<studies).map {
                EffectSize(label: "study \($0 + 1)", estimate: estimates[$0], variance: variances[$0])
            })
        func fit() throws -> PooledEffect {
            if let heterogeneity {
                return try RandomEffects(heterogeneity: heterogeneity, interval: interval).fit(effects)
            }
            return try CommonEffect(interval: interval).fit(effects)
        }
        var pooled = try fit()
        var stopwatch = Stopwatch()
        for _ in 0..<repeats {
            stopwatch.begin()
            for _ in 0..<fits { pooled = try fit() }
            stopwatch.end(fits: fits)
        }
        report(
            "one", stopwatch, groups: 1, threads: 1,
            sums: (pooled.estimate, pooled.heterogeneity.tauSquared, pooled.standardError))
    }

    private func report(
        _ kind: String, _ stopwatch: Stopwatch, groups: Int, threads: Int,
        sums: (estimate: Double, tauSquared: Double, standardError: Double)
    ) {
        let model = heterogeneity?.rawValue ?? "common"
        let seconds = threads == 1 ? stopwatch.cpu : stopwatch.wall
        print(
            "tool=metaan-\(kind) model=\(model) interval=\(interval.rawValue) groups=\(groups) studies=\(studies)",
            "threads=\(threads) cpu_min=\(stopwatch.cpu.min() ?? 0) cpu_median=\(stopwatch.cpu.median)",
            "wall_min=\(stopwatch.wall.min() ?? 0) wall_median=\(stopwatch.wall.median)",
            "rate_max=\(Double(groups) / (seconds.min() ?? 0)) rate_median=\(Double(groups) / seconds.median)",
            "sum_estimate=\(sums.estimate) sum_tau2=\(sums.tauSquared) sum_se=\(sums.standardError)")
    }
}
