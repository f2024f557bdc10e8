/// The papers behind the methods of a result, as a list of references names them.
public enum MethodReferences {
    /// Of a pooled effect.
    public static func pooling(_ settings: PoolingSettings) -> [String] {
        var references: [String] = []
        if let code = settings.estimator, let estimator = HeterogeneityEstimator(rawValue: code),
            let reference = byEstimator[estimator]
        {
            references.append(reference)
        }
        switch settings.model {
        case "mantel-haenszel": references += [mantelHaenszel, mantelHaenszelVariance]
        case "peto": references.append(peto)
        default: break
        }
        references.append(heterogeneity)
        if settings.tauSquaredInterval == .qProfile { references.append(qProfile) }
        return references
    }

    public static let influence =
        "Viechtbauer W, Cheung MW-L. Outlier and influence diagnostics for meta-analysis. Research Synthesis Methods 2010; 1: 112–125. doi:10.1002/jrsm.11"
    public static let asymmetry =
        "Egger M, Davey Smith G, Schneider M, Minder C. Bias in meta-analysis detected by a simple, graphical test. BMJ 1997; 315: 629–634. doi:10.1136/bmj.315.7109.629"
    public static let trimAndFill =
        "Duval SJ, Tweedie RL. Trim and fill: a simple funnel-plot-based method of testing and adjusting for publication bias in meta-analysis. Biometrics 2000; 56: 455–463. doi:10.1111/j.0006-341x.2000.00455.x"
    public static let rankings =
        "Rücker G, Schwarzer G. Ranking treatments in frequentist network meta-analysis works without resampling methods. BMC Medical Research Methodology 2015; 15: 58. doi:10.1186/s12874-015-0060-8"

    private static let heterogeneity =
        "Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis. Statistics in Medicine 2002; 21: 1539–1558. doi:10.1002/sim.1186"
    private static let qProfile =
        "Viechtbauer W. Confidence intervals for the amount of heterogeneity in meta-analysis. Statistics in Medicine 2007; 26: 37–52. doi:10.1002/sim.2514"
    private static let mantelHaenszel =
        "Mantel N, Haenszel W. Statistical aspects of the analysis of data from retrospective studies of disease. Journal of the National Cancer Institute 1959; 22: 719–748. doi:10.1093/jnci/22.4.719"
    private static let mantelHaenszelVariance =
        "Robins J, Breslow N, Greenland S. Estimators of the Mantel-Haenszel variance consistent in both sparse data and large-strata limiting models. Biometrics 1986; 42: 311–323. doi:10.2307/2531052"
    private static let peto =
        "Yusuf S, Peto R, Lewis J, Collins R, Sleight P. Beta blockade during and after myocardial infarction: an overview of the randomized trials. Progress in Cardiovascular Diseases 1985; 27: 335–371. doi:10.1016/s0033-0620(85)80003-7"

    private static let byEstimator: [HeterogeneityEstimator: String] = [
        .derSimonianLaird:
            "DerSimonian R, Laird N. Meta-analysis in clinical trials. Controlled Clinical Trials 1986; 7: 177–188. doi:10.1016/0197-2456(86)90046-2",
        .restrictedMaximumLikelihood:
            "Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in the random-effects model. Journal of Educational and Behavioral Statistics 2005; 30: 261–293. doi:10.3102/10769986030003261",
        .pauleMandel:
            "Paule RC, Mandel J. Consensus values and weighting factors. Journal of Research of the National Bureau of Standards 1982; 87: 377–385. doi:10.6028/jres.087.022",
    ]
}
