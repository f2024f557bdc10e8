#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Made-up effects and variances of many groups, the same in every language: `peers/generate.py bulk --binary` writes these very
/// numbers, which `peers/run.sh` checks byte by byte (last seen equal at 10⁶ × 5, 10⁵ × 10 and 10⁴ × 100).
///
/// Study sizes are log-normal about 120 people; 30 % of the groups have no heterogeneity, the others τ = 0.25 |z|. Every number is
/// a whole number of millionths, so that text and binary hold the same double.
public struct Workload: Sendable {
    /// Those of a group next to each other.
    public let estimates: [Double]
    /// Sampling variances in the order of the estimates.
    public let variances: [Double]

    /// Groups of studies with seeded random effects.
    public init(groups: Int, studies: Int) {
        // Each number of studies has streams of its own.
        let base: UInt64 =
            switch studies {
            case 10: 5100
            case 100: 5200
            default: 5000
            }
        let count = groups * studies
        variances = (0..<count).map { index in
            let size = min(max(exp(log(120.0) + 0.9 * normal(base + 1, index)), 10), 20000)
            return max(millionths(4 / size * (0.7 + 0.6 * uniform(base + 2, index))), 1) / 1e6
        }
        let variances = variances
        estimates = (0..<count).map { index in
            let group = index / studies
            let mean = 0.2 + 0.3 * normal(base + 3, group)
            let tau = uniform(base + 4, group) < 0.3 ? 0 : 0.25 * abs(normal(base + 5, group))
            let effect =
                mean + tau * normal(base + 6, index) + variances[index].squareRoot() * normal(base + 7, index)
            return millionths(effect) / 1e6
        }
    }
}

/// Splitmix64 as a counter: any number of any stream without those before it.
private func word(_ stream: UInt64, _ index: Int) -> UInt64 {
    var word = stream &* 0xD134_2543_DE82_EF95 &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
}

/// In [0, 1).
private func uniform(_ stream: UInt64, _ index: Int) -> Double {
    Double(word(stream, index) >> 11) * 0x1p-53
}

/// By Box & Muller, each from two uniforms.
private func normal(_ stream: UInt64, _ index: Int) -> Double {
    (-2 * log1p(-uniform(stream, 2 * index))).squareRoot() * cos(2 * .pi * uniform(stream, 2 * index + 1))
}

/// Adding 0 makes −0 a plain 0, as whole numbers have no other.
private func millionths(_ value: Double) -> Double { (value * 1e6).rounded(.toNearestOrEven) + 0 }
