/// Searches in τ² that always return: each is bracketed or moves one way only.
///
/// A search asks for one evaluation at a time, so that those of many groups can share the lanes of a vector.
protocol TauSquaredSearch {
    /// Where the function is wanted next; once the search is done, the τ² found (of several modes, the last).
    var point: Double { get }
    var isDone: Bool { get }
    /// Takes the function and its derivative at `point`.
    mutating func take(_ value: Double, slope: Double)
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

    /// - Parameters:
    ///   - value: yᵀPy.
    ///   - slope: its derivative −yᵀPPy.
    @inline(__always)
    mutating func take(_ value: Double, slope: Double) {
        iterations += 1
        guard value > target, slope < 0, iterations < 200 else { return isDone = true }
        let step = value / -slope * ((value - target) / target)
        guard (point + step).isFinite else { return isDone = true }
        point += step
        isDone = step <= lastTauSquaredStep * (point + unit)
    }
}

/// The τ² ≥ 0 at which a (restricted) likelihood is greatest over all, not only near a start.
///
/// The score is walked from 0 to a bound in steps that double τ² + least v. Each sign change from + to − is a mode, refined by
/// Newton's method kept in its bracket. A mode between two points of the walk with scores of the same sign is missed: about 25 of a
/// million groups of five studies have one above a τ² of 0 (docs/deviations.md, known faults).
struct LikelihoodSearch: TauSquaredSearch {
    /// Above it the score is negative.
    let bound: Double
    /// Least sampling variance.
    let unit: Double
    private(set) var point = 0.0
    private(set) var isDone = false
    private(set) var iterations = 0
    /// How many local maxima were found, the one at 0 included.
    private(set) var modeCount = 0
    private(set) var latestMode = 0.0

    private var factor = 2.0
    private var scoreBefore = -Double.infinity
    private var pointBefore = 0.0
    private var isRefining = false
    private var low = 0.0
    private var high = 0.0
    private var lastStep = 0.0
    private var scoreAfter = 0.0
    private var pointAfter = 0.0

    init(bound: Double, unit: Double) {
        self.bound = bound
        self.unit = unit
    }

    /// Whether the slope is read next: a walk needs the score only.
    var wantsSlope: Bool { isRefining }

    /// - Parameters:
    ///   - value: the score.
    ///   - slope: its derivative.
    @inline(__always)
    mutating func take(_ value: Double, slope: Double) {
        iterations += 1
        if isRefining { return refine(value, slope) }
        if point == 0 {
            if value <= 0 { add(mode: 0) }
        } else if scoreBefore > 0, value <= 0 {
            (pointAfter, scoreAfter) = (point, value)
            (low, high) = (pointBefore, point)
            lastStep = high - low
            point = 0.5 * (low + high)
            isRefining = true
            return
        }
        walk(from: point, value)
    }

    @inline(__always)
    private mutating func walk(from left: Double, _ score: Double) {
        (pointBefore, scoreBefore) = (left, score)
        guard left < bound else {
            point = latestMode
            return isDone = true
        }
        point = unit * (factor - 1)
        factor *= 2
    }

    /// Newton's step, or halving when one leaves the bracket or shrinks it too little.
    @inline(__always)
    private mutating func refine(_ value: Double, _ slope: Double) {
        if value > 0 { low = point } else { high = point }
        var next = point - value / slope
        if !(next >= low && next <= high) || abs(next - point) > 0.5 * lastStep { next = 0.5 * (low + high) }
        lastStep = abs(next - point)
        point = next
        // Each halving at least halves the bracket, so that this ends.
        guard lastStep <= lastTauSquaredStep * (point + unit) else { return }
        add(mode: point)
        isRefining = false
        walk(from: pointAfter, scoreAfter)
    }

    @inline(__always)
    private mutating func add(mode: Double) {
        latestMode = mode
        modeCount += 1
    }
}

/// Relative to τ² + least v: Newton's method converges quadratically, so that the step after one as small as this would be lost in
/// rounding.
private let lastTauSquaredStep = 1e-10

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
        while !search.isDone {
            let (form, squaredForm) = quadraticForms(at: search.point)
            search.take(form, slope: -squaredForm)
        }
        return SearchResult(tauSquared: search.point, iterations: search.iterations)
    }

    /// The τ² ≥ 0 at which the (restricted) likelihood is greatest over all, not only near a start.
    func tauSquaredOfGreatestLikelihood(restricted: Bool) -> SearchResult {
        var search = LikelihoodSearch(bound: tauSquaredBound, unit: varianceRange.lowerBound)
        var modes: [Double] = []
        while !search.isDone {
            if search.wantsSlope {
                let (score, slope) = scoreAndSlope(at: search.point, restricted: restricted)
                search.take(score, slope: slope)
            } else {
                search.take(score(at: search.point, restricted: restricted), slope: .nan)
            }
            if search.modeCount > modes.count { modes.append(search.latestMode) }
        }
        var best = search.latestMode
        if modes.count > 1 {
            var greatest = -Double.infinity
            for mode in modes {
                let likelihood = profileLogLikelihood(at: mode, restricted: restricted)
                if likelihood > greatest { (best, greatest) = (mode, likelihood) }
            }
        }
        return SearchResult(tauSquared: best, iterations: search.iterations, modes: max(1, modes.count))
    }
}
