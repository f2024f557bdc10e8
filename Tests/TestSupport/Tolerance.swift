/// How far a number may lie from its reference value: the only place where tests keep such bounds.
///
/// A bound is relative to the reference, or to a natural scale of the quantity where that is larger: the standard error
/// for an effect, the typical sampling variance for τ², 100 for a percentage, 1 for a test statistic. Without that scale
/// no relative bound could hold near 0, where the rounding of the data decides.
public struct Tolerance: Sendable, CustomStringConvertible {
    /// Name in the report of a failed test.
    public let name: String
    /// Greatest relative difference.
    public let bound: Double

    init(_ name: String, _ bound: Double) {
        self.name = name
        self.bound = bound
    }

    /// The name with the bound.
    public var description: String { "\(name) (\(bound))" }

    /// Sums, products and square roots. Reference values are printed with 15 digits, that is to 5e-15.
    public static let closedForm = Tolerance("closed form", 1e-12)
    /// Searches: the reference stopped at steps of about 1e-12 of the typical variance.
    public static let iterative = Tolerance("iterative", 1e-9)
    /// Ends of intervals and p-values: quantiles and tails of t, χ² and F in the reference, and its roots at such quantiles,
    /// found to about 1e-11 of the typical variance.
    public static let quantile = Tolerance("through quantiles", 1e-10)
    /// Gamma and hypergeometric functions, where 30 digits show the reference to be right to about 2e-11.
    public static let specialFunction = Tolerance("special function of the reference", 1e-10)
    /// Roots that the reference found by R's `uniroot` with its default tolerance, the fourth root of the machine epsilon, in
    /// absolute terms.
    public static let coarseRootOfReference = Tolerance("coarse root of the reference", 1.22e-4)
    /// Variances of tetrachoric correlations, at the root that the reference found to a fourth root of the machine epsilon.
    public static let tetrachoricVarianceOfReference = Tolerance("variance at a coarse root of the reference", 2.5e-3)
    /// A critical value that the reference found by R's `uniroot` of R's `integrate`, both with their default tolerances.
    public static let coarseCriticalValue = Tolerance("coarse critical value of the reference", 2.5e-4)
    /// The reference stopped its search at steps of 1e-5.
    public static let coarseReference = Tolerance("coarse reference", 1e-4)
    /// Standard errors from second derivatives that the reference takes by differences.
    public static let numericalDerivative = Tolerance("numerical derivative of the reference", 1e-6)
    /// What the reference's search for a greatest log likelihood leaves of it, for each event: R's `optim` stops where a step
    /// brings less than 1e-8 of it, when a slow climb may be far from done.
    public static let searchOfReference = Tolerance("search of the reference", 1e-6)
    /// Coefficients of log τ² and of effects that depend on them, where R's `nlminb` stopped and R differentiated twice by differences.
    public static let scaleSearchOfReference = Tolerance("search for a scale in the reference", 1e-4)
    /// Closed forms of columns whose mean lies far from 0, such as years: the reference solves them as they are and loses digits, where
    /// exact fractions confirm ours to 1e-15.
    public static let distantOrigin = Tolerance("column far from 0 in the reference", 1e-8)
    /// Searches over such columns.
    public static let distantOriginSearch = Tolerance("search with a column far from 0 in the reference", 1e-7)
    /// Closed forms of weights a million times apart, where 60 digits show the reference to be off by up to 2.4e-11.
    public static let distantWeights = Tolerance("weights a million times apart", 1e-10)
    /// Places between the points of the reference's grid, found by interpolation along straight lines.
    public static let interpolatedReference = Tolerance("interpolated in a grid by the reference", 1e-3)
    /// The reference leaves no study out but keeps it with a weight of a millionth of the least.
    public static let keptStudyOfReference = Tolerance("study kept by the reference", 1e-6)
    /// Effects under selection models, in units of the larger of their size and their standard error, where the reference's search stops
    /// at a relative gain of 1e-8.
    public static let selectionEffect = Tolerance("effect under selection of the reference", 1e-4)
    /// Weights of selection models and τ² beside them, likewise.
    public static let selectionWeight = Tolerance("selection weight of the reference", 1e-3)
    /// Standard errors under selection models, from second derivatives that the reference takes by differences,
    public static let selectionError = Tolerance("standard error under selection of the reference", 1e-3)
    /// and by differences of integrals that are right to 1e-4.
    public static let selectionErrorOfIntegral = Tolerance("differences of integrals of the reference", 0.1)
    /// Log-likelihoods of integrals by R's `integrate` with its default tolerance, the fourth root of the machine epsilon.
    public static let quadratureOfReference = Tolerance("quadrature of the reference", 1.22e-4)
}

extension Tolerance {
    /// Distance from the reference in units of the larger of its size and `scale`; infinite when only one is finite.
    public static func relativeError(_ value: Double, _ reference: Double, scale: Double) -> Double {
        if value == reference || value.isNaN && reference.isNaN { return 0 }
        guard value.isFinite, reference.isFinite else { return .infinity }
        return abs(value - reference) / max(abs(reference), scale)
    }

    /// Whether a value differs from its reference by no more than the bound, relative to the greater of `reference` and `scale`.
    public func accepts(_ value: Double, _ reference: Double, scale: Double = 0) -> Bool {
        Tolerance.relativeError(value, reference, scale: scale) <= bound
    }
}
