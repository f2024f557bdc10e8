/// What a conversion gave, and how.
public struct ConversionRecord: Hashable, Sendable, Codable {
    public struct Value: Hashable, Sendable, Codable {
        /// Name of the column that it belongs in: a role that analyses read, where there is one.
        public var name: String
        public var value: Double

        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    public var values: [Value]
    /// Which of the ways of its kind was taken, in one phrase.
    public var route: String
    public var diagnostics: [Diagnostic]

    public init(values: [Value], route: String, diagnostics: [Diagnostic] = []) {
        self.values = values
        self.route = route
        self.diagnostics = diagnostics
    }
}

/// Choices that conversions leave open.
public struct ConversionSettings: Hashable, Sendable, Codable {
    /// Of a mean and standard deviation from quantiles.
    public var method: QuantileMethod
    /// Level of the confidence intervals that are read, between 0 and 1.
    public var level: Double
    /// What effects are turned into.
    public var target: EffectForm
    /// What stands behind an odds ratio.
    public var distribution: UnderlyingDistribution
    /// The scale that values are taken from or to.
    public var scale: EffectScale
    /// Whether values are taken to the scale instead of from it.
    public var isForward: Bool
    /// Whether chi-squared statistics have Yates's correction.
    public var isCorrected: Bool

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

/// Numbers by the names of their roles.
public struct ConversionInputs: Hashable, Sendable, Codable {
    public var values: [String: Double]

    public init(_ values: [String: Double]) { self.values = values }

    public subscript(role: String) -> Double? { values[role] }

    func has(_ roles: [String]) -> Bool { roles.allSatisfy { values[$0] != nil } }

    /// The number of a role that the route has made sure of.
    func value(_ role: String) -> Double {
        guard let value = values[role] else { preconditionFailure("no role \(role) among \(values.keys.sorted())") }
        return value
    }
}
