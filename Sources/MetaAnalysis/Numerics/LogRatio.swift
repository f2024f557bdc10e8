internal import RealModule

/// The logarithm of a ratio, which keeps the digits of its excess over 1 where it is near 1.
///
/// - Parameters:
///   - ratio: positive.
///   - excess: the same ratio less 1, computed without cancellation.
func logRatio(_ ratio: Double, exceedingOneBy excess: @autoclosure () -> Double) -> Double {
    abs(ratio - 1) < 0.5 ? .log(onePlus: excess()) : .log(ratio)
}
