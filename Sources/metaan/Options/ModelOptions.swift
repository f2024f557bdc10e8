import ArgumentParser
import MetaAnalysis

/// Options for pooling the effects of the studies.
@dynamicMemberLookup
struct ModelOptions: ParsableArguments {
    @OptionGroup var estimation: EstimationOptions

    @Option(
        help: """
            Prediction interval: by the quantile of the confidence interval (matched, the default), or by t with k − 2 \
            (HTS) or k − 1 (HTS-k1) degrees of freedom.
            """)
    var prediction: PredictionIntervalMethod?

    @Option(help: "Weights of the studies; inverse-variance by default.")
    var weighting: Weighting?

    func validate() throws {
        let name = estimation.chosenModel
        if name != .random, prediction != nil { throw HeterogeneityCheck.conflict("--prediction", name) }
        if name == .mantelHaenszel || name == .peto, let weighting, weighting != .inverseVariance {
            throw HeterogeneityCheck.conflict("--weighting \(weighting.rawValue)", name)
        }
    }

    subscript<Value>(dynamicMember path: KeyPath<EstimationOptions, Value>) -> Value { estimation[keyPath: path] }

    func settings(level: Double) -> EstimationSettings { estimation.settings(level: level) }

    func pooling(level: Double, uncorrected: Bool) -> Pooling {
        switch estimation.chosenModel {
        case .random:
            return .random(
                RandomEffects(
                    estimation.settings(level: level), predictionInterval: prediction ?? .matched,
                    weighting: weighting ?? .inverseVariance))
        case .common:
            return .common(
                CommonEffect(
                    interval: estimation.interval ?? .wald, weighting: weighting ?? .inverseVariance, level: level))
        case .mantelHaenszel:
            return .other(MantelHaenszel(continuityCorrectedTest: !uncorrected, level: level))
        case .peto:
            return .other(Peto(level: level))
        }
    }
}

/// A pooling model with its settings.
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

    /// Failure of commands that do not support models of counts; they reject such a model before they read the file.
    static let poolsCounts = CommandFailure(
        .usage, "the model pools counts, which have no funnel plot; take --model random")

    func fit(_ effects: EffectSizes) throws -> PooledEffect {
        switch self {
        case .random(let model): try model.fit(effects)
        case .common(let model): try model.fit(effects)
        case .other(let model): try model.fit(effects)
        }
    }

    func subgroups(_ effects: EffectSizes, _ heterogeneity: SubgroupHeterogeneity?) throws -> SubgroupAnalysis {
        switch self {
        case .random(let model): try model.subgroups(effects, tauSquared: heterogeneity)
        case .common(let model): try model.subgroups(effects)
        case .other(let model): try model.subgroups(effects)
        }
    }
}
