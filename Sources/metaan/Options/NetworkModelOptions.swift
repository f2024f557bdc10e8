import ArgumentParser
import MetaAnalysis

/// Options for the estimation of network effects.
struct NetworkModelOptions: ParsableArguments {
    @Option(
        help: """
            Network model: random or common effects of inverse variance; for rare events counted in arms, odds ratios by \
            mantel-haenszel or by the exact likelihood (hypergeometric), which need no continuity correction.
            """)
    var model: NetworkModelName?

    @Option(
        help: """
            Estimator of the between-study variance of random effects, the same for all comparisons; REML by default, \
            DL is netmeta's generalized DerSimonian-Laird. EE and FE mean --model common.
            """)
    var estimator: EstimatorName?

    @Option(
        help: """
            Test and interval of the effects: wald (the default, as in netmeta), or t and Hartung-Knapp-type intervals \
            with the degrees of freedom of Cochran's Q.
            """)
    var interval: IntervalMethod?

    @Option(
        name: .customLong("tau2-interval"),
        help: "Interval of the between-study variance: Q-profile (QP, the default), GENQ, PL or HT.")
    var tauSquaredInterval: TauSquaredIntervalMethod?

    @Option(
        name: .customLong("tau2"),
        help: .init("Take the between-study variance as known.", valueName: "value"), transform: Double.init(option:))
    var tauSquared: Double?

    @Option(
        help: .init(
            "Treatment that tables show the others against; by default the one with the most studies.",
            valueName: "treatment"))
    var reference: String?

    func validate() throws {
        try HeterogeneityCheck(estimator: estimator, tauSquared: tauSquared, interval: tauSquaredInterval)
            .check(asked: model, chosen: chosenModel)
        if isOfCounts, let interval, interval != .wald {
            throw HeterogeneityCheck.conflict("--interval \(interval.rawValue)", chosenModel)
        }
    }

    var chosenModel: NetworkModelName { model ?? (estimator == .common ? .common : .random) }

    /// Whether the model pools counts and has no τ².
    var isOfCounts: Bool { chosenModel == .mantelHaenszel || chosenModel == .hypergeometric }

    /// Returns the inverse-variance model with these settings. For a model of counts it is the common-effect model.
    func settings(level: Double) -> NetworkMetaAnalysis {
        NetworkMetaAnalysis(
            reference: reference.map { Treatment($0) },
            EstimationSettings(
                HeterogeneityModel(estimator, known: tauSquared, isRandom: chosenModel == .random),
                interval: interval ?? .wald, tauSquaredInterval: tauSquaredInterval, level: level))
    }

    /// Choices made by default, as clauses.
    var choices: [String] {
        var choices: [String] = []
        if model == nil, estimator != .common { choices.append("random effects") }
        if chosenModel == .random, estimator == nil, tauSquared == nil { choices.append("τ² by REML") }
        if interval == nil, !isOfCounts { choices.append("Wald interval") }
        return choices
    }
}

extension ModelOptions {
    /// Returns the same choices for a network.
    ///
    /// - Throws: `CommandFailure` for a choice that is not available for a network.
    func forNetwork(reference: String?) throws -> NetworkModelOptions {
        if weighting != nil || prediction != nil {
            throw CommandFailure(.usage, "--weighting and --prediction have no meaning for a network; leave them out")
        }
        guard let name = NetworkModelName(rawValue: estimation.chosenModel.rawValue) else {
            throw CommandFailure(
                .usage, "--model \(estimation.chosenModel.rawValue) has no meaning for a network; take random or common"
            )
        }
        var options = try NetworkModelOptions.parse([])
        options.model = estimation.model == nil && name == .random ? nil : name
        options.estimator = estimation.estimator
        options.interval = estimation.interval
        options.tauSquaredInterval = estimation.tauSquaredInterval
        options.tauSquared = estimation.tauSquared
        options.reference = reference
        return options
    }
}

enum NetworkModelName: String, CaseIterable {
    case random
    case common
    case mantelHaenszel = "mantel-haenszel"
    case hypergeometric
}
