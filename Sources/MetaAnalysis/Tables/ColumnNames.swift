/// The names that columns of study data have in practice: metafor's role names first, then those of other programs.
///
/// Names are compared ignoring case, with `.`, `-` and blanks treated as `_`, so that `event.e`, `Event e` and `event_e` are equal.
enum ColumnNames {
    /// Roles that identify the study of a row, whatever its data. The first name that the table has is used.
    static let structure: [String: [String]] = [
        "study": [
            "study", "slab", "studlab", "author", "trial", "authors", "author_name", "authorname", "study_label",
            "study_name", "study_id", "study_or_subgroup", "label", "trial_id", "name",
        ],
        "outcome": ["outcome", "outcome_number", "outcome_no", "outcome_name", "outcome_id", "analysis_number"],
        "group": ["group", "subgroup", "subgroup_number"],
        "timepoint": ["timepoint", "time_point", "follow_up", "followup", "visit", "wave", "time"],
        "cluster": ["cluster"],
    ]

    /// Names of columns with the year of publication, which distinguishes studies of one author.
    static let years: Set<String> = [
        "year", "yr", "pub_year", "publication_year", "year_of_publication", "year_of_study", "date",
    ]

    /// Whether a column with this folded name holds time points: "time", "follow_up_(months)", "visit".
    static func isTimePoint(_ name: String) -> Bool {
        guard !name.contains(where: \.isNumber) else { return false }
        var words = name.split { !$0.isLetter }.map(String.init)
        while words.count > 1, let last = words.last, timeUnits.contains(last) { words.removeLast() }
        return timeNames.contains(words.joined())
    }

    private static let timeNames: Set<String> = [
        "time", "times", "timepoint", "timepoints", "followup", "followuptime", "fu", "visit", "wave", "occasion",
        "timeofmeasurement",
        "measurementtime", "assessment", "assessmenttime",
    ]
    private static let timeUnits: Set<String> = [
        "hours", "hour", "h", "days", "day", "d", "weeks", "week", "wk", "w", "months", "month", "mo", "m", "years",
        "year", "yr", "y",
        "in",
    ]

    /// Names of the number of participants beside a reported effect.
    static let participants = ["ni", "n", "sample_size", "n_total", "total_n"]

    /// Roles of the rows of a network.
    static let network: [String: [String]] = [
        "treatment": ["treatment", "treat", "trt", "arm", "intervention"],
        "treat1": ["treat1", "treatment1", "trt1", "t1", "treat_1", "treatment_1", "trt_1", "treatment_node"],
        "treat2": ["treat2", "treatment2", "trt2", "t2", "treat_2", "treatment_2", "trt_2", "reference_node"],
        "better": ["better", "better_is"],
        "quality": ["quality", "risk_of_bias", "rob"],
    ]

    /// Further names of treatments in rows of arms, used if none of the names above is present.
    static let furtherTreatments = ["drug", "node", "t"]

    /// Roles and names of the data of an arm that mean other things elsewhere. They are used only in files whose rows are known to be arms.
    static let ofArms: [(role: Role, kinds: [OutcomeKind], names: [String])] = [
        (.xi, [.proportion, .rate], ["r", "x", "deaths", "responses", "successes", "n_events"]),
        (.ni, [.proportion, .singleMean], ["randomized", "randomised", "participants", "size"]),
        (.mi, [.singleMean], ["y", "m"]), (.sdi, [.singleMean], ["s", "stdev", "std"]),
        (.ti, [.rate], ["e", "exposure", "t", "years"]),
    ]
    /// Names in files whose arms report an estimate: the standard error, a mean, a difference from another arm.
    static let armErrors = of(.sei, in: .reported) + ["se_mean", "mean_se"]
    static let armMeans = of(.mi, in: .singleMean)
    static let armDifferences = ["diff", "difference", "relative_effect"] + of(.yi, in: .reported)

    /// Names of the pairs that Stata's network command writes. Their effects are those of the second treatment minus the first.
    static let stataPair = (first: "_t1", second: "_t2", effect: "_y", error: "_stderr")

    /// Roles of genetic markers in the summary statistics of a cohort, as programs for genome-wide association write them. An odds ratio,
    /// or another ratio, is `ratio`, whose logarithm is the effect; its standard error is that of the logarithm.
    static let marker: [String: [String]] = [
        "yi": of(.yi, in: .reported) + ["beta", "b", "log_odds"],
        "ratio": ["OR", "HR", "RR"].reduce(["ratio"]) { $0 + (ratios[$1] ?? []) },
        "vi": of(.vi, in: .reported),
        "sei": of(.sei, in: .reported) + ["sebeta", "se_beta", "beta_se", "log(or)_se"],
        "ci_low": of(.ciLow, in: .reported),
        "ci_high": of(.ciHigh, in: .reported),
        "effect_allele": ["effect_allele", "a1", "allele1", "ea", "allele_1", "tested_allele", "coded_allele"],
        "other_allele": [
            "other_allele", "a2", "allele2", "nea", "allele_2", "non_effect_allele", "noneffect_allele",
            "noncoded_allele", "omitted",
        ],
    ]

    /// Returns the names of a role of a kind of data in the order in which they are tried; metafor's name is the first.
    static func of(_ role: Role, in kind: OutcomeKind) -> [String] { [role.rawValue] + (aliases[kind]?[role] ?? []) }

    /// Returns the names of an effect on the analysis scale of a measure, beside the data it is computed from, without names of other
    /// measures.
    static func estimate(of measure: String) -> [String] {
        let own = estimatesByMeasure.first { $0.measures.contains(measure) }?.names ?? []
        let others = Set(estimatesByMeasure.flatMap(\.names)).subtracting(own)
        return of(.yi, in: .reported).filter { !others.contains($0) }
    }

    /// Returns the names of an effect of a measure in this form; for ratios, without names of other measures.
    static func reported(_ form: ReportedEffect.Form, of measure: MeasureDescription) -> [String] {
        let names = of(form.role, in: .reported)
        switch form {
        case .analysis: return estimate(of: measure.code)
        case .ratio: return ["ratio"] + (ratios[measure.code] ?? [])
        case .proportion: return names + ["rate", "event_rate", "response_rate", "risk", "incidence"]
        case .correlation where measure.kind == .partialCorrelation:
            return names + ["pcor", "partial_r", "partial_correlation"]
        case .rate, .correlation, .reliability, .efficacy: return names
        }
    }

    /// Returns names of effects that are not transformed, which an effect on the analysis scale should not have.
    static func untransformed(of measure: MeasureDescription) -> Set<String> {
        Set(measure.reportedForms.filter { $0 != .analysis }.flatMap { reported($0, of: measure) })
    }

    static let allRatios: Set<String> = Set(ratios.values.joined())

    private static let oddsRatio = ["or", "odds_ratio", "oddsratio"]
    private static let ratios = [
        "OR": oddsRatio, "PETO": oddsRatio, "DOR": ["dor"] + oddsRatio, "HR": ["hr", "hazard_ratio", "hazardratio"],
        "RR": ["rr", "risk_ratio", "riskratio", "relative_risk"], "IRR": ["irr", "rate_ratio", "rateratio"],
        "ROM": ["rom", "ratio_of_means", "response_ratio"],
    ]

    /// Names of the column that identifies a marker.
    static let markerKeys: Set<String> = [
        "snp", "snpid", "snp_id", "rsid", "rsids", "rs_id", "rs_number", "rs", "marker", "markername", "marker_name",
        "marker_id", "variant", "variant_id", "variantid", "id",
    ]

    /// Whether a column of this name shows which measure it holds.
    static func saysMeasure(_ name: String) -> Bool {
        estimatesByMeasure.contains { $0.names.contains(name) }
    }

    private static let estimatesByMeasure: [(measures: [String], names: [String])] = [
        (["MD"], ["md"]), (["SMD", "SMDH"], ["smd"]), (["HR"], logarithms("hr", "hazard_ratio")),
        (["OR", "PETO", "DOR"], logarithms("or", "odds_ratio")), (["RR"], logarithms("rr", "risk_ratio")),
        (["IRR"], logarithms("irr", "rate_ratio")), (["ROM"], logarithms("rom", "ratio_of_means")),
        (["PLO"], ["logit"]), (["ZCOR"], ["fisher_z", "fishers_z"]),
    ]

    /// `log_hr loghr lnhr ln_hr log_hazard_ratio`
    private static func logarithms(_ code: String, _ words: String) -> [String] {
        ["log_\(code)", "log\(code)", "ln\(code)", "ln_\(code)", "log_\(words)", "ln_\(words)"]
    }

    private static let measuredEstimates = estimatesByMeasure.flatMap(\.names)

    /// All roles and their names, against which assignments by a caller are checked.
    static let known: Set<String> = {
        var names = Set(structure.values.joined()).union(network.values.joined()).union(marker.values.joined())
            .union(ConversionNames.ofMeans)
        for kind in OutcomeKind.allCases {
            for role in kind.roles.joined() { names.formUnion(of(role, in: kind)) }
        }
        for measure in MeasureDescription.all {
            for form in measure.reportedForms { names.formUnion(reported(form, of: measure)) }
        }
        return names
    }()

    /// The roles by metafor's names, as a list for messages.
    static let roleList: String = {
        var seen: Set<String> = []
        let roles =
            ["study", "outcome", "timepoint", "group", "cluster"]
            + OutcomeKind.allCases.flatMap { $0.roles.joined().map(\.rawValue) }
            + ["treatment", "treat1", "treat2", "effect_allele", "other_allele"]
        return roles.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }()

    static func folded(_ name: String) -> String {
        String(name.lowercased().map { ".- ".contains($0) ? "_" : $0 })
    }

    /// There are no names for before and after, because measures and authors differ in which of the two standardizes a change.
    private static let aliases: [OutcomeKind: [Role: [String]]] = [
        .twoByTwo: [
            .ai: firstGroup("events", "event", "cases") + ["tpos", "ee", "ev_exp"],
            .bi: firstGroup("nonevents", "non_events", "noevents") + ["tneg"],
            .ci: secondGroup("events", "event", "cases") + ["cpos", "ec", "ev_cont"],
            .di: secondGroup("nonevents", "non_events", "noevents") + ["cneg"],
            .n1i: firstGroup("n", "total") + ["ne"],
            .n2i: secondGroup("n", "total") + ["nc"],
        ],
        .twoGroupMeans: [
            .n1i: firstGroup("n", "total") + ["ne"],
            .m1i: firstGroup("mean", "m") + ["me"],
            .sd1i: firstGroup("sd"),
            .n2i: secondGroup("n", "total") + ["nc"],
            .m2i: secondGroup("mean", "m") + ["mc"],
            .sd2i: secondGroup("sd"), .ti: tStatistics,
        ],
        .pairedMeans: [
            .mi: ["mean_change", "change_mean"], .sdi: ["sd_change", "change_sd"], .ni: size,
            .ri: ["r", "cor", "correlation"],
        ],
        .twoGroupRates: [
            .x1i: firstGroup("events", "event", "cases"),
            .t1i: firstGroup("time", "py", "person_years", "person_time"),
            .x2i: secondGroup("events", "event", "cases"),
            .t2i: secondGroup("time", "py", "person_years", "person_time"),
        ],
        .pairedTable: [
            .ai: ["both", "both_events"], .bi: ["first_only", "only_first"], .ci: ["second_only", "only_second"],
            .di: ["neither", "no_events"],
        ],
        .pairedMargins: [.ri: ["phi"]],
        .genotypes: [
            .ai: ["homozygous_dominant"], .bi: ["heterozygous"], .ci: ["homozygous_recessive"],
        ],
        .singleMean: [.mi: ["mean"], .sdi: ["sd", "std_dev"], .ni: size],
        .proportion: [
            .xi: ["events", "event", "cases", "responders"], .ni: size + ["pop", "population"],
            .proportion: proportions,
        ],
        .rate: [.xi: ["events", "event", "cases"], .ti: ["time", "py", "person_years", "person_time"]],
        .correlation: [.ri: ["r", "cor", "correlation"], .ni: size],
        .reliability: [.ai: ["alpha", "cronbach_alpha"], .mi: ["items", "n_items"], .ni: size],
        .partialCorrelation: [
            .ti: tStatistics, .pi: ["pval", "p_value", "pvalue"],
            .ri: ["pcor", "partial_r", "partial_correlation"], .mi: predictors, .ni: size, .r2i: determination,
        ],
        .determination: [
            .r2i: determination, .fi: ["fval", "f_value", "f_statistic", "fstat"],
            .pi: ["pval", "p_value", "pvalue"], .mi: predictors, .ni: size,
        ],
        .superiority: [
            .ai: ["auc", "cles", "c_statistic"], .n1i: firstGroup("n", "total") + ["n_pos", "diseased"],
            .n2i: secondGroup("n", "total") + ["n_neg", "healthy"],
        ],
        .logRank: [.oe: ["o_e", "ome", "o_minus_e"], .v: ["logrank_v", "var_oe"]],
        .reported: [
            .yi: ["te", "estimate", "effect", "effect_size", "effect_estimate", "es"] + measuredEstimates,
            .vi: ["variance", "var", "var_te", "vte"] + measuredEstimates.flatMap { ["var_\($0)", "\($0)_var"] },
            .sei: ["sete", "se", "se_te", "standard_error", "std_err", "stderr"]
                + measuredEstimates.flatMap { ["se_\($0)", "\($0)_se", "se\($0)"] },
            .ciLow: [
                "ci_lb", "lower", "ci_lower", "lower_ci", "ci_l", "cilow", "lcl", "low", "lb", "ci_start", "ll", "lci",
                "l95", "lower_95", "ci_95_lower", "lower_limit",
            ],
            .ciHigh: [
                "ci_ub", "upper", "ci_upper", "upper_ci", "ci_u", "cihigh", "ucl", "high", "ub", "ci_end", "ul", "uci",
                "u95", "upper_95", "ci_95_upper", "upper_limit",
            ],
            .pi: pValues, .ratio: ratios.keys.sorted().flatMap { ratios[$0] ?? [] }.uniqued,
            .proportion: proportions, .rate: ["incidence_rate", "ir"], .ri: ["r", "cor", "correlation", "pearson_r"],
            .alpha: ["cronbach_alpha"],
            .efficacy: ["ve", "vaccine_efficacy", "vaccine_effectiveness", "efficacy_percent", "ve_percent"],
        ],
    ]

    private static let tStatistics = ["tval", "t_value", "t_statistic", "tstat"]
    private static let pValues = ["pval", "p_value", "pvalue", "p"]
    private static let proportions = ["prop", "percent", "percentage", "pct", "prevalence"]
    private static let predictors = ["predictors", "preds", "n_predictors"]
    private static let determination = ["r2", "r_squared", "rsquared"]
    private static let size = ["n", "total", "sample_size", "samplesize"]

    private static func firstGroup(_ stems: String...) -> [String] {
        named(stems, ["t", "e", "1", "exp", "treat", "treatment", "treated", "experimental", "intervention"])
    }

    private static func secondGroup(_ stems: String...) -> [String] {
        named(stems, ["c", "2", "cont", "control", "ctrl", "comparator", "placebo"])
    }

    /// Returns each stem with each group as `events_t`; also `events1`, and `experimental_events` for whole words.
    private static func named(_ stems: [String], _ groups: [String]) -> [String] {
        stems.flatMap { stem in
            groups.map { "\(stem)_\($0)" }
                + groups.filter { $0.allSatisfy(\.isNumber) }.map { stem + $0 }
                + groups.filter { $0.count > 4 }.map { "\($0)_\(stem)" }
        }
    }
}

/// Finds the columns of one table by their roles.
struct ColumnFinder {
    struct Match {
        var column: Int
        /// Name under which the column was found, folded.
        var name: String
        /// Other columns that have a name of the same role.
        var rivals: [Int]
    }

    private var columns: [String: [Int]] = [:]
    /// Columns that the caller assigned to names; `nil` for a role to be ignored.
    private var assigned: [String: Int?] = [:]

    /// Makes the finder of a table.
    ///
    /// - Parameters:
    ///   - table: the table whose columns are searched.
    ///   - assignments: columns that the caller assigned, by role; an empty name switches the role off.
    ///   - further: names of roles that are allowed besides those of studies.
    /// - Throws: `MetaAnalysisError`: `.invalidSetting` for an unknown role, `.missingColumn` for an unknown column.
    init(_ table: Table, assignments: [String: String], further: Set<String> = []) throws {
        for (index, name) in table.columns.enumerated() { columns[ColumnNames.folded(name), default: []].append(index) }
        for (role, column) in assignments.sorted(by: { $0.key < $1.key }) {
            let name = ColumnNames.folded(role.trimmingBlanks())
            guard ColumnNames.known.contains(name) || further.contains(name) else {
                throw MetaAnalysisError(
                    .invalidSetting, "there is no column role \(quoted(role))",
                    remedy: "take one of \(ColumnNames.roleList)", location: table.location())
            }
            let column = column.trimmingBlanks()
            assigned.updateValue(column.isEmpty ? nil : try table.requireColumn(column), forKey: name)
        }
    }

    /// Returns the finder without columns that are empty in all rows; unchanged for a table without rows.
    func withoutEmptyColumns(of table: Table) -> ColumnFinder {
        guard table.rowCount > 0 else { return self }
        var result = self
        result.columns = columns.mapValues { places in
            places.filter { column in (0..<table.rowCount).contains { !table.isMissing(row: $0, column: column) } }
        }
        return result
    }

    /// Returns the column with one of these names: an assigned column, or else the first name that the table has.
    func match(_ names: [String]) -> Match? {
        for name in names {
            if let column = assigned[name] { return column.map { Match(column: $0, name: name, rivals: []) } }
        }
        var found: Match?
        for name in names {
            for column in columns[name] ?? [] {
                if found == nil {
                    found = Match(column: column, name: name, rivals: [])
                } else if found?.column != column {
                    found?.rivals.append(column)
                }
            }
        }
        return found
    }

    /// Returns the column of a structural role (`study`, `outcome`, `group`, `cluster`).
    func structure(_ role: String) -> Int? { match(ColumnNames.structure[role] ?? [])?.column }

    /// Column with the time point at which a study was measured.
    var timePoint: Int? {
        let names = ColumnNames.structure["timepoint"] ?? []
        if isAssigned(names) { return match(names)?.column }
        return columns.filter { ColumnNames.isTimePoint($0.key) }.values.compactMap(\.first).min()
    }

    /// Column with the number of participants.
    var participants: Int? { match(ColumnNames.participants)?.column }

    /// Returns the column of a role of a network (`treatment`, `treat1`, `treat2`, `better`, `quality`).
    func network(_ role: String) -> Int? { match(ColumnNames.network[role] ?? [])?.column }

    /// Returns the column of a role of a genetic marker (`yi`, `ratio`, `sei`, …, `effect_allele`, `other_allele`).
    func marker(_ role: String) -> Match? { match(ColumnNames.marker[role] ?? []) }

    func isAssigned(_ names: [String]) -> Bool { names.contains { assigned[$0] != nil } }

    /// Whether the caller switched a role off.
    func isOff(_ names: [String]) -> Bool { names.contains { assigned[$0] == .some(nil) } }

    /// Returns the finder with the names that people give to the data of arms, for roles whose usual names the table lacks.
    ///
    /// - Parameter treatment: column of treatments, which is never data of an arm.
    func withArmNames(besides treatment: Int? = nil) -> ColumnFinder {
        var own = self
        for (role, kinds, names) in ColumnNames.ofArms
        where match(kinds.flatMap { ColumnNames.of(role, in: $0) }) == nil && !isAssigned([role.rawValue]) {
            let free = names.first { columns[$0].map { treatment == nil || $0 != [treatment] } ?? false }
            if let free { own.columns[role.rawValue] = columns[free] }
        }
        return own
    }

    /// Returns the finder for one of several arms in a row.
    ///
    /// - Parameters:
    ///   - names: columns of the arm and of the whole row, by name.
    ///   - roles: columns assigned to the data of the arm; assignments for the whole row are kept.
    func ofArm(_ names: [String: [Int]], roles: [String: Int]) -> ColumnFinder {
        var own = self
        own.columns = names
        own.assigned = assigned.filter { name, _ in ColumnNames.structure.values.contains { $0.contains(name) } }
        for role in ColumnNames.structure.keys where !own.isAssigned(ColumnNames.structure[role] ?? []) {
            if let column = structure(role) { own.assigned.updateValue(column, forKey: role) }
        }
        for (role, column) in roles { own.assigned.updateValue(column, forKey: role) }
        return own.withArmNames()
    }

    /// Returns the finder with the names of Stata's pairs as those of a contrast, with the two treatments exchanged; `nil` if the columns
    /// are missing or their roles were assigned to others.
    func ofStataPairs() -> ColumnFinder? {
        let names = ColumnNames.stataPair
        let roles = [("treat1", names.second), ("treat2", names.first), ("yi", names.effect)]
        guard roles.allSatisfy({ columns[$0.1] != nil && !isAssigned([$0.0]) }), network("treat1") == nil,
            network("treat2") == nil
        else { return nil }
        var own = self
        for (role, name) in roles + [("sei", names.error)] where columns[role] == nil {
            own.columns[role] = columns[name]
        }
        return own
    }
}

extension [String] {
    /// Returns the strings, each once.
    fileprivate var uniqued: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
