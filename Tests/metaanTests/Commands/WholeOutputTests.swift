import Testing

/// Complete transcripts of runs: every command in every form, and the ways in which runs end.
@Suite struct WholeOutputTests {
    typealias Example = OutputExample

    static let pooling: [Example] = [
        Example(name: "pool-bcg", arguments: ["pool", "bcg", "--measure", "RR"]),
        Example(name: "pool-bcg-markdown", arguments: ["pool", "bcg", "--measure", "rr", "--format", "markdown"]),
        Example(name: "pool-bcg-csv", arguments: ["pool", "bcg", "--measure", "RR", "--format", "csv"]),
        Example(name: "pool-msc", arguments: ["pool", "fixtures/msc.csv"]),
        Example(name: "pool-subgroups", arguments: ["pool", "bcg", "--measure", "RR", "--subgroup", "alloc"]),
        Example(
            name: "pool-subgroups-common",
            arguments: [
                "pool", "bcg", "--measure", "RR", "--subgroup", "alloc", "--subgroup-tau2", "common", "--estimator",
                "dl",
                "--interval", "z", "--format", "markdown",
            ]),
        Example(
            name: "pool-mantel-haenszel",
            arguments: ["pool", "collins1985b", "--model", "mantel-haenszel", "--uncorrected", "--measure", "OR"]),
        Example(name: "pool-peto", arguments: ["pool", "yusuf1985", "--model", "peto"]),
        Example(name: "pool-common", arguments: ["pool", "pignon2000", "--estimator", "FE", "--level", "0.9"]),
        Example(
            name: "pool-all-options",
            arguments: [
                "pool", "normand1999", "--measure", "SMD", "--variance", "UB", "--uncorrected", "--estimator", "PM",
                "--interval", "adhoc", "--prediction", "HTS", "--tau2-interval", "HT", "--weighting",
                "inverse-variance",
                "--level", "0.9",
            ]),
        Example(
            name: "pool-known-tau2", arguments: ["pool", "raudenbush1985", "--tau2", "0.02", "--weighting", "equal"]),
        Example(
            name: "pool-great-numbers", arguments: ["pool", "-", "--estimator", "DL"],
            input: "study,yi,vi\nA,1e20,1\nB,2e20,1\nC,3e20,1\n"),
        Example(name: "pool-double-arcsine", arguments: ["pool", "pritz1997", "--measure", "PFT"]),
        Example(name: "pool-correlations", arguments: ["pool", "molloy2014", "--measure", "ZCOR"]),
        Example(
            name: "pool-excluded",
            arguments: ["pool", "-", "--measure", "RR", "--drop-double-zero"],
            input: """
                study,events_t,n_t,events_c,n_c
                "Smith, A.",3,20,5,21
                田中さくら大学病院共同研究グループ 2011,0,15,4,16
                No events at all,0,10,0,12
                Missing,NA,10,2,12
                Smith 1990,4,30,9,28
                Smith 1990,6,40,7,41

                """),
        Example(
            name: "pool-r-risk-ratio",
            arguments: ["pool", "bcg", "--measure", "RR", "--subgroup", "alloc", "--emit", "r"]),
        Example(
            name: "pool-r-reported",
            arguments: [
                "pool", "msc", "--filter", "outcome=Barthel Index, cells versus control", "--filter", "quality!=C|X",
                "--level", "0.9", "--tau2-interval", "GENQ", "--emit", "R",
            ]),
        Example(
            name: "pool-r-mantel-haenszel",
            arguments: ["pool", "hart1999", "--model", "mh", "--uncorrected", "--emit", "r"]),
        Example(
            name: "pool-r-generalized-q",
            arguments: [
                "pool", "bcg", "--measure", "RR", "--estimator", "GENQ", "--subgroup", "alloc", "--subgroup-tau2",
                "common", "--emit", "r",
            ]),
        Example(
            name: "pool-r-generalized-q-equal",
            arguments: ["pool", "raudenbush1985", "--estimator", "GENQ", "--weighting", "equal", "--emit", "r"]),
        Example(
            name: "pool-idle-options",
            arguments: [
                "pool", "-", "--reported-level", "0.9", "--uncorrected", "--correction", "0.1", "--drop-double-zero",
            ],
            input: "study,yi,vi\nA,1.5,0.2\nB,2,1\nC,1,0.4\n"),
        Example(
            name: "pool-ratios", arguments: ["pool", "-"],
            input: "study,estimate,ci_low,ci_high\nA,0.64,0.33,1.22\nB,0.81,0.55,1.19\nC,1.35,0.9,2.03\n"),
        Example(
            name: "pool-r-without-variance",
            arguments: ["pool", "-", "--measure", "RD", "--correct-when", "never", "--emit", "r"],
            input: "study,ai,n1i,ci,n2i\nA,0,20,2,22\nB,3,30,4,33\nC,5,50,9,48\nD,0,40,0,41\n"),
        Example(
            name: "pool-r-transformed-rate",
            arguments: ["pool", "nielweise2008", "--measure", "IRFT", "--emit", "r"]),
        Example(
            name: "pool-r-semicolon", arguments: ["pool", "-", "--emit", "r"],
            input: "study;yi;vi\nA;1.5;0.2\nB;2;1\n"),
        Example(
            name: "pool-r-known-tau2", arguments: ["pool", "raudenbush1985", "--tau2", "0.02", "--emit", "r"]),
        Example(name: "pool-r-peto", arguments: ["pool", "yusuf1985", "--model", "peto", "--emit", "r"]),
    ]

    static let regressions: [Example] = [
        Example(
            name: "regress",
            arguments: [
                "regress", "bcg", "--measure", "RR", "--moderators", "ablat + factor(alloc, random)", "--at",
                "ablat=30,alloc=random", "--at", "ablat=50,alloc=alternate", "--test", "alloc", "--compare", "ablat",
            ]),
        Example(
            name: "regress-markdown",
            arguments: [
                "regress", "bcg", "--measure", "RR", "--moderators", "ablat*year - 1", "--estimator", "EE", "--format",
                "markdown",
            ]),
        Example(
            name: "regress-csv",
            arguments: [
                "regress", "raudenbush1985", "--moderators", "weeks + weeks^2", "--estimator", "DL", "--interval", "z",
                "--format", "csv",
            ]),
        Example(
            name: "regress-missing",
            arguments: ["regress", "-", "--moderators", "\"mean age\" + factor(site)", "--influence"],
            input: """
                study,yi,vi,mean age,site
                A,0.1,0.02,41,north
                B,0.3,0.03,52,north
                C,0.2,0.02,NA,south
                D,0.5,0.05,60,south
                E,0.4,0.04,47,south
                F,0.0,0.01,55,north

                """),
    ]

    private static let clustered = """
        study,district,yi,vi,year
        A,north,0.10,0.02,1990
        B,north,0.35,0.03,1992
        C,south,0.20,0.02,1995
        D,south,0.55,0.05,1999
        E,east,0.40,0.04,2001
        F,east,0.05,0.01,1997
        G,west,0.75,0.06,2004
        H,west,0.30,0.03,2002

        """

    static let furtherRegressions: [Example] = [
        Example(
            name: "regress-robust",
            arguments: ["regress", "-", "--moderators", "year", "--cluster", "district"], input: clustered),
        Example(
            name: "regress-robust-csv",
            arguments: [
                "regress", "-", "--moderators", "1", "--robust", "CR1", "--columns", "cluster=district", "--format",
                "csv",
            ], input: clustered),
        Example(
            name: "regress-permutations",
            arguments: ["regress", "-", "--moderators", "year", "--permutations", "50000", "--estimator", "DL"],
            input: clustered),
        Example(
            name: "regress-permutations-sample",
            arguments: [
                "regress", "bcg", "--moderators", "ablat", "--permutations", "200", "--seed", "3", "--format", "csv",
            ]),
        Example(
            name: "regress-scale",
            arguments: ["regress", "raudenbush1985", "--moderators", "weeks", "--scale", "weeks", "--interval", "z"]),
    ]

    static let refusedRegressions: [(Example, Int32)] = [
        (Example(name: "error-regress-column", arguments: ["regress", "bcg", "--moderators", "latitude"]), 65),
        (Example(name: "error-regress-text", arguments: ["regress", "bcg", "--moderators", "alloc"]), 65),
        (Example(name: "error-regress-formula", arguments: ["regress", "bcg", "--moderators", "ablat + * year"]), 64),
        (
            Example(
                name: "error-regress-dependent",
                arguments: ["regress", "bcg", "--moderators", "ablat + ablat^2 + ablat:ablat"]), 65
        ),
        (
            Example(
                name: "error-regress-model", arguments: ["regress", "bcg", "--model", "peto", "--moderators", "ablat"]),
            64
        ),
        (
            Example(
                name: "error-regress-cluster",
                arguments: ["regress", "bcg", "--moderators", "ablat", "--robust", "CR2"]), 65
        ),
        (
            Example(
                name: "error-regress-cluster-column",
                arguments: ["regress", "bcg", "--moderators", "ablat", "--cluster", "district"]), 65
        ),
        (
            Example(name: "error-regress-seed", arguments: ["regress", "bcg", "--moderators", "ablat", "--seed", "3"]),
            64
        ),
        (
            Example(
                name: "error-regress-scale",
                arguments: ["regress", "bcg", "--moderators", "ablat", "--scale", "ablat", "--estimator", "DL"]), 64
        ),
        (
            Example(
                name: "error-regress-at", arguments: ["regress", "bcg", "--moderators", "ablat", "--at", "year=1"]), 64
        ),
        (
            Example(
                name: "error-regress-at-twice",
                arguments: ["regress", "bcg", "--moderators", "ablat", "--at", "ablat=1,ablat=2"]), 64
        ),
        (
            Example(
                name: "error-regress-at-infinite",
                arguments: ["regress", "bcg", "--moderators", "ablat", "--at", "ablat=1e400"]), 64
        ),
        (
            Example(name: "error-regress-level", arguments: ["regress", "bcg", "--moderators", "factor(alloc, none)"]),
            64
        ),
    ]

    private static let triangle = """
        study,treatment,events,n
        Smith 2001,A,12,100
        Smith 2001,B,20,101
        Jones 2004,A,9,80
        Jones 2004,C,15,79
        Miller 2010,B,11,60
        Miller 2010,C,12,64
        Clark 2012,A,4,90
        Clark 2012,B,9,92
        Clark 2012,C,7,88

        """

    static let networks: [Example] = [
        Example(name: "network", arguments: ["network", "-", "--measure", "OR", "--better", "lower"], input: triangle),
        Example(
            name: "network-markdown",
            arguments: [
                "network", "-", "--measure", "RR", "--estimator", "DL", "--interval", "t", "--format", "markdown",
            ],
            input: triangle),
        Example(
            name: "network-csv", arguments: ["network", "-", "--better", "lower", "--format", "csv"], input: triangle),
        Example(
            name: "network-details",
            arguments: [
                "network", "-", "--details", "--leave-one-out", "--contributions", "shortest-path", "--split", "SIDDE",
                "--reference", "A",
            ], input: triangle),
        Example(
            name: "network-mantel-haenszel", arguments: ["network", "-", "--model", "mh", "--better", "lower"],
            input: triangle),
        // Without the outcome whose effect of 4.925 is a tie in rounding; `ContractTests` looks at its values.
        Example(name: "network-stroke", arguments: ["network", "stroke/contrasts", "--filter", "outcome!=FMA"]),
        Example(
            name: "network-components",
            arguments: ["network", "-", "--additive", "--inactive", "placebo"],
            input: """
                study,treat1,treat2,TE,seTE
                1,A,placebo,0.5,0.2
                2,A + B,placebo,0.9,0.25
                3,B,C,0.2,0.3
                4,B + C,B,0.3,0.3
                5,A + B,A,0.35,0.2

                """),
        Example(
            name: "network-repaired", arguments: ["network", "-", "--repair-multiarm"],
            input: "study,treat1,treat2,TE,seTE\nS1,A,B,1,0.2\nS1,A,C,1,0.3\nS1,B,C,0.4,0.3\nS2,A,B,0.8,0.3\n"),
        Example(
            name: "network-parts", arguments: ["network", "-", "--per-component"],
            input: "study,treat1,treat2,TE,seTE\nS1,A,B,1,0.2\nS2,C,D,1,0.3\n"),
        Example(name: "help-regress", arguments: ["help", "regress"]),
        Example(name: "help-report", arguments: ["help", "report"]),
        Example(name: "help-network", arguments: ["help", "network"]),
    ]

    static let smallStudies: [Example] = [
        Example(name: "bias-bcg", arguments: ["bias", "bcg", "--measure", "RR"]),
        Example(
            name: "bias-markdown",
            arguments: [
                "bias", "bcg", "--measure", "OR", "--test", "harbord,peters,deeks", "--trim-and-fill", "L0,R0,Q0",
                "--fail-safe", "none", "--format", "markdown",
            ]),
        Example(name: "bias-csv", arguments: ["bias", "normand1999", "--measure", "SMD", "--format", "csv"]),
        Example(
            name: "bias-common",
            arguments: [
                "bias", "raudenbush1985", "--model", "common", "--test", "egger", "--predictor", "vi", "--side", "left",
                "--fail-safe", "orwin", "--target", "0.02", "--level", "0.9",
            ]),
        Example(
            name: "bias-few-studies", arguments: ["bias", "-"],
            input: "study,yi,vi\nA,0.2,0.1\nB,0.4,0.1\n"),
        Example(name: "bias-r", arguments: ["bias", "bcg", "--measure", "OR", "--emit", "r"]),
        Example(
            name: "bias-selection",
            arguments: [
                "bias", "bcg", "--measure", "RR", "--test", "none", "--trim-and-fill", "none", "--fail-safe", "none",
                "--selection", "step:0.05,0.5", "--selection", "stepfun:0.05=1,0.5", "--selection", "halfnorm@sei",
                "--selection", "beta", "--alternative", "less",
            ]),
        Example(name: "help-bias", arguments: ["bias", "--help"]),
    ]

    static let others: [Example] = [
        Example(name: "effects-bcg", arguments: ["effects", "bcg", "--measure", "RR"]),
        Example(name: "effects-bcg-csv", arguments: ["effects", "BCG.csv", "--measure", "RR", "--format", "csv"]),
        Example(
            name: "effects-correction",
            arguments: ["effects", "-", "--correction-kind", "treatment-arm", "--format", "markdown"],
            input: "study,ai,n1i,ci,n2i\nA,0,10,3,40\nB,2,20,5,22\n"),
        Example(name: "measures", arguments: ["measures"]),
        Example(name: "measures-smd", arguments: ["measures", "smd"]),
        Example(name: "measures-hr", arguments: ["measures", "HR"]),
        Example(name: "measures-ve", arguments: ["measures", "VE"]),
        Example(
            name: "effects-study-interval",
            arguments: ["effects", "pritz1997", "--measure", "PLO", "--study-interval", "wilson"]),
        Example(
            name: "effects-log-rank",
            arguments: ["effects", "pignon2000", "--measure", "HR", "--columns", "oe=o_minus_e,v=v_logrank"]),
        Example(name: "measures-csv", arguments: ["measures", "--format", "csv"]),
        Example(name: "datasets", arguments: ["datasets"]),
        Example(name: "datasets-bcg", arguments: ["datasets", "bcg"]),
        Example(name: "article", arguments: ["article"]),
        Example(name: "article-markdown", arguments: ["article", "--format", "markdown"]),
        Example(name: "article-json", arguments: ["article", "--format", "json"]),
        Example(name: "article-csv", arguments: ["article", "--format", "csv"]),
        Example(name: "version", arguments: ["--version"]),
        Example(name: "help", arguments: ["--help"]),
        Example(name: "help-pool", arguments: ["help", "pool"]),
        Example(name: "help-effects", arguments: ["effects", "--help"]),
        Example(name: "help-convert", arguments: ["convert", "--help"]),
        Example(name: "help-measures", arguments: ["measures", "--help"]),
        Example(name: "help-datasets", arguments: ["datasets", "--help"]),
        Example(name: "help-article", arguments: ["article", "--help"]),
        Example(name: "help-plot", arguments: ["plot", "--help"]),
    ]

    static let sensitivity: [Example] = [
        Example(name: "sensitivity-bcg", arguments: ["sensitivity", "bcg", "--measure", "RR"]),
        Example(
            name: "sensitivity-cumulative",
            arguments: ["sensitivity", "bcg", "--measure", "RR", "--cumulative", "year", "--order", "descending"]),
        Example(
            name: "sensitivity-all-markdown",
            arguments: [
                "sensitivity", "bcg", "--estimator", "DL", "--interval", "wald", "--leave-one-out", "--influence",
                "--baujat", "--gosh", "--format", "markdown",
            ]),
        Example(
            name: "sensitivity-json",
            arguments: [
                "sensitivity", "-", "--leave-one-out", "--cumulative", "variance", "--influence", "--baujat", "--gosh",
                "--format", "json",
            ], input: "study,yi,vi\nA,0.3,0.1\nB,0.9,0.2\nC,0.1,0.15\n"),
        Example(
            name: "sensitivity-csv",
            arguments: [
                "sensitivity", "-", "--model", "mh", "--leave-one-out", "--cumulative", "input", "--influence",
                "--baujat",
                "--gosh", "--format", "csv",
            ], input: "study,ai,n1i,ci,n2i\nA,3,10,1,10\nB,0,10,0,12\nC,2,20,5,22\n"),
        Example(
            name: "sensitivity-subgroup",
            arguments: ["sensitivity", "bcg", "--subgroup", "alloc", "--leave-one-out", "--cumulative", "year"]),
        Example(name: "sensitivity-outcomes", arguments: ["sensitivity", "msc", "--influence", "--format", "csv"]),
        Example(name: "sensitivity-one", arguments: ["sensitivity", "-"], input: "study,yi,vi\nA,1,2\n"),
        Example(
            name: "sensitivity-two", arguments: ["sensitivity", "-", "--influence"],
            input: "study,yi,vi\nA,1,2\nB,3,1\n"),
        Example(
            name: "sensitivity-equal", arguments: ["sensitivity", "-", "--influence", "--baujat"],
            input: "study,yi,vi\nA,1,2\nB,1,1\nC,1,3\n"),
        Example(
            name: "sensitivity-missing-order", arguments: ["sensitivity", "-", "--cumulative", "year"],
            input: "study,yi,vi,year\nA,1,2,1999\nB,3,1,\nC,2,1,1998\nD,2,2,1999\n"),
        Example(
            name: "sensitivity-sample",
            arguments: ["sensitivity", "olkin1995", "--gosh", "--subsets", "500", "--seed", "3", "--threads", "3"]),
        Example(
            name: "sensitivity-emit-r",
            arguments: [
                "sensitivity", "bcg", "--leave-one-out", "--cumulative", "year", "--influence", "--baujat", "--gosh",
                "--order", "descending", "--emit", "r",
            ]),
        Example(
            name: "sensitivity-emit-r-peto",
            arguments: ["sensitivity", "yusuf1985", "--model", "peto", "--emit", "r"]),
        Example(name: "help-sensitivity", arguments: ["help", "sensitivity"]),
    ]

    @Test(arguments: pooling + regressions + furtherRegressions + networks + smallStudies + others + sensitivity)
    func runs(example: Example) throws { try example.expectRun() }

    /// Each is one line on standard error with the place, the fault and what to do, and nothing on standard output.
    static let failures: [(Example, Int32)] = [
        (Example(name: "error-level", arguments: ["pool", "bcg", "--level", "95"]), 64),
        (Example(name: "error-interval", arguments: ["pool", "bcg", "--interval", "normal"]), 64),
        (Example(name: "error-option", arguments: ["pool", "bcg", "--modle", "common"]), 64),
        (Example(name: "error-no-file", arguments: ["pool"]), 64),
        (Example(name: "error-command", arguments: ["pull", "bcg"]), 64),
        (Example(name: "error-command-unknown", arguments: ["bogus", "x"]), 64),
        (Example(name: "error-level-two", arguments: ["pool", "bcg", "--level", "2"]), 64),
        (Example(name: "error-bias-step", arguments: ["bias", "bcg", "--selection", "stepfun:1.5"]), 64),
        (Example(name: "error-arrays-level", arguments: ["pool", "--arrays", "x.npz", "--reported-level", "0.9"]), 64),
        (
            Example(
                name: "error-regress-prediction",
                arguments: ["regress", "bcg", "--moderators", "ablat", "--prediction", "HTS"]), 64
        ),
        (
            Example(
                name: "error-estimator-common", arguments: ["pool", "bcg", "--model", "common", "--estimator", "DL"]),
            64
        ),
        (
            Example(name: "error-estimator-ee", arguments: ["pool", "bcg", "--model", "random", "--estimator", "EE"]),
            64
        ),
        (Example(name: "error-prediction", arguments: ["pool", "bcg", "--model", "peto", "--prediction", "HTS"]), 64),
        (
            Example(name: "error-tau2-interval", arguments: ["pool", "bcg", "--model", "mh", "--tau2-interval", "PL"]),
            64
        ),
        (Example(name: "error-tau2-common", arguments: ["pool", "bcg", "--model", "common", "--tau2", "0.1"]), 64),
        (Example(name: "error-tau2", arguments: ["pool", "bcg", "--tau2=-1"]), 64),
        (Example(name: "error-weighting", arguments: ["pool", "bcg", "--model", "mh", "--weighting", "equal"]), 64),
        (Example(name: "error-interval-mh", arguments: ["pool", "bcg", "--model", "mh", "--interval", "knha"]), 64),
        (Example(name: "error-peto-measure", arguments: ["pool", "bcg", "--model", "peto", "--measure", "RR"]), 64),
        (Example(name: "error-subgroup-tau2", arguments: ["pool", "bcg", "--subgroup-tau2", "common"]), 64),
        (
            Example(
                name: "error-subgroup-model",
                arguments: ["pool", "bcg", "--subgroup", "alloc", "--subgroup-tau2", "common", "--model", "peto"]), 64
        ),
        (Example(name: "error-correction", arguments: ["pool", "bcg", "--correction=-0.5"]), 64),
        (Example(name: "error-measure", arguments: ["pool", "bcg", "--measure", "ROR"]), 64),
        (Example(name: "error-measure-code", arguments: ["measures", "ROR"]), 64),
        (Example(name: "error-columns", arguments: ["pool", "bcg", "--columns", "events"]), 64),
        (Example(name: "error-filter", arguments: ["pool", "bcg", "--filter", "alloc"]), 64),
        (Example(name: "error-bias-test", arguments: ["bias", "bcg", "--test", "eggers"]), 64),
        (Example(name: "error-bias-selection", arguments: ["bias", "bcg", "--selection", "stepfun"]), 64),
        (Example(name: "error-bias-model", arguments: ["bias", "bcg", "--model", "peto"]), 64),
        (Example(name: "error-bias-target", arguments: ["bias", "bcg", "--target", "0"]), 64),
        (Example(name: "error-bias-tables", arguments: ["bias", "normand1999", "--test", "harbord"]), 64),
        (
            Example(
                name: "error-bias-predictor", arguments: ["bias", "-", "--test", "egger", "--predictor", "ni"],
                input: "study,yi,vi\nA,1,0.1\nB,2,0.2\nC,3,0.3\n"), 65
        ),
        (Example(name: "error-mh-means", arguments: ["pool", "normand1999", "--model", "mh"]), 64),
        (Example(name: "error-other-measure", arguments: ["pool", "bcg", "--measure", "SMD"]), 65),
        (Example(name: "error-missing-column", arguments: ["pool", "bcg", "--columns", "ai=deaths"]), 65),
        (Example(name: "error-subgroup-role", arguments: ["pool", "bcg", "--subgroup", "group"]), 65),
        (Example(name: "error-subgroup-column", arguments: ["pool", "bcg", "--subgroup", "allocation"]), 65),
        (
            Example(
                name: "error-subgroup-missing", arguments: ["pool", "-", "--subgroup", "g"],
                input: "study,yi,vi,g\nA,1,2,x\nB,2,1,\nC,2,2,y\n"), 65
        ),
        (Example(name: "error-filter-empty", arguments: ["pool", "bcg", "--filter", "alloc=none"]), 65),
        (Example(name: "error-strict", arguments: ["pool", "msc", "--strict"]), 65),
        (
            Example(
                name: "error-text", arguments: ["pool", "-"],
                input: "study,ai,n1i,ci,n2i\nA,1,10,2,10\nB,\"3,5\",10,1,10\n"), 65
        ),
        (
            Example(
                name: "error-negative", arguments: ["pool", "-"],
                input: "study,n1i,m1i,sd1i,n2i,m2i,sd2i\nA,9,1,-2,9,1,2\n"),
            65
        ),
        (Example(name: "error-events", arguments: ["pool", "-"], input: "Study,Events,n\nA,11,10\n"), 65),
        (Example(name: "error-ragged", arguments: ["effects", "-"], input: "study,yi,vi\nA,1\n"), 65),
        (Example(name: "error-empty", arguments: ["effects", "-"], input: ""), 65),
        (
            Example(
                name: "error-nothing-left", arguments: ["pool", "-", "--measure", "RR", "--drop-double-zero"],
                input: "study,ai,n1i,ci,n2i\nA,0,10,0,10\n"), 65
        ),
        (Example(name: "error-no-such-file", arguments: ["pool", "nowhere/trials.csv"]), 66),
        (Example(name: "error-folder", arguments: ["pool", "Fixtures"]), 66),
        (Example(name: "error-no-data-set", arguments: ["datasets", "bgc"]), 66),
        (
            Example(
                name: "error-overflow", arguments: ["pool", "-"],
                input: "study,yi,vi\nA,1e308,1e-300\nB,-1e308,1e-300\nC,1e308,1e300\n"), 70
        ),
        (
            Example(
                name: "error-overflow-likelihood", arguments: ["pool", "-"],
                input: "study,yi,vi\nA,1e200,1e300\nB,-1e150,1e-300\nC,0,1\n"), 70
        ),
        (Example(name: "error-cannot-create", arguments: ["pool", "bcg", "--output", "nowhere/answer.txt"]), 73),
        (Example(name: "error-output-folder", arguments: ["pool", "bcg", "--output", "Fixtures"]), 73),
        (Example(name: "error-output-device", arguments: ["pool", "bcg", "--output", "/dev/full"]), 74),
    ]

    static let sensitivityFailures: [(Example, Int32)] = [
        (Example(name: "error-order", arguments: ["sensitivity", "bcg", "--order", "descending"]), 64),
        (
            Example(
                name: "error-order-value", arguments: ["sensitivity", "bcg", "--cumulative", "year", "--order", "up"]),
            64
        ),
        (Example(name: "error-seed", arguments: ["sensitivity", "bcg", "--seed", "3"]), 64),
        (Example(name: "error-subsets", arguments: ["sensitivity", "bcg", "--gosh", "--subsets", "0"]), 64),
        (Example(name: "error-threads", arguments: ["sensitivity", "bcg", "--gosh", "--threads", "0"]), 64),
        (Example(name: "error-sensitivity-option", arguments: ["sensitivity", "bcg", "--leave-two-out"]), 64),
        (
            Example(
                name: "error-emit-subgroup", arguments: ["sensitivity", "bcg", "--subgroup", "alloc", "--emit", "r"]),
            64
        ),
        (Example(name: "error-order-column", arguments: ["sensitivity", "bcg", "--cumulative", "date"]), 65),
        (
            Example(
                name: "error-no-study", arguments: ["sensitivity", "-"], input: "study,yi,vi\nA,1,NA\n"), 65
        ),
        (
            Example(
                name: "error-sensitivity-strict", arguments: ["sensitivity", "-", "--cumulative", "year", "--strict"],
                input: "study,yi,vi,year\nA,1,2,1999\nB,3,1,\n"), 65
        ),
    ]

    @Test(arguments: failures + refusedRegressions + sensitivityFailures)
    func fails(example: Example, status: Int32) throws { try example.expectFailure(status) }
}
