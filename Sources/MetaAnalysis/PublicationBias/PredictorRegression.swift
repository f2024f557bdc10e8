/// Regression of effects on an intercept and one predictor: what the regression tests of asymmetry share.
///
/// The predictor is centered at its mean and divided by its spread before fitting, so that neither numbers of participants nor tiny
/// variances cost digits. k responses, O(k) for each step of the search for τ².
struct PredictorRegression {
    /// How responses vary around the line beyond their sampling variances v.
    enum Excess: Hashable {
        /// Variances v, or v + τ².
        case additive(HeterogeneityModel)
        /// Variances φ v, with φ estimated from the residuals; tests by t with k − 2 degrees of freedom.
        case multiplicative
    }

    let count: Int
    let slope: Estimate
    let intercept: Estimate
    let tauSquared: Double?
    /// Of t; `nil` for the normal distribution.
    let degreesOfFreedom: Double?
    let diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - test: its name, for errors.
    ///   - interval: with `.multiplicative` it has no meaning.
    ///   - unit: a power of two by which responses were divided.
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than three responses, `.singularDesign` for a predictor
    ///   that does not vary.
    init(
        _ responses: [Double], variances: [Double], on predictor: [Double], _ excess: Excess,
        interval: IntervalMethod = .wald, level: Double, test: String, unit: Double = 1
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
        var settings = EstimationSettings(
            heterogeneity: .common, interval: interval, tauSquaredInterval: .testBased, level: level)
        switch excess {
        case .additive(let heterogeneity): settings.heterogeneity = heterogeneity
        case .multiplicative: settings.interval = .hartungKnapp
        }
        let solution = LinearEffectModel(model, unit: unit).solve(settings, roundsToFit: true)
        var notes = solution.tau?.diagnostics.filter { $0.code == .severalModes } ?? []
        if solution.factor == 0 {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "all effects lie on one line, so that the standard errors of the regression are 0 and there is no test"
                ))
        }
        let gram = solution.scaledPlainCovariance
        let (level0, level1) = (solution.fit.coefficients[0], solution.fit.coefficients[1])
        let square = solution.factor * solution.factor
        let shift = line.mean / line.spread
        degreesOfFreedom = solution.inference.degreesOfFreedom
        slope = solution.estimate(level1, variance: square * gram[1, 1]).rescaled(by: 1 / line.spread)
        intercept = solution.estimate(
            level0 - shift * level1,
            variance: square * (gram[0, 0] - 2 * shift * gram[0, 1] + shift * shift * gram[1, 1]))
        tauSquared = solution.tau == nil ? nil : solution.tauSquared
        diagnostics = notes + model.varianceDiagnostics
        try checkForOverflow()
    }

    /// Of the effects of studies, whatever their range.
    init(
        _ effects: EffectSizes, on predictor: [Double], _ excess: Excess, interval: IntervalMethod = .wald,
        level: Double, test: String
    ) throws {
        let (moderate, unit) = effects.moderate
        try self.init(
            moderate.effects.map(\.estimate), variances: moderate.effects.map(\.variance), on: predictor, excess,
            interval: interval, level: level, test: test, unit: unit)
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
