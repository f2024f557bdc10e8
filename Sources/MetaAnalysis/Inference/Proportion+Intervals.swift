extension Proportion {
    /// Computes the exact interval: all proportions that an equal-tailed binomial test does not reject.
    ///
    /// Its coverage is at least the level, even when no participants or all of them had the event. Source: Clopper & Pearson
    /// (1934), Biometrika 26, 404–413. R: `binom.test(events, size)$conf.int`.
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidSetting` for a level outside (0, 1), `.invalidOutcome` unless the events are 0
    ///   or more and at most the participants, of whom there is a finite number above 0.
    public func exactInterval(level: Double = 0.95) throws -> ConfidenceInterval {
        try checkInterval(level)
        let tail = (1 - level) / 2
        let none = size - events
        return ConfidenceInterval(
            lower: events == 0 ? 0 : ReferenceDistribution.beta(events, none + 1).quantile(tail),
            upper: none == 0 ? 1 : ReferenceDistribution.beta(events + 1, none).upperQuantile(tail))
    }

    /// Computes the score interval: all proportions that the normal test with their own variance does not reject.
    ///
    /// Its coverage is close to the level on average. Source: Wilson (1927), Journal of the American Statistical Association
    /// 22, 209–212. R: `prop.test(events, size, correct = FALSE)$conf.int`.
    ///
    /// - Throws: the errors of `exactInterval(level:)`.
    public func wilsonInterval(level: Double = 0.95) throws -> ConfidenceInterval {
        try checkInterval(level)
        let quantile = ReferenceDistribution.normal.twoSidedQuantile(level: level)
        let square = quantile * quantile
        let center = (events + square / 2) / (size + square)
        let halfWidth = quantile / (size + square) * (events * (size - events) / size + square / 4).squareRoot()
        return ConfidenceInterval(
            lower: events == 0 ? 0 : max(0, center - halfWidth), upper: events == size ? 1 : min(1, center + halfWidth))
    }

    func checkInterval(_ level: Double) throws {
        try ConfidenceInterval.check(level: level)
        guard events >= 0, size > 0, events <= size, size.isFinite else {
            throw MetaAnalysisError(
                .invalidOutcome, "\(events) events of \(size) participants are not a proportion",
                remedy: "give from 0 to all participants as events")
        }
    }
}
