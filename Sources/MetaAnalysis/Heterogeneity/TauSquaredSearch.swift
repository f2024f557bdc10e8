/// Search for τ² that always ends: each search has a bracket or moves in one direction only.
///
/// A search requests one evaluation at a time, so that the searches of many groups can share the lanes of a vector.
protocol TauSquaredSearch {
    /// Result of evaluating the model at a τ².
    associatedtype Reading
    /// τ² at which the next evaluation is needed; once the search is done, the τ² found (of several modes, the last).
    var point: Double { get }
    var isDone: Bool { get }
    /// Takes the evaluation at `point`.
    mutating func take(_ reading: Reading)
}

/// Search for the τ² ≥ 0 at which yᵀPy equals a target, or 0 when yᵀPy at 0 is at or below the target.
///
/// In the eigenvectors of the projection yᵀPy is Σ z²/(λ + τ²), so 1/yᵀPy increases and is concave in τ². Newton steps on it
/// start left of the root, never pass it, and reach it in one step when all variances are equal.
struct QuadraticFormSearch: TauSquaredSearch {
    let target: Double
    /// Least sampling variance.
    let unit: Double
    private(set) var point = 0.0
    private(set) var isDone = false
    private(set) var iterations = 0

    init(target: Double, unit: Double) {
        self.target = target
        self.unit = unit
    }

    @inline(__always)
    mutating func take(_ reading: QuadraticForms<Double>) {
        iterations += 1
        guard reading.form > target, reading.squared > 0, iterations < 200 else { return isDone = true }
        let step = reading.form / reading.squared * ((reading.form - target) / target)
        guard (point + step).isFinite else { return isDone = true }
        point += step
        isDone = step <= lastTauSquaredStep * (point + unit)
    }
}

/// Length of the last step, relative to τ² plus the least v. Newton's method converges quadratically: the step after one this
/// small is below rounding error.
let lastTauSquaredStep = 1e-8

extension VarianceComponentModel {
    struct SearchResult {
        var tauSquared: Double
        /// Number of evaluations of the profile.
        var iterations: Int
        /// Number of local maxima found, including one at 0; 1 for equations with one root.
        var modes = 1
    }

    /// Finds the τ² ≥ 0 at which yᵀPy equals `target`, or 0 when yᵀPy at 0 is at or below it.
    func tauSquared(whereQuadraticFormIs target: Double) -> SearchResult {
        var search = QuadraticFormSearch(target: target, unit: varianceRange.lowerBound)
        while !search.isDone { search.take(quadraticForms(at: search.point)) }
        return SearchResult(tauSquared: search.point, iterations: search.iterations)
    }
}
