import ArgumentParser
import MetaAnalysis

/// Options for the model of the effects, shared by pooling and regression.
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
            Interval of the between-study variance: Q-profile (QP, the default), generalized Q, profile likelihood, or \
            test-based.
            """)
    var tauSquaredInterval: TauSquaredIntervalMethod?

    @Option(
        name: .customLong("tau2"),
        help: .init("Take the between-study variance as known.", valueName: "value"), transform: Double.init(option:))
    var tauSquared: Double?

    func validate() throws {
        try HeterogeneityCheck(estimator: estimator, tauSquared: tauSquared, interval: tauSquaredInterval)
            .check(asked: model, chosen: chosenModel)
        let name = chosenModel
        if name == .mantelHaenszel || name == .peto, let interval, interval != .wald {
            throw HeterogeneityCheck.conflict("--interval \(interval.rawValue)", name)
        }
    }

    var chosenModel: ModelName { model ?? (estimator == .common ? .common : .random) }

    /// Choices made by default, as clauses.
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

/// The options for the between-study variance; it checks whether they fit the model of pooling, of a regression or of a network.
struct HeterogeneityCheck {
    var estimator: EstimatorName?
    var tauSquared: Double?
    var interval: TauSquaredIntervalMethod?

    /// Checks the options.
    ///
    /// - Parameters:
    ///   - asked: model that was requested by name; `nil` for none.
    ///   - chosen: model in use, which is the requested one or the one implied by other options.
    /// - Throws: `ValidationError` for an invalid τ² and for options that do not fit the model.
    func check<Model: RawRepresentable<String>>(asked: Model?, chosen: Model) throws {
        if let tauSquared, !(tauSquared >= 0 && tauSquared.isFinite) {
            throw ValidationError(
                "--tau2 \(tauSquared) is not a number of 0 or more; write --tau2 0.1, or leave it out")
        }
        if estimator == .common, let asked, asked.rawValue != ModelName.common.rawValue {
            throw ValidationError(
                "--estimator EE or FE is the common-effect model, not --model \(asked.rawValue); leave out one of them")
        }
        guard chosen.rawValue != ModelName.random.rawValue else { return }
        if case .estimator(let estimator) = estimator {
            throw Self.conflict("--estimator \(estimator.rawValue)", chosen)
        }
        if interval != nil { throw Self.conflict("--tau2-interval", chosen) }
        if tauSquared != nil { throw Self.conflict("--tau2", chosen) }
    }

    static func conflict(_ option: String, _ model: some RawRepresentable<String>) -> ValidationError {
        ValidationError(
            "\(option) has no meaning with --model \(model.rawValue); leave it out, or take --model random")
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
    /// The common-effect model, requested by the code of an estimator as in R (EE, FE or CE).
    case common
}

extension EstimationOptions {
    /// The settings of the estimation; what was not chosen is as in `pool`.
    ///
    /// - Parameter defaultInterval: of random effects; that of a common effect is Wald's.
    func settings(
        level: Double, defaultEstimator: HeterogeneityEstimator = .restrictedMaximumLikelihood,
        defaultInterval: IntervalMethod = .hartungKnapp
    ) -> EstimationSettings {
        let isRandom = chosenModel == .random
        return EstimationSettings(
            HeterogeneityModel(estimator, known: tauSquared, isRandom: isRandom, default: defaultEstimator),
            interval: interval ?? (isRandom ? defaultInterval : .wald), tauSquaredInterval: tauSquaredInterval,
            level: level)
    }
}

extension HeterogeneityModel {
    /// - Parameter estimator: what was chosen; `nil` takes the default.
    init(
        _ estimator: EstimatorName?, known: Double?, isRandom: Bool,
        default defaultEstimator: HeterogeneityEstimator = .restrictedMaximumLikelihood
    ) {
        guard isRandom else {
            self = .common
            return
        }
        if case .estimator(let chosen)? = estimator {
            self.init(chosen, known: known)
        } else {
            self.init(defaultEstimator, known: known)
        }
    }
}

extension EstimationSettings {
    /// - Parameter tauSquaredInterval: `nil` takes the default.
    init(
        _ heterogeneity: HeterogeneityModel, interval: IntervalMethod, tauSquaredInterval: TauSquaredIntervalMethod?,
        level: Double
    ) {
        self.init(heterogeneity: heterogeneity, interval: interval, level: level)
        if let tauSquaredInterval { self.tauSquaredInterval = tauSquaredInterval }
    }
}
