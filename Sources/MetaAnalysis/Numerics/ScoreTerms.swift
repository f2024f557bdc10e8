/// The two terms of the score of τ², yᵀPPy and a trace, with their derivatives; of one group or of the groups in the lanes of a vector.
///
/// In the eigenvectors of the projection, yᵀPPy is A(τ²) = Σ z²/(λ + τ²)² and the trace is B(τ²) = Σ 1/(λ + τ²), with λ between the least
/// and the greatest sampling variance. Two evaluations therefore bound where A and B can and cannot cross.
struct ScoreTerms<Number> {
    /// A = yᵀPPy.
    var squaredForm: Number
    /// −½ A′ = yᵀPPPy.
    var cubedForm: Number
    /// B: tr P for the restricted likelihood, Σ w for the full likelihood.
    var trace: Number
    /// −B′: tr PP or Σ w².
    var squaredTrace: Number
}

extension ScoreTerms<SIMD4<Double>> {
    @inline(__always) subscript(lane: Int) -> ScoreTerms<Double> {
        ScoreTerms<Double>(
            squaredForm: squaredForm[lane], cubedForm: cubedForm[lane],
            trace: trace[lane], squaredTrace: squaredTrace[lane])
    }
}

extension ScoreTerms<Double> {
    init() { self.init(squaredForm: 0, cubedForm: 0, trace: 0, squaredTrace: 0) }

    /// First derivative of the (restricted) log-likelihood with respect to τ².
    @inline(__always) var score: Double { 0.5 * (squaredForm - trace) }

    /// Second derivative with respect to τ², with the best coefficients at each τ².
    @inline(__always) var slope: Double { 0.5 * squaredTrace - cubedForm }

    /// Newton step in τ² toward B/A = 1; B/A is linear in τ² if all variances are equal.
    @inline(__always) var newtonStep: Double {
        (squaredForm - trace) / trace / (2 * cubedForm / squaredForm - squaredTrace / trace)
    }

    /// Returns whether the score is also negative at every greater τ².
    ///
    /// Let x be the increase of τ². A falls at least as fast as its part with the greatest λ would, to A ((λ + τ²) / (λ + τ² + x))². B has
    /// a concave inverse and stays above B / (1 + x (−B′/B)).
    ///
    /// - Parameter greatest: greatest sampling variance plus τ².
    @inline(__always)
    func staysNegative(greatest: Double) -> Bool {
        let ratio = squaredForm / trace
        return ratio <= 1 && ratio * (squaredTrace / trace) * greatest <= 2 + 2 * (1 - ratio).squareRoot()
    }

    /// Returns whether the signs at two points settle the sign of the score between them: it changes at most once, and only if the signs at
    /// the two points differ.
    ///
    /// This holds in two cases. Either A/B is monotone between the points: A/−A′ grows at least half as fast as τ² and B/−B′ at least as
    /// fast (both by Jensen's inequality), so each is bounded between the points. Or the signs at both points are equal and the distance
    /// between them is too small for a change: A and B have derivatives of alternating signs, so parabolas through the values at the ends
    /// are bounds.
    ///
    /// - Parameter width: τ² at `right` minus τ² at `left`.
    @inline(__always)
    static func settleSign(between left: Self, and right: Self, width: Double) -> Bool {
        if 0.5 * (right.squaredForm / right.cubedForm - width) < left.trace / left.squaredTrace { return true }
        if 0.5 * (left.squaredForm / left.cubedForm + width) > right.trace / right.squaredTrace { return true }
        let before = left.squaredForm - left.trace
        let after = right.squaredForm - right.trace
        guard (before > 0) == (after > 0) else { return false }
        let (steepForm, steepTrace) =
            before > 0 ? (left.cubedForm, right.squaredTrace) : (right.cubedForm, left.squaredTrace)
        // Four times the greatest distance toward 0 between the parabola and the line through the ends.
        let sag =
            (2 * steepForm + steepTrace) * width - (left.squaredForm - right.squaredForm) - (left.trace - right.trace)
        // If rounding left no digit of a trace (NaN), the sign counts as settled, because nothing better is known.
        return !(abs(before + after) + 2 * (before * after).squareRoot() <= sag)
    }
}
