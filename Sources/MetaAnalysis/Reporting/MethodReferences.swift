/// References of the methods behind a result.
package enum MethodReferences {
    /// Returns the references of a pooled effect.
    package static func pooling(_ settings: PoolingSettings) -> [String] {
        var references = settings.estimator.map { [$0.reference] } ?? []
        switch settings.model {
        case .mantelHaenszel: references += [mantelHaenszel, mantelHaenszelVariance]
        case .peto: references.append(peto)
        case .common, .random, .hypergeometric: references += [settings.interval.reference].compactMap { $0 }
        }
        if settings.predictionInterval != nil { references.append(predictionInterval) }
        references.append(heterogeneity)
        if settings.tauSquaredInterval == .qProfile { references.append(qProfile) }
        return references
    }

    /// Returns the references of the effects of a network.
    package static func network(_ settings: NetworkSettings) -> [String] {
        switch settings.model {
        case .mantelHaenszel: return [networkMantelHaenszel, mantelHaenszelVariance]
        case .hypergeometric: return [hypergeometric]
        case .common, .random, .peto:
            let estimator = settings.estimator?.reference
            return [network, estimator, settings.interval.reference, inconsistency].compactMap { $0 }
        }
    }

    package static let influence =
        "Viechtbauer W, Cheung MW-L. Outlier and influence diagnostics for meta-analysis. Research Synthesis Methods 2010; 1: 112–125. doi:10.1002/jrsm.11"
    package static let asymmetry =
        "Egger M, Davey Smith G, Schneider M, Minder C. Bias in meta-analysis detected by a simple, graphical test. BMJ 1997; 315: 629–634. doi:10.1136/bmj.315.7109.629"
    package static let trimAndFill =
        "Duval SJ, Tweedie RL. Trim and fill: a simple funnel-plot-based method of testing and adjusting for publication bias in meta-analysis. Biometrics 2000; 56: 455–463. doi:10.1111/j.0006-341x.2000.00455.x"
    package static let rankings =
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

    private static let predictionInterval =
        "Riley RD, Higgins JPT, Deeks JJ. Interpretation of random effects meta-analyses. BMJ 2011; 342: d549. doi:10.1136/bmj.d549"
    private static let network =
        "Rücker G. Network meta-analysis, electrical networks and graph theory. Research Synthesis Methods 2012; 3: 312–324. doi:10.1002/jrsm.1058"
    private static let networkMantelHaenszel =
        "Efthimiou O, Rücker G, Schwarzer G, Higgins JPT, Egger M, Salanti G. A Mantel-Haenszel model for network meta-analysis of rare events. Statistics in Medicine 2019; 38: 2992–3012. doi:10.1002/sim.8158"
    private static let hypergeometric =
        "Stijnen T, Hamza TH, Özdemir P. Random effects meta-analysis of event outcome in the framework of the generalized linear mixed model with applications in sparse data. Statistics in Medicine 2010; 29: 3046–3067. doi:10.1002/sim.4040"
    private static let inconsistency =
        "Higgins JPT, Jackson D, Barrett JK, Lu G, Ades AE, White IR. Consistency and inconsistency in network meta-analysis: concepts and models for multi-arm studies. Research Synthesis Methods 2012; 3: 98–110. doi:10.1002/jrsm.1044"
}
