import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// Effects adjusted for small-study effects: p-uniform, p-uniform*, limit meta-analysis, the Copas model.
extension GoldenCaseCheck {
    static let selectionFamilies = ["puniform", "limitmeta"]

    mutating func runAdjustment() throws {
        let call = try RExpression(one.call)
        let frame = try RFrame((file.content.prep + one.prepExtra).filter { $0 != "attach(dat)" }, in: folder)
        let side = call["side"]?.text.flatMap(FunnelSide.init)
        switch call.function {
        case "puniform":
            guard let estimator = PUniform.Estimator(rawValue: call["method"]?.text ?? "P") else {
                throw NotApplicable("estimator of p-uniform that is not defined")
            }
            compare(try PUniform(estimator: estimator, side: side).fit(frame.analysed()))
        case "puni_star":
            guard call["method"]?.text == "ML" else {
                throw NotApplicable("p-uniform* by moments, its documentation recommends ML")
            }
            compare(try PUniformStar(side: side).fit(frame.analysed()))
        case "limitmeta": try compareLimit(Self.effects(call, frame))
        case "copas": try compareCopas(Self.effects(call, frame))
        default: throw NotApplicable("\(call.function ?? one.call), which the driver does not know")
        }
    }

    /// Those of `metabin(a, n1, c, n2, data, sm)`.
    private static func effects(_ call: RExpression, _ frame: RFrame) throws -> EffectSizes {
        guard let inner = call.positional.first, inner.function == "metabin" else {
            throw NotApplicable("\(call.function ?? "") of another")
        }
        let columns = inner.positional.compactMap(\.name)
        return try RFrame.effects(
            frame.table, roles: Dictionary(uniqueKeysWithValues: zip(["ai", "n1i", "ci", "n2i"], columns)),
            measure: inner["sm"]?.text ?? "OR", settings: EffectSettings())
    }

    // MARK: - p-uniform

    /// R finds estimates and ends by searches with their default tolerance, in absolute terms.
    private mutating func compareCoarsely(_ field: String, _ ours: Double) {
        guard let theirs = comparison.reference(field)?.number else { return }
        comparison.compareValue(field, ours - theirs, expected: 0, .coarseRootOfReference)
    }

    private mutating func compare(_ fit: PUniformFit) {
        compareCoarsely("est", fit.estimate)
        compareCoarsely("ci_lb", fit.confidenceInterval.lower)
        compareCoarsely("ci_ub", fit.confidenceInterval.upper)
        // The likelihood at R's optimum falls short of the greatest by a few 1e-9.
        let isLikelihood = fit.estimator == .maximumLikelihood
        let (statistic, tail): (Tolerance, Tolerance) =
            isLikelihood ? (.iterative, .iterative) : (.closedForm, .quantile)
        for (fields, test) in [(("L_0", "pval_0"), fit.effectTest), (("L_pb", "pval_pb"), fit.publicationBiasTest)] {
            comparison.compare(fields.0, test.statistic, statistic, scale: 1)
            comparison.compareTail(fields.1, test.pValue, tail)
        }
        comparison.compare("ksig", Double(fit.significant), .closedForm, scale: 0)
    }

    private mutating func compare(_ fit: PUniformStarFit) {
        compareCoarsely("est", fit.estimate)
        compareCoarsely("ci_lb", fit.confidenceInterval.lower)
        compareCoarsely("ci_ub", fit.confidenceInterval.upper)
        compareCoarsely("tau2", fit.tauSquared)
        compareCoarsely("tau2_lb", fit.tauSquaredInterval.lower)
        compareCoarsely("tau2_ub", fit.tauSquaredInterval.upper)
        // Where τ² is 0 R stops a little short of it.
        let tolerance: Tolerance = fit.tauSquared == 0 ? .coarseReference : .iterative
        comparison.compare("L_0", fit.effectTest.statistic, tolerance, scale: 1)
        comparison.compareTail("pval_0", fit.effectTest.pValue, tolerance)
        comparison.compare("L_het", fit.heterogeneityTest.statistic, tolerance, scale: 1)
        if fit.tauSquared == 0 {
            comparison.skip("pval_het", "the square root of a likelihood ratio that is 0 but for the end of R's search")
        }
        comparison.compareTail("pval_het", fit.heterogeneityTest.pValue, tolerance)
        comparison.skip("L_pb", "not among the values that R gave")
        comparison.skip("pval_pb", "not among the values that R gave")
        comparison.compare("ksig", Double(fit.significant), .closedForm, scale: 0)
    }

    // MARK: - Limit meta-analysis

    private mutating func compareLimit(_ effects: EffectSizes) throws {
        let own = try LimitMetaAnalysis().fit(effects)
        // R's search for τ² stops early: its τ² is that at which the bias is R's, and the rest is compared with it.
        guard let bias = comparison.reference("alpha_r")?.number else { return }
        func difference(_ tauSquared: Double) -> Double {
            ((try? LimitMetaAnalysis(heterogeneity: .known(tauSquared)).fit(effects).bias) ?? .nan) - bias
        }
        let known = root(of: difference, in: 0.9 * own.tauSquared...1.1 * own.tauSquared).value
        comparison.compareValue("alpha_r", known - own.tauSquared, expected: 0, .coarseReference)
        compareLimit(try LimitMetaAnalysis(heterogeneity: .known(known)).fit(effects), .iterative)
    }

    private mutating func compareLimit(_ fit: LimitMetaAnalysisFit, _ tolerance: Tolerance) {
        let error = fit.standardError
        comparison.compare("TE_adjust", fit.estimate, tolerance, scale: error)
        comparison.compare("seTE_adjust", error, tolerance, scale: 0)
        comparison.compare("lower", fit.confidenceInterval.lower, tolerance, scale: error)
        comparison.compare("upper", fit.confidenceInterval.upper, tolerance, scale: error)
        comparison.compareTail("pval", fit.pValue, tolerance)
        comparison.compare("G2", fit.gSquared.map { $0 / 100 }, tolerance, scale: 1)
        comparison.compare("beta_r", fit.slope, tolerance, scale: error)
        comparison.compare("Q_small", fit.qSmall.statistic, .closedForm, scale: 1)
        comparison.compare("Q_resid", fit.qResidual.statistic, .closedForm, scale: 1)
    }

    // MARK: - Copas

    /// R takes the adjusted effect where its path crosses the next of some ten contours, known to the accuracy of linear interpolation
    /// in its grid: compared is our path at R's effect, which must lie at or beyond ours.
    private mutating func compareCopas(_ effects: EffectSizes) throws {
        let fit = try CopasModel(gridCount: 20).fit(effects)
        comparison.compare("gamma0.0", fit.grid.gamma0.first, .closedForm, scale: 0)
        comparison.compare("gamma0.1", fit.grid.gamma0.last, .closedForm, scale: 0)
        guard let theirs = comparison.reference("TE_adjust")?.number,
            let index = fit.path.indices.dropFirst().last(where: {
                (fit.path[$0].estimate - theirs) * (fit.path[$0 - 1].estimate - theirs) <= 0
            })
        else { return }
        let (before, after) = (fit.path[index - 1], fit.path[index])
        let share = (theirs - before.estimate) / (after.estimate - before.estimate)
        func between(_ path: (CopasPoint) -> Double) -> Double {
            (1 - share) * path(before) + share * path(after)
        }
        comparison.compareValue("TE_adjust", between(\.estimate), expected: theirs, .iterative)
        let error = between { $0.standardError ?? .nan }
        comparison.compare("seTE_adjust", error, .interpolatedReference, scale: 0)
        for field in ["lower", "upper", "pval"] {
            comparison.skip(field, "follows from the effect and its standard error")
        }
        for field in ["pval_rsb", "N_unpubl"] { comparison.skip(field, "not among the values that R gave") }
    }
}
