/// The names under which people keep the columns of study data: metafor's role names first, then those of other programs.
///
/// Names are compared ignoring case and with `.`, `-` and blanks read as `_`, so `event.e` is `Event e` is `event_e`.
enum ColumnNames {
    /// Roles that say which study a row belongs to, whatever its data. The first name that the table has is taken.
    static let structure: [String: [String]] = [
        "study": [
            "study", "slab", "studlab", "author", "trial", "authors", "author_name", "authorname", "study_label",
            "study_name", "study_id", "study_or_subgroup", "label", "name",
        ],
        "outcome": ["outcome", "outcome_number", "outcome_no", "outcome_name", "outcome_id", "analysis_number"],
        "group": ["group", "subgroup", "subgroup_number"],
        "timepoint": ["timepoint", "time_point", "follow_up", "followup", "visit", "wave", "time"],
        "cluster": ["cluster"],
    ]

    /// When a study was published, which tells studies of one author apart.
    static let years: Set<String> = [
        "year", "yr", "pub_year", "publication_year", "year_of_publication", "year_of_study", "date",
    ]

    /// Whether a column of this folded name holds time points: "time", "follow_up_(months)", "visit".
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

    /// How many took part, beside an effect as reported.
    static let participants = ["ni", "n", "sample_size", "n_total", "total_n"]

    /// Roles of the rows of a network.
    static let network: [String: [String]] = [
        "treatment": ["treatment", "treat", "trt", "arm", "intervention"],
        "treat1": ["treat1", "treatment1", "trt1", "t1", "treat_1", "treatment_1", "trt_1", "treatment_node"],
        "treat2": ["treat2", "treatment2", "trt2", "t2", "treat_2", "treatment_2", "trt_2", "reference_node"],
        "better": ["better", "better_is"],
        "quality": ["quality", "risk_of_bias", "rob"],
    ]

    /// Roles of genetic markers in the summary statistics of a cohort, as programs of genome-wide association write them. An odds ratio,
    /// or another, is `ratio`, whose logarithm is the effect; its standard error is that of the logarithm.
    static let marker: [String: [String]] = [
        "yi": of("yi", in: .reported) + ["beta", "b", "log_odds"],
        "ratio": ["OR", "HR", "RR"].reduce(["ratio"]) { $0 + (ratios[$1] ?? []) },
        "vi": of("vi", in: .reported),
        "sei": of("sei", in: .reported) + ["sebeta", "se_beta", "beta_se", "log(or)_se"],
        "ci_low": of("ci_low", in: .reported) + ["l95"],
        "ci_high": of("ci_high", in: .reported) + ["u95"],
        "effect_allele": ["effect_allele", "a1", "allele1", "ea", "allele_1", "tested_allele", "coded_allele"],
        "other_allele": [
            "other_allele", "a2", "allele2", "nea", "allele_2", "non_effect_allele", "noneffect_allele",
            "noncoded_allele", "omitted",
        ],
    ]

    /// Names of a role of a kind of data in the order in which they are looked for; metafor's is the first.
    static func of(_ role: String, in kind: OutcomeKind) -> [String] { [role] + (aliases[kind]?[role] ?? []) }

    /// Names of `yi` when it is wanted as a hazard ratio: none that means a logarithm or a difference.
    static let hazardRatio =
        (ratios["HR"] ?? []) + ["yi", "estimate", "effect", "effect_estimate", "effect_size", "es"]

    /// Names of an effect on the analysis scale of a measure, beside data it is computed from: none that says another measure.
    static func estimate(of measure: String) -> [String] {
        let own = estimatesByMeasure.first { $0.measures.contains(measure) }?.names ?? []
        let others = Set(estimatesByMeasure.flatMap(\.names)).subtracting(own)
        return of("yi", in: .reported).filter { !others.contains($0) }
    }

    /// Names of a ratio itself.
    static func ratio(of measure: String) -> [String] {
        ["ratio"] + (measure == "HR" ? hazardRatio : ratios[measure] ?? [])
    }

    private static let oddsRatio = ["or", "odds_ratio", "oddsratio"]
    private static let ratios = [
        "OR": oddsRatio, "PETO": oddsRatio, "DOR": ["dor"] + oddsRatio, "HR": ["hr", "hazard_ratio"],
        "RR": ["rr", "risk_ratio", "riskratio", "relative_risk"], "IRR": ["irr", "rate_ratio", "rateratio"],
        "ROM": ["rom", "ratio_of_means"],
    ]

    /// Whether a column of this name says which measure it is of.
    static func saysMeasure(_ name: String) -> Bool {
        estimatesByMeasure.contains { $0.names.contains(name) }
    }

    private static let estimatesByMeasure: [(measures: [String], names: [String])] = [
        (["MD"], ["md"]), (["SMD", "SMDH"], ["smd"]), (["HR"], ["log_hr", "loghr", "lnhr"]),
        (["OR", "PETO"], ["log_or", "logor", "lnor"]), (["RR"], ["log_rr", "logrr", "lnrr"]),
    ]

    /// Every role and its names, to check what a caller assigns.
    static let known: Set<String> = {
        var names = Set(structure.values.joined()).union(network.values.joined()).union(marker.values.joined())
            .union(hazardRatio).union(ConversionNames.ofMeans)
        for kind in OutcomeKind.allCases {
            for role in kind.roles.joined() { names.formUnion(of(role, in: kind)) }
        }
        return names
    }()

    /// The roles by metafor's names, as a list for messages.
    static let roleList: String = {
        var seen: Set<String> = []
        let roles =
            ["study", "outcome", "timepoint", "group", "cluster"] + OutcomeKind.allCases.flatMap { $0.roles.joined() }
            + ["treatment", "treat1", "treat2", "ratio", "effect_allele", "other_allele"]
        return roles.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }()

    static func folded(_ name: String) -> String {
        String(name.lowercased().map { ".- ".contains($0) ? "_" : $0 })
    }

    /// No names for before and after: which of the two standardises a change differs between measures and authors.
    private static let aliases: [OutcomeKind: [String: [String]]] = [
        .twoByTwo: [
            "ai": firstGroup("events", "event", "cases") + ["tpos", "ee", "ev_exp"],
            "bi": firstGroup("nonevents", "non_events", "noevents") + ["tneg"],
            "ci": secondGroup("events", "event", "cases") + ["cpos", "ec", "ev_cont"],
            "di": secondGroup("nonevents", "non_events", "noevents") + ["cneg"],
            "n1i": firstGroup("n", "total") + ["ne"],
            "n2i": secondGroup("n", "total") + ["nc"],
        ],
        .twoGroupMeans: [
            "n1i": firstGroup("n", "total") + ["ne"],
            "m1i": firstGroup("mean", "m") + ["me"],
            "sd1i": firstGroup("sd"),
            "n2i": secondGroup("n", "total") + ["nc"],
            "m2i": secondGroup("mean", "m") + ["mc"],
            "sd2i": secondGroup("sd"),
        ],
        .pairedMeans: [
            "mi": ["mean_change", "change_mean"], "sdi": ["sd_change", "change_sd"], "ni": size,
            "ri": ["r", "cor", "correlation"],
        ],
        .twoGroupRates: [
            "x1i": firstGroup("events", "event", "cases"),
            "t1i": firstGroup("time", "py", "person_years", "person_time"),
            "x2i": secondGroup("events", "event", "cases"),
            "t2i": secondGroup("time", "py", "person_years", "person_time"),
        ],
        .pairedTable: [
            "ai": ["both", "both_events"], "bi": ["first_only", "only_first"], "ci": ["second_only", "only_second"],
            "di": ["neither", "no_events"],
        ],
        .pairedMargins: ["ri": ["phi"]],
        .genotypes: [
            "ai": ["homozygous_dominant"], "bi": ["heterozygous"], "ci": ["homozygous_recessive"],
        ],
        .singleMean: ["mi": ["mean"], "sdi": ["sd", "std_dev"], "ni": size],
        .proportion: ["xi": ["events", "event", "cases", "responders"], "ni": size],
        .rate: ["xi": ["events", "event", "cases"], "ti": ["time", "py", "person_years", "person_time"]],
        .correlation: ["ri": ["r", "cor", "correlation"], "ni": size],
        .reliability: ["ai": ["alpha", "cronbach_alpha"], "mi": ["items", "n_items"], "ni": size],
        .partialCorrelation: [
            "ti": ["tval", "t_value", "t_statistic", "tstat"], "pi": ["pval", "p_value", "pvalue"],
            "ri": ["pcor", "partial_r", "partial_correlation"], "mi": predictors, "ni": size, "r2i": determination,
        ],
        .determination: [
            "r2i": determination, "fi": ["fval", "f_value", "f_statistic", "fstat"],
            "pi": ["pval", "p_value", "pvalue"], "mi": predictors, "ni": size,
        ],
        .superiority: [
            "ai": ["auc", "cles", "c_statistic"], "n1i": firstGroup("n", "total") + ["n_pos", "diseased"],
            "n2i": secondGroup("n", "total") + ["n_neg", "healthy"],
        ],
        .logRank: ["oe": ["o_e", "ome", "o_minus_e"], "v": ["logrank_v", "var_oe"]],
        .reported: [
            "yi": [
                "te", "estimate", "effect", "effect_size", "effect_estimate", "es", "md", "smd", "log_hr", "loghr",
                "lnhr", "log_or", "logor", "lnor", "log_rr", "logrr", "lnrr",
            ],
            "vi": ["variance", "var", "var_te", "vte"],
            "sei": ["sete", "se", "se_te", "standard_error", "std_err", "stderr", "se_md", "se_smd"],
            "ci_low": ["ci_lb", "lower", "ci_lower", "lower_ci", "ci_l", "cilow", "lcl", "low", "lb", "ci_start"],
            "ci_high": ["ci_ub", "upper", "ci_upper", "upper_ci", "ci_u", "cihigh", "ucl", "high", "ub", "ci_end"],
        ],
    ]

    private static let predictors = ["predictors", "preds", "n_predictors"]
    private static let determination = ["r2", "r_squared", "rsquared"]
    private static let size = ["n", "total", "sample_size", "samplesize"]

    private static func firstGroup(_ stems: String...) -> [String] {
        named(stems, ["t", "e", "1", "exp", "treat", "treatment", "treated", "experimental", "intervention"])
    }

    private static func secondGroup(_ stems: String...) -> [String] {
        named(stems, ["c", "2", "cont", "control", "ctrl", "comparator", "placebo"])
    }

    /// Each stem with each group as `events_t`; also `events1`, and `experimental_events` for whole words.
    private static func named(_ stems: [String], _ groups: [String]) -> [String] {
        stems.flatMap { stem in
            groups.map { "\(stem)_\($0)" }
                + groups.filter { $0.allSatisfy(\.isNumber) }.map { stem + $0 }
                + groups.filter { $0.count > 4 }.map { "\($0)_\(stem)" }
        }
    }
}

/// The columns of one table as they are found by role.
struct ColumnFinder {
    struct Match {
        var column: Int
        /// The name under which it was found, folded.
        var name: String
        /// Other columns that go by a name of the same role.
        var rivals: [Int]
    }

    private var columns: [String: [Int]] = [:]
    /// Names that the caller gave to columns; `nil` for a role to be ignored.
    private var assigned: [String: Int?] = [:]

    /// - Parameter further: names of roles that are known here beside those of studies.
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

    /// The column that goes by one of these names: an assigned one, else the first name that the table has.
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

    /// The column of a structural role (`study`, `outcome`, `group`, `cluster`).
    func structure(_ role: String) -> Int? { match(ColumnNames.structure[role] ?? [])?.column }

    /// The column that says at which time a study was measured.
    var timePoint: Int? {
        let names = ColumnNames.structure["timepoint"] ?? []
        if isAssigned(names) { return match(names)?.column }
        return columns.filter { ColumnNames.isTimePoint($0.key) }.values.compactMap(\.first).min()
    }

    /// The column with the number of participants.
    var participants: Int? { match(ColumnNames.participants)?.column }

    /// The column of a role of a network (`treatment`, `treat1`, `treat2`, `better`, `quality`).
    func network(_ role: String) -> Int? { match(ColumnNames.network[role] ?? [])?.column }

    /// The column of a role of a genetic marker (`yi`, `ratio`, `sei`, …, `effect_allele`, `other_allele`).
    func marker(_ role: String) -> Match? { match(ColumnNames.marker[role] ?? []) }

    func isAssigned(_ names: [String]) -> Bool { names.contains { assigned[$0] != nil } }
}
