/// A function's value with its first and second derivatives.
struct SecondOrder {
    var value: Double
    var gradient: [Double]
    var hessian: Matrix
}

/// The result of a search for a maximum within a box.
struct BoxedMaximum {
    var argument: [Double]
    var value: Double
    var iterations: Int
    /// Whether the search ended because no step was expected to raise the value.
    var isConverged: Bool
}

/// Finds a local maximum of `function` within a box, by Newton's method.
///
/// Coordinates at an end of the box toward which the function increases are fixed. The others take the step −|H|⁻¹g, with the absolute
/// eigenvalues of the Hessian, so that the search also leaves saddle points. The step is limited in length and shortened until the value
/// increases. The search always returns, with a value no lower than that of the start.
///
/// - Parameters:
///   - function: value and derivatives; `nil` where the function is undefined. With `false` only the value is used. A value of −∞ is never
///     accepted.
///   - start: point in the box.
///   - reach: greatest length of a first step in each coordinate.
func maximum(
    of function: (_ x: [Double], _ needsDerivatives: Bool) -> SecondOrder?, from start: [Double],
    in box: [ClosedRange<Double>],
    reach: [Double]
) -> BoxedMaximum? {
    var x = start
    guard var current = function(x, true) else { return nil }
    var stretch = 1.0
    for iteration in 0..<200 {
        let free = x.indices.filter { index in
            let slope = current.gradient[index]
            return !(x[index] <= box[index].lowerBound && slope <= 0 || x[index] >= box[index].upperBound && slope >= 0)
        }
        let found = BoxedMaximum(argument: x, value: current.value, iterations: iteration, isConverged: true)
        guard !free.isEmpty, let step = ascent(current, free) else { return found }
        let promise = zip(free, step).reduce(0) { $0 + current.gradient[$1.0] * $1.1 }
        // A quadratic function would gain half of the promise; below this limit the gain is rounding.
        guard promise > 1e-15 * (1 + abs(current.value)) else { return found }
        let length = zip(free, step).reduce(0) { max($0, abs($1.1) / (reach[$1.0] * stretch)) }
        var fraction = min(1, 1 / length)
        let isCut = fraction < 1
        var accepted: [Double]?
        var halvings = 0
        while halvings < 40 {
            var trial = x
            var rise = 0.0
            for (index, move) in zip(free, step) {
                trial[index] = min(max(x[index] + fraction * move, box[index].lowerBound), box[index].upperBound)
                rise += current.gradient[index] * (trial[index] - x[index])
            }
            guard trial != x else { break }
            if let value = function(trial, false)?.value, value > current.value, value >= current.value + 1e-4 * rise {
                accepted = trial
                break
            }
            fraction /= 2
            halvings += 1
        }
        guard let accepted, let next = function(accepted, true) else {
            // The value does not increase although the step promises it; this is rounding if the promise is small.
            var ended = found
            ended.isConverged = promise < 1e-7 * (1 + abs(current.value))
            return ended
        }
        stretch = isCut && halvings == 0 ? min(stretch * 2, 1e6) : max(1, stretch / 2)
        x = accepted
        current = next
    }
    return BoxedMaximum(argument: x, value: current.value, iterations: 200, isConverged: false)
}

/// Returns |H|⁻¹g for the free coordinates.
private func ascent(_ current: SecondOrder, _ free: [Int]) -> [Double]? {
    let size = free.count
    var hessian = Matrix(rows: size, columns: size)
    // The Hessian is scaled by its diagonal, so that eigenvalues of coordinates in different units can be compared.
    let scales = free.map { index in
        let curvature = abs(current.hessian[index, index]).squareRoot()
        return curvature > 1e-150 ? 1 / curvature : 1
    }
    for row in 0..<size {
        for column in 0..<size {
            hessian[row, column] = current.hessian[free[row], free[column]] * scales[row] * scales[column]
        }
    }
    guard let eigen = SymmetricEigen(hessian) else { return nil }
    let slopes = zip(free, scales).map { current.gradient[$0] * $1 }
    let greatest = eigen.values.reduce(0) { max($0, abs($1)) }
    var step = Array(repeating: 0.0, count: size)
    for column in 0..<size {
        let curvature = max(abs(eigen.values[column]), 1e-12 * greatest, 1e-100)
        var along = 0.0
        for row in 0..<size { along += eigen.vectors[row, column] * slopes[row] }
        for row in 0..<size { step[row] += eigen.vectors[row, column] * along / curvature }
    }
    for row in 0..<size { step[row] *= scales[row] }
    return step.allSatisfy(\.isFinite) ? step : nil
}
