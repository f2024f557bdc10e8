internal import RealModule

/// A variable that is normal after the Box–Cox power transformation (x^λ − 1)/λ, which is the logarithm for λ = 0.
///
/// Values are in units of the median, whose transform is then 0. For values in other units, the transformed values differ only by a linear
/// function, so no result depends on the unit.
struct PowerNormal {
    /// Power λ.
    var power: Double
    /// Mean of the transformed variable.
    var location: Double
    /// Standard deviation of the transformed variable.
    var scale: Double
    /// Reported median, in the units of the data.
    var unit: Double

    /// Finds the λ that makes the transformed quantiles symmetric about their median, and location and scale by the formulas for normal
    /// data.
    ///
    /// With three quantiles, the outer two have equal distances from the median after the transformation. With five, λ minimizes the sum of
    /// the squared asymmetries of the two pairs, each relative to the width of the pair. Source: McGrath et al. (2020),
    /// doi:10.1177/0962280219889080.
    init(symmetrizing summary: QuantileSummary, _ scenario: QuantileSummary.Scenario) throws {
        let sides = try Self.sides(summary)
        let powers = try sides.map { side in try side.symmetrizingPower() }
        let (least, most) = (powers.min() ?? 0, powers.max() ?? 0)
        let best =
            least == most
            ? least
            : minimum(
                of: { power in sides.reduce(0) { $0 + $1.asymmetry(power) * $1.asymmetry(power) } }, in: least...most
            ).argument
        self.init(power: best, summary, scenario)
    }

    /// Finds the λ that maximizes the likelihood of the quantiles as order statistics, with location and scale by the formulas for normal
    /// data; then the location and scale that maximize the likelihood for this λ.
    ///
    /// The quantiles are taken as the order statistics 1, (n + 3)/4, (n + 1)/2, (3 n + 1)/4 and n. Source: Cai et al. (2021),
    /// doi:10.1177/09622802211047348.
    init(mostLikelyFor summary: QuantileSummary, _ scenario: QuantileSummary.Scenario) throws {
        let sides = try Self.sides(summary)
        let reach = 8 / sides.reduce(0) { max($0, max($1.above, $1.below)) }
        let likelihood = OrderStatisticLikelihood(summary, scenario)
        let power = valley(
            of: { power in
                let start = PowerNormal(power: power, summary, scenario)
                return -likelihood.logarithm(power: power, location: start.location, scale: start.scale)
            }, in: -reach...reach, starts: 160)
        self.init(power: power, summary, scenario)
        (location, scale) = likelihood.mostLikely(power: power, near: (location, scale))
    }

    private init(power: Double, _ summary: QuantileSummary, _ scenario: QuantileSummary.Scenario) {
        let transformed = summary.mapped { Self.transformed($0 / summary.median, power: power) }
        self.power = power
        location = transformed.luoMean(scenario)
        scale = transformed.wanDeviation()
        unit = summary.median
    }

    static func transformed(_ value: Double, power: Double) -> Double {
        let logarithm = Double.log(value)
        return power == 0 ? logarithm : Double.expMinusOne(power * logarithm) / power
    }

    /// Logarithmic distances of a pair of quantiles from the median.
    private struct Side {
        var above: Double
        var below: Double

        /// Asymmetry of the transformed pair, from −1 to 1; it increases with λ.
        func asymmetry(_ power: Double) -> Double {
            guard power != 0 else { return (above - below) / (above + below) }
            let (upper, lower) = (Double.expMinusOne(power * above), Double.expMinusOne(-power * below))
            return (upper + lower) / (upper - lower)
        }

        func symmetrizingPower() throws -> Double {
            guard above != below else { return 0 }
            let sign = above > below ? -1.0 : 1.0
            var reach = 1 / max(above, below)
            // The second root of e^(λ above) + e^(−λ below) = 2 is not much beyond ln 2 over the shorter side.
            while asymmetry(sign * reach) * sign < 0 {
                reach *= 2
                guard reach < 1e6 else { throw PowerNormal.hasNoMoments }
            }
            let bracket = sign < 0 ? -reach...0 : 0...reach
            return root(of: { self.asymmetry($0) }, in: bracket).value
        }
    }

    private static func sides(_ summary: QuantileSummary) throws -> [Side] {
        guard let lowest = summary.values.first, lowest > 0 else {
            throw MetaAnalysisError.invalidOutcome(
                "a power transformation needs values greater than 0, and the smallest quantile is "
                    + (summary.values.first ?? 0).plain,
                remedy: "take the method luo-wan-shi or QE", role: summary.minimum == nil ? "q1" : "min")
        }
        let sides = summary.pairs.map { pair in
            Side(
                above: Double.log(pair.upper / summary.median), below: Double.log(summary.median / pair.lower))
        }
        guard sides.allSatisfy({ $0.above > 0 && $0.below > 0 }) else {
            throw MetaAnalysisError.invalidOutcome(
                "the median equals another quantile, so that no transformation makes them symmetric",
                remedy: "take the method luo-wan-shi or QE", role: "median")
        }
        return sides
    }

    static let hasNoMoments = MetaAnalysisError(
        .notEstimable, "the quantiles are so skewed that the fitted distribution has no mean or standard deviation",
        remedy: "take the method QE, or leave the row out", location: .init(column: "median"))
}

extension PowerNormal {
    /// Computes the mean and standard deviation of the variable itself, by Gauss–Legendre quadrature.
    ///
    /// The normal variable is truncated where the transformation ends, and symmetrically on the other side, or about 10 standard deviations
    /// out. For λ < 0 the variable has a pole there. It is then truncated before the pole, at the minimum of x² times the density, which is
    /// at most 1/400 of the maximum.
    ///
    /// - Throws: `MetaAnalysisError` (`.notEstimable`) if there is no such minimum.
    func moments() throws -> (mean: Double, deviation: Double) {
        if power == 0 {
            let mean = Double.exp(location + scale * scale / 2)
            return (unit * mean, unit * mean * Double.expMinusOne(scale * scale).squareRoot())
        }
        let (lower, upper) = try cuts()
        var sums = (weight: 0.0, first: 0.0, second: 0.0)
        // Intervals are halved repeatedly toward the lower end, where the integrand may behave like a root.
        var breaks = [lower]
        for halving in (0..<12).reversed() { breaks.append(lower + min(1, upper - lower) / Double(1 << halving)) }
        while let last = breaks.last, last < upper { breaks.append(min(last + 1, upper)) }
        let center = value(0)
        for (start, end) in zip(breaks, breaks.dropFirst()) where end > start {
            for (node, weight) in zip(Self.rule.nodes, Self.rule.weights) {
                let z = start + (end - start) * node
                let mass = weight * (end - start) * Double.exp(-z * z / 2)
                // Distances from the center keep the digits of a small spread.
                let distance = value(z) - center
                sums.weight += mass
                sums.first += mass * distance
                sums.second += mass * distance * distance
            }
        }
        let shift = sums.first / sums.weight
        let variance = sums.second / sums.weight - shift * shift
        guard variance > 0 else { throw Self.hasNoMoments }
        return (unit * (center + shift), unit * variance.squareRoot())
    }

    private static let rule = GaussLegendre(count: 24)

    private func value(_ z: Double) -> Double {
        Double.exp(Double.log(onePlus: max(-1, power * (location + scale * z))) / power)
    }

    /// Returns the limits at which the standard normal variable is truncated.
    private func cuts() throws -> (lower: Double, upper: Double) {
        let base = 1 + power * location
        let bend = power * scale
        guard base > 0, scale > 0 else { throw Self.hasNoMoments }
        // The derivative of x² times the density is 0 where λσz² + (1 + λμ) z − 2σ = 0.
        let discriminant = base * base + 8 * bend * scale
        guard discriminant > 0 else { throw Self.hasNoMoments }
        let peak = 4 * scale / (base + discriminant.squareRoot())
        guard power < 0 else {
            let end = base / bend
            return (-min(end, 10), min(end, peak + 10))
        }
        let trough = (base + discriminant.squareRoot()) / (-2 * bend)
        func height(_ z: Double) -> Double {
            2 / power * Double.log(onePlus: power * (location + scale * z)) - z * z / 2
        }
        guard height(trough) - height(peak) < -6 else { throw Self.hasNoMoments }
        return (-min(trough, 10), min(trough, peak + 10))
    }
}
