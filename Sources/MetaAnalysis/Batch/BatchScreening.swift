/// Sees numbers pass and remembers whether one of them is missing, impossible, or so far from 1 that products with weights leave the
/// range of numbers: such groups are rescaled one at a time.
///
/// By bits and without a branch: the bits of numbers above 0 are ordered as the numbers are, those of infinity and NaN lie above and
/// those of negative numbers have the sign set. So a difference to an end of a range is negative where a number lies outside.
struct BatchScreening {
    private typealias Bits = SIMD4<Int64>
    private var outside = SIMD4<Int64>()

    private static let leastVariance = Int64(bitPattern: EffectSizes.moderateVariances.lowerBound.bitPattern)
    private static let greatestVariance = Int64(bitPattern: EffectSizes.moderateVariances.upperBound.bitPattern)
    private static let greatestEffect = Int64(bitPattern: EffectSizes.greatestModerateEffect.bitPattern)

    @inline(__always)
    mutating func see(_ estimates: SIMD4<Double>, _ variances: SIMD4<Double>) {
        let variance = unsafeBitCast(variances, to: Bits.self)
        let magnitude = unsafeBitCast(estimates, to: Bits.self) & Bits(repeating: .max)
        outside |= Bits(repeating: Self.greatestVariance) &- variance
        outside |= variance &- Bits(repeating: Self.leastVariance)
        outside |= Bits(repeating: Self.greatestEffect) &- magnitude
    }

    /// Whether all numbers seen are moderate.
    var allAreModerate: Bool { outside.min() >= 0 }

    /// Whether one study's numbers are.
    @inline(__always)
    static func isModerate(_ estimate: Double, _ variance: Double) -> Bool {
        EffectSizes.moderateVariances.contains(variance) && abs(estimate) <= EffectSizes.greatestModerateEffect
    }
}

extension BatchStudies {
    /// Whether all studies of all groups are there and moderate.
    var areModerate: Bool {
        guard groupCount > 0 else { return true }
        if stride == 1 {
            let start = start(of: 0)
            return Self.areModerate(
                estimates + start, variances + start,
                count: self.start(of: groupCount - 1) + count(of: groupCount - 1) - start)
        }
        for study in 0..<count(of: 0)
        where !Self.areModerate(estimates + study * stride, variances + study * stride, count: groupCount) {
            return false
        }
        return true
    }

    private static func areModerate(
        _ estimates: UnsafePointer<Double>, _ variances: UnsafePointer<Double>, count: Int
    ) -> Bool {
        var screening = BatchScreening()
        let sideBySide = count & ~3
        for index in Swift.stride(from: 0, to: sideBySide, by: 4) {
            screening.see(
                UnsafeRawPointer(estimates + index).loadUnaligned(as: SIMD4<Double>.self),
                UnsafeRawPointer(variances + index).loadUnaligned(as: SIMD4<Double>.self))
        }
        return screening.allAreModerate
            && (sideBySide..<count).allSatisfy { BatchScreening.isModerate(estimates[$0], variances[$0]) }
    }
}
