/// Searches in τ² that always return: each is bracketed or moves one way only.
extension VarianceComponentModel {
    struct SearchResult {
        var tauSquared: Double
        /// Evaluations of the profile.
        var iterations: Int
        /// Local maxima found, the one at 0 included; 1 for equations with one root.
        var modes = 1
    }

    /// The τ² ≥ 0 at which yᵀPy equals `target`, or 0 when it starts at or below.
    ///
    /// yᵀPy is Σ z²/(λ + τ²) in the eigenvectors of its projection, so 1/yᵀPy grows and is concave in τ²: Newton's steps on
    /// it start left of the root, never pass it, and end at once when all variances are equal.
    func tauSquared(whereQuadraticFormIs target: Double) -> SearchResult {
        var tauSquared = 0.0
        var iterations = 0
        while iterations < 200 {
            let (form, squaredForm) = quadraticForms(at: tauSquared)
            iterations += 1
            guard form > target, squaredForm > 0 else { break }
            let step = form / squaredForm * ((form - target) / target)
            guard (tauSquared + step).isFinite else { break }
            tauSquared += step
            if step <= Self.lastStep * (tauSquared + varianceRange.lowerBound) { break }
        }
        return SearchResult(tauSquared: tauSquared, iterations: iterations)
    }

    /// The τ² ≥ 0 at which the (restricted) likelihood is greatest over all, not only near a start.
    ///
    /// The score is walked from 0 to `tauSquaredBound` in steps that double τ² + least v. As a function of log(τ² + least v)
    /// it is analytic in a strip of half-width π, so that a pair of roots between two such points could differ in
    /// likelihood by rounding only. Each sign change from + to − is a mode, refined by Newton's method kept in its bracket;
    /// the modes and 0 are compared by likelihood.
    func tauSquaredOfGreatestLikelihood(restricted: Bool) -> SearchResult {
        var iterations = 0
        func score(_ tauSquared: Double) -> Double {
            iterations += 1
            return self.score(at: tauSquared, restricted: restricted)
        }
        func scoreWithSlope(_ tauSquared: Double) -> (value: Double, slope: Double) {
            iterations += 1
            return scoreAndSlope(at: tauSquared, restricted: restricted)
        }
        let bound = tauSquaredBound
        let unit = varianceRange.lowerBound
        var modes: [Double] = []
        var left = 0.0
        var leftScore = score(0)
        if leftScore <= 0 { modes.append(0) }
        var factor = 2.0
        while left < bound {
            let right = unit * (factor - 1)
            factor *= 2
            let rightScore = score(right)
            if leftScore > 0, rightScore <= 0 {
                modes.append(Self.newtonRoot(of: scoreWithSlope, in: left...right, floor: unit))
            }
            (left, leftScore) = (right, rightScore)
        }
        var best = modes.first ?? 0
        if modes.count > 1 {
            var greatest = -Double.infinity
            for mode in modes {
                let likelihood = profileLogLikelihood(at: mode, restricted: restricted)
                if likelihood > greatest { (best, greatest) = (mode, likelihood) }
            }
        }
        return SearchResult(tauSquared: best, iterations: iterations, modes: max(1, modes.count))
    }

    /// Root of a function that is positive at the left end and not at the right one: Newton's steps, halving instead when
    /// one leaves the bracket or shrinks it too little.
    private static func newtonRoot(
        of function: (Double) -> (value: Double, slope: Double), in bracket: ClosedRange<Double>, floor: Double
    ) -> Double {
        var (low, high) = (bracket.lowerBound, bracket.upperBound)
        var point = 0.5 * (low + high)
        var lastStep = high - low
        for _ in 0..<200 {
            let (value, slope) = function(point)
            if value > 0 { low = point } else { high = point }
            var next = point - value / slope
            if !(next >= low && next <= high) || abs(next - point) > 0.5 * lastStep { next = 0.5 * (low + high) }
            lastStep = abs(next - point)
            point = next
            if lastStep <= Self.lastStep * (point + floor) { break }
        }
        return point
    }

    /// Relative to τ² + least v: Newton's method converges quadratically, so that the step after one as small as this would
    /// be lost in rounding.
    private static let lastStep = 1e-10
}
