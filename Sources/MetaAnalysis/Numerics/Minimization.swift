internal import RealModule

/// Finds a local minimum of `function` in `bracket`, which is the global one if the function has a single minimum.
///
/// The method is Brent's combination of golden-section steps and parabolic interpolation (R. P. Brent, *Algorithms for Minimization without
/// Derivatives*, 1973, chapter 5). Both ends are candidates too, so a function that decreases toward an end gives exactly that end. The
/// search always returns.
///
/// - Parameters:
///   - function: function to minimize; NaN counts as infinitely high.
///   - bracket: finite range.
///   - tolerance: relative accuracy of the argument. A value below about 1.5e-8, the square root of machine precision, has no benefit,
///     because the function does not change measurably over that distance.
func minimum(
    of function: (Double) -> Double, in bracket: ClosedRange<Double>, tolerance: Double = 1.5e-8
) -> (argument: Double, value: Double, iterations: Int) {
    let goldenSection = (3 - Double.sqrt(5)) / 2
    func evaluate(_ x: Double) -> (x: Double, y: Double) {
        let y = function(x)
        return (x, y.isNaN ? .infinity : y)
    }

    let ends = [evaluate(bracket.lowerBound), evaluate(bracket.upperBound)]
    var low = bracket.lowerBound
    var high = bracket.upperBound
    let absoluteTolerance = .ulpOfOne * (high - low) + .leastNormalMagnitude
    var best = evaluate(low + goldenSection * (high - low))
    var second = best
    var third = best
    var iterations = 3
    var step = 0.0
    var stepBeforeLast = 0.0

    while iterations < 500 {
        let middle = low + (high - low) / 2
        let margin = tolerance * abs(best.x) + absoluteTolerance
        if abs(best.x - middle) <= 2 * margin - (high - low) / 2 { break }

        var isParabolic = false
        if abs(stepBeforeLast) > margin {
            let r = (best.x - second.x) * (best.y - third.y)
            let q = (best.x - third.x) * (best.y - second.y)
            let numerator = (best.x - third.x) * q - (best.x - second.x) * r
            let denominator = 2 * (r - q)
            let parabolicStep = numerator / denominator
            // A parabola is trusted if its step lies inside the bracket and is less than half the step before last.
            if parabolicStep.isFinite, abs(parabolicStep) < abs(stepBeforeLast) / 2,
                best.x + parabolicStep > low, best.x + parabolicStep < high
            {
                stepBeforeLast = step
                step = parabolicStep
                isParabolic = true
                let target = best.x + step
                if target - low < 2 * margin || high - target < 2 * margin {
                    step = best.x < middle ? margin : -margin
                }
            }
        }
        if !isParabolic {
            stepBeforeLast = best.x < middle ? high - best.x : low - best.x
            step = goldenSection * stepBeforeLast
        }

        let trial = evaluate(best.x + (abs(step) >= margin ? step : step < 0 ? -margin : margin))
        iterations += 1
        if trial.y <= best.y {
            if trial.x < best.x { high = best.x } else { low = best.x }
            (third, second, best) = (second, best, trial)
        } else {
            if trial.x < best.x { low = trial.x } else { high = trial.x }
            if trial.y <= second.y || second.x == best.x {
                (third, second) = (second, trial)
            } else if trial.y <= third.y || third.x == best.x || third.x == second.x {
                third = trial
            }
        }
    }
    for end in ends where end.y <= best.y { best = end }
    return (best.x, best.y, iterations)
}

/// Returns the minimizer of `function`, found by a search around the best of evenly spaced starts.
func valley(of function: (Double) -> Double, in range: ClosedRange<Double>, starts: Int) -> Double {
    let step = (range.upperBound - range.lowerBound) / Double(starts)
    var best = (x: range.lowerBound, y: Double.infinity)
    for index in 0...starts {
        let x = range.lowerBound + Double(index) * step
        let y = function(x)
        if y < best.y { best = (x, y) }
    }
    let low = max(range.lowerBound, best.x - step)
    let high = min(range.upperBound, best.x + step)
    return minimum(of: function, in: low...high).argument
}
