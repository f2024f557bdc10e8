internal import RealModule

/// The distribution of r events among several groups: Fisher's multivariate noncentral hypergeometric distribution.
///
/// P(x) = Π C(nᵢ, xᵢ) exp(θᵢxᵢ) / K over the whole x with Σ xᵢ = r. It is the distribution of independent binomial counts with log odds θᵢ
/// + φ given their sum, for any φ. With the φ at which r events are expected, the probability of the sum and the moments are integrals of
/// the counts' characteristic function over a few standard deviations around 0. The sum of whole numbers has a discrete Fourier transform.
/// The trapezoidal rule is therefore exact except for the probability that lies a whole period away, and the period is chosen so that this
/// is below rounding. About 20 terms are enough, for ten participants or a billion. Polynomials of r coefficients, which the sums would
/// otherwise need, are never formed. O(a²) for a groups.
///
/// Source: McCullagh & Nelder (1989), Generalized Linear Models, section 7.3, for the distribution.
struct NoncentralHypergeometricDistribution: Sendable {
    /// Expected counts, a of them.
    let mean: [Double]
    /// a × a; rows add up to 0.
    let covariance: Matrix
    /// log K.
    let logNormalizer: Double
    private let sizes: [Double]
    private let logOdds: [Double]

    /// - Parameters:
    ///   - sizes: whole numbers n of at least 0.
    ///   - logOdds: finite θ; adding the same number to all of them changes only `logNormalizer`.
    ///   - total: a whole number r from 0 to the sum of the sizes.
    init(sizes: [Double], logOdds: [Double], total: Double) {
        precondition(sizes.count == logOdds.count, "one log odds for each group")
        let all = sizes.reduce(0, +)
        precondition(0 <= total && total <= all, "\(total) events among \(all)")
        self.sizes = sizes
        self.logOdds = logOdds
        guard total > 0, total < all else {
            mean = total == 0 ? sizes.map { _ in 0 } : sizes
            covariance = Matrix(rows: sizes.count, columns: sizes.count)
            logNormalizer = total == 0 ? 0 : zip(sizes, logOdds).reduce(0) { $0 + $1.0 * $1.1 }
            return
        }
        let tilt = Self.tilt(sizes, logOdds, total, all)
        let groups = zip(sizes, logOdds).map { Group(size: $0, logOdds: $1 + tilt) }
        let sums = Self.sums(groups, total: total, all: all)
        let shifts = sums.first.map { $0 / sums.mass }
        mean = zip(groups, shifts).map { $0.size * ($0.p + $1) }
        var covariance = Matrix(rows: groups.count, columns: groups.count)
        for first in groups.indices {
            for second in groups.indices.dropFirst(first + 1) {
                let product = sums.second[first, second] / sums.mass - shifts[first] * shifts[second]
                let value = groups[first].size * groups[second].size * product
                covariance[first, second] = value
                covariance[second, first] = value
                covariance[first, first] -= value
                covariance[second, second] -= value
            }
        }
        self.covariance = covariance
        logNormalizer =
            groups.reduce(.log(sums.mass / sums.period) - total * tilt) { $0 + $1.size * $1.logOnePlusOdds }
    }

    /// Returns log P of counts with sum r.
    func logProbability(_ counts: [Double]) -> Double {
        var sum = -logNormalizer
        for index in counts.indices {
            sum += counts[index] * logOdds[index]
            sum +=
                .logGamma(sizes[index] + 1) - .logGamma(counts[index] + 1) - .logGamma(sizes[index] - counts[index] + 1)
        }
        return sum
    }

    /// A binomial count.
    private struct Group {
        let size: Double
        let p: Double
        let q: Double
        let logOnePlusOdds: Double

        init(size: Double, logOdds: Double) {
            self.size = size
            p = 1 / (1 + .exp(-logOdds))
            q = 1 / (1 + .exp(logOdds))
            logOnePlusOdds = max(logOdds, 0) + .log(onePlus: .exp(-abs(logOdds)))
        }
    }

    /// Returns the φ at which r events are expected. Any φ would be correct; this one makes the sums short and free of cancellation.
    private static func tilt(_ sizes: [Double], _ logOdds: [Double], _ total: Double, _ all: Double) -> Double {
        let overall = Double.log(total) - .log(all - total)
        let used = logOdds.indices.filter { sizes[$0] > 0 }.map { logOdds[$0] }
        let (low, high) = (overall - (used.max() ?? 0), overall - (used.min() ?? 0))
        guard low < high else { return low }
        return root(
            of: { tilt in
                var excess = -total
                for (size, odds) in zip(sizes, logOdds) { excess += size / (1 + .exp(-(odds + tilt))) }
                return excess
            }, in: low...high, tolerance: 1e-12
        ).value
    }

    private struct Sums {
        /// Sum of the transform: the period times the probability that the binomial counts have sum r.
        var mass = 1.0
        /// Sum of the transform times dᵢ, the difference of the share of group i from p.
        var first: [Double]
        /// Sum of the transform times dᵢdⱼ, i < j.
        var second: Matrix
        var period = 1.0
    }

    /// Sums over j, with t = 2πj / M, the transform Π (qᵢ + pᵢ exp(it))^nᵢ exp(−irt) and d = pq(exp(it) − 1) / (q + p exp(it)). Terms of −j
    /// are the conjugates of those of j, and j = 0 has transform 1 and d = 0.
    private static func sums(_ groups: [Group], total: Double, all: Double) -> Sums {
        var sums = Sums(
            first: Array(repeating: 0, count: groups.count), second: Matrix(rows: groups.count, columns: groups.count))
        let variance = groups.reduce(0) { $0 + $1.size * $1.p * $1.q }
        // By Bernstein's bound, a probability of less than exp(-exponent) lies further than this from r. The logarithm in the exponent
        // allows for the probability of r itself and for the size of the moments there.
        let exponent = 50 + 2 * Double.log(onePlus: variance)
        let reach = exponent / 3 + (exponent * exponent / 9 + 2 * variance * exponent).squareRoot()
        // A period greater than the number of participants has no overlap. An odd period has no term of its own at t = π.
        let least = min(all + 1, reach.rounded(.up))
        sums.period = least.truncatingRemainder(dividingBy: 2) == 0 ? least + 1 : least
        let step = 2 * Double.pi / sums.period
        var j = 1.0
        while 2 * j < sums.period {
            let t = j * step
            let sine = Double.sin(t)
            let cosine = Double.cos(t)
            let half = Double.sin(t / 2)
            let square = half * half
            var logModulus = 0.0
            var phase = -total * t
            for group in groups {
                logModulus += 0.5 * group.size * .log(onePlus: -4 * group.p * group.q * square)
                phase += group.size * .atan2(y: group.p * sine, x: group.q + group.p * cosine)
            }
            // The modulus decreases up to t = π.
            if logModulus < -50 { break }
            let weight = 2 * Double.exp(logModulus)
            let transform = (re: weight * .cos(phase), im: weight * .sin(phase))
            sums.mass += transform.re
            let shifts = groups.map { group -> (re: Double, im: Double) in
                let (re, im) = (group.q + group.p * cosine, group.p * sine)
                let scale = group.p * group.q / (re * re + im * im)
                return (scale * (-2 * square * re + sine * im), scale * (sine * re + 2 * square * im))
            }
            for first in groups.indices {
                let left = (
                    re: transform.re * shifts[first].re - transform.im * shifts[first].im,
                    im: transform.re * shifts[first].im + transform.im * shifts[first].re
                )
                sums.first[first] += left.re
                for second in groups.indices.dropFirst(first + 1) {
                    sums.second[first, second] += left.re * shifts[second].re - left.im * shifts[second].im
                }
            }
            j += 1
        }
        return sums
    }
}
