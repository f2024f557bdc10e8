/// Influence of each study on a regression: the change of the results without it.
///
/// Under Hartung–Knapp the whole variance of a deleted residual, v + τ²₋ + xᵀV₋x, is multiplied by the factor of the regression
/// without the study, as in R and in `PoolingModel.influence(_:)`.
///
/// R: `metafor::rstudent`, `cooks.distance` of a mixed-effects model.
///
/// Source: Viechtbauer & Cheung (2010), Research Synthesis Methods 1, doi:10.1002/jrsm.11.
public struct RegressionInfluence: Hashable, Sendable, Codable {
    /// Influence of one study.
    public struct Study: Hashable, Sendable, Codable {
        /// Label of the study, as in the data.
        public var label: String
        /// Line of the file that the study was read from; `nil` for data from elsewhere.
        public var row: Int?
        /// Effect minus the prediction of the regression without the study; `nil`, like all that follows, when that regression
        /// cannot be fitted.
        public var deletedResidual: Double?
        /// Standard error of the deleted residual; `nil` when it is 0 or τ² cannot be estimated without the study.
        public var deletedResidualStandardError: Double?
        /// Deleted residual over its standard error. R: `rstudent`.
        public var studentizedResidual: Double?
        /// Cook's distance: the squared change of the coefficients without the study, in the metric of their covariance with
        /// it.
        public var cooksDistance: Double?
        /// τ² without the study.
        public var tauSquaredDeleted: Double?
        /// Cochran's Q without the study.
        public var qDeleted: Double?
    }

    /// Studies that took part, in the order of the data.
    public var studies: [Study]
    /// Warnings and notes on the data, and on studies whose influence cannot be computed.
    public var diagnostics: [Diagnostic]
}

extension MetaRegression {
    /// Fits the model again without each study: k fits.
    ///
    /// - Throws: the errors of `fit`.
    public func influence(_ effects: EffectSizes, moderators: Moderators) throws -> RegressionInfluence {
        try check()
        let data = try RegressionData(effects, moderators, terms: terms, hasIntercept: hasIntercept)
        let whole = try data.solve(estimation)
        let coefficients = whole.scaledCoefficients
        let metric = try? CholeskyFactor(whole.scaledCovariance)
        var lost: [String] = []
        var unscaled: [String] = []
        let studies = data.kept.indices.map { index -> RegressionInfluence.Study in
            let effect = data.effects.effects[index]
            var study = RegressionInfluence.Study(label: effect.label, row: effect.row)
            guard data.kept.count > data.columns.names.count, let rest = try? data.without(index),
                let solution = try? rest.solve(estimation, unit: whole.unit)
            else {
                lost.append(effect.label)
                return study
            }
            // Both in the columns of all studies, which are standardized.
            let there = rest.standard.standardized(data.matrix.row(index))
            let others = solution.scaledCoefficients
            let expected = zip(there, others).reduce(0) { $0 + $1.0 * $1.1 }
            let variance = whole.model.scaled.variances[index]
            let total = solution.factor * solution.factor * (variance + solution.scaledTauSquared)
            let error = (total + solution.scaledCovariance.form(there)).squareRoot()
            let residual = whole.model.scaled.responses[index] - expected
            study.deletedResidual = residual * whole.unit
            if error > 0, solution.tau?.isDetermined ?? true {
                study.deletedResidualStandardError = error * whole.unit
                study.studentizedResidual = residual / error
            } else {
                unscaled.append(effect.label)
            }
            let moved = data.standard.inverse(of: rest.standard.original(others))
            let differences = zip(coefficients, moved).map { $0 - $1 }
            study.cooksDistance = metric.map { metric in
                zip(differences, metric.solution(of: differences)).reduce(0) { $0 + $1.0 * $1.1 }
            }
            study.tauSquaredDeleted = solution.tau?.isDetermined == false ? nil : solution.tauSquared
            study.qDeleted = solution.cochranQ
            return study
        }
        let notes = [
            ("without one of these the model cannot be fitted", lost),
            (
                "without one of these all others lie on the regression, so that no residual has a standard error",
                unscaled
            ),
        ].compactMap { message, labels in
            labels.isEmpty ? nil : Diagnostic(.note, .notEstimable, message, studies: labels)
        }
        return RegressionInfluence(studies: studies, diagnostics: data.diagnostics + notes)
    }
}
