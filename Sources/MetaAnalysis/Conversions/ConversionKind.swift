/// What can be converted into what.
public enum ConversionKind: String, Hashable, Sendable, Codable, CaseIterable {
    case mean
    case deviation = "sd"
    case error = "se"
    case combine
    case change
    case effect
    case table
    case absolute
    case scale

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

    /// The ways that lead there, in the order in which they are tried.
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

    /// Every role that some route reads, once.
    public var roles: [String] {
        var seen: Set<String> = []
        return routes.flatMap { $0.roles + $0.optionalRoles }.filter { seen.insert($0).inserted }
    }

    /// Whether a row may hold two groups, with the same roles for each.
    var hasGroups: Bool { self == .mean }

    /// Whether missing values of columns that are there already are filled in, by the roles of the columns.
    var fillsColumns: Bool { self == .mean || self == .deviation }

    /// - Returns: `nil` when no route has all that it needs.
    /// - Throws: `MetaAnalysisError`, its location's `column` holding the role at fault.
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

    /// Whether a name means one of the roles, ignoring case.
    public func reads(_ name: String) -> Bool {
        let folded = ColumnNames.folded(name)
        let groups: [Int?] = hasGroups ? [nil, 1, 2] : [nil]
        return allRoles.contains { role in
            groups.contains { ConversionNames.of(role, group: $0).contains(folded) }
        }
    }

    /// The means, whose difference is read where no other is given, as well.
    var allRoles: [String] { roles + (self == .deviation ? ["m1i", "m2i"] : []) }

    /// The ways with their roles, for messages: "se n, or ci_low ci_high n".
    public var needs: String { routes.map { $0.roles.joined(separator: " ") }.joined(separator: ", or ") }
}
