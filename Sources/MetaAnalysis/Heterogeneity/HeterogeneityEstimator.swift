internal import RealModule

/// Estimators of the between-study variance τ². Raw values are metafor's codes (`method=` of `rma`).
///
/// To add one, write a case here with its citation, its name in `title`, its paper in `reference` and its equation in
/// `estimate(_:momentWeights:)`. The command line, JSON, help and law tests use `allCases`.
public enum HeterogeneityEstimator: String, Hashable, Sendable, Codable, CaseIterable {
    /// Method of moments with Cochran's Q, closed form. DerSimonian & Laird (1986), doi:10.1016/0197-2456(86)90046-2.
    case derSimonianLaird = "DL"
    /// Method of moments with the unweighted sum of squares, closed form. Hedges & Olkin (1985), Statistical Methods for
    /// Meta-Analysis.
    case hedges = "HE"
    /// Q over its number of studies, closed form, biased downward. Hunter & Schmidt, Methods of Meta-Analysis.
    case hunterSchmidt = "HS"
    /// Hunter–Schmidt with a correction for small k. Brannick et al. (2019), doi:10.1177/1094428117741966.
    case hunterSchmidtCorrected = "HSk"
    /// Residual variance relative to a crude first estimate, 0 only if all effects lie on the fit. Sidik & Jonkman (2005),
    /// doi:10.1111/j.1467-9876.2005.00489.x.
    case sidikJonkman = "SJ"
    /// Maximum likelihood, biased downward. Hardy & Thompson (1996),
    /// doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A.
    case maximumLikelihood = "ML"
    /// Restricted maximum likelihood. Viechtbauer (2005), doi:10.3102/10769986030003261.
    case restrictedMaximumLikelihood = "REML"
    /// Empirical Bayes; solves the same equation as Paule–Mandel. Morris (1983), doi:10.2307/2287098.
    case empiricalBayes = "EB"
    /// τ² at which the generalized Q equals its degrees of freedom. Paule & Mandel (1982), doi:10.6028/jres.087.022.
    case pauleMandel = "PM"
    /// τ² at which the generalized Q equals the median of its distribution. Viechtbauer (2021), European Congress of
    /// Methodology.
    case pauleMandelMedian = "PMM"
    /// Method of moments with Q at any weights, closed form. DerSimonian & Kacker (2007), doi:10.1016/j.cct.2006.04.004.
    case generalizedQ = "GENQ"
    /// τ² at which Q with any weights equals the median of its exact distribution. Viechtbauer (2021), European Congress of
    /// Methodology.
    case generalizedQMedian = "GENQM"
    /// DerSimonian–Laird, iterated with weights 1 / (v + τ²) to its fixed point, which is the Paule–Mandel estimate.
    case derSimonianLairdIterated = "DLIT"
    /// Sidik–Jonkman, iterated from its own result to its fixed point, which is the Paule–Mandel estimate.
    case sidikJonkmanIterated = "SJIT"

    /// Full name, as in a methods section.
    public var title: String {
        switch self {
        case .derSimonianLaird: "DerSimonian-Laird"
        case .hedges: "Hedges"
        case .hunterSchmidt: "Hunter-Schmidt"
        case .hunterSchmidtCorrected: "Hunter-Schmidt with small-sample correction"
        case .sidikJonkman: "Sidik-Jonkman"
        case .maximumLikelihood: "maximum likelihood"
        case .restrictedMaximumLikelihood: "restricted maximum likelihood"
        case .empiricalBayes: "empirical Bayes"
        case .pauleMandel: "Paule-Mandel"
        case .pauleMandelMedian: "median-unbiased Paule-Mandel"
        case .generalizedQ: "generalized Q"
        case .generalizedQMedian: "median-unbiased generalized Q"
        case .derSimonianLairdIterated: "iterated DerSimonian-Laird"
        case .sidikJonkmanIterated: "iterated Sidik-Jonkman"
        }
    }

    /// Citation of the paper or book, as in a list of references.
    package var reference: String {
        switch self {
        case .derSimonianLaird, .derSimonianLairdIterated:
            "DerSimonian R, Laird N. Meta-analysis in clinical trials. Controlled Clinical Trials 1986; 7: 177–188. doi:10.1016/0197-2456(86)90046-2"
        case .hedges:
            "Hedges LV, Olkin I. Statistical Methods for Meta-Analysis. Academic Press, 1985"
        case .hunterSchmidt:
            "Hunter JE, Schmidt FL. Methods of Meta-Analysis: Correcting Error and Bias in Research Findings. 2nd edition. Sage, 2004"
        case .hunterSchmidtCorrected:
            "Brannick MT, Potter SM, Benitez B, Morris SB. Bias and precision of alternate estimators in meta-analysis: benefits of blending Schmidt–Hunter and Hedges approaches. Organizational Research Methods 2019; 22: 490–514. doi:10.1177/1094428117741966"
        case .sidikJonkman, .sidikJonkmanIterated:
            "Sidik K, Jonkman JN. Simple heterogeneity variance estimation for meta-analysis. Journal of the Royal Statistical Society, Series C 2005; 54: 367–384. doi:10.1111/j.1467-9876.2005.00489.x"
        case .maximumLikelihood:
            "Hardy RJ, Thompson SG. A likelihood approach to meta-analysis with random effects. Statistics in Medicine 1996; 15: 619–629. doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A"
        case .restrictedMaximumLikelihood:
            "Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in the random-effects model. Journal of Educational and Behavioral Statistics 2005; 30: 261–293. doi:10.3102/10769986030003261"
        case .empiricalBayes:
            "Morris CN. Parametric empirical Bayes inference: theory and applications. Journal of the American Statistical Association 1983; 78: 47–55. doi:10.2307/2287098"
        case .pauleMandel:
            "Paule RC, Mandel J. Consensus values and weighting factors. Journal of Research of the National Bureau of Standards 1982; 87: 377–385. doi:10.6028/jres.087.022"
        case .pauleMandelMedian, .generalizedQMedian:
            "Viechtbauer W. Median-unbiased estimators for the amount of heterogeneity in meta-analysis. European Congress of Methodology, 2021"
        case .generalizedQ:
            "DerSimonian R, Kacker R. Random-effects model for meta-analysis of clinical trials: an update. Contemporary Clinical Trials 2007; 28: 105–114. doi:10.1016/j.cct.2006.04.004"
        }
    }

    /// Whether the log-likelihood reported with this estimator is the restricted one.
    public var isRestrictedLikelihood: Bool { self == .restrictedMaximumLikelihood }

    /// Whether τ² maximizes a likelihood, so that a profile-likelihood interval is available.
    public var maximizesLikelihood: Bool { self == .maximumLikelihood || self == .restrictedMaximumLikelihood }
}

/// Estimate of τ² with the results of its search.
struct TauSquaredEstimate {
    /// Estimate of τ², at least 0.
    var value: Double
    var standardError: Double
    /// Number of evaluations of the fit; 0 for closed forms.
    var iterations = 0
    /// Whether the solution of a moment equation was below 0.
    var wasNegative = false
    /// Number of local maxima of the likelihood.
    var modes = 1
}

extension HeterogeneityEstimator {
    /// Estimates τ².
    ///
    /// - Parameters:
    ///   - model: model with more responses than columns.
    ///   - momentWeights: weights a of the generalized Q, independent of τ².
    func estimate(_ model: VarianceComponentModel, momentWeights: @autoclosure () -> [Double]) -> TauSquaredEstimate {
        let k = Double(model.count)
        let degreesOfFreedom = model.residualDegreesOfFreedom
        switch self {
        case .derSimonianLaird:
            return Self.momentEstimate(model, weights: model.weights(at: 0))
        case .hedges:
            return Self.momentEstimate(model, weights: Array(repeating: 1, count: model.count))
        case .generalizedQ:
            return Self.momentEstimate(model, weights: momentWeights())
        case .hunterSchmidt, .hunterSchmidtCorrected:
            let factor = self == .hunterSchmidt ? 1 : k / degreesOfFreedom
            let fit = model.leastSquares(weights: model.weights(at: 0))
            let total = fit.weights.reduce(0, +)
            let raw = (factor * fit.residualSumOfSquares(model.responses) - k) / total
            let value = max(0, raw)
            let spread = fit.projectionTraces(model.totalVariances(at: value)).second
            return TauSquaredEstimate(
                value: value, standardError: factor * (2 * spread).squareRoot() / total, wasNegative: raw < 0)
        case .sidikJonkman:
            return Self.relativeEstimate(model)
        case .maximumLikelihood:
            let found = model.tauSquaredOfGreatestLikelihood(restricted: false)
            let information = 0.5 * model.weights(at: found.tauSquared).reduce(0) { $0 + $1 * $1 }
            return TauSquaredEstimate(found, standardError: (1 / information).squareRoot())
        case .restrictedMaximumLikelihood:
            let found = model.tauSquaredOfGreatestLikelihood(restricted: true)
            let information = 0.5 * model.profile(at: found.tauSquared).tracePP
            return TauSquaredEstimate(found, standardError: (1 / information).squareRoot())
        case .empiricalBayes, .pauleMandel, .derSimonianLairdIterated, .sidikJonkmanIterated:
            return Self.equationEstimate(model, target: degreesOfFreedom)
        case .pauleMandelMedian:
            let distribution = ReferenceDistribution.chiSquared(degreesOfFreedom: degreesOfFreedom)
            return Self.equationEstimate(model, target: distribution.quantile(0.5))
        case .generalizedQMedian:
            return Self.medianEstimate(model, weights: momentWeights())
        }
    }

    /// Solves for the τ² at which Q with fixed weights a equals its expectation tr(AV) + τ² tr(A). The variance of Q is 2
    /// tr(AΣAΣ).
    private static func momentEstimate(_ model: VarianceComponentModel, weights: [Double]) -> TauSquaredEstimate {
        let fit = model.leastSquares(weights: weights)
        let slope = fit.projectionTrace()
        let atZero = fit.projectionTrace(model.variances)
        let raw = (fit.residualSumOfSquares(model.responses) - atZero) / slope
        let value = max(0, raw)
        let spread = fit.projectionTraces(model.totalVariances(at: value)).second
        return TauSquaredEstimate(value: value, standardError: (2 * spread).squareRoot() / slope, wasNegative: raw < 0)
    }

    /// Computes the Sidik–Jonkman estimate: the unweighted variance of the responses (divided by k) first, then a multiple of
    /// it.
    private static func relativeEstimate(_ model: VarianceComponentModel) -> TauSquaredEstimate {
        let k = Double(model.count)
        var crude = 0.0
        if model.areContrasts {
            // Contrasts have no common mean: their unweighted fit takes its place.
            crude = model.leastSquares(weights: Array(repeating: 1, count: model.count))
                .residualSumOfSquares(model.responses)
        } else {
            let mean = model.responses.reduce(0, +) / k
            for response in model.responses { crude += (response - mean) * (response - mean) }
        }
        crude /= k
        guard crude > 0 else { return TauSquaredEstimate(value: 0, standardError: 0) }
        let fit = model.leastSquares(weights: model.weights(at: crude))
        let factor = crude / model.residualDegreesOfFreedom
        let value = factor * fit.residualSumOfSquares(model.responses)
        let spread = fit.projectionTraces(model.totalVariances(at: value)).second
        return TauSquaredEstimate(value: value, standardError: factor * (2 * spread).squareRoot())
    }

    /// Solves for the τ² at which yᵀPy with weights 1 / (v + τ²) equals a target.
    private static func equationEstimate(_ model: VarianceComponentModel, target: Double) -> TauSquaredEstimate {
        let found = model.tauSquared(whereQuadraticFormIs: target)
        let profile = model.profile(at: found.tauSquared)
        let k = Double(model.count)
        let error = k * (2 / model.residualDegreesOfFreedom).squareRoot() / profile.sumOfWeights
        return TauSquaredEstimate(
            found, standardError: error, wasNegative: found.tauSquared == 0 && profile.quadraticForm < target)
    }

    /// Solves for the τ² at which Q with fixed weights equals the median of its exact distribution.
    private static func medianEstimate(_ model: VarianceComponentModel, weights: [Double]) -> TauSquaredEstimate {
        let found = model.tauSquared(whereUpperTailIs: 0.5, weights: weights)
        let fit = model.leastSquares(weights: weights)
        let spread = fit.projectionTraces(model.totalVariances(at: found.tauSquared)).second
        return TauSquaredEstimate(
            found, standardError: (2 * spread).squareRoot() / fit.projectionTrace(),
            wasNegative: found.tauSquared == 0)
    }
}

extension TauSquaredEstimate {
    fileprivate init(
        _ found: VarianceComponentModel.SearchResult, standardError: Double, wasNegative: Bool = false
    ) {
        self.init(
            value: found.tauSquared, standardError: standardError, iterations: found.iterations,
            wasNegative: wasNegative, modes: found.modes)
    }
}
