/// Records whether any of the numbers it is given is missing, impossible, or so far from 1 that products with weights overflow or
/// underflow. Groups with such numbers are rescaled one at a time.
///
/// The test uses bits and no branches. The bits of positive numbers are ordered like the numbers, those of infinity and NaN are above them,
/// and those of negative numbers have the sign bit set. The difference to a bound is therefore negative if a number is out of range.
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

    /// Whether all numbers so far are moderate.
    var allAreModerate: Bool { outside.min() >= 0 }

    /// Returns whether the numbers of one study are moderate.
    @inline(__always)
    static func isModerate(_ estimate: Double, _ variance: Double) -> Bool {
        EffectSizes.moderateVariances.contains(variance) && abs(estimate) <= EffectSizes.greatestModerateEffect
    }
}

extension BatchStudies {
    /// Whether no study of any group is missing and all numbers are moderate.
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
