import Foundation
import Testing

/// The JSON keys that scripts and other languages rely on; see `docs/cli.md`.
@Suite struct ContractTests {
    private typealias Object = [String: Any]

    private func json(_ arguments: [String], input: String = "") throws -> [String: Any] {
        let run = try CommandRun(arguments + ["--format", "json"], input: Data(input.utf8))
        #expect(run.status == 0, "\(run.errors)")
        return try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    }

    private func expectKeys(_ value: Any?, _ keys: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let object = try #require(value as? Object, sourceLocation: sourceLocation)
        for key in keys where object[key] == nil { Issue.record("no key \(key)", sourceLocation: sourceLocation) }
    }

    private static let analysisKeys = [
        "outcome", "group", "k", "studyCount", "scale", "estimate", "standardError", "statistic", "degreesOfFreedom",
        "pValue",
        "confidenceInterval", "predictionInterval", "backTransformed", "heterogeneity", "fit", "studies", "diagnostics",
        "excluded", "settings", "tests",
    ]

    @Test(arguments: [["bcg", "--measure", "OR"], ["bcg", "--model", "common"], ["msc"]])
    func biasHasEveryKey(arguments: [String]) throws {
        let document = try json(["bias"] + arguments)
        #expect(document["command"] as? String == "bias")
        try expectKeys(document, ["schema", "version", "command", "input", "settings", "analyses", "diagnostics"])
        for analysis in try #require(document["analyses"] as? [Object]) {
            try expectKeys(
                analysis,
                [
                    "outcome", "k", "scale", "pooled", "tests", "omitted", "trimAndFill", "failSafe", "petPeese",
                    "henmiCopas",
                    "worstCase", "selectionModels", "diagnostics",
                ])
            for test in try #require(analysis["tests"] as? [Object]) {
                try expectKeys(
                    test,
                    [
                        "name", "predictor", "statistic", "degreesOfFreedom", "pValue", "estimate", "standardError",
                        "limit",
                    ])
            }
            for filled in try #require(analysis["trimAndFill"] as? [Object]) {
                try expectKeys(filled, Self.analysisKeys + ["missingEstimator", "imputed", "side"])
            }
            for fit in try #require(analysis["selectionModels"] as? [Object]) {
                try expectKeys(
                    fit,
                    [
                        "k", "scale", "estimate", "standardError", "statistic", "pValue", "confidenceInterval",
                        "heterogeneity", "fit", "type", "parameters", "likelihoodRatio", "diagnostics",
                    ])
            }
            for number in try #require(analysis["failSafe"] as? [Object]) {
                try expectKeys(number, ["type", "number"])
            }
        }
    }

    @Test(arguments: [
        ["bcg", "--measure", "RR"], ["bcg", "--measure", "RD", "--model", "common"], ["yusuf1985", "--model", "peto"],
        ["collins1985b", "--model", "mantel-haenszel"], ["msc"],
        ["bcg", "--subgroup", "alloc", "--subgroup-tau2", "common"],
    ])
    func poolHasEveryKey(arguments: [String]) throws {
        let document = try json(["pool"] + arguments)
        #expect(document["schema"] as? String == "metaan/1")
        #expect(document["command"] as? String == "pool")
        try expectKeys(document, ["schema", "version", "command", "input", "settings", "analyses", "diagnostics"])
        try expectKeys(document["input"], ["file", "rows"])
        try expectKeys(document["settings"], ["measure", "model", "estimator", "interval", "level"])
        let analyses = try #require(document["analyses"] as? [Object])
        #expect(!analyses.isEmpty)
        for analysis in analyses {
            try expectKeys(analysis, Self.analysisKeys)
            if let read = analysis["backTransformed"] as? Object {
                try expectKeys(read, ["estimate", "confidenceInterval", "predictionInterval"])
            }
            try expectKeys(
                analysis["heterogeneity"],
                [
                    "estimator", "tauSquared", "tauSquaredStandardError", "tauSquaredInterval", "iSquared",
                    "iSquaredInterval", "hSquared", "cochranQ", "degreesOfFreedom", "pValue",
                ])
            if let fit = analysis["fit"] as? Object {
                try expectKeys(fit, ["logLikelihood", "aic", "aicc", "bic", "iterations"])
            }
            for study in try #require(analysis["studies"] as? [Object]) {
                try expectKeys(study, ["label", "estimate", "variance", "weight", "confidenceInterval"])
            }
            for diagnostic in try #require(analysis["diagnostics"] as? [Object]) {
                try expectKeys(diagnostic, ["severity", "code", "message", "studies"])
            }
        }
    }

    @Test func keysStandInOneOrderWithSchemaFirst() throws {
        let text = try CommandRun("pool", "bcg", "--format", "json").text
        let keys = [
            "schema", "version", "command", "input", "settings", "analyses", "outcome", "group", "k", "scale",
            "estimate",
        ]
        var position = text.startIndex
        for key in keys {
            let found = try #require(text.range(of: "\"\(key)\":", range: position..<text.endIndex), "\(key)")
            position = found.upperBound
        }
    }

    @Test func subgroupsComeBeforeTheWholeWhichHasTheirTest() throws {
        let analyses = try #require(
            json(["pool", "bcg", "--measure", "RR", "--subgroup", "alloc"])["analyses"] as? [Object])
        #expect(analyses.map { $0["group"] as? String } == ["random", "alternate", "systematic", nil])
        #expect(analyses.last?["group"] is NSNull)
        try expectKeys(analyses.last?["subgroupTest"], ["name", "statistic", "degreesOfFreedom", "pValue"])
        #expect(analyses.dropLast().allSatisfy { $0["subgroupTest"] == nil })
    }

    @Test func effectsHaveEveryKey() throws {
        let document = try json(
            ["effects", "-", "--measure", "RR", "--drop-double-zero"],
            input: "study,ai,n1i,ci,n2i\nA,1,10,2,10\nB,0,10,0,10\n")
        let analyses = try #require(document["analyses"] as? [Object])
        let effects = try #require(analyses[0]["effects"] as? [Object])
        #expect(effects.count == 1)
        try expectKeys(effects[0], ["label", "estimate", "variance", "standardError", "confidenceInterval"])
        let excluded = try #require(analyses[0]["excluded"] as? [Object])
        #expect(excluded.count == 1)
        try expectKeys(excluded[0], ["label", "row", "reason"])
        #expect(excluded[0]["row"] as? Int == 3)
    }

    @Test func articleHasEveryKey() throws {
        let figures = try #require(json(["article"])["figures"] as? [Object])
        for figure in figures {
            try expectKeys(figure, ["id", "statement", "value", "recomputed", "published", "source", "agrees"])
            #expect((figure["agrees"] as? Bool) != false, "\(figure["id"] ?? "")")
        }
        let looked = Set(figures.filter { $0["recomputed"] as? Bool == false }.compactMap { $0["id"] as? String })
        #expect(looked.isSuperset(of: ["best-motor", "three-patients-barthel", "enrolled", "related-serious-events"]))
    }

    @Test func catalogueHasEveryKey() throws {
        let measures = try #require(json(["measures"])["measures"] as? [Object])
        #expect(measures.count > 30)
        for measure in measures {
            try expectKeys(
                measure,
                [
                    "code", "title", "kind", "scale", "definition", "source", "variances", "roles", "isDefault",
                    "metafor",
                ])
        }
        let datasets = try #require(json(["datasets"])["datasets"] as? [Object])
        #expect(datasets.count >= 12)
        for dataset in datasets {
            try expectKeys(dataset, ["name", "file", "title", "kind", "measure", "rows", "source"])
        }
    }

    /// What is not estimable is null with a diagnostic, and no number is anything but a number.
    @Test func oneStudyGivesNullsAndAReason() throws {
        let document = try json(["pool", "-"], input: "study,yi,vi\nA,1,2\n")
        let analysis = try #require((document["analyses"] as? [Object])?.first)
        #expect(analysis["predictionInterval"] is NSNull)
        let heterogeneity = try #require(analysis["heterogeneity"] as? Object)
        #expect(heterogeneity["pValue"] is NSNull)
        #expect((analysis["diagnostics"] as? [Object])?.isEmpty == false)
    }

    @Test func sameInputSameBytes() throws {
        for format in ["text", "json", "markdown", "csv"] {
            let first = try CommandRun("pool", "msc", "--format", format)
            let second = try CommandRun("pool", "msc", "--format", format)
            #expect(first.output == second.output)
        }
    }

    @Test func sensitivityHasEveryKey() throws {
        let document = try json(["sensitivity", "bcg", "--leave-one-out", "--cumulative", "year", "--influence"])
        let analyses = try #require(document["analyses"] as? [Object])
        let analysis = try #require(analyses.first)
        let fit = [
            "k", "estimate", "standardError", "statistic", "degreesOfFreedom", "pValue", "confidenceInterval",
            "predictionInterval", "backTransformed", "heterogeneity", "diagnostics",
        ]
        for record in try #require(analysis["leaveOneOut"] as? [Object]) { try expectKeys(record, ["omitted"] + fit) }
        for record in try #require(analysis["cumulative"] as? [Object]) { try expectKeys(record, ["added"] + fit) }
        let influence = try #require(analysis["influence"] as? [Object])
        #expect(influence.count == 13)
        for record in influence {
            try expectKeys(
                record,
                [
                    "label", "studentizedResidual", "dffits", "cooksDistance", "covarianceRatio", "hat",
                    "tauSquaredDeleted", "qDeleted", "weight",
                ])
        }
    }

    @Test(arguments: [
        ["franchini2012", "--better", "lower", "--details", "--leave-one-out", "--contributions", "random-walk"],
        ["hasselblad1998", "--model", "mantel-haenszel"], ["stroke/contrasts"],
    ])
    func networkHasEveryKey(arguments: [String]) throws {
        let document = try json(["network"] + arguments)
        #expect(document["command"] as? String == "network")
        try expectKeys(document, ["schema", "version", "command", "input", "settings", "analyses"])
        let analyses = try #require(document["analyses"] as? [Object])
        #expect(!analyses.isEmpty)
        for analysis in analyses {
            try expectKeys(
                analysis,
                [
                    "treatments", "studies", "comparisons", "designs", "reference", "effects", "heterogeneity",
                    "inconsistency", "nodeSplit", "ranking", "leagueTable", "diagnostics", "excluded",
                ])
            let count = try #require((analysis["treatments"] as? Object)?["count"] as? Int)
            let effects = try #require(analysis["effects"] as? [Object])
            #expect(effects.count == count * (count - 1))
            for effect in effects {
                try expectKeys(
                    effect,
                    [
                        "treatment", "versus", "estimate", "standardError", "confidenceInterval", "predictionInterval",
                        "pValue", "direct", "indirect", "proportionDirect",
                    ])
            }
            let inconsistency = try #require(analysis["inconsistency"] as? Object)
            try expectKeys(inconsistency, ["total", "withinDesigns", "betweenDesigns", "designByTreatment"])
            try expectKeys(inconsistency["total"], ["q", "degreesOfFreedom", "pValue"])
            let splits = analysis["nodeSplit"] as? [Object] ?? []
            let ranks = analysis["ranking"] as? [Object] ?? []
            if arguments.contains("--better") { #expect(!splits.isEmpty && !ranks.isEmpty) }
            for split in splits {
                try expectKeys(
                    split, ["treatment", "versus", "direct", "indirect", "difference", "standardError", "pValue"])
            }
            for rank in ranks {
                try expectKeys(
                    rank, ["treatment", "pScore", "sucra", "probabilityBest", "meanRank", "rankProbabilities"])
            }
        }
    }

    @Test func strokeRankingStandsBesideThePublishedOne() throws {
        let document = try json(["network", "stroke/contrasts", "--filter", "outcome=FMA"])
        let analysis = try #require((document["analyses"] as? [Object])?.first)
        let ranking = try #require(analysis["ranking"] as? [Object])
        #expect(ranking.map { $0["treatment"] as? String } == ["BMSC", "MSC_allo", "BMMNC", "CRT"])
        let published = try #require(analysis["publishedRanking"] as? [Object])
        let best = try #require(published.first { $0["rank"] as? Int == 1 })
        #expect(best["treatment"] as? String == "BMMNC" && best["probabilityBest"] as? Double == 79.3)
        let codes = try #require(analysis["diagnostics"] as? [Object]).compactMap { $0["code"] as? String }
        #expect(Set(codes).isSuperset(of: ["starNetwork", "fewStudies", "rowQuality", "notEstimable"]))
        let effects = try #require(analysis["effects"] as? [Object])
        let own = try #require(
            effects.first { $0["treatment"] as? String == "BMMNC" && $0["versus"] as? String == "CRT" })
        let estimate = try #require(own["estimate"] as? Double)
        #expect(abs(estimate - 4.925) < 1e-12)
    }
}
