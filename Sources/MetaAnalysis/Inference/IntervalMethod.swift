/// Method for the test and the confidence interval of a pooled effect.
public enum IntervalMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// Inverse-variance standard error, normal quantiles. R: `test="z"`.
    case wald
    /// Inverse-variance standard error, t with k − p degrees of freedom. R: `test="t"`.
    case t
    /// Standard error scaled by the weighted residual variance, t with k − p degrees of freedom. R: `test="knha"`.
    ///
    /// Source: Knapp & Hartung (2003), Statistics in Medicine 22, doi:10.1002/sim.1482; Sidik & Jonkman (2002), Statistics in
    /// Medicine 21, doi:10.1002/sim.1262.
    case hartungKnapp = "hartung-knapp"
    /// Hartung–Knapp with a scale of at least 1, so that the interval is never narrower than that of `t`. R: `test="adhoc"`.
    ///
    /// Source: Röver, Knapp & Friede (2015), BMC Medical Research Methodology 15, doi:10.1186/s12874-015-0091-1.
    case hartungKnappTruncated = "hartung-knapp-truncated"
}

extension IntervalMethod {
    /// Whether standard errors are scaled by the residuals.
    var isHartungKnapp: Bool { self == .hartungKnapp || self == .hartungKnappTruncated }

    /// Citation of the paper, as in a list of references; `nil` for textbook methods.
    package var reference: String? {
        switch self {
        case .wald, .t: nil
        case .hartungKnapp:
            "Knapp G, Hartung J. Improved tests for a random effects meta-regression with a single covariate. Statistics in Medicine 2003; 22: 2693–2710. doi:10.1002/sim.1482"
        case .hartungKnappTruncated:
            "Röver C, Knapp G, Friede T. Hartung-Knapp-Sidik-Jonkman approach and its modification for random-effects meta-analysis with few studies. BMC Medical Research Methodology 2015; 15: 99. doi:10.1186/s12874-015-0091-1"
        }
    }

    /// Returns the factor on inverse-variance standard errors: 1, or that of Hartung and Knapp.
    ///
    /// - Parameters:
    ///   - residual: Σ w (y − ŷ)² at weights 1 / (v + τ²); computed only if it is needed.
    ///   - degreesOfFreedom: greater than 0.
    func factor(residual: @autoclosure () -> Double, degreesOfFreedom: Double) -> Double {
        switch self {
        case .wald, .t: 1
        case .hartungKnapp, .hartungKnappTruncated:
            varianceScale(residual: residual(), degreesOfFreedom: degreesOfFreedom).squareRoot()
        }
    }

    /// Returns the factor on the inverse-variance estimate of the squared standard error.
    ///
    /// - Parameters:
    ///   - residual: Σ w (y − mean)² at weights 1 / (v + τ²).
    ///   - degreesOfFreedom: greater than 0.
    @inline(__always)
    func varianceScale<Number: LaneArithmetic>(residual: Number, degreesOfFreedom: Number) -> Number {
        switch self {
        case .wald, .t: Number(repeating: 1)
        // A sum that rounding made negative counts as 0.
        case .hartungKnapp: Number.larger(residual.over(degreesOfFreedom), Number(repeating: 0))
        case .hartungKnappTruncated: Number.larger(residual.over(degreesOfFreedom), Number(repeating: 1))
        }
    }
}
