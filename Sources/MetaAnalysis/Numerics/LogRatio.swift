internal import RealModule

/// Returns the logarithm of a ratio with full accuracy near 1.
///
/// - Parameters:
///   - ratio: positive.
///   - excess: the ratio minus 1, computed without cancellation.
func logRatio(_ ratio: Double, exceedingOneBy excess: @autoclosure () -> Double) -> Double {
    abs(ratio - 1) < 0.5 ? .log(onePlus: excess()) : .log(ratio)
}
