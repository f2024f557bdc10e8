/// One way to compute a conversion: the roles it needs and the code that uses them.
public struct ConversionRoute: Sendable {
    /// Name of the route, in one phrase ("standard error").
    public let name: String
    /// Roles that the route needs, all of them.
    public let roles: [String]
    /// Roles that the route also reads if they are present.
    public let optionalRoles: [String]
    let convert: @Sendable (ConversionInputs, ConversionSettings) throws -> ConversionRecord

    init(
        _ name: String, _ roles: [String], optional: [String] = [],
        convert: @escaping @Sendable (ConversionInputs, ConversionSettings) throws -> ConversionRecord
    ) {
        self.name = name
        self.roles = roles
        optionalRoles = optional
        self.convert = convert
    }

    /// Makes a route that gives plain values without diagnostics.
    init(
        _ name: String, _ roles: [String], optional: [String] = [],
        values: @escaping @Sendable (ConversionInputs, ConversionSettings) throws -> [(String, Double)]
    ) {
        self.init(name, roles, optional: optional) { inputs, settings in
            ConversionRecord(
                values: try values(inputs, settings).map { ConversionRecord.Value($0.0, $0.1) }, route: name)
        }
    }
}

extension ConversionRoute {
    // MARK: Mean and standard deviation of a group

    static let mean: [ConversionRoute] = [
        ConversionRoute("mean and standard deviation as reported", ["mean", "sd"], optional: ["n"]) { inputs, _ in
            let group = SingleMean(mean: inputs.value("mean"), deviation: inputs.value("sd"), size: 1)
            try group.validate(roles: (mean: "mean", deviation: "sd"), group: "")
            return [("mean", group.mean), ("sd", group.deviation)]
        },
        ConversionRoute("standard error", ["mean", "se", "n"]) { inputs, _ in
            let source = DeviationSource.standardError(inputs.value("se"), size: inputs.value("n"))
            return [("mean", inputs.value("mean")), ("sd", try source.deviation())]
        },
        ConversionRoute("confidence interval", ["mean", "ci_low", "ci_high", "n"]) { inputs, settings in
            let source = DeviationSource.interval(
                lower: inputs.value("ci_low"), upper: inputs.value("ci_high"), level: settings.level,
                size: inputs.value("n"))
            return [("mean", inputs.value("mean")), ("sd", try source.deviation())]
        },
        quantiles("five numbers", ["min", "q1", "median", "q3", "max", "n"]),
        quantiles("median and quartiles", ["q1", "median", "q3", "n"]),
        quantiles("median and range", ["min", "median", "max", "n"]),
    ]

    private static func quantiles(_ name: String, _ roles: [String]) -> ConversionRoute {
        ConversionRoute(name, roles) { inputs, settings in
            func read(_ role: String) -> Double? { roles.contains(role) ? inputs[role] : nil }
            let summary = QuantileSummary(
                minimum: read("min"), firstQuartile: read("q1"), median: inputs.value("median"),
                thirdQuartile: read("q3"), maximum: read("max"), size: inputs.value("n"))
            let estimate = try QuantileConversion(method: settings.method).convert(summary)
            return ConversionRecord(
                values: [.init("mean", estimate.mean.mean), .init("sd", estimate.mean.deviation)],
                route: estimate.route, diagnostics: estimate.diagnostics)
        }
    }

    // MARK: Standard deviation

    static let deviation: [ConversionRoute] = [
        ConversionRoute("standard error of a difference", ["se", "n1i", "n2i"]) { inputs, _ in
            try both(
                .differenceError(
                    inputs.value("se"), firstSize: inputs.value("n1i"), secondSize: inputs.value("n2i")))
        },
        ConversionRoute("confidence interval of a difference", ["ci_low", "ci_high", "n1i", "n2i"]) {
            inputs, settings in
            try both(
                .differenceInterval(
                    lower: inputs.value("ci_low"), upper: inputs.value("ci_high"), level: settings.level,
                    firstSize: inputs.value("n1i"), secondSize: inputs.value("n2i")))
        },
        ConversionRoute("t statistic", ["difference", "t", "n1i", "n2i"]) { inputs, _ in
            try both(
                .statistic(
                    difference: inputs.value("difference"), t: inputs.value("t"), firstSize: inputs.value("n1i"),
                    secondSize: inputs.value("n2i")))
        },
        ConversionRoute("p-value of a t test", ["difference", "p", "n1i", "n2i"]) { inputs, _ in
            try both(
                .pValue(
                    difference: inputs.value("difference"), p: inputs.value("p"), firstSize: inputs.value("n1i"),
                    secondSize: inputs.value("n2i")))
        },
        ConversionRoute("standard error", ["se", "n"]) { inputs, _ in
            let source = DeviationSource.standardError(inputs.value("se"), size: inputs.value("n"))
            return [("sd", try source.deviation())]
        },
        ConversionRoute("confidence interval", ["ci_low", "ci_high", "n"]) { inputs, settings in
            let source = DeviationSource.interval(
                lower: inputs.value("ci_low"), upper: inputs.value("ci_high"), level: settings.level,
                size: inputs.value("n"))
            return [("sd", try source.deviation())]
        },
    ]

    private static func both(_ source: DeviationSource) throws -> [(String, Double)] {
        let deviation = try source.deviation()
        return [("sd1i", deviation), ("sd2i", deviation)]
    }

    // MARK: Standard error of an effect

    static let error: [ConversionRoute] = ["estimate", "ratio"].flatMap { role in
        [
            wald("confidence interval", role, ["ci_low", "ci_high"]) { inputs, settings in
                .interval(lower: inputs.value("ci_low"), upper: inputs.value("ci_high"), level: settings.level)
            },
            wald("standard error as reported", role, ["se"]) { inputs, _ in .standardError(inputs.value("se")) },
            wald("test statistic", role, ["z"]) { inputs, _ in .statistic(inputs.value("z")) },
            wald("p-value", role, ["p"]) { inputs, _ in .pValue(inputs.value("p")) },
        ]
    }

    private static func wald(
        _ name: String, _ role: String, _ beside: [String],
        precision: @escaping @Sendable (ConversionInputs, ConversionSettings) -> WaldConversion.Precision
    ) -> ConversionRoute {
        let isRatio = role == "ratio"
        return ConversionRoute(name, [role] + beside) { inputs, settings in
            do {
                let result = try WaldConversion(isRatio: isRatio)
                    .convert(estimate: inputs.value(role), precision(inputs, settings))
                return ConversionRecord(
                    values: [
                        .init("yi", result.effect.estimate), .init("sei", result.effect.variance.squareRoot()),
                    ],
                    route: name + (isRatio ? " of a ratio" : ""), diagnostics: result.diagnostics)
            } catch var error as MetaAnalysisError {
                if error.location.column == "estimate" { error.location.column = role }
                throw error
            }
        }
    }

    // MARK: Combined groups

    static let combined: [ConversionRoute] =
        (2...6).reversed().map { count in
            let numbers = Array(1...count)
            return ConversionRoute("\(count) groups", numbers.flatMap { ["n\($0)i", "m\($0)i", "sd\($0)i"] }) {
                inputs, _ in
                let all = try CombinedGroup.means(
                    numbers.map {
                        SingleMean(
                            mean: inputs.value("m\($0)i"), deviation: inputs.value("sd\($0)i"),
                            size: inputs.value("n\($0)i"))
                    })
                return [("n", all.size), ("mean", all.mean), ("sd", all.deviation)]
            }
        }
        + (2...6).reversed().map { count in
            let numbers = Array(1...count)
            return ConversionRoute("events of \(count) groups", numbers.flatMap { ["x\($0)i", "n\($0)i"] }) {
                inputs, _ in
                let all = try CombinedGroup.events(
                    numbers.map { Proportion(events: inputs.value("x\($0)i"), size: inputs.value("n\($0)i")) })
                return [("events", all.events), ("n", all.size)]
            }
        }

    // MARK: Change

    static let change: [ConversionRoute] = [
        ConversionRoute(
            "correlation", ["sd_baseline", "sd_final", "r"], optional: ["mean_baseline", "mean_final"]
        ) { inputs, _ in
            let deviation = try ChangeDeviation.deviation(
                baseline: inputs.value("sd_baseline"), final: inputs.value("sd_final"), correlation: inputs.value("r"))
            guard let before = inputs["mean_baseline"], let after = inputs["mean_final"] else {
                return [("sd_change", deviation)]
            }
            return [("mean_change", after - before), ("sd_change", deviation)]
        },
        ConversionRoute("three standard deviations", ["sd_baseline", "sd_final", "sd_change"]) { inputs, _ in
            let correlation = try ChangeDeviation.correlation(
                baseline: inputs.value("sd_baseline"), final: inputs.value("sd_final"),
                change: inputs.value("sd_change"))
            return [("r", correlation)]
        },
    ]

    // MARK: Conversion between forms of effects

    /// Roles of effects, with the form of each.
    static let effectRoles: [(role: String, form: EffectForm, isRatio: Bool)] = [
        ("smd", .standardizedMeanDifference, false), ("or", .oddsRatio, true), ("log_or", .oddsRatio, false),
        ("r", .correlation, false), ("fisher_z", .fisherZ, false),
    ]

    static let effect: [ConversionRoute] = effectRoles.flatMap { role, form, isRatio in
        EffectPrecision.allCases.filter { $0.goes(with: form) }.map { precision in
            let name = "\(role)\(precision.title)"
            return ConversionRoute(name, [role] + precision.roles, optional: precision.optionalRoles) {
                inputs, settings in
                try convert(inputs, settings, role: role, form: form, isRatio: isRatio, precision, name: name)
            }
        }
    }

    /// The source of the variance of an effect.
    private enum EffectPrecision: CaseIterable {
        case interval, standardError, pairs, groups, none

        var roles: [String] {
            switch self {
            case .interval: ["ci_low", "ci_high"]
            case .standardError: ["se"]
            case .pairs: ["n"]
            case .groups: ["n1i", "n2i"]
            case .none: []
            }
        }

        /// Roles of the sizes of the groups, unless the variance already comes from them.
        var optionalRoles: [String] { self == .groups ? [] : ["n1i", "n2i"] }

        var title: String {
            switch self {
            case .interval: " with confidence interval"
            case .standardError: " with standard error"
            case .pairs: " with number of pairs"
            case .groups: " with sizes of both groups"
            case .none: ""
            }
        }

        func goes(with form: EffectForm) -> Bool {
            switch self {
            case .interval, .standardError, .none: true
            case .pairs: form == .correlation || form == .fisherZ
            case .groups: form == .standardizedMeanDifference
            }
        }
    }

    private static func convert(
        _ inputs: ConversionInputs, _ settings: ConversionSettings, role: String, form: EffectForm, isRatio: Bool,
        _ precision: EffectPrecision, name: String
    ) throws -> ConversionRecord {
        let value = inputs.value(role)
        // The interval of a correlation, and its variance from the number of pairs, are those of Fisher's z.
        let isOfFisherZ = form == .correlation && (precision == .interval || precision == .pairs)
        let form = isOfFisherZ ? .fisherZ : form
        let wald = WaldConversion(scale: isOfFisherZ ? .fisherZ : isRatio ? .log : .identity)
        var diagnostics: [Diagnostic] = []
        var effect: EffectEstimate
        do {
            // The estimate does not depend on the standard error, so any standard error will do.
            func estimate() throws -> Double { try wald.convert(estimate: value, .standardError(1)).effect.estimate }
            switch precision {
            case .none: effect = EffectEstimate(estimate: try estimate(), variance: .nan)
            case .standardError:
                effect = try wald.convert(estimate: value, .standardError(inputs.value("se"))).effect
            case .interval:
                let interval = WaldConversion.Precision.interval(
                    lower: inputs.value("ci_low"), upper: inputs.value("ci_high"), level: settings.level)
                let result = try wald.convert(estimate: value, interval)
                (effect, diagnostics) = (result.effect, result.diagnostics)
            case .pairs:
                let pairs = inputs.value("n")
                try OutcomeValue(pairs, "n", "number of pairs").requireFinite()
                guard pairs > 3 else {
                    throw MetaAnalysisError.invalidOutcome(
                        "the number of pairs is \(pairs.plain)", remedy: "give more than 3", role: "n")
                }
                effect = EffectEstimate(estimate: try estimate(), variance: 1 / (pairs - 3))
            case .groups:
                let (first, second) = (inputs.value("n1i"), inputs.value("n2i"))
                try OutcomeValue(first, "n1i", "number of participants in the first group").requirePositive()
                try OutcomeValue(second, "n2i", "number of participants in the second group").requirePositive()
                let d = try estimate()
                effect = EffectEstimate(
                    estimate: d, variance: 1 / first + 1 / second + d * d / (2 * (first + second)))
            }
            var sizes: EffectConversion.GroupSizes?
            if let first = inputs["n1i"], let second = inputs["n2i"] {
                sizes = EffectConversion.GroupSizes(first: first, second: second)
            }
            effect = try EffectConversion(
                from: form, to: settings.target, distribution: settings.distribution, sizes: sizes
            ).convert(effect)
        } catch var error as MetaAnalysisError {
            if error.location.column == "estimate" || error.location.column == "yi" { error.location.column = role }
            throw error
        }
        var values = [ConversionRecord.Value("yi", effect.estimate)]
        if !effect.variance.isNaN { values.append(.init("vi", effect.variance)) }
        return ConversionRecord(
            values: values, route: "\(name) as \(settings.target.rawValue)", diagnostics: diagnostics)
    }

    // MARK: Tables

    static let table: [ConversionRoute] = [
        reconstruction("odds ratio", "or") { value, _ in .oddsRatio(value) },
        reconstruction("phi", "phi") { value, _ in .phi(value) },
        reconstruction("chi-squared", "chi2") { value, settings in
            .chiSquared(value, isCorrected: settings.isCorrected)
        },
    ]

    private static func reconstruction(
        _ name: String, _ role: String,
        _ association: @escaping @Sendable (Double, ConversionSettings) -> TableReconstruction.Association
    ) -> ConversionRoute {
        ConversionRoute(name, [role, "n", "n1", "events"]) { inputs, settings in
            let margins = TableReconstruction(
                size: inputs.value("n"), firstSize: inputs.value("n1"), events: inputs.value("events"))
            let result = try margins.table(from: association(inputs.value(role), settings))
            let cells = result.table
            return ConversionRecord(
                values: [
                    .init("ai", cells.treatedEvents), .init("bi", cells.treatedNonEvents),
                    .init("ci", cells.controlEvents), .init("di", cells.controlNonEvents),
                ], route: "\(name) with margins", diagnostics: result.diagnostics)
        }
    }

    // MARK: Absolute effects

    static let absolute: [ConversionRoute] = AbsoluteEffect.Measure.allCases.map { measure in
        let role = measure.rawValue.lowercased()
        return ConversionRoute(measure.rawValue, ["risk", role], optional: ["ci_low", "ci_high"]) { inputs, _ in
            var interval: (lower: Double, upper: Double)?
            if let lower = inputs["ci_low"], let upper = inputs["ci_high"] { interval = (lower, upper) }
            let result = try AbsoluteEffect(measure: measure, baselineRisk: inputs.value("risk"))
                .apply(inputs.value(role), interval: interval)
            var values = [
                ConversionRecord.Value("treated_risk", result.risk), .init("risk_difference", result.difference),
            ]
            if let ends = result.differenceInterval {
                values += [.init("risk_difference_low", ends.lower), .init("risk_difference_high", ends.upper)]
            }
            values.append(.init("per_1000", 1000 * result.difference))
            if let needed = result.numberNeeded { values.append(.init("nnt", needed)) }
            if let ends = result.numberNeededInterval {
                values += [.init("nnt_low", ends.lower), .init("nnt_high", ends.upper)]
            }
            return ConversionRecord(
                values: values, route: "\(measure.rawValue) at the baseline risk", diagnostics: result.diagnostics)
        }
    }

    // MARK: Scales

    static let scale: [ConversionRoute] = [
        ConversionRoute("value", ["value"], optional: ["n", "tau2", "ci_low", "ci_high"]) { inputs, settings in
            let scale = settings.scale
            func taken(_ role: String, _ value: Double) throws -> Double {
                try OutcomeValue(value, role, "value").requireFinite()
                let result =
                    settings.isForward
                    ? scale.transformed(value, sampleSize: inputs["n"])
                    : scale.backTransformed(value, sampleSize: inputs["n"])
                guard let result, result.isFinite else { throw outside(scale, value, role, inputs) }
                return result
            }
            let name = settings.isForward ? "transformed" : "back_transformed"
            var values = [ConversionRecord.Value(name, try taken("value", inputs.value("value")))]
            if let low = inputs["ci_low"], let high = inputs["ci_high"] {
                values += [
                    .init(name + "_low", try taken("ci_low", low)), .init(name + "_high", try taken("ci_high", high)),
                ]
            }
            if let tauSquared = inputs["tau2"], !settings.isForward {
                try OutcomeValue(tauSquared, "tau2", "variance of the true effects").requireFiniteAndNotNegative()
                guard
                    let mean = scale.integralBackTransformed(
                        inputs.value("value"), tauSquared: tauSquared, sampleSize: inputs["n"])
                else { throw outside(scale, tauSquared, "tau2", inputs) }
                values.append(.init("integral_back_transformed", mean))
            }
            return ConversionRecord(
                values: values, route: "\(settings.isForward ? "to" : "from") the scale \(scale.rawValue)")
        }
    ]

    private static func outside(
        _ scale: EffectScale, _ value: Double, _ role: String, _ inputs: ConversionInputs
    ) -> MetaAnalysisError {
        if scale.needsSampleSize, !((inputs["n"] ?? 0) > 0) {
            return MetaAnalysisError.invalidOutcome(
                "the scale \(scale.rawValue) needs a size", remedy: "give n, the participants or the person-time",
                role: "n")
        }
        return MetaAnalysisError.invalidOutcome(
            "\(value.plain) has no finite value for the scale \(scale.rawValue)",
            remedy: "check the value and the scale",
            role: role)
    }
}
