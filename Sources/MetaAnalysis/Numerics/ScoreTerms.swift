/// The two terms of the score of τ², yᵀPPy and a trace, with their derivatives; of one group or of those in the lanes of a vector.
///
/// In the eigenvectors of the projection yᵀPPy is A(τ²) = Σ z²/(λ + τ²)² and the trace is B(τ²) = Σ 1/(λ + τ²), with λ between the
/// least and the greatest sampling variance. From two evaluations this says where A and B can cross and where they cannot.
struct ScoreTerms<Number> {
    /// A = yᵀPPy.
    var squaredForm: Number
    /// −½ A′ = yᵀPPPy.
    var cubedForm: Number
    /// B: tr P for the restricted likelihood, Σ w for the other.
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

    /// First derivative of the (restricted) log-likelihood by τ².
    @inline(__always) var score: Double { 0.5 * (squaredForm - trace) }

    /// Second derivative, at the best coefficients for each τ².
    @inline(__always) var slope: Double { 0.5 * squaredTrace - cubedForm }

    /// Newton's step in τ² towards B/A = 1: B/A is a line when all variances are equal.
    @inline(__always) var newtonStep: Double {
        (squaredForm - trace) / trace / (2 * cubedForm / squaredForm - squaredTrace / trace)
    }

    /// Whether the score is negative at every greater τ² too.
    ///
    /// With x the growth of τ², A falls at least as its part with the greatest λ would, to A ((λ + τ²) / (λ + τ² + x))², and B, whose
    /// inverse is concave, stays above B / (1 + x (−B′/B)).
    ///
    /// - Parameter greatest: greatest sampling variance + τ².
    @inline(__always)
    func staysNegative(greatest: Double) -> Bool {
        let ratio = squaredForm / trace
        return ratio <= 1 && ratio * (squaredTrace / trace) * greatest <= 2 + 2 * (1 - ratio).squareRoot()
    }

    /// Whether the score between two points changes its sign only if it does so from one to the other, and then once.
    ///
    /// Either A/B falls, or it rises, all the way: A/−A′ grows at least half as fast as τ², B/−B′ at least as fast (both by Jensen's
    /// inequality), so that each is known well enough between the points. Or the signs at both are equal and there is too little
    /// room between them: A and B have derivatives of alternating signs, so that parabolas through what is known at the ends are bounds.
    ///
    /// - Parameter width: τ² at `right` less τ² at `left`.
    @inline(__always)
    static func settleSign(between left: Self, and right: Self, width: Double) -> Bool {
        if 0.5 * (right.squaredForm / right.cubedForm - width) < left.trace / left.squaredTrace { return true }
        if 0.5 * (left.squaredForm / left.cubedForm + width) > right.trace / right.squaredTrace { return true }
        let before = left.squaredForm - left.trace
        let after = right.squaredForm - right.trace
        guard (before > 0) == (after > 0) else { return false }
        let (steepForm, steepTrace) =
            before > 0 ? (left.cubedForm, right.squaredTrace) : (right.cubedForm, left.squaredTrace)
        // Four times as far as the parabola leaves the line between the ends towards 0.
        let sag =
            (2 * steepForm + steepTrace) * width - (left.squaredForm - right.squaredForm) - (left.trace - right.trace)
        // Of a trace that rounding left no digit nothing better is known.
        return !(abs(before + after) + 2 * (before * after).squareRoot() <= sag)
    }
}
