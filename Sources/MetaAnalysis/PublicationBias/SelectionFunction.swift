/// The probability that a study is published given its p-value: w(p), up to a factor, with parameters δ that are estimated or given.
///
/// ```swift
/// SelectionFunction.steps([0.025, 0.5])                            // weights estimated
/// SelectionFunction.steps([0.05, 0.5], weights: [1, 0.8, 0.4])     // and given
/// SelectionFunction(.halfNormal, precision: .standardError)
/// ```
///
/// `SelectionModel.alternative` decides whether p is one-sided or two-sided.
public struct SelectionFunction: Hashable, Sendable, Codable {
    /// The shape of the function. The raw value is metafor's code (`type`).
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// w = δⱼ for p in (αⱼ₋₁, αⱼ], δ₁ = 1. Hedges (1992), doi:10.1214/ss/1177011364; Vevea & Hedges (1995), doi:10.1007/BF02294384;
        /// with given weights Vevea & Woods (2005), doi:10.1037/1082-989X.10.4.428.
        case step = "stepfun"
        /// w = p^(δ₁−1) (1 − p)^(δ₂−1), with p kept at least 10⁻⁵ away from 0 and 1. Citkowicz & Vevea (2017), doi:10.1037/met0000119.
        case beta
        /// w = exp(−δ p²). Preston, Ashby & Smyth (2004), doi:10.1111/j.1365-2753.2003.00457.x, as for the next two functions.
        case halfNormal = "halfnorm"
        /// w = exp(−δ p).
        case negativeExponential = "negexp"
        /// w = 2 exp(−δ p) / (1 + exp(−δ p)).
        case logistic
        /// w = (1 − p)^δ, with p kept at least 10⁻⁵ away from 0 and 1.
        case power
        /// w = 1 for effects beyond a given value and δ for all others, whatever their p-values.
        case truncation = "trunc"
    }

    /// Shape of the function.
    public var kind: Kind
    /// p-values at which a step function changes, in (0, 1] and in any order. A smooth function has none, or one below which w = 1. For
    /// `truncation` it is the effect, on the analysis scale; 0 if there is none.
    public var steps: [Double]
    /// Parameters δ, one for each parameter of the function; `nil` estimates all of them (but δ₁ = 1 of a step function), and a `nil`
    /// element estimates that one.
    public var weights: [Double?]?
    /// Predictor that multiplies δ, divided by its greatest value, so that small studies are selected more strongly; `nil` uses δ alone.
    /// Only the functions of Preston et al. and `power` allow it, and only with a predictor that vanishes with size.
    public var precision: FunnelPredictor?

    /// Creates a function of any kind, with all parameters estimated unless weights are given. `SelectionModel.fit(_:)` checks the values.
    public init(
        _ kind: Kind, steps: [Double] = [], weights: [Double?]? = nil, precision: FunnelPredictor? = nil
    ) {
        self.kind = kind
        self.steps = steps
        self.weights = weights
        self.precision = precision
    }

    /// Creates a step function with these p-values as steps; `weights` are one more than the steps below 1, of which the first is 1.
    public static func steps(_ steps: [Double], weights: [Double?]? = nil) -> SelectionFunction {
        SelectionFunction(.step, steps: steps, weights: weights)
    }

    /// The beta function with both parameters estimated.
    public static let beta = SelectionFunction(.beta)
}

extension SelectionFunction {
    /// Steps below 1, each once, in ascending order; for `truncation` the effect.
    var cutPoints: [Double] {
        kind == .truncation ? [steps.first ?? 0] : Set(steps).filter { $0 < 1 }.sorted()
    }

    var parameterCount: Int {
        switch kind {
        case .step: cutPoints.count + 1
        case .beta: 2
        case .halfNormal, .negativeExponential, .logistic, .power, .truncation: 1
        }
    }

    /// Value of δ without selection.
    var nullValue: Double {
        switch kind {
        case .step, .beta, .truncation: 1
        case .halfNormal, .negativeExponential, .logistic, .power: 0
        }
    }

    /// Values of δ that are given; `nil` for those to be estimated.
    var givenWeights: [Double?] {
        var given = weights ?? Array(repeating: nil, count: parameterCount)
        if kind == .step, given[0] == nil { given[0] = 1 }
        return given
    }

    /// Range within which δ is searched, as in metafor.
    var range: ClosedRange<Double> { (kind == .beta ? 1e-5 : 0)...100 }

    /// Distance from 0 and 1 within which p-values are moved away, where w would not be finite.
    var heldPValue: Double {
        switch kind {
        case .beta, .power: 1e-5
        default: 0
        }
    }

    /// Whether w is constant in each of several ranges of the effect.
    var isPiecewise: Bool { kind == .step || kind == .truncation }

    /// The function as the command line writes it: "stepfun:0.025,0.5".
    public var code: String {
        func list(_ values: [Double?]) -> String { values.map { $0.map(\.plain) ?? "NA" }.joined(separator: ",") }
        return kind.rawValue + (precision.map { "@" + $0.rawValue } ?? "")
            + (steps.isEmpty ? "" : ":" + list(steps)) + (weights.map { "=" + list($0) } ?? "")
    }

    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for values that this kind of function cannot have.
    package func check() throws {
        func refuse(_ message: String, _ remedy: String) -> MetaAnalysisError {
            MetaAnalysisError(.invalidSetting, "the selection function \(kind.rawValue) \(message)", remedy: remedy)
        }
        guard steps.allSatisfy(\.isFinite) else { throw refuse("has a step that is no number", "give finite steps") }
        if kind != .truncation, let wrong = steps.first(where: { !($0 > 0 && $0 <= 1) }) {
            throw refuse(
                "cannot have a step at \(wrong.plain)",
                "give p-values between 0 and 1 at which weights change, such as 0.025")
        }
        switch kind {
        case .step:
            guard !cutPoints.isEmpty else { throw refuse("has no step", "give p-values such as 0.025 and 0.5") }
        case .beta:
            guard steps.isEmpty else { throw refuse("has no steps", "leave them out, or take a step function") }
        case .halfNormal, .negativeExponential, .logistic, .power, .truncation:
            guard steps.count <= 1 else { throw refuse("has at most one step", "give one, or take a step function") }
        }
        if let precision {
            guard !isPiecewise, kind != .beta else {
                throw refuse(
                    "does not depend on precision", "leave it out, or take halfnorm, negexp, logistic or power")
            }
            guard precision.vanishesWithSize else {
                throw refuse("cannot take \(precision.rawValue)", "take sei, vi, ninv or sqrtninv")
            }
        }
        guard let weights else { return }
        guard weights.count == parameterCount else {
            throw refuse(
                "has \(parameterCount) parameters and was given \(weights.count)",
                "give one for each, in the order of ascending p-values")
        }
        let least = range.lowerBound
        if let wrong = weights.compactMap(\.self).first(where: { !($0 >= least && $0.isFinite) }) {
            throw refuse("was given the parameter \(wrong.plain)", "give numbers of at least \(least.plain)")
        }
        if kind == .step, let first = weights[0], first != 1 {
            throw refuse("was given \(first.plain) as its first weight", "give the others relative to a first of 1")
        }
    }
}
