import ArgumentParser
import MetaAnalysis

/// The model of the effects, which pooling and regression share.
struct EstimationOptions: ParsableArguments {
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
        name: .customLong("tau2-interval"),
        help: """
            Interval of the between-study variance: Q-profile (QP, the default), generalised Q, profile likelihood, or \
            test-based.
            """)
    var tauSquaredInterval: TauSquaredIntervalMethod?

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
            if tauSquaredInterval != nil { throw Self.conflict("--tau2-interval", name) }
            if tauSquared != nil { throw Self.conflict("--tau2", name) }
        }
        if name == .mantelHaenszel || name == .peto, let interval, interval != .wald {
            throw Self.conflict("--interval \(interval.rawValue)", name)
        }
    }

    static func conflict(_ option: String, _ model: ModelName) -> ValidationError {
        ValidationError(
            "\(option) has no meaning with --model \(model.rawValue); leave it out, or take --model random")
    }

    var chosenModel: ModelName { model ?? (estimator == .common ? .common : .random) }

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
