internal import RealModule

// Closed forms for normal samples; each is a linear combination of the quantiles.
extension QuantileSummary {
    /// Estimates the mean by Luo et al. (2018), doi:10.1177/0962280216669183, equations 7, 11 and 15.
    ///
    /// S1: w (min + max)/2 + (1 − w) median with w = 4/(4 + n^0.75). S2: w (q1 + q3)/2 + (1 − w) median with w = 0.7 + 0.39/n. S3: weights
    /// 2.2/(2.2 + n^0.75) of the mid-range, 0.7 − 0.72/n^0.55 of the mid-quartile range, and the rest of the median.
    func luoMean(_ scenario: Scenario) -> Double {
        let n = size
        switch scenario {
        case .range: return weighted([4 / (4 + Double.pow(n, 0.75))])
        case .quartiles: return weighted([0.7 + 0.39 / n])
        case .fiveNumbers: return weighted([2.2 / (2.2 + Double.pow(n, 0.75)), 0.7 - 0.72 / Double.pow(n, 0.55)])
        }
    }

    /// Estimates the mean by Wan et al. (2014), doi:10.1186/1471-2288-14-135: (min + 2 median + max)/4, (q1 + median + q3)/3 or (min + 2 q1
    /// + 2 median + 2 q3 + max)/8.
    func wanMean(_ scenario: Scenario) -> Double {
        switch scenario {
        case .range: weighted([1 / 2])
        case .quartiles: weighted([2 / 3])
        case .fiveNumbers: weighted([1 / 4, 1 / 2])
        }
    }

    /// Estimates the standard deviation by Wan et al. (2014), equations 9, 13 and 16: the range over 2 z((n − 0.375)/(n + 0.25)), the
    /// interquartile range over 2 z((0.75 n − 0.125)/(n + 0.25)), or the mean of both.
    func wanDeviation() -> Double {
        let parts = deviations
        return parts.reduce(0) { $0 + $1 / Double(parts.count) }
    }

    /// Estimates the standard deviation by Wan et al. (2014) for three numbers. For five, the range has weight 1/(1 + 0.07 n^0.6) and the
    /// quartiles have the rest: Shi et al. (2020), doi:10.1002/jrsm.1429, equation 10.
    func shiDeviation(_ scenario: Scenario) -> Double {
        guard scenario == .fiveNumbers else { return wanDeviation() }
        let weight = 1 / (1 + 0.07 * Double.pow(size, 0.6))
        return weight * deviations[0] + (1 - weight) * deviations[1]
    }

    /// Estimates the mean by Hozo et al. (2005), doi:10.1186/1471-2288-5-13: (min + 2 median + max)/4 up to 25 participants, then the
    /// median.
    func hozoMean() -> Double { size <= 25 ? weighted([1 / 2]) : median }

    /// Estimates the standard deviation by Hozo et al. (2005): √(((min − 2 median + max)²/4 + (max − min)²)/12) up to 15 participants,
    /// range/4 up to 70, then range/6.
    func hozoDeviation() -> Double {
        guard let range else { return .nan }
        let width = range.upper - range.lower
        guard size <= 15 else { return size <= 70 ? width / 4 : width / 6 }
        let bend = (range.upper - median) - (median - range.lower)
        // Values in units of the width keep their squares in range.
        let relative = bend / width
        return width * ((relative * relative / 4 + 1) / 12).squareRoot()
    }

    /// Standard deviation from each pair of quantiles alone; the probabilities are those of the upper tail.
    private var deviations: [Double] {
        let outer = range.map { pair in
            (pair.upper / 2 - pair.lower / 2) / ReferenceDistribution.normal.upperQuantile(0.625 / (size + 0.25))
        }
        let inner = quartiles.map { pair in
            (pair.upper / 2 - pair.lower / 2)
                / ReferenceDistribution.normal.upperQuantile((0.25 * size + 0.375) / (size + 0.25))
        }
        return [outer, inner].compactMap(\.self)
    }

    /// Returns Σ w (lower + upper)/2 + (1 − Σ w) median, computed as the median plus the contribution of each pair.
    private func weighted(_ weights: [Double]) -> Double {
        zip(pairs, weights).reduce(median) { mean, part in
            mean + part.1 * ((part.0.upper / 2 - median / 2) - (median / 2 - part.0.lower / 2))
        }
    }
}
