import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// Small-study effects: tests of asymmetry, trim and fill, fail-safe numbers, Henmi–Copas, excess significance.
extension GoldenCaseCheck {
    mutating func runBias() throws {
        let call = try RExpression(one.call)
        let frame = try RFrame(file.content.prep + one.prepExtra, in: folder)
        switch call.function {
        case "regtest": try compareRegression(call, frame)
        case "ranktest": compareRanks(try RankTest().test(modelled(call, frame).effects))
        case "trimfill": try compareTrimAndFill(call, frame)
        case "fsn": try compareFailSafe(call, try frame.analysed())
        case "hc": compare(try HenmiCopas().fit(modelled(call, frame).effects))
        case "tes": try compareSignificance(try modelled(call, frame).effects)
        case "selmodel": try compareSelection(call, frame)
        default: throw NotApplicable("\(call.function ?? one.call), which the driver does not know")
        }
    }

    func modelled(
        _ call: RExpression, _ frame: RFrame
    ) throws -> (model: any PoolingModel, effects: EffectSizes) {
        guard let inner = call.positional.first, inner.function == "rma" else {
            throw NotApplicable("\(call.function ?? "") of another")
        }
        return try model(inner, frame)
    }

    // MARK: - Asymmetry

    private mutating func compareRegression(_ call: RExpression, _ frame: RFrame) throws {
        let (model, effects) = try modelled(call, frame)
        guard let predictor = FunnelPredictor(rawValue: call["predictor"]?.text ?? "sei") else {
            throw NotApplicable("predictor of another")
        }
        var egger = EggerTest(predictor: predictor)
        if let random = model as? RandomEffects {
            egger.heterogeneity = random.heterogeneity
        } else {
            egger.model = call["model"]?.text == "lm" ? .weightedRegression : .common
        }
        let test = try egger.test(effects)
        let tolerance: Tolerance = egger.model == .mixedEffects ? .iterative : .closedForm
        let through: Tolerance = egger.model == .mixedEffects ? .iterative : .quantile
        comparison.compare("stat", test.statistic, tolerance, scale: 1)
        comparison.compareTail("pval", test.pValue, through)
        comparison.compare("ddf", test.degreesOfFreedom, .closedForm, scale: 0)
        let error = test.limit?.standardError ?? 1
        comparison.compare("est", test.limit?.estimate, tolerance, scale: error)
        comparison.compare("ci_lb", test.limit?.confidenceInterval.lower, through, scale: error)
        comparison.compare("ci_ub", test.limit?.confidenceInterval.upper, through, scale: error)
        if !comparison.mismatches.isEmpty, test.diagnostics.contains(where: { $0.code == .severalModes }) {
            comparison.forgiveMismatches(of: ["stat", "pval", "est", "ci_lb", "ci_ub"])
            throw NotApplicable(Self.localOptimum)
        }
    }

    private mutating func compareRanks(_ test: SmallStudyTest) {
        comparison.compare("tau", test.estimate, .closedForm, scale: 1)
        comparison.compareTail("pval", test.pValue, .quantile)
    }

    private mutating func compareSignificance(_ effects: EffectSizes) throws {
        let isExact = comparison.reference("X2")?.number == nil
        let test = try ExcessSignificanceTest(comparison: isExact ? .exact : .chiSquared).test(effects)
        let count = test.significance
        comparison.compare("theta", count?.effect, .closedForm, scale: 1)
        comparison.compare("O", count.map { Double($0.observed) }, .closedForm, scale: 0)
        comparison.compare("E", count?.expected, .closedForm, scale: 1)
        comparison.compare("OE", test.estimate, .closedForm, scale: 1)
        for (index, power) in (count?.power ?? []).enumerated() {
            comparison.compare("power.\(index)", power, .closedForm, scale: 0)
        }
        comparison.compareTail("pval", test.pValue, .quantile)
        comparison.compare("X2", test.statistic, .closedForm, scale: 1)
    }

    // MARK: - Trim and fill

    private mutating func compareTrimAndFill(_ call: RExpression, _ frame: RFrame) throws {
        let (model, effects) = try modelled(call, frame)
        let estimator = MissingStudiesEstimator(rawValue: call["estimator"]?.text ?? "L0")
        let side = call["side"]?.text.flatMap(FunnelSide.init)
        let fit = try Self.filled(effects, model, estimator ?? .linear, side)
        comparison.compare("k0", Double(fit.imputed), .closedForm, scale: 0)
        if fit.imputedStandardError == nil, comparison.reference("se_k0")?.number?.isNaN == true {
            comparison.skip("se_k0", "a formula without a real value: R gives NaN, the library none")
        }
        comparison.compare("se_k0", fit.imputedStandardError, .closedForm, scale: 1)
        comparison.compare("p_k0", fit.imputedPValue, .closedForm, scale: 0)
        comparison.compareText("side", agrees: comparison.reference("side")?.strings == [fit.side.rawValue])
        let isIterated = (model as? RandomEffects)?.heterogeneity.estimator?.isIterated ?? false
        if Double(fit.imputed) != comparison.reference("k0")?.number,
            try model.fit(effects).diagnostics.contains(where: { $0.code == .severalModes })
        {
            comparison.forgiveMismatches(of: ["k0", "se_k0", "p_k0", "side"])
            throw NotApplicable(Self.localOptimum)
        }
        // Within `trimfill` R fits by its default control, which stops early: what it pools is compared with its own τ² given.
        let hasRows = skipMisreadRows()
        compareImputed(fit.imputedStudies, isIterated ? .coarseReference : .closedForm)
        let estimated = fit.pooled.heterogeneity.tauSquared
        let reference = comparison.reference("tau2")?.number
        guard isIterated, let reference else { return compareFilled(fit.pooled, effects) }
        comparison.compare("tau2", estimated, .coarseReference, scale: 1)
        guard hasRows else {
            for field in ["coef", "se", "ci_lb", "ci_ub", "QE", "I2"] where fit.imputed > 0 {
                comparison.skip(field, "R stopped early, and its imputed studies are not known")
            }
            return compareFilled(fit.pooled, effects)
        }
        compareFilled(try refilled(effects, tauSquared: reference), effects)
    }

    /// Where studies without data stand among the others, the script took R's imputed studies from the wrong rows.
    private mutating func skipMisreadRows() -> Bool {
        let values = comparison.reference("yi_fill")?.numbers ?? []
        guard values.contains(where: { $0 == nil }) else { return true }
        for field in ["yi_fill", "vi_fill"] {
            for index in values.indices {
                comparison.skip("\(field).\(index)", "imputed studies that the script took from the wrong rows")
            }
        }
        return false
    }

    private mutating func compareFilled(_ pooled: PooledEffect, _ effects: EffectSizes) {
        let error = pooled.standardError
        comparison.compare("coef", pooled.estimate, .closedForm, scale: error)
        comparison.compare("se", error, .closedForm, scale: 0)
        comparison.compare("ci_lb", pooled.confidenceInterval.lower, .quantile, scale: error)
        comparison.compare("ci_ub", pooled.confidenceInterval.upper, .quantile, scale: error)
        comparison.compare("tau2", pooled.heterogeneity.tauSquared, .closedForm, scale: effects.typicalVariance)
        comparison.compare("QE", pooled.heterogeneity.cochranQ, .closedForm, scale: Double(pooled.k))
        comparison.compare("I2", pooled.heterogeneity.iSquared, .closedForm, scale: 100)
    }

    /// The studies that R has after filling, pooled with its τ².
    private func refilled(_ effects: EffectSizes, tauSquared: Double) throws -> PooledEffect {
        var filled = effects
        filled.source = nil
        let estimates = comparison.reference("yi_fill")?.numbers ?? []
        let variances = comparison.reference("vi_fill")?.numbers ?? []
        for case (let estimate?, let variance?) in zip(estimates, variances) {
            filled.effects.append(EffectSize(label: "imputed", estimate: estimate, variance: variance))
        }
        return try RandomEffects(interval: .wald, knownTauSquared: tauSquared).fit(filled)
    }

    private static func filled(
        _ effects: EffectSizes, _ model: some PoolingModel, _ estimator: MissingStudiesEstimator, _ side: FunnelSide?
    ) throws -> TrimAndFillFit {
        try TrimAndFill(model, estimator: estimator, side: side).fit(effects)
    }

    /// In the order of their effects: R has another where studies are tied.
    private mutating func compareImputed(_ studies: [ImputedStudy], _ tolerance: Tolerance) {
        let estimates = comparison.reference("yi_fill")?.numbers ?? []
        let variances = comparison.reference("vi_fill")?.numbers ?? []
        func before(_ one: (Double, Double), _ other: (Double, Double)) -> Bool {
            abs(one.0 - other.0) > 1e-9 ? one.0 < other.0 : one.1 < other.1
        }
        let theirs = zip(estimates, variances).enumerated()
            .map { (index: $0.offset, pair: ($0.element.0 ?? .nan, $0.element.1 ?? .nan)) }
            .sorted { before($0.pair, $1.pair) }
        let ours = studies.map { ($0.estimate, $0.variance) }.sorted(by: before)
        guard ours.count == theirs.count else { return }
        for (own, other) in zip(ours, theirs) {
            comparison.compareValue("yi_fill.\(other.index)", own.0, expected: other.pair.0, tolerance)
            comparison.compareValue("vi_fill.\(other.index)", own.1, expected: other.pair.1, .closedForm)
        }
    }

    // MARK: - Fail-safe numbers

    private mutating func compareFailSafe(_ call: RExpression, _ effects: EffectSizes) throws {
        guard let method = FailSafeNumber.Method(rawValue: call["type"]?.text?.lowercased() ?? "") else {
            throw NotApplicable("type of another")
        }
        let fit = try FailSafeNumber(method: method).fit(effects)
        guard method != .general else {
            // R's default start finds another mode of the likelihood.
            let pooled = try RandomEffects().fit(effects)
            if pooled.diagnostics.contains(where: { $0.code == .severalModes }) {
                throw NotApplicable(Self.localOptimum)
            }
            return try compareGeneral(fit, effects)
        }
        comparison.compare("fsnum", fit.number, .closedForm, scale: 0)
        comparison.compare("meanes", fit.estimate, .closedForm, scale: 1)
        comparison.compare("target", fit.target, .closedForm, scale: 1)
        comparison.compareTail("pval", fit.pValue, .quantile)
    }

    /// R fits by REML with its default control, right to about 1e-4 in τ²: what it gives has to lie between what τ² on either side
    /// of ours gives.
    private mutating func compareGeneral(_ fit: FailSafeFit, _ effects: EffectSizes) throws {
        let (ours, theirs) = (fit.number ?? .infinity, comparison.reference("fsnum")?.number ?? 0)
        let isBeyond = fit.number == nil && theirs > 100_000
        if (ours == 0) == (theirs == 0), isBeyond || abs(ours - theirs) <= max(3, 0.13 * theirs) {
            comparison.skip(
                "fsnum", "the general fail-safe number, which R approximates: within 3 or 13 % of it")
        }
        comparison.compare("fsnum", fit.number, .closedForm, scale: 0)
        comparison.compare("target", fit.target, .closedForm, scale: 1)
        let found = try RandomEffects(interval: .wald).fit(effects).heterogeneity.tauSquared
        let ends = try [max(0, found - 1e-4), found + 1e-4].map {
            try RandomEffects(interval: .wald, knownTauSquared: $0).fit(effects)
        }
        for (field, values) in [("meanes", ends.map(\.estimate)), ("pval", ends.map { $0.pValue ?? 1 })] {
            guard let reference = comparison.reference(field)?.number, let least = values.min(), let most = values.max()
            else { continue }
            let nearest = min(max(reference, least), most)
            comparison.compareValue(field, nearest, expected: reference, .iterative)
        }
    }

    // MARK: - Henmi–Copas

    /// R finds the critical value by quadrature and a root search with their default tolerances.
    private mutating func compare(_ fit: HenmiCopasFit) {
        let error = fit.standardError
        comparison.compare("coef", fit.estimate, .closedForm, scale: error)
        comparison.compare("se", error, .closedForm, scale: 0)
        comparison.compare("tau2", fit.tauSquared, .closedForm, scale: 0.01 * error * error)
        for (field, end) in [("ci_lb", fit.confidenceInterval.lower), ("ci_ub", fit.confidenceInterval.upper)] {
            guard let reference = comparison.reference(field)?.number else { continue }
            comparison.compareValue(field, (end - reference) / error, expected: 0, .coarseCriticalValue)
        }
    }
}
