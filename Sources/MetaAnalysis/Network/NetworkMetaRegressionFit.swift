/// The effects of treatments at values of a covariate, and their change with it: a complete record that can be read without the data and
/// the settings.
///
/// Effects are on the analysis scale `scale`; coefficients are per unit of the covariate. Shapes: n treatments, q coefficients (1 or
/// n − 1).
public struct NetworkMetaRegressionFit: Hashable, Sendable, Codable {
    /// Outcome among several in one file; set by the caller.
    public var outcome: String?
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// The n treatments, sorted by name.
    public var treatments: [Treatment]
    /// Number of studies with a covariate.
    public var k: Int
    /// Reference treatment of the coefficients.
    public var reference: Treatment
    /// Mean of the covariate over the studies, each counted once.
    public var mean: Double
    /// Greatest distance of a study's covariate from the mean.
    public var spread: Double
    /// Least and greatest value of the covariate; effects outside this range are extrapolated.
    public var range: [Double]
    /// Coefficients: one for all treatments, or one for each treatment other than the reference.
    public var coefficients: [NetworkRegressionCoefficient]
    /// Effects at the mean of the covariate, of every pair of treatments once, in the order (0, 1), (0, 2), …, (1, 2), … of `treatments`.
    public var effects: [NetworkRegressionEffect]
    /// Effects of the n − 1 treatments versus the reference at the mean, then the q coefficients multiplied by `spread`. If
    /// `estimableBasis` is given, they are the solution of least norm, and single elements may have no meaning.
    public var solution: [Double]
    /// Covariance of `solution`.
    public var covariance: [[Double]]
    /// Orthonormal vectors that span the estimable combinations of `solution`; `nil` when all are estimable.
    public var estimableBasis: [[Double]]?
    /// Degrees of freedom of the t distribution; `nil` where the normal one is used.
    public var degreesOfFreedom: Double?
    /// Test of all coefficients together: χ², or F under t and Hartung–Knapp.
    public var omnibusTest: HypothesisTest
    /// Residual heterogeneity, about the regression.
    public var heterogeneity: Heterogeneity
    /// Heterogeneity of the same studies without the covariate.
    public var heterogeneityWithout: Heterogeneity
    /// Percentage by which the covariate reduces τ², 0–100; `nil` when τ² is 0 without the covariate, or was not estimated.
    public var explainedHeterogeneity: Double?
    /// Studies that were left out, by name and with the reason.
    public var excluded: [ExcludedStudy]
    /// Warnings and notes on this fit.
    public var diagnostics: [Diagnostic]
    /// Settings of the analysis.
    public var settings: NetworkMetaRegressionSettings
}

/// The change of the effect of a treatment versus the reference when the covariate increases by 1.
///
/// Every number is `nil` when the studies do not determine it.
public struct NetworkRegressionCoefficient: Hashable, Sendable, Codable {
    /// Treatment of the coefficient; `nil` for the coefficient of all treatments.
    public var treatment: Treatment?
    /// Reference treatment.
    public var versus: Treatment
    /// Coefficient, on the analysis scale per unit of the covariate.
    public var estimate: Double?
    /// Standard error of the coefficient: scaled under Hartung–Knapp.
    public var standardError: Double?
    /// Estimate divided by its standard error; `nil` also when the standard error is 0.
    public var statistic: Double?
    /// Two-sided p-value of no change; `nil` also when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval of the coefficient.
    public var confidenceInterval: ConfidenceInterval?
}

/// The effect of one treatment versus another at a value of the covariate.
///
/// Every number is `nil` when the studies do not determine it.
public struct NetworkRegressionEffect: Hashable, Sendable, Codable {
    /// Treatment whose effect this is.
    public var treatment: Treatment
    /// Comparator, whose effect is subtracted.
    public var versus: Treatment
    /// Value of the covariate.
    public var at: Double
    /// Effect at this value, on the analysis scale.
    public var estimate: Double?
    /// Standard error of the effect: scaled under Hartung–Knapp.
    public var standardError: Double?
    /// Estimate divided by its standard error; `nil` also when the standard error is 0.
    public var statistic: Double?
    /// Two-sided p-value of no effect; `nil` also when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval of the effect.
    public var confidenceInterval: ConfidenceInterval?
}

/// The settings of a network meta-regression as codes, so that a result documents how it was computed.
public struct NetworkMetaRegressionSettings: Hashable, Sendable, Codable {
    /// One coefficient for all treatments or one for each.
    public var coefficients: NetworkMetaRegression.Coefficients
    /// Settings that a network meta-regression shares with other networks.
    public var network: NetworkSettings
}

// MARK: - At a value of the covariate

extension NetworkMetaRegressionFit {
    /// Returns the effect of one treatment versus another at a value of the covariate.
    ///
    /// - Returns: `nil` for a treatment that the network does not have, and for a treatment versus itself.
    public func effect(of treatment: Treatment, versus other: Treatment, at value: Double) -> NetworkRegressionEffect? {
        guard let first = treatments.firstIndex(of: treatment), let second = treatments.firstIndex(of: other),
            first != second
        else { return nil }
        return Solver(self).effect(first, second, at: value, in: self)
    }

    /// Returns the effect of one treatment versus another at the mean of the covariate; `nil` as for the effect at another value.
    public func effect(of treatment: Treatment, versus other: Treatment) -> NetworkRegressionEffect? {
        effect(of: treatment, versus: other, at: mean)
    }

    /// Returns the effects of every pair of treatments once, in the order of `effects`, at a value of the covariate.
    public func effects(at value: Double) -> [NetworkRegressionEffect] {
        let solver = Solver(self)
        return treatments.indices.flatMap { first in
            treatments.indices.dropFirst(first + 1).map { solver.effect(first, $0, at: value, in: self) }
        }
    }

    /// What combinations of the solution are found with.
    private struct Solver {
        let space: EstimableSpace?
        let covariance: Matrix
        let inference: ContrastInference
        let reference: Int
        /// Number of treatments other than the reference.
        let own: Int

        init(_ fit: NetworkMetaRegressionFit) {
            space = fit.estimableBasis.map { EstimableSpace(vectors: $0) }
            covariance = Matrix(rows: fit.covariance)
            inference = ContrastInference(
                degreesOfFreedom: fit.degreesOfFreedom, level: fit.settings.network.level)
            reference = fit.treatments.firstIndex(of: fit.reference) ?? 0
            own = fit.treatments.count - 1
        }

        func estimate(_ weights: [Double], _ solution: [Double]) -> Estimate? {
            guard space?.contains(weights) ?? true else { return nil }
            return inference.estimate(weights, solution, covariance)
        }

        func effect(
            _ first: Int, _ second: Int, at value: Double, in fit: NetworkMetaRegressionFit
        ) -> NetworkRegressionEffect {
            var weights = Array(repeating: 0.0, count: fit.solution.count)
            let position = (value - fit.mean) / fit.spread
            for (treatment, sign) in [(first, 1.0), (second, -1.0)] where treatment != reference {
                let column = treatment < reference ? treatment : treatment - 1
                weights[column] += sign
                weights[own + (fit.solution.count == own + 1 ? 0 : column)] += sign * position
            }
            let found = estimate(weights, fit.solution)
            return NetworkRegressionEffect(
                treatment: fit.treatments[first], versus: fit.treatments[second], at: value,
                estimate: found?.estimate, standardError: found?.standardError, statistic: found?.statistic,
                pValue: found?.pValue, confidenceInterval: found?.confidenceInterval)
        }

        func coefficient(
            _ position: Int, of treatment: Treatment?, in fit: NetworkMetaRegressionFit
        ) -> NetworkRegressionCoefficient {
            let found = estimate(fit.solution.indices.map { $0 == own + position ? 1 : 0 }, fit.solution)
            return NetworkRegressionCoefficient(
                treatment: treatment, versus: fit.reference, estimate: found.map { $0.estimate / fit.spread },
                standardError: found.map { $0.standardError / fit.spread }, statistic: found?.statistic,
                pValue: found?.pValue,
                confidenceInterval: found?.confidenceInterval.rescaled(by: 1 / fit.spread))
        }
    }
}

// MARK: - Putting together

extension NetworkMetaRegressionFit {
    /// Everything that follows from the solution.
    mutating func complete() {
        let solver = Solver(self)
        switch settings.coefficients {
        case .common: coefficients = [solver.coefficient(0, of: nil, in: self)]
        case .independent:
            let others = treatments.filter { $0 != reference }
            coefficients = others.indices.map { solver.coefficient($0, of: others[$0], in: self) }
        }
        effects = effects(at: mean)
        let before = heterogeneityWithout.tauSquared
        if heterogeneity.estimator != nil, heterogeneityWithout.estimator != nil, before > 0 {
            explainedHeterogeneity = 100 * max(0, (before - heterogeneity.tauSquared) / before)
        }
    }

    var ownDiagnostics: [Diagnostic] {
        var notes: [Diagnostic] = []
        let open = coefficients.filter { $0.estimate == nil }
        if !open.isEmpty {
            let names = open.compactMap { $0.treatment.map { quoted($0.name) } }
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    names.isEmpty
                        ? "the covariate does not vary between studies that could tell its coefficient"
                        : "the studies do not determine the coefficient of \(names.joined(separator: ", ")): their covariate does"
                            + " not vary enough"))
        }
        let openEffects = effects.filter { $0.estimate == nil }.count
        if openEffects > 0 {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "\(openEffects) of \(effects.count) differences between treatments are not determined at the mean of the"
                        + " covariate; they may be at other values"))
        }
        return notes
    }

    func checkedForOverflow() throws -> NetworkMetaRegressionFit {
        let numbers =
            solution + covariance.flatMap { $0 } + [heterogeneity.tauSquared, heterogeneity.cochranQ]
            + coefficients.flatMap { [$0.estimate, $0.standardError].compactMap(\.self) }
        guard numbers.allSatisfy(\.isFinite) else { throw MetaAnalysisError.outOfRange }
        return self
    }
}
