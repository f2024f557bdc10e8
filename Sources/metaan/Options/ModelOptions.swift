import ArgumentParser
import MetaAnalysis

/// How the effects of the studies are pooled.
struct ModelOptions: ParsableArguments {
    @Option(
        help: """
            Pooling model. Random effects by default: studies of one question rarely share one true effect, and the model \
            reduces to the common effect where they do.
            """)
    var model: ModelName?

    @Option(
        help: """
            Estimator of the between-study variance of a random-effects model; REML by default, as it is nearly unbiased \
            and uses the effects efficiently. EE and FE mean --model common.
            """)
    var estimator: EstimatorName?

    @Option(
        help: """
            Test and interval of the pooled effect. hartung-knapp by default under random effects, as the others are too \
            narrow when studies are few; wald by default otherwise.
            """)
    var interval: IntervalMethod?

    @Option(
        help: """
            Prediction interval: by the quantile of the confidence interval (matched, the default), or by t with k − 2 \
            (HTS) or k − 1 (HTS-k1) degrees of freedom.
            """)
    var prediction: PredictionIntervalMethod?

    @Option(
        name: .customLong("tau2-interval"),
        help: """
            Interval of the between-study variance: Q-profile (QP, the default), generalised Q, profile likelihood, or \
            test-based.
            """)
    var tauSquaredInterval: TauSquaredIntervalMethod?

    @Option(help: "Weights of the studies; inverse-variance by default.")
    var weighting: Weighting?

    @Option(
        name: .customLong("tau2"),
        help: .init("Take the between-study variance as known.", valueName: "value"))
    var tauSquared: Double?

    func validate() throws {
        if let tauSquared, !(tauSquared >= 0 && tauSquared.isFinite) {
            throw ValidationError(
                "--tau2 \(tauSquared) is not a number of 0 or more; write --tau2 0.1, or leave it out")
        }
        if estimator == .common, let model, model != .common {
            throw ValidationError(
                "--estimator EE or FE is the common-effect model, not --model \(model.rawValue); leave out one of them")
        }
        let name = chosenModel
        if name != .random {
            if case .estimator(let estimator) = estimator {
                throw Self.conflict("--estimator \(estimator.rawValue)", name)
            }
            if prediction != nil { throw Self.conflict("--prediction", name) }
            if tauSquaredInterval != nil { throw Self.conflict("--tau2-interval", name) }
            if tauSquared != nil { throw Self.conflict("--tau2", name) }
        }
        if name == .mantelHaenszel || name == .peto {
            if let weighting, weighting != .inverseVariance {
                throw Self.conflict("--weighting \(weighting.rawValue)", name)
            }
            if let interval, interval != .wald { throw Self.conflict("--interval \(interval.rawValue)", name) }
        }
    }

    private static func conflict(_ option: String, _ model: ModelName) -> ValidationError {
        ValidationError(
            "\(option) has no meaning with --model \(model.rawValue); leave it out, or take --model random")
    }

    var chosenModel: ModelName { model ?? (estimator == .common ? .common : .random) }

    func pooling(level: Double, uncorrected: Bool) -> Pooling {
        switch chosenModel {
        case .random:
            var model = RandomEffects(knownTauSquared: tauSquared, level: level)
            if case .estimator(let estimator) = estimator { model.heterogeneity = estimator }
            if let interval { model.interval = interval }
            if let prediction { model.predictionInterval = prediction }
            if let tauSquaredInterval { model.tauSquaredInterval = tauSquaredInterval }
            if let weighting { model.weighting = weighting }
            return .random(model)
        case .common:
            return .common(
                CommonEffect(interval: interval ?? .wald, weighting: weighting ?? .inverseVariance, level: level))
        case .mantelHaenszel:
            return .other(MantelHaenszel(continuityCorrectedTest: !uncorrected, level: level))
        case .peto:
            return .other(Peto(level: level))
        }
    }

    /// What is done without having been asked for.
    var choices: [String] {
        var choices: [String] = []
        if model == nil, estimator != .common { choices.append("random effects") }
        if chosenModel == .random {
            if estimator == nil, tauSquared == nil { choices.append("τ² by REML") }
            if interval == nil { choices.append("Hartung–Knapp interval") }
        }
        return choices
    }
}

/// A model with its settings.
enum Pooling {
    case random(RandomEffects)
    case common(CommonEffect)
    /// A model of counts.
    case other(any PoolingModel)

    var model: any PoolingModel {
        switch self {
        case .random(let model): model
        case .common(let model): model
        case .other(let model): model
        }
    }

    /// Commands refuse such a model before they read.
    static let poolsCounts = CommandFailure(
        .usage, "the model pools counts, which have no funnel plot; take --model random")

    func fit(_ effects: EffectSizes) throws -> PooledEffect {
        switch self {
        case .random(let model): try model.fit(effects)
        case .common(let model): try model.fit(effects)
        case .other(let model): try model.fit(effects)
        }
    }

    func subgroups(_ effects: EffectSizes, _ heterogeneity: SubgroupHeterogeneity) throws -> SubgroupAnalysis {
        switch self {
        case .random(let model): try model.subgroups(effects, tauSquared: heterogeneity)
        case .common(let model): try model.subgroups(effects)
        case .other(let model): try model.subgroups(effects)
        }
    }
}

enum ModelName: String, CaseIterable {
    case random
    case common
    case mantelHaenszel = "mantel-haenszel"
    case peto
}

enum EstimatorName: Hashable {
    case estimator(HeterogeneityEstimator)
    /// The codes with which R users ask for the common-effect model.
    case common
}
