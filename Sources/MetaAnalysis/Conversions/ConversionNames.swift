/// Column names under which tables hold the numbers that conversions read and write.
enum ConversionNames {
    /// Returns the names of a role, its own name first.
    ///
    /// - Parameters:
    ///   - role: role that a conversion reads or writes.
    ///   - group: 1 or 2 for one of two groups in a row; `nil` for the only group.
    static func of(_ role: String, group: Int?) -> [String] {
        guard let group else { return [role] + (single[role] ?? []) }
        if let own = grouped[role] { return ColumnNames.of(own(group), in: .twoGroupMeans) }
        let stem = role + (role.contains { $0.isNumber } ? "_" : "")
        return ["\(stem)\(group)i"] + (group == 1 ? firstSuffixes : secondSuffixes).map { "\(role)_\($0)" }
            + ["\(stem)\(group)"]
    }

    /// Returns the name of a new column for a value that a conversion gave.
    static func output(_ role: String, group: Int?) -> String {
        guard let group, let own = grouped[role] else { return role }
        return own(group).rawValue
    }

    /// Names of all roles.
    static let known: Set<String> = ConversionKind.allCases.reduce(into: []) { $0.formUnion(names(of: $1)) }

    /// Names of the roles from which means are computed.
    static let ofMeans: Set<String> = names(of: .mean)

    private static func names(of kind: ConversionKind) -> Set<String> {
        let groups: [Int?] = kind.hasGroups ? [nil, 1, 2] : [nil]
        return Set(kind.allRoles.flatMap { role in groups.flatMap { of(role, group: $0) } })
    }

    private static let grouped: [String: @Sendable (Int) -> Role] = [
        "mean": { $0 == 1 ? .m1i : .m2i }, "sd": { $0 == 1 ? .sd1i : .sd2i }, "n": { $0 == 1 ? .n1i : .n2i },
    ]
    private static let firstSuffixes = ["t", "e", "exp", "treatment", "intervention"]
    private static let secondSuffixes = ["c", "cont", "control", "placebo"]

    private static let single: [String: [String]] = {
        var names: [String: [String]] = [
            "mean": Array(ColumnNames.of(.mi, in: .singleMean)), "sd": Array(ColumnNames.of(.sdi, in: .singleMean)),
            "n": Array(ColumnNames.of(.ni, in: .singleMean)), "se": ["sei", "standard_error", "std_err", "stderr"],
            "ci_low": Array(ColumnNames.of(.ciLow, in: .reported).dropFirst()),
            "ci_high": Array(ColumnNames.of(.ciHigh, in: .reported).dropFirst()),
            "min": ["mini", "minimum"], "q1": ["q1i", "first_quartile", "q25"], "median": ["mediani", "med"],
            "q3": ["q3i", "third_quartile", "q75"], "max": ["maxi", "maximum"],
            "difference": ["md", "mean_difference"], "t": ["ti", "t_value", "tval"],
            "p": ["pi", "p_value", "pval", "pvalue"], "z": ["zi", "z_value", "zval"],
            "estimate": ["effect", "effect_estimate"], "ratio": ColumnNames.marker["ratio"] ?? [],
            "sd_baseline": ["sd_before", "sd_pre"], "sd_final": ["sd_after", "sd_post"],
            "mean_baseline": ["mean_before", "mean_pre"], "mean_final": ["mean_after", "mean_post"],
            "sd_change": ["change_sd"], "r": ["ri", "correlation", "cor"], "smd": ["d", "cohen_d", "hedges_g", "g"],
            "or": ["odds_ratio", "ori"], "log_or": ["logor", "lnor", "ln_or"], "fisher_z": ["zr"],
            "phi": ["phi_coefficient"], "chi2": ["x2i", "chi_squared", "chisq"], "n1": ["n1i"],
            "events": ["n_events"], "risk": ["baseline_risk", "acr", "control_risk"],
            "rr": ["risk_ratio"], "rd": ["risk_difference"], "hr": ["hazard_ratio"],
            "value": ["yi", "estimate"], "tau2": ["tau_squared"],
        ]
        for number in 1...6 {
            names["n\(number)i"] = ["n\(number)", "n_\(number)"]
            names["m\(number)i"] = ["mean\(number)", "mean_\(number)", "m\(number)"]
            names["sd\(number)i"] = ["sd\(number)", "sd_\(number)"]
            names["x\(number)i"] = ["events\(number)", "events_\(number)", "x\(number)"]
        }
        for role in [Role.n1i, .m1i, .sd1i, .n2i, .m2i, .sd2i] {
            names[role.rawValue] = Array(ColumnNames.of(role, in: .twoGroupMeans).dropFirst())
        }
        return names.mapValues { aliases in
            var seen: Set<String> = []
            return aliases.filter { seen.insert($0).inserted }
        }
    }()
}
