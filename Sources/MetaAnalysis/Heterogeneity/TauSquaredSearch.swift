/// Searches in τ² that always return: each is bracketed or moves one way only.
///
/// A search asks for one evaluation at a time, so that those of many groups can share the lanes of a vector.
protocol TauSquaredSearch {
    /// What the model says at a τ².
    associatedtype Reading
    /// Where a reading is wanted next; once the search is done, the τ² found (of several modes, the last).
    var point: Double { get }
    var isDone: Bool { get }
    /// Takes the reading at `point`.
    mutating func take(_ reading: Reading)
}

/// The τ² ≥ 0 at which yᵀPy equals a target, or 0 when it starts at or below.
///
/// yᵀPy is Σ z²/(λ + τ²) in the eigenvectors of its projection, so 1/yᵀPy grows and is concave in τ²: Newton's steps on it start
/// left of the root, never pass it, and end at once when all variances are equal.
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

/// Relative to τ² + least v: Newton's method converges quadratically, so that the step after one as small as this would be lost in
/// rounding.
let lastTauSquaredStep = 1e-8

extension VarianceComponentModel {
    struct SearchResult {
        var tauSquared: Double
        /// Evaluations of the profile.
        var iterations: Int
        /// Local maxima found, the one at 0 included; 1 for equations with one root.
        var modes = 1
    }

    /// The τ² ≥ 0 at which yᵀPy equals `target`, or 0 when it starts at or below.
    func tauSquared(whereQuadraticFormIs target: Double) -> SearchResult {
        var search = QuadraticFormSearch(target: target, unit: varianceRange.lowerBound)
        while !search.isDone { search.take(quadraticForms(at: search.point)) }
        return SearchResult(tauSquared: search.point, iterations: search.iterations)
    }
}
