/// A random number generator with the same numbers for the same seed on every machine: xoshiro256++ (Blackman and Vigna 2021,
/// doi:10.1145/3460772), with its state filled from the seed by SplitMix64.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    package init(seed: UInt64) {
        var counter = seed
        func splitMix() -> UInt64 {
            counter &+= 0x9E37_79B9_7F4A_7C15
            var mixed = counter
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        state = (splitMix(), splitMix(), splitMix(), splitMix())
    }

    package mutating func next() -> UInt64 {
        func rotated(_ value: UInt64, by count: UInt64) -> UInt64 { (value << count) | (value >> (64 - count)) }
        let result = rotated(state.0 &+ state.3, by: 23) &+ state.0
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, by: 45)
        return result
    }

    /// Returns a number that is uniform on the open interval (0, 1): one of the 2⁵² odd multiples of 2⁻⁵³.
    package mutating func nextUniform() -> Double {
        (Double(next() >> 12) + 0.5) * 0x1p-52
    }

    /// Returns a standard normal number, by inversion. Each number takes one draw, so streams with different uses stay aligned.
    package mutating func nextNormal() -> Double {
        ReferenceDistribution.normal.quantile(nextUniform())
    }
}
