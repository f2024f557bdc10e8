/// The kinds of conversion, by what they give.
public enum ConversionKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Mean and standard deviation of a group, from a standard error, an interval or quantiles.
    case mean
    /// Standard deviation of a group, from a standard error, an interval or a test of means.
    case deviation = "sd"
    /// Standard error of an effect, from its interval or test.
    case error = "se"
    /// Several groups combined into one.
    case combine
    /// Standard deviation of a change, or the correlation behind it.
    case change
    /// One form of an effect from another: d, odds ratio, r, z.
    case effect
    /// 2×2 table from its margins and a measure of association.
    case table
    /// Absolute effect and number needed to treat, from a relative effect and a baseline risk.
    case absolute
    /// Values transformed to an analysis scale or back-transformed from it.
    case scale

    /// Description of the conversion, in lower case.
    public var title: String {
        switch self {
        case .mean: "mean and standard deviation of a group"
        case .deviation: "standard deviation from a standard error, interval or test of means"
        case .error: "standard error of an effect from its interval or test"
        case .combine: "groups taken together"
        case .change: "standard deviation of a change"
        case .effect: "one form of effect as another: d, odds ratio, r, z"
        case .table: "2×2 table from its margins and a measure of association"
        case .absolute: "absolute effect and number needed to treat"
        case .scale: "values from an analysis scale, or to it"
        }
    }

    /// The available routes, in the order in which they are tried.
    public var routes: [ConversionRoute] {
        switch self {
        case .mean: ConversionRoute.mean
        case .deviation: ConversionRoute.deviation
        case .error: ConversionRoute.error
        case .combine: ConversionRoute.combined
        case .change: ConversionRoute.change
        case .effect: ConversionRoute.effect
        case .table: ConversionRoute.table
        case .absolute: ConversionRoute.absolute
        case .scale: ConversionRoute.scale
        }
    }

    /// All roles that some route reads, each once.
    public var roles: [String] {
        var seen: Set<String> = []
        return routes.flatMap { $0.roles + $0.optionalRoles }.filter { seen.insert($0).inserted }
    }

    /// Whether a row may hold two groups that have the same roles.
    var hasGroups: Bool { self == .mean }

    /// Whether missing values of existing columns are filled in, found by the roles of the columns.
    var fillsColumns: Bool { self == .mean || self == .deviation }

    /// Converts the numbers of one row by the first route whose roles are all present.
    ///
    /// - Returns: `nil` if no route has all the roles it needs.
    /// - Throws: `MetaAnalysisError`, with the role at fault as `column` of its location.
    public func convert(
        _ inputs: ConversionInputs, settings: ConversionSettings = ConversionSettings()
    ) throws -> ConversionRecord? {
        try StudyColumns.check(intervalLevel: settings.level)
        var inputs = inputs
        if self == .deviation, inputs["difference"] == nil, let first = inputs["m1i"], let second = inputs["m2i"] {
            inputs.values["difference"] = first - second
        }
        guard let route = routes.first(where: { inputs.has($0.roles) }) else { return nil }
        return try route.convert(inputs, settings)
    }

    /// Returns whether a name is that of one of the roles, ignoring case.
    public func reads(_ name: String) -> Bool {
        let folded = ColumnNames.folded(name)
        let groups: [Int?] = hasGroups ? [nil, 1, 2] : [nil]
        return allRoles.contains { role in
            groups.contains { ConversionNames.of(role, group: $0).contains(folded) }
        }
    }

    /// All roles, including the means, whose difference is used if no difference is given.
    var allRoles: [String] { roles + (self == .deviation ? ["m1i", "m2i"] : []) }

    /// The roles of every route, for messages: "se n, or ci_low ci_high n".
    public var needs: String { routes.map { $0.roles.joined(separator: " ") }.joined(separator: ", or ") }
}
