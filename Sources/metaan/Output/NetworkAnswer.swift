import MetaAnalysis

/// The networks of every outcome of a file.
struct NetworkAnswer: Answer {
    static let command = "network"

    struct Analysis {
        var fit: NetworkFit
        var extras: NetworkExtras
        /// Number of the connected part of a disconnected network, from 1; `nil` for a connected network.
        var part: Int?
        var network: TreatmentNetwork
        var ranking: Ranking?
        var splits: [NodeSplit]
        var published: [PublishedRank]
        /// Choices made by default, as clauses.
        var choices: [String]

        var diagnostics: [Diagnostic] { fit.diagnostics + (ranking?.diagnostics ?? []) + extras.diagnostics }
    }

    struct Settings: Encodable {
        var measure: String?
        var model: String
        var estimator: HeterogeneityEstimator?
        var interval: IntervalMethod?
        var level: Double
        var tauSquaredInterval: TauSquaredIntervalMethod?
        var tauSquared: Double?
        var effects: EffectSettings?
        var reference: String?
        var better: Preference?
        var split: NodeSplitting.Method
        var repairMultiarm: Bool
        var perComponent: Bool
        var columns: String?
        var filters: [String]

        init(_ command: NetworkCommand, _ fits: [NetworkFit]) {
            let all = fits.map(\.settings)
            measure = all.shared(\.measure)
            model = command.model.chosenModel.rawValue
            estimator = all.shared(\.estimator)
            interval = all.shared(\.interval)
            level = command.level.level
            tauSquaredInterval = all.shared(\.tauSquaredInterval)
            tauSquared = command.model.tauSquared
            effects = all.shared(\.effects)
            reference = command.model.reference
            better = command.better
            split = command.split
            repairMultiarm = command.repairMultiarm
            perComponent = command.perComponent
            columns = command.input.columns
            filters = command.input.filter
        }
    }

    var input: InputRecord
    var settings: Settings
    var analyses: [Analysis]
    /// Path of the table with the published ranking; `nil` for none.
    var published: String?

    var diagnostics: [Diagnostic] {
        analyses.flatMap { analysis in
            analysis.diagnostics.named(analyses.count > 1 ? analysis.fit.outcome : nil)
        }
    }

    func summary() -> Summary {
        analyses.reduce(Summary()) { whole, analysis in
            whole
                + Summary(
                    analysis.fit, ranking: analysis.ranking, published: analysis.published, splits: analysis.splits,
                    source: input.title + (analysis.part.map { ", part \($0)" } ?? ""), choices: analysis.choices)
                + Summary(analysis.extras, measure: analysis.fit.settings.measure, scale: analysis.fit.scale)
        }
    }
}

// MARK: - JSON

extension NetworkAnswer {
    private enum CodingKeys: String, CodingKey { case input, settings, analyses }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(settings, forKey: .settings)
        try container.encode(analyses.map(Record.init), forKey: .analyses)
    }

    private struct Names: Encodable {
        var count: Int
        var names: [String]
    }

    private struct Record: Encodable {
        var outcome: String?
        var part: Int?
        var k: Int
        var scale: EffectScale
        var treatments: Names
        var studies: Names
        var comparisons: Names
        var designs: Names
        var reference: Treatment
        var degreesOfFreedom: Double?
        var effects: [EffectRecord]
        var heterogeneity: Heterogeneity
        var inconsistency: Inconsistency
        var nodeSplit: [SplitRecord]
        var ranking: [RankRecord]?
        var rankingSummary: RankingRecord?
        var publishedRanking: [PublishedRank]
        var leagueTable: LeagueTable
        var components: ComponentFit?
        var regression: NetworkMetaRegressionFit?
        var regressionEffects: [NetworkRegressionEffect]?
        var subgroups: NetworkSubgroups?
        var leaveOneOut: NetworkLeaveOneOut?
        var contributions: ContributionMatrix?
        var designDecomposition: DesignDecomposition?
        var netHeat: NetHeat?
        var evidenceStructure: EvidenceStructure?
        var fit: FitStatistics?
        var excluded: [ExcludedStudy]
        var diagnostics: [Diagnostic]
        var settings: NetworkSettings

        init(_ analysis: Analysis) {
            let fit = analysis.fit
            outcome = fit.outcome
            part = analysis.part
            k = fit.k
            scale = fit.scale
            treatments = Names(count: fit.treatments.count, names: fit.treatments.map(\.name))
            studies = Names(count: fit.k, names: analysis.network.studies.map(\.label))
            comparisons = Names(
                count: fit.comparisonCount,
                names: fit.effects.filter { $0.studies > 0 }.map { "\($0.treatment):\($0.versus)" })
            designs = Names(count: fit.designs.count, names: fit.designs.map(\.name))
            reference = fit.reference
            degreesOfFreedom = fit.degreesOfFreedom
            effects = fit.orderedEffects.map { EffectRecord($0, fit.scale) }
            heterogeneity = fit.heterogeneity
            inconsistency = fit.inconsistency
            nodeSplit = analysis.splits.map(SplitRecord.init)
            ranking = analysis.ranking?.treatments.map(RankRecord.init)
            rankingSummary = analysis.ranking.map(RankingRecord.init)
            publishedRanking = analysis.published
            leagueTable = LeagueTable(fit, order: analysis.ranking?.treatments.map(\.treatment))
            components = analysis.extras.components
            regression = analysis.extras.regression
            regressionEffects = analysis.extras.regressionEffects
            subgroups = analysis.extras.subgroups
            leaveOneOut = analysis.extras.leaveOneOut
            contributions = analysis.extras.contributions
            designDecomposition = analysis.extras.designDecomposition
            netHeat = analysis.extras.netHeat
            evidenceStructure = analysis.extras.evidenceStructure
            self.fit = fit.fit
            excluded = fit.excluded
            diagnostics = analysis.diagnostics
            settings = fit.settings
        }
    }

    private struct EffectRecord: Encodable {
        var treatment: Treatment
        var versus: Treatment
        var estimate: Double
        var standardError: Double
        var statistic: Double?
        var pValue: Double?
        var confidenceInterval: ConfidenceInterval
        var predictionInterval: ConfidenceInterval?
        var backTransformed: BackTransformed?
        var studies: Int
        var direct: NetworkEffect.Evidence?
        var indirect: NetworkEffect.Evidence?
        var proportionDirect: Double?

        init(_ effect: NetworkEffect, _ scale: EffectScale) {
            treatment = effect.treatment
            versus = effect.versus
            estimate = effect.estimate
            standardError = effect.standardError
            statistic = effect.statistic
            pValue = effect.pValue
            confidenceInterval = effect.confidenceInterval
            predictionInterval = effect.predictionInterval
            backTransformed = effect.backTransformed(scale)
            studies = effect.studies
            direct = effect.direct
            indirect = effect.indirect
            proportionDirect = effect.proportionDirect
        }
    }

    private struct SplitRecord: Encodable {
        var treatment: Treatment
        var versus: Treatment
        var direct: NetworkEffect.Evidence?
        var indirect: NetworkEffect.Evidence?
        var network: NetworkEffect.Evidence
        var difference: Double?
        var standardError: Double?
        var confidenceInterval: ConfidenceInterval?
        var statistic: Double?
        var pValue: Double?
        var studies: Int
        var reason: String?

        init(_ split: NodeSplit) {
            treatment = split.treatment
            versus = split.versus
            direct = split.direct
            indirect = split.indirect
            network = split.network
            difference = split.difference
            standardError = split.standardError
            confidenceInterval = split.confidenceInterval
            statistic = split.statistic
            pValue = split.pValue
            studies = split.studies
            reason = split.diagnostics.first?.message
        }
    }

    private struct RankRecord: Encodable {
        var treatment: Treatment
        var pScore: Double
        var sucra: Double
        var probabilityBest: Double?
        var meanRank: Double
        var medianRank: Int?
        var rankInterval: [Int]?
        var rankProbabilities: [Double]?

        init(_ rank: RankedTreatment) {
            treatment = rank.treatment
            pScore = rank.pScore
            sucra = rank.sucra
            probabilityBest = rank.probabilityBest
            meanRank = rank.meanRank
            medianRank = rank.medianRank
            rankInterval = rank.rankInterval.map { [$0.lowerBound, $0.upperBound] }
            rankProbabilities = rank.rankProbabilities
        }
    }

    private struct RankingRecord: Encodable {
        var better: Preference
        var errorBound: Double?
        var precisionOfHierarchy: Double

        init(_ ranking: Ranking) {
            better = ranking.preferring
            errorBound = ranking.errorBound
            precisionOfHierarchy = ranking.precisionOfHierarchy
        }
    }
}

// MARK: - CSV

extension NetworkAnswer {
    /// Returns one row for each ordered pair of treatments, ranked treatment, test of agreement and split, distinguished by `type`.
    func csv() -> DelimitedText {
        var table = DelimitedText(columns: [
            "outcome", "part", "type", "treatment", "versus", "estimate", "standard_error", "ci_low", "ci_high",
            "pi_low",
            "pi_high", "p_value", "read_estimate", "read_ci_low", "read_ci_high", "direct", "direct_standard_error",
            "direct_studies", "indirect", "indirect_standard_error", "proportion_direct", "tau2", "i2", "q", "q_df",
            "q_p_value", "p_score", "p_best", "mean_rank", "published_p_best", "reason",
        ])
        for analysis in analyses { Self.append(analysis, to: &table) }
        return table
    }

    private static func append(_ analysis: Analysis, to table: inout DelimitedText) {
        let fit = analysis.fit
        func add(_ type: String, _ fields: [String: DelimitedText.Field]) {
            let place: [String: DelimitedText.Field] = [
                "outcome": .text(fit.outcome), "part": .text(analysis.part.map(String.init)), "type": .text(type),
            ]
            table.append(place.merging(fields) { $1 })
        }
        for effect in fit.orderedEffects {
            let read = effect.backTransformed(fit.scale)
            add(
                "effect",
                [
                    "treatment": .text(effect.treatment.name), "versus": .text(effect.versus.name),
                    "estimate": .number(effect.estimate), "standard_error": .number(effect.standardError),
                    "ci_low": .number(effect.confidenceInterval.lower),
                    "ci_high": .number(effect.confidenceInterval.upper),
                    "pi_low": .number(effect.predictionInterval?.lower),
                    "pi_high": .number(effect.predictionInterval?.upper), "p_value": .number(effect.pValue),
                    "read_estimate": .number(read?.estimate), "read_ci_low": .number(read?.confidenceInterval.lower),
                    "read_ci_high": .number(read?.confidenceInterval.upper),
                    "direct": .number(effect.direct?.estimate),
                    "direct_standard_error": .number(effect.direct?.standardError),
                    "direct_studies": .text(effect.studies > 0 ? String(effect.studies) : nil),
                    "indirect": .number(effect.indirect?.estimate),
                    "indirect_standard_error": .number(effect.indirect?.standardError),
                    "proportion_direct": .number(effect.proportionDirect),
                ])
        }
        let heterogeneity = fit.heterogeneity
        add("heterogeneity", ["tau2": .number(heterogeneity.tauSquared), "i2": .number(heterogeneity.iSquared)])
        let inconsistency = fit.inconsistency
        for (type, test) in [
            ("total", inconsistency.total), ("within-designs", inconsistency.withinDesigns),
            ("between-designs", inconsistency.betweenDesigns), ("design-by-treatment", inconsistency.designByTreatment),
        ] {
            add(
                type,
                [
                    "q": .number(test?.q), "q_df": .number(test?.degreesOfFreedom), "q_p_value": .number(test?.pValue),
                ])
        }
        for split in analysis.splits {
            add(
                "split",
                [
                    "treatment": .text(split.treatment.name), "versus": .text(split.versus.name),
                    "estimate": .number(split.difference), "standard_error": .number(split.standardError),
                    "p_value": .number(split.pValue), "direct": .number(split.direct?.estimate),
                    "direct_standard_error": .number(split.direct?.standardError),
                    "indirect": .number(split.indirect?.estimate),
                    "indirect_standard_error": .number(split.indirect?.standardError),
                    "reason": .text(split.diagnostics.first?.message),
                ])
        }
        let published = Dictionary(
            analysis.published.map { ($0.treatment, $0.probabilityBest) }, uniquingKeysWith: { first, _ in first })
        for rank in analysis.ranking?.treatments ?? [] {
            add(
                "rank",
                [
                    "treatment": .text(rank.treatment.name), "p_score": .number(rank.pScore),
                    "p_best": .number(rank.probabilityBest), "mean_rank": .number(rank.meanRank),
                    "published_p_best": .number(published[rank.treatment]),
                ])
        }
        for study in fit.excluded {
            add("excluded", ["treatment": .text(study.label), "reason": .text(study.reason)])
        }
    }
}
