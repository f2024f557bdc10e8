internal import RealModule

/// Stratified tests of association and of equal odds ratios.
enum StratifiedTables {
    /// Excess and variance of the first cell of a table, given its margins and an odds ratio of 1.
    struct Hypergeometric {
        /// Observed minus expected events, O − E = (ad − bc)/n.
        var excess: Double
        var variance: Double

        init(_ table: TwoByTwoTable) {
            let (n1, n2) = (table.treatedSize, table.controlSize)
            let events = table.treatedEvents + table.controlEvents
            let others = table.treatedNonEvents + table.controlNonEvents
            let n = n1 + n2
            excess = n > 0 ? table.crossDifference.quotient(by: n, 1) : 0
            variance = n > 1 ? n1 / n * (n2 / n) * events / (n - 1) * others : 0
        }
    }

    /// Cochran–Mantel–Haenszel test of an odds ratio of 1, conditional on the margins.
    ///
    /// Source: Mantel & Haenszel (1959), doi:10.1093/jnci/22.4.719.
    static func cochranMantelHaenszel(_ tables: [TwoByTwoTable], isCorrected: Bool) -> HypothesisTest {
        association("cochran-mantel-haenszel", tables.map(Hypergeometric.init), isCorrected: isCorrected)
    }

    /// Cochran's test of an odds ratio of 1: like Cochran–Mantel–Haenszel with binomial variances, N³ in place of N²(N − 1).
    static func cochran(_ tables: [TwoByTwoTable], isCorrected: Bool) -> HypothesisTest {
        let strata = tables.map { table in
            var stratum = Hypergeometric(table)
            let n = table.treatedSize + table.controlSize
            if n > 0 { stratum.variance *= (n - 1) / n }
            return stratum
        }
        return association("cochran", strata, isCorrected: isCorrected)
    }

    /// Mantel–Haenszel test of a rate ratio of 1: the events of the first group are binomial, given all events of the stratum.
    static func mantelHaenszel(_ rates: [TwoGroupRates], isCorrected: Bool) -> HypothesisTest {
        var difference = 0.0
        var variance = 0.0
        for stratum in rates {
            let events = stratum.treatedEvents + stratum.controlEvents
            let share = stratum.treatedTime / (stratum.treatedTime + stratum.controlTime)
            difference += stratum.crossDifference.quotient(by: stratum.treatedTime + stratum.controlTime, 1)
            variance += share * (1 - share) * events
        }
        return association("mantel-haenszel", difference, variance, isCorrected: isCorrected)
    }

    private static func association(_ name: String, _ strata: [Hypergeometric], isCorrected: Bool) -> HypothesisTest {
        var difference = 0.0
        var variance = 0.0
        for stratum in strata {
            difference += stratum.excess
            variance += stratum.variance
        }
        return association(name, difference, variance, isCorrected: isCorrected)
    }

    private static func association(
        _ name: String, _ difference: Double, _ variance: Double, isCorrected: Bool
    ) -> HypothesisTest {
        guard variance > 0 else { return HypothesisTest(name: name, statistic: nil, degreesOfFreedom: 1, pValue: nil) }
        let distance = abs(difference) - (isCorrected ? 0.5 : 0)
        return chiSquared(name, distance * distance / variance, degreesOfFreedom: 1)
    }

    /// Breslow–Day test of equal odds ratios, and the same test with Tarone's correction.
    ///
    /// Tables with an empty margin carry no information and are left out.
    ///
    /// Source: Breslow & Day (1980), Statistical Methods in Cancer Research I; Tarone (1985), Biometrika 72,
    /// doi:10.1093/biomet/72.1.91.
    static func homogeneity(_ tables: [TwoByTwoTable], oddsRatio: Double) -> [HypothesisTest] {
        var sum = 0.0
        var difference = 0.0
        var totalVariance = 0.0
        var used = 0
        for table in tables {
            let events = table.treatedEvents + table.controlEvents
            let others = table.treatedNonEvents + table.controlNonEvents
            guard events > 0, others > 0, table.treatedSize > 0, table.controlSize > 0 else { continue }
            used += 1
            let a = expectedCell(table, events: events, oddsRatio: oddsRatio)
            let (b, c) = (table.treatedSize - a, events - a)
            let d = table.controlSize - c
            let variance = 1 / (1 / a + 1 / b + 1 / c + 1 / d)
            let deviation = table.treatedEvents - a
            sum += deviation * deviation / variance
            difference += deviation
            totalVariance += variance
        }
        guard used > 1 else {
            return ["breslow-day", "tarone"].map {
                HypothesisTest(name: $0, statistic: nil, degreesOfFreedom: Double(max(0, used - 1)), pValue: nil)
            }
        }
        let degrees = Double(used - 1)
        return [
            chiSquared("breslow-day", sum, degreesOfFreedom: degrees),
            chiSquared("tarone", sum - difference * difference / totalVariance, degreesOfFreedom: degrees),
        ]
    }

    /// Computes the first cell that gives this odds ratio with the table's margins.
    private static func expectedCell(_ table: TwoByTwoTable, events: Double, oddsRatio: Double) -> Double {
        let (n1, n2) = (table.treatedSize, table.controlSize)
        guard oddsRatio != 1 else { return n1 / (n1 + n2) * events }
        // Solves (1 − ψ) a² + (n2 − m + ψ (n1 + m)) a − ψ n1 m = 0 in the form of the root without cancellation.
        let square = 1 - oddsRatio
        let linear = n2 - events + oddsRatio * (n1 + events)
        let constant = oddsRatio * n1 * events
        let root = (linear * linear + 4 * square * constant).squareRoot()
        return 2 * constant / (linear + root)
    }

    private static func chiSquared(_ name: String, _ statistic: Double, degreesOfFreedom: Double) -> HypothesisTest {
        HypothesisTest(
            name: name, statistic: statistic, degreesOfFreedom: degreesOfFreedom,
            pValue: ReferenceDistribution.chiSquared(degreesOfFreedom: degreesOfFreedom).upperTail(statistic))
    }
}
