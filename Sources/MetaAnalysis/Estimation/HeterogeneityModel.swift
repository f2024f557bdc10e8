/// The between-study variance τ² of a model: none, estimated from the studies, or known beforehand.
public enum HeterogeneityModel: Hashable, Sendable, Codable {
    /// A common effect: studies differ by chance alone, τ² = 0 and no part of the model.
    case common
    /// Random effects with a τ² found by this estimator.
    case estimated(HeterogeneityEstimator)
    /// Random effects with this τ², at least 0, on the squared analysis scale.
    case known(Double)

    /// The model of an estimator, or of a known τ², which takes precedence over the estimator.
    ///
    /// - Parameters:
    ///   - estimator: `nil` for a common effect.
    ///   - known: τ² where it is known beforehand; at least 0.
    public init(_ estimator: HeterogeneityEstimator?, known: Double? = nil) {
        switch (estimator, known) {
        case (nil, _): self = .common
        case (_, let known?): self = .known(known)
        case (let estimator?, nil): self = .estimated(estimator)
        }
    }

    /// The estimator of τ²; `nil` where τ² is not estimated.
    public var estimator: HeterogeneityEstimator? {
        if case .estimated(let estimator) = self { estimator } else { nil }
    }

    /// τ² where it is known beforehand; `nil` otherwise, and under a common effect.
    public var knownTauSquared: Double? { if case .known(let known) = self { known } else { nil } }

    /// Whether effects vary between studies.
    public var isRandom: Bool { self != .common }
}

extension HeterogeneityModel {
    /// τ² alone, 0 under a common effect.
    ///
    /// - Parameter momentWeights: of the generalized Q, independent of τ².
    func tauSquared(_ model: VarianceComponentModel, momentWeights: () -> [Double]) -> Double {
        switch self {
        case .common: 0
        case .known(let known): known
        case .estimated(let estimator): estimator.estimate(model, momentWeights: momentWeights()).value
        }
    }

    /// For effects `factor` times as large.
    func rescaled(by factor: Double) -> HeterogeneityModel {
        guard case .known(let known) = self else { return self }
        return .known(known * factor * factor)
    }
}
