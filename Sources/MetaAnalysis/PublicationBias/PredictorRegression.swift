/// Regression of effects on an intercept and one predictor: what the regression tests of asymmetry share.
///
/// The predictor is centred at its mean and divided by its spread before fitting, so that neither numbers of participants nor tiny
/// variances cost digits. k responses, O(k) for each step of the search for τ².
struct PredictorRegression {
    /// How responses vary around the line beyond their sampling variances v.
    enum Excess: Hashable {
        /// Variances v.
        case none
        /// Variances v + τ², with τ² estimated, or known.
        case additive(HeterogeneityEstimator, known: Double? = nil)

        /// For effects `factor` times as large.
        func rescaled(by factor: Double) -> Excess {
            guard case .additive(let estimator, let known?) = self else { return self }
            return .additive(estimator, known: known * factor * factor)
        }

        /// Variances φ v, with φ estimated from the residuals; tests by t with k − 2 degrees of freedom.
        case multiplicative
    }

    let count: Int
    let slope: CombinationInference.Estimate
    let intercept: CombinationInference.Estimate
    let tauSquared: Double?
    /// Of t; `nil` for the normal distribution.
    let degreesOfFreedom: Double?
    let diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - test: its name, for errors.
    ///   - interval: with `.multiplicative` it has no meaning.
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than three responses, `.singularDesign` for a predictor
    ///   that does not vary.
    init(
        _ responses: [Double], variances: [Double], on predictor: [Double], _ excess: Excess,
        interval: IntervalMethod = .wald, level: Double, test: String
    ) throws {
        try ConfidenceInterval.check(level: level)
        count = responses.count
        guard count > 2 else { throw MetaAnalysisError.tooFew(count, for: test, needed: 3) }
        let line = try Self.standardized(predictor, variances, test: test)
        let model: VarianceComponentModel
        do {
            var elements: [Double] = []
            for position in line.positions { elements += [1, position] }
            model = try VarianceComponentModel(
                responses: responses, variances: variances,
                design: .columns(Matrix(rows: count, columns: 2, elements: elements)))
        } catch {
            throw Self.singular(test)
        }
        var notes: [Diagnostic] = []
        var tauSquared: Double?
        if case .additive(let estimator, let known) = excess {
            let tau = TauSquared(
                model, estimator, interval: .testBased, level: level, momentWeights: model.weights(at: 0), known: known)
            tauSquared = tau.value
            notes += tau.diagnostics.filter { $0.code == .severalModes }
        }
        let least = model.leastSquares(weights: model.weights(at: tauSquared ?? 0))
        let degrees = Double(count - 2)
        let residual = least.fitsExactly(responses) ? 0 : least.residualSumOfSquares(responses)
        let scale: Double
        if excess == .multiplicative {
            scale = (residual / degrees).squareRoot()
            degreesOfFreedom = degrees
        } else {
            scale = InverseVariancePooling.scale(interval, residual: residual, degreesOfFreedom: degrees)
            degreesOfFreedom = interval == .wald ? nil : degrees
        }
        if scale == 0 {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "all effects lie on one line, so that the standard errors of the regression are 0 and there is no test"
                ))
        }
        let inference = CombinationInference(degreesOfFreedom: degreesOfFreedom, level: level)
        let (gram, square) = (least.inverseGram, scale * scale)
        let (level0, level1) = (least.coefficients[0], least.coefficients[1])
        let shift = line.mean / line.spread
        slope = inference.estimate(level1, variance: square * gram[1, 1]).rescaled(by: 1 / line.spread)
        intercept = inference.estimate(
            level0 - shift * level1,
            variance: square * (gram[0, 0] - 2 * shift * gram[0, 1] + shift * shift * gram[1, 1]))
        self.tauSquared = tauSquared
        diagnostics = notes + model.varianceDiagnostics
        try checkForOverflow()
    }

    /// Of the effects of studies, whatever their range.
    init(
        _ effects: EffectSizes, on predictor: [Double], _ excess: Excess, interval: IntervalMethod = .wald,
        level: Double, test: String
    ) throws {
        let (moderate, factor) = effects.moderate
        let regression = try PredictorRegression(
            moderate.effects.map(\.estimate), variances: moderate.effects.map(\.variance), on: predictor,
            excess.rescaled(by: 1 / factor),
            interval: interval, level: level, test: test)
        self = factor == 1 ? regression : try PredictorRegression(regression, rescaledBy: factor)
    }

    private init(_ regression: PredictorRegression, rescaledBy factor: Double) throws {
        count = regression.count
        slope = regression.slope.rescaled(by: factor)
        intercept = regression.intercept.rescaled(by: factor)
        tauSquared = regression.tauSquared.map { $0 * factor * factor }
        degreesOfFreedom = regression.degreesOfFreedom
        diagnostics = regression.diagnostics
        try checkForOverflow()
    }

    private func checkForOverflow() throws {
        guard
            [slope.estimate, slope.standardError, intercept.estimate, intercept.standardError, tauSquared ?? 0]
                .allSatisfy(\.isFinite)
        else { throw MetaAnalysisError.outOfRange }
    }

    /// Distances from the weighted mean in units of the greatest.
    private static func standardized(
        _ predictor: [Double], _ variances: [Double], test: String
    ) throws -> (positions: [Double], mean: Double, spread: Double) {
        guard let least = variances.min() else { throw MetaAnalysisError.tooFew(0, for: test, needed: 3) }
        var total = 0.0
        var sum = 0.0
        for (value, variance) in zip(predictor, variances) {
            let weight = least / variance
            total += weight
            sum += weight * (value - predictor[0])
        }
        let mean = predictor[0] + sum / total
        let distances = predictor.map { $0 - mean }
        let spread = distances.reduce(0) { max($0, abs($1)) }
        guard spread.isFinite, mean.isFinite else { throw MetaAnalysisError.outOfRange }
        // Equal numbers differ from their mean by rounding; what differs by so little cannot be told from them.
        guard spread > 1e-9 * abs(mean) else { throw singular(test) }
        return (distances.map { $0 / spread }, mean, spread)
    }

    private static func singular(_ test: String) -> MetaAnalysisError {
        MetaAnalysisError(
            .singularDesign, "\(test) cannot be made: studies do not differ in the predictor, so that none is smaller",
            remedy: "leave it out, or take another predictor")
    }
}

extension PredictorRegression {
    /// Where a regression of effects on their standard errors says that studies are missing: opposite to where small studies stand;
    /// `nil` where its line rises by nothing but rounding.
    func emptierSide(of effects: EffectSizes, errors: [Double]) -> FunnelSide? {
        let rise = slope.estimate * ((errors.max() ?? 0) - (errors.min() ?? 0))
        let greatest = effects.effects.reduce(0) { max($0, abs($1.estimate)) }
        guard abs(rise) > 512 * .ulpOfOne * greatest else { return nil }
        return slope.estimate < 0 ? .right : .left
    }
}

extension Diagnostic {
    static let noEmptierSide = Diagnostic(
        .note, .notEstimable,
        "effects do not depend on their standard errors, so that studies are missing on neither side: left is taken")
}

extension CombinationInference.Estimate {
    func rescaled(by factor: Double) -> CombinationInference.Estimate {
        var result = self
        result.estimate *= factor
        result.standardError *= factor
        result.confidenceInterval = confidenceInterval.rescaled(by: factor)
        return result
    }
}

extension SmallStudyTest {
    /// What a regression test reports.
    init(
        _ name: SmallStudyMethod, predictor: String, _ regression: PredictorRegression, hasLimit: Bool,
        diagnostics: [Diagnostic]
    ) {
        let limit = regression.intercept
        self.init(
            name: name, predictor: predictor, k: regression.count,
            reference: regression.degreesOfFreedom == nil ? .normal : .studentT,
            statistic: regression.slope.statistic, degreesOfFreedom: regression.degreesOfFreedom,
            pValue: regression.slope.pValue, estimate: regression.slope.estimate,
            standardError: regression.slope.standardError,
            limit: hasLimit
                ? LimitEstimate(
                    estimate: limit.estimate, standardError: limit.standardError,
                    confidenceInterval: limit.confidenceInterval) : nil,
            tauSquared: regression.tauSquared, significance: nil, diagnostics: diagnostics + regression.diagnostics)
    }
}
