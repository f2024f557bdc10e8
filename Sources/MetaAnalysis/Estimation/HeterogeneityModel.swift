/// Between-study variance τ² of a model: none, estimated from the studies, or known beforehand.
public enum HeterogeneityModel: Hashable, Sendable, Codable {
    /// Common effect: studies differ by chance alone, and τ² = 0 is not part of the model.
    case common
    /// Random effects with a τ² from this estimator.
    case estimated(HeterogeneityEstimator)
    /// Random effects with this τ², at least 0, on the squared analysis scale.
    case known(Double)

    /// Creates the model of an estimator, or of a known τ², which takes precedence.
    ///
    /// - Parameters:
    ///   - estimator: the estimator of τ²; `nil` for a common effect, whatever `known` is.
    ///   - known: τ² if it is known beforehand; at least 0, which the fit checks.
    public init(_ estimator: HeterogeneityEstimator?, known: Double? = nil) {
        switch (estimator, known) {
        case (nil, _): self = .common
        case (_, let known?): self = .known(known)
        case (let estimator?, nil): self = .estimated(estimator)
        }
    }

    /// The estimator of τ²; `nil` when τ² is not estimated.
    public var estimator: HeterogeneityEstimator? {
        if case .estimated(let estimator) = self { estimator } else { nil }
    }

    /// τ² if it is known beforehand; `nil` otherwise and under a common effect.
    public var knownTauSquared: Double? { if case .known(let known) = self { known } else { nil } }

    /// Whether effects vary between studies, under random effects.
    public var isRandom: Bool { self != .common }
}

extension HeterogeneityModel {
    /// Computes τ² alone; 0 under a common effect.
    ///
    /// - Parameter momentWeights: weights of the generalized Q, independent of τ².
    func tauSquared(_ model: VarianceComponentModel, momentWeights: () -> [Double]) -> Double {
        switch self {
        case .common: 0
        case .known(let known): known
        case .estimated(let estimator): estimator.estimate(model, momentWeights: momentWeights()).value
        }
    }

    /// Returns the model for effects `factor` times as large.
    func rescaled(by factor: Double) -> HeterogeneityModel {
        guard case .known(let known) = self else { return self }
        return .known(known * factor * factor)
    }
}
