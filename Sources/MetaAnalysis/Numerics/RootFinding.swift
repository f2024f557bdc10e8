/// Finds a zero of `function` in `bracket`; at the ends the function has opposite signs or is zero.
///
/// The method is Chandrupatla's: inverse quadratic interpolation if three points make it trustworthy, bisection otherwise
/// (doi:10.1016/S0965-9978(96)00051-8). After 60 evaluations the search continues by halving the number of representable numbers in the
/// bracket, so it always ends, with at most 126 evaluations.
///
/// - Parameters:
///   - function: function that is called once per iteration. NaN ends the search at the best point so far.
///   - bracket: finite range. Without a change of sign, the end with the smaller absolute value of the function is returned.
///   - tolerance: relative half-width of the final bracket; 0 means machine precision.
/// - Returns: The point of the final bracket with the smaller absolute value of the function, and the number of evaluations.
func root(
    of function: (Double) -> Double, in bracket: ClosedRange<Double>, tolerance: Double = 0
) -> (value: Double, iterations: Int) {
    // The zero is between `latest` and `opposite`; `retired` is the end that was replaced last.
    var latest = (x: bracket.lowerBound, y: function(bracket.lowerBound))
    var opposite = (x: bracket.upperBound, y: function(bracket.upperBound))
    var iterations = 2
    var fraction = 0.5
    while latest.y * opposite.y.signum < 0 {
        let best = abs(latest.y) < abs(opposite.y) ? latest : opposite
        let halfWidth = max(tolerance, .ulpOfOne) * abs(best.x)
        let width = opposite.x - latest.x
        if abs(width) <= 2 * halfWidth { break }
        var x = latest.x + fraction * width
        if iterations > 60 || !width.isFinite || x == latest.x || x == opposite.x {
            x = representableMidpoint(latest.x, opposite.x)
            if x == latest.x || x == opposite.x { break }
        }
        let y = function(x)
        iterations += 1
        if y.isNaN { break }

        let retired: (x: Double, y: Double)
        if y.signum == latest.y.signum {
            retired = latest
        } else {
            retired = opposite
            opposite = latest
        }
        latest = (x, y)
        fraction = interpolatedFraction(latest: latest, opposite: opposite, retired: retired)
        let margin = min(0.5, halfWidth / abs(opposite.x - latest.x))
        fraction = min(max(fraction, margin), 1 - margin)
    }
    let value = abs(latest.y) <= abs(opposite.y) || opposite.y.isNaN ? latest.x : opposite.x
    return (value, iterations)
}

/// Returns how far from `latest` toward `opposite` to evaluate next: by inverse quadratic interpolation through the three points if its
/// parabola is monotone between them, otherwise halfway.
private func interpolatedFraction(
    latest: (x: Double, y: Double), opposite: (x: Double, y: Double), retired: (x: Double, y: Double)
) -> Double {
    let xi = (latest.x - opposite.x) / (retired.x - opposite.x)
    let phi = (latest.y - opposite.y) / (retired.y - opposite.y)
    guard phi * phi < xi, (1 - phi) * (1 - phi) < 1 - xi else { return 0.5 }
    let linear = latest.y / (opposite.y - latest.y) * retired.y / (opposite.y - retired.y)
    let quadratic =
        (retired.x - latest.x) / (opposite.x - latest.x)
        * (latest.y / (retired.y - latest.y)) * (opposite.y / (retired.y - opposite.y))
    let fraction = linear + quadratic
    return fraction.isFinite ? fraction : 0.5
}

/// Returns the number with as many representable numbers between it and `a` as between it and `b`.
private func representableMidpoint(_ a: Double, _ b: Double) -> Double {
    func rank(_ x: Double) -> Int64 {
        let magnitude = Int64(bitPattern: x.magnitude.bitPattern)
        return x < 0 ? -magnitude : magnitude
    }
    let low = min(rank(a), rank(b))
    let high = max(rank(a), rank(b))
    // Both ranks are within ±2⁶³ · 2046/2048, and so is the midpoint; the distance may need 64 unsigned bits.
    let middle = low + Int64(UInt64(bitPattern: high &- low) / 2)
    let magnitude = Double(bitPattern: UInt64(middle.magnitude))
    return middle < 0 ? -magnitude : magnitude
}

extension Double {
    /// -1, 0 or 1; NaN for NaN.
    fileprivate var signum: Double { isNaN ? self : self == 0 ? 0 : self < 0 ? -1 : 1 }
}
