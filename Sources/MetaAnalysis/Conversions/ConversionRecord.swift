/// The values that a conversion gave, and the route by which it found them.
public struct ConversionRecord: Hashable, Sendable, Codable {
    /// A converted value and the name of its column.
    public struct Value: Hashable, Sendable, Codable {
        /// Name of the column for the value; a role that analyses read, if there is one.
        public var name: String
        /// The converted value, in the units of the inputs.
        public var value: Double

        /// Pairs a value with the name of its column.
        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// The converted values, in the order of the new columns.
    public var values: [Value]
    /// Route that was used, in one phrase.
    public var route: String
    /// Notes and warnings about the conversion, such as skewed quantiles or an asymmetric interval.
    public var diagnostics: [Diagnostic]

    /// Makes the record of a conversion.
    public init(values: [Value], route: String, diagnostics: [Diagnostic] = []) {
        self.values = values
        self.route = route
        self.diagnostics = diagnostics
    }
}

/// Settings of conversions; each kind of conversion uses some of them.
public struct ConversionSettings: Hashable, Sendable, Codable {
    /// Method for the mean and standard deviation from quantiles. Default `.luoWanShi`.
    public var method: QuantileMethod
    /// Level of the confidence intervals that are read, between 0 and 1. Default 0.95.
    public var level: Double
    /// Form into which effects are converted. Default `.standardizedMeanDifference`.
    public var target: EffectForm
    /// Distribution assumed to underlie an odds ratio. Default `.logistic`.
    public var distribution: UnderlyingDistribution
    /// Scale from which values are back-transformed or to which they are transformed. Default `.log`.
    public var scale: EffectScale
    /// Whether values are transformed to the scale instead of back-transformed from it. Default false.
    public var isForward: Bool
    /// Whether chi-squared statistics have Yates's correction. Default true.
    public var isCorrected: Bool

    /// Makes settings; every parameter has a default.
    public init(
        method: QuantileMethod = .luoWanShi, level: Double = 0.95, target: EffectForm = .standardizedMeanDifference,
        distribution: UnderlyingDistribution = .logistic,
        scale: EffectScale = .log, isForward: Bool = false, isCorrected: Bool = true
    ) {
        self.method = method
        self.level = level
        self.target = target
        self.distribution = distribution
        self.scale = scale
        self.isForward = isForward
        self.isCorrected = isCorrected
    }
}

/// Numbers of one row by the names of their roles.
public struct ConversionInputs: Hashable, Sendable, Codable {
    /// Numbers by role; a role that is not reported is absent.
    public var values: [String: Double]

    /// Makes inputs from numbers by role.
    public init(_ values: [String: Double]) { self.values = values }

    /// Returns the number of a role; `nil` if it is absent.
    public subscript(role: String) -> Double? { values[role] }

    func has(_ roles: [String]) -> Bool { roles.allSatisfy { values[$0] != nil } }

    /// Returns the number of a role that the route requires.
    func value(_ role: String) -> Double {
        guard let value = values[role] else { preconditionFailure("no role \(role) among \(values.keys.sorted())") }
        return value
    }
}
