/// Small-sample correction of a cluster-robust covariance, whose residuals are smaller than the errors.
public enum ClusterCorrection: String, CaseIterable, Hashable, Sendable, Codable {
    /// No correction.
    case none = "CR0"
    /// Factor m / (m − p), for m clusters and p coefficients.
    case degreesOfFreedom = "CR1"
    /// Adjustment that makes the covariance unbiased if the model of the weights is right, with Satterthwaite's degrees of
    /// freedom.
    case biasReduced = "CR2"
}

/// Coefficients of a regression with a covariance that stays valid when effects of one cluster are correlated in any way.
///
/// Answers "several effects come from one study, or several studies from one group of authors: can the tests be trusted?".
/// Estimates are those of the regression; their uncertainty comes from the variation between whole clusters, so that the number
/// of clusters has to be large, not that of effects. With few clusters use CR2 (the default), and do not trust a p-value with
/// fewer than 4 degrees of freedom.
///
/// V = M (Σ Xᵢ'WᵢAᵢ eᵢeᵢ' AᵢWᵢXᵢ) M for clusters i, with M = (X'WX)⁻¹, weights w = 1 / (v + τ²) and residuals e. CR0 and CR1 have Aᵢ = I
/// and t with m − p degrees of freedom. For CR2 degrees of freedom are those of the mean and variance of V under the working model;
/// the omnibus test refers (η − q + 1) / (η q) Q to F(q, η − q + 1), with η of an approximating Wishart distribution (HTZ).
/// R: `metafor::robust(fit, cluster, clubSandwich = TRUE)`; with `FALSE` CR1.
///
/// Source: Hedges, Tipton & Johnson (2010), Research Synthesis Methods 1, doi:10.1002/jrsm.5; Tipton (2015), Psychological Methods
/// 20, doi:10.1037/met0000011; Tipton & Pustejovsky (2015), Journal of Educational and Behavioral Statistics 40,
/// doi:10.3102/1076998615606099; Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36,
/// doi:10.1080/07350015.2016.1247004.
public struct ClusterRobustFit: Hashable, Sendable, Codable {
    /// Small-sample correction of the covariance.
    public var correction: ClusterCorrection
    /// Number of clusters, m.
    public var clusters: Int
    /// Coefficients in the order of the regression's, each with its own degrees of freedom.
    public var coefficients: [RegressionCoefficient]
    /// Robust covariance of the coefficients, p × p.
    public var covariance: [[Double]]
    /// F test of all coefficients except the intercept.
    public var omnibusTest: HypothesisTest
    /// Warnings and notes on the data and on this fit.
    public var diagnostics: [Diagnostic]
}

extension MetaRegression {
    /// Fits the regression with a covariance that allows for the clusters of the effects (`EffectSize.cluster`).
    ///
    /// The settings' τ² is used, their interval method is not. Without terms the only coefficient is the pooled effect.
    ///
    /// - Throws: the errors of `fit`; `MetaAnalysisError`: `.missingColumn` when effects have no cluster, `.tooFewStudies` when
    ///   there are no more clusters than coefficients (CR0, CR1) or only one (CR2).
    public func clusterRobust(
        _ effects: EffectSizes, moderators: Moderators, correction: ClusterCorrection = .biasReduced
    ) throws -> ClusterRobustFit {
        try check()
        let data = try RegressionData(effects, moderators, terms: terms, hasIntercept: hasIntercept)
        let clusters = try Self.clusters(of: data, correction)
        let solution = try data.solve(estimation)
        let sandwich = ClusterSandwich(
            solution.fit, residuals: solution.scaledResiduals,
            design: data.standard.matrix, clusters: clusters, correction: correction)
        let fit = ClusterRobustFit(data, solution, sandwich, correction)
        guard fit.coefficients.allSatisfy({ $0.estimate.isFinite && $0.standardError.isFinite }) else {
            throw MetaAnalysisError.outOfRange
        }
        return fit
    }

    /// Groups the studies by cluster, in the order of first appearance.
    private static func clusters(of data: RegressionData, _ correction: ClusterCorrection) throws -> [[Int]] {
        var positions: [String: Int] = [:]
        var members: [[Int]] = []
        for (index, effect) in data.effects.effects.enumerated() {
            guard let name = effect.cluster else {
                throw MetaAnalysisError(
                    .missingColumn, "\(quoted(effect.label)) has no cluster",
                    remedy: "fill in a column named cluster, or name the column that holds the clusters",
                    location: .init(row: effect.row, column: "cluster", study: effect.label))
            }
            if let position = positions[name] {
                members[position].append(index)
            } else {
                positions[name] = members.count
                members.append([index])
            }
        }
        let needed = correction == .biasReduced ? 2 : data.columns.names.count + 1
        guard members.count >= needed else {
            throw MetaAnalysisError(
                .tooFewStudies,
                "\(members.count) \(members.count == 1 ? "cluster is" : "clusters are") too few for a robust covariance of"
                    + " \(data.columns.names.count) \(data.columns.names.count == 1 ? "coefficient" : "coefficients")",
                remedy: "leave terms out, or take the model without clusters")
        }
        return members
    }
}

extension ClusterRobustFit {
    init(
        _ data: RegressionData, _ solution: Solution, _ sandwich: ClusterSandwich, _ correction: ClusterCorrection
    ) {
        let (columns, standard, unit) = (data.columns, data.standard, solution.unit)
        let width = columns.names.count
        let rest = Double(sandwich.count - width)
        var own = sandwich.covariance
        if correction == .degreesOfFreedom {
            for index in own.elements.indices { own.elements[index] *= Double(sandwich.count) / rest }
        }
        let estimates = standard.original(solution.scaledCoefficients)
        var covariance = standard.original(own)
        let rounding = WeightedLeastSquares.rounding(solution.model.scaled.responses)
        var certain: Set<Int> = []
        coefficients = columns.names.indices.map { index in
            var row = Array(repeating: 0.0, count: width)
            row[index] = 1
            let contrast = standard.standardized(row)
            let degrees = correction == .biasReduced ? sandwich.degreesOfFreedom(of: contrast) : rest
            if covariance[index, index].squareRoot() <= rounding * contrast.reduce(0, { $0 + abs($1) }) {
                certain.insert(index)
                for other in 0..<width {
                    covariance[index, other] = 0
                    covariance[other, index] = 0
                }
            }
            // Without variation there is no test and no interval.
            let inference = ContrastInference(degreesOfFreedom: degrees ?? .nan, level: solution.settings.level)
            var one = RegressionCoefficient(
                columns.names[index],
                inference.estimate(estimates[index], variance: covariance[index, index]).rescaled(by: unit))
            if degrees == nil {
                one.degreesOfFreedom = nil
                one.pValue = nil
                one.confidenceInterval = ConfidenceInterval(lower: -.infinity, upper: .infinity)
            }
            return one
        }
        self.correction = correction
        clusters = sandwich.count
        self.covariance = (0..<width).map { row in covariance.row(row).map { $0 * unit * unit } }
        let tested = columns.tested
        if !certain.isDisjoint(with: tested) {
            omnibusTest = HypothesisTest(
                name: "moderators", statistic: nil, degreesOfFreedom: Double(tested.count),
                denominatorDegreesOfFreedom: correction == .biasReduced ? nil : rest, pValue: nil)
        } else if correction == .biasReduced {
            let form = RegressionFit.test("moderators", solution.scaledCoefficients, own, of: tested, nil)
            omnibusTest = Self.hotelling(form, sandwich.wishartDegreesOfFreedom(of: tested))
        } else {
            omnibusTest = RegressionFit.test("moderators", solution.scaledCoefficients, own, of: tested, rest)
        }
        diagnostics = Self.notes(coefficients, clusters: sandwich.count, studies: solution.model.scaled.count)
        if !certain.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .warning, .notEstimable,
                    solution.isExact
                        ? "all effects lie on the regression, so that robust standard errors are 0 and there is no test"
                        : "the effects that determine "
                            + certain.sorted().map { quoted(columns.names[$0]) }
                            .joined(separator: ", ")
                            + " lie on the regression, so that "
                            + (certain.count == 1 ? "its robust standard error is" : "their robust standard errors are")
                            + " 0 and there is no test"))
        }
    }

    /// Converts Q of q contrasts to F by the approximation to Hotelling's T².
    private static func hotelling(_ form: HypothesisTest, _ wishart: Double?) -> HypothesisTest {
        let width = form.degreesOfFreedom ?? 0
        guard let statistic = form.statistic, let wishart, wishart > width - 1 else {
            return HypothesisTest(
                name: form.name, statistic: nil, degreesOfFreedom: width, denominatorDegreesOfFreedom: nil, pValue: nil)
        }
        let denominator = wishart - width + 1
        let value = statistic * (denominator / wishart) / width
        return HypothesisTest(
            name: form.name, statistic: value, degreesOfFreedom: width, denominatorDegreesOfFreedom: denominator,
            pValue: ReferenceDistribution.f(numerator: width, denominator: denominator).upperTail(value))
    }

    private static func notes(_ coefficients: [RegressionCoefficient], clusters: Int, studies: Int) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if clusters == studies {
            notes.append(
                Diagnostic(
                    .note, .unusualCombination, "every effect is a cluster of its own: only unequal variances matter"))
        }
        let few = coefficients.filter { ($0.degreesOfFreedom ?? 0) < 4 }
        if !few.isEmpty {
            notes.append(
                Diagnostic(
                    .warning, .fewStudies,
                    "fewer than 4 degrees of freedom for " + few.map { quoted($0.term) }.joined(separator: ", ")
                        + ": the clusters are too few for its p-value to be trusted"))
        }
        return notes
    }
}
