internal import RealModule

/// An effect that a study reports, with its precision in the form in which it was reported.
public struct ReportedEffect: Hashable, Sendable, Codable {
    /// The reported precision of the estimate.
    public enum Precision: Hashable, Sendable, Codable {
        /// Sampling variance on the analysis scale (of the logarithm, for a ratio), greater than 0. Role `vi`.
        case variance(Double)
        /// Standard error on the analysis scale (of the logarithm, for a ratio), greater than 0. Role `sei`.
        case standardError(Double)
        /// Two-sided interval with its level, on the scale of the estimate. It is taken to be a normal interval on the analysis scale.
        /// Roles `ci_low ci_high`.
        case interval(lower: Double, upper: Double, level: Double)
        /// Two-sided p-value of no effect, by the normal distribution. Role `pi`.
        case pValue(Double)
    }

    /// The form of the estimate and of an interval beside it.
    public enum Form: String, Hashable, Sendable, Codable, CaseIterable {
        /// The effect on the analysis scale of its measure, such as a log ratio or a logit.
        case analysis
        /// A ratio, not its logarithm.
        case ratio
        /// A proportion, not transformed.
        case proportion
        /// A rate, not transformed.
        case rate
        /// A correlation, not transformed.
        case correlation
        /// A reliability coefficient, not transformed.
        case reliability
        /// 1 minus a ratio, such as the efficacy of a vaccine.
        case efficacy
    }

    /// Estimate in the form that `form` names.
    public var estimate: Double
    /// Precision of the estimate.
    public var precision: Precision
    /// Form of the estimate. Default `.analysis`.
    public var form: Form
    /// Number of participants, if it is known; some tests of small-study effects and the Freeman–Tukey scales need it. Role `ni`.
    public var participants: Double?
    /// Scale of the measure to be computed; `nil` for the scale that follows from the form.
    var target: EffectScale?

    /// Makes a reported effect without checking its range; `validate()` does.
    public init(estimate: Double, precision: Precision, form: Form = .analysis, participants: Double? = nil) {
        self.estimate = estimate
        self.precision = precision
        self.form = form
        self.participants = participants
    }

    /// Makes an effect on the analysis scale or, with `isRatio`, a ratio.
    public init(estimate: Double, precision: Precision, isRatio: Bool, participants: Double? = nil) {
        self.init(
            estimate: estimate, precision: precision, form: isRatio ? .ratio : .analysis, participants: participants)
    }

    /// Whether the estimate and its interval are a ratio, not its logarithm.
    public var isRatio: Bool { form == .ratio }
}

extension ReportedEffect.Form {
    /// Role of the column that holds the estimate.
    public var role: Role {
        switch self {
        case .analysis: .yi
        case .ratio: .ratio
        case .proportion: .proportion
        case .rate: .rate
        case .correlation: .ri
        case .reliability: .alpha
        case .efficacy: .efficacy
        }
    }

    /// Name of the form, for messages.
    var title: String {
        switch self {
        case .analysis: "effect"
        case .ratio: "ratio"
        case .proportion: "proportion"
        case .rate: "rate"
        case .correlation: "correlation"
        case .reliability: "reliability coefficient"
        case .efficacy: "efficacy"
        }
    }

    /// Values that the estimate and the bounds of its interval can have.
    var domain: ClosedRange<Double> {
        switch self {
        case .analysis: -.infinity ... .infinity
        case .ratio: .leastNonzeroMagnitude ... .infinity
        case .proportion: 0...1
        case .rate: 0 ... .infinity
        case .correlation: -1...1
        case .reliability, .efficacy: -.infinity...1
        }
    }

    /// Whether the estimate may be written as a percentage.
    var canBePercentage: Bool { self == .proportion || self == .efficacy }
}

extension ReportedEffect {
    /// Measures under which effects are reported.
    public enum Measure: String, EffectMeasure {
        /// Effect as reported, whatever it is (`GEN`).
        case generic = "GEN"
        /// Log hazard ratio; a ratio is log-transformed (`HR`).
        case hazardRatio = "HR"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .generic:
                MeasureDescription(
                    rawValue, .reported, title: "effect as reported", scale: .identity,
                    definition: """
                        y as given; v as given, or se^2, or ((upper - lower) / (2 z))^2 \
                        with z the normal quantile of the interval's level
                        """,
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (0.75, 0.007412955294))
            case .hazardRatio:
                MeasureDescription(
                    rawValue, .reported, title: "log hazard ratio", scale: .log,
                    definition: """
                        y = ln(HR), or y as given in the column yi; v = ((ln(upper) - ln(lower)) / (2 z))^2 with z the \
                        normal quantile of the interval's level, or the variance or squared standard error of ln(HR), \
                        or (y / z)^2 with z that of a p-value
                        """,
                    source: "Tierney et al. (2007), doi:10.1186/1745-6215-8-16", example: (-0.2876820725, 0.01296201438)
                )
            }
        }
    }
}

extension ReportedEffect: StudyOutcome {
    /// Effect as reported (`GEN`).
    public static let defaultMeasure = Measure.generic

    /// Number of participants, if it is known.
    public var sampleSize: Double? { participants }

    /// Largest distance of a rounded estimate from its interval, as a share of the width of the interval.
    private static let roundingShare = 0.01

    /// Checks that the estimate is in the range of its form, that the precision is possible and that an interval holds the estimate.
    public func validate() throws {
        try value.requireFinite()
        try requireInDomain(value)
        if form == .analysis, let target, !target.possibleEffects.contains(estimate) {
            throw value.impossible(
                remedy: "no effect is as far out on the transformed (\(target.rawValue)) scale, which yi is on: "
                    + "give one that is not transformed under its own name, such as proportion, percent, r or efficacy")
        }
        switch precision {
        case .variance(let variance): try OutcomeValue(variance, "vi", "sampling variance").requirePositive()
        case .standardError(let error): try OutcomeValue(error, "sei", "standard error").requirePositive()
        case .pValue(let p): try OutcomeValue(p, "pi", "p-value").require(atLeast: 0, atMost: 1)
        case .interval(let lower, let upper, let level): try validateInterval(lower, upper, level)
        }
    }

    private func requireInDomain(_ value: OutcomeValue) throws {
        guard !form.domain.contains(value.value) else { return }
        switch form {
        case .ratio where value.value == 0 && value.role != form.role.rawValue:
            throw value.impossible(
                remedy: "0 has no logarithm: give the bound with more digits, or leave the row out")
        case .ratio: throw value.impossible(remedy: "give the ratio itself, greater than 0, or its logarithm as yi")
        default:
            let hint = form.canBePercentage ? ", or percentages in a column named percent" : ""
            let domain = form.domain
            let range =
                domain.upperBound == .infinity
                ? "that is \(domain.lowerBound.plain) or more"
                : domain.lowerBound == -.infinity
                    ? "that is \(domain.upperBound.plain) or less"
                    : "from \(domain.lowerBound.plain) to \(domain.upperBound.plain)"
            throw value.impossible(remedy: "give a number \(range)\(hint)")
        }
    }

    private func validateInterval(_ lower: Double, _ upper: Double, _ level: Double) throws {
        let name = form == .analysis ? "the interval" : "the interval of a \(form.title)"
        try OutcomeValue.requireInterval(lower, upper)
        try requireInDomain(OutcomeValue(lower, "ci_low", "lower bound of \(name)"))
        try requireInDomain(OutcomeValue(upper, "ci_high", "upper bound of \(name)"))
        guard level > 0, level < 1 else {
            throw MetaAnalysisError.invalidOutcome(
                "the level of the interval is \(level.plain)", remedy: "give a level between 0 and 1, such as 0.95",
                role: "ci_low")
        }
        func place(_ value: Double) -> Double { form == .ratio ? .log(value) : value }
        let slack = Self.roundingShare * (place(upper) - place(lower))
        guard place(estimate) >= place(lower) - slack, place(estimate) <= place(upper) + slack else {
            throw value.impossible(remedy: "give an estimate inside its interval, both on the same scale")
        }
    }

    /// Computes the effect on the analysis scale; an estimate without a value on that scale gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        let way = transformation
        let y = try way.value(estimate, of: "the \(form.title)", self)
        switch precision {
        case .variance(let given): return EffectEstimate(estimate: y, variance: given)
        case .standardError(let error): return EffectEstimate(estimate: y, variance: error * error)
        case .pValue(let p):
            guard p > 0, p < 1, y != 0 else {
                throw Exclusion("from a p-value of \(p.plain) beside this \(form.title) no standard error follows")
            }
            let error = y / ReferenceDistribution.normal.upperQuantile(p / 2)
            return EffectEstimate(estimate: y, variance: error * error)
        case .interval(let lower, let upper, let level):
            let width =
                // The logarithm of the quotient keeps the digits of a narrow interval.
                way == .logarithm
                ? Double.log(upper / lower)
                : try way.value(upper, of: "the upper bound of the interval", self)
                    - (try way.value(lower, of: "the lower bound of the interval", self))
            var error = width / (2 * ReferenceDistribution.normal.twoSidedQuantile(level: level))
            if way == .throughFisherZ { error *= (1 - estimate) * (1 + estimate) }
            return EffectEstimate(estimate: way == .throughFisherZ ? estimate : y, variance: error * error)
        }
    }

    private var value: OutcomeValue { OutcomeValue(estimate, form.role.rawValue, form.title) }
}

extension ReportedEffect {
    /// The transformation from the reported form to the analysis scale.
    private enum Transformation: Equatable {
        case none
        case logarithm
        case logarithmOfComplement
        /// A correlation is not transformed, but its interval is symmetric on Fisher's scale.
        case throughFisherZ
        case onto(EffectScale)

        func value(_ x: Double, of name: String, _ effect: ReportedEffect) throws(Exclusion) -> Double {
            let result: Double? =
                switch self {
                case .none: x
                case .logarithm: .log(x)
                case .logarithmOfComplement: .log(onePlus: -x)
                case .throughFisherZ: EffectScale.fisherZ.transformed(x)
                case .onto(let scale): scale.transformed(x, sampleSize: effect.participants)
                }
            if let result, result.isFinite { return result }
            if case .onto(let scale) = self, scale.needsSampleSize, !((effect.participants ?? 0) > 0) {
                throw Exclusion("the scale \(scale.rawValue) needs the number of participants (ni)")
            }
            throw Exclusion("\(name) is \(x.plain), which the \(scaleName) scale has no number for")
        }

        private var scaleName: String {
            switch self {
            case .none: EffectScale.identity.rawValue
            case .logarithm, .logarithmOfComplement: EffectScale.log.rawValue
            case .throughFisherZ: EffectScale.fisherZ.rawValue
            case .onto(let scale): scale.rawValue
            }
        }
    }

    private var transformation: Transformation {
        switch form {
        case .analysis: .none
        case .ratio: .logarithm
        case .efficacy: target == .logComplement ? .onto(.logComplement) : .logarithmOfComplement
        case .correlation: target.map { $0 == .identity ? .throughFisherZ : .onto($0) } ?? .throughFisherZ
        case .proportion, .rate, .reliability: .onto(target ?? .identity)
        }
    }

    /// Returns the effect for a measure of this scale, which may differ from the scale that follows from the form.
    func wanted(on scale: EffectScale) -> ReportedEffect {
        var effect = self
        effect.target = scale
        return effect
    }

    /// Returns a description of how the effect and its variance are computed from what is reported.
    ///
    /// - Parameter scale: scale of the measure to be computed.
    func route(to scale: EffectScale) -> String {
        let estimate =
            switch form {
            case .analysis where scale == .identity: "effect as reported"
            case .analysis: "effect as reported on the \(scale.rawValue) scale"
            case .ratio: "logarithm of the ratio"
            case .efficacy: "logarithm of 1 minus the efficacy"
            case .correlation where scale == .identity: "correlation, its interval by way of Fisher's z"
            case .proportion, .rate, .correlation, .reliability:
                scale == .identity ? form.title : "\(form.title) on the \(scale.rawValue) scale"
            }
        return switch precision {
        case .variance: "\(estimate), with its variance"
        case .standardError: "\(estimate), with its standard error"
        case .interval(_, _, let level): "\(estimate), with its \((level * 100).plain) % interval"
        case .pValue: "\(estimate), with its p-value"
        }
    }
}

extension [Study<ReportedEffect>] {
    /// Returns notes on how the reported effects were read, one for each route.
    func routes(to scale: EffectScale) -> [Diagnostic] {
        var order: [String] = []
        var studies: [String: [String]] = [:]
        for study in self {
            let route = study.outcome.route(to: scale)
            if studies[route] == nil { order.append(route) }
            studies[route, default: []].append(study.label)
        }
        return order.map { Diagnostic(.note, .converted, "read by the route: \($0)", studies: studies[$0] ?? []) }
    }
}
