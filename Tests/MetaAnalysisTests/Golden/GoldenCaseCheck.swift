import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// Runs one case by the library and compares every number of it.
struct GoldenCaseCheck {
    let folder: GoldenFolder
    let file: GoldenFolder.File
    let one: GoldenCase
    var comparison: GoldenComparison

    init(_ one: GoldenCase, _ file: GoldenFolder.File, in folder: GoldenFolder) {
        self.one = one
        self.file = file
        self.folder = folder
        comparison = GoldenComparison(one.expected)
    }

    /// - Throws: `NotApplicable` with the reason, or what the library throws.
    mutating func run() throws {
        if let error = one.error { throw NotApplicable("R refuses: \(error)") }
        if let measure = one.measure, let input = file.content.inputs?[measure] {
            return try compareGridPoint(measure, input)
        }
        if GoldenFolder.networkFamilies.contains(file.content.family) { return try runNetwork() }
        if Self.regressionFamilies.contains(file.content.family) { return try runRegression() }
        if file.content.family == "bias" { return try runBias() }
        if Self.selectionFamilies.contains(file.content.family) { return try runAdjustment() }
        let call = try RExpression(one.call)
        let lines = file.content.prep + one.prepExtra
        switch call.function {
        case "escalc": try compareEffects(call, try RFrame(lines, in: folder))
        case "rma": try compareModel(call, try RFrame(lines, in: folder))
        case "predict": try comparePrediction(call, try RFrame(lines, in: folder))
        case "confint": try compareInterval(call, try RFrame(lines, in: folder))
        case "rma.mh", "rma.peto": try compareCounts(call, try RFrame(lines, in: folder))
        case let function? where Self.diagnostics.contains(function):
            try compareDiagnostics(call, try RFrame(lines, in: folder))
        default: throw NotApplicable("\(call.function ?? one.call), which the driver does not know")
        }
    }
}

// MARK: - Inverse-variance models

extension GoldenCaseCheck {
    private mutating func compareModel(_ call: RExpression, _ frame: RFrame) throws {
        let (model, effects) = try model(call, frame)
        try compareModel(model, effects)
    }

    private mutating func compareModel(_ model: any PoolingModel, _ effects: EffectSizes) throws {
        let pooled = try model.fit(effects)
        if let model = model as? RandomEffects, let reference = one.expected["tau2"]?.number {
            try compareInjected(model, effects, reference)
            try proveLocalOptimum(model, effects, ours: pooled, reference: reference)
        }
        if one.note == "package default control" { compareCoarsely(pooled) }
        compare(pooled, effects, estimationTolerance(model), in: &comparison)
    }

    /// The model and its data, as the arguments of `rma` say.
    func model(_ call: RExpression, _ frame: RFrame) throws -> (model: any PoolingModel, effects: EffectSizes) {
        var effects = try frame.analysed()
        if let condition = call["subset"] { effects = try frame.subset(effects, where: condition) }
        let model = try Self.model(
            method: call["method"]?.text ?? "REML", test: call["test"]?.text ?? "z", weighting: weighting(call),
            level: (call["level"]?.number ?? 95) / 100, knownTauSquared: call["tau2"]?.number)
        return (model, effects)
    }

    static func model(
        method: String, test: String, weighting: Weighting = .inverseVariance, level: Double = 0.95,
        knownTauSquared: Double? = nil
    ) throws -> any PoolingModel {
        let intervals: [String: IntervalMethod] = [
            "z": .wald, "t": .t, "knha": .hartungKnapp, "adhoc": .hartungKnappTruncated,
        ]
        guard let interval = intervals[test] else { throw NotApplicable("test=\(test) is not defined") }
        if method == "EE" { return CommonEffect(interval: interval, weighting: weighting, level: level) }
        guard let estimator = HeterogeneityEstimator(rawValue: method) else {
            throw NotApplicable("estimator \(method) is not defined")
        }
        return RandomEffects(
            heterogeneity: estimator, interval: interval, weighting: weighting, knownTauSquared: knownTauSquared,
            level: level)
    }

    /// One measure, estimator and interval: the effects by the library, which are those of R, and the model on them.
    private mutating func compareGridPoint(_ measure: String, _ input: GoldenInput) throws {
        let frame = RFrame(table: try folder.table(input.dataset))
        let effects: EffectSizes
        switch measure {
        case "GEN": effects = try frame.analysed()
        case "HR":
            effects = try RFrame.effects(
                frame.table, roles: ["ratio": "hr", "ci_low": "ci_low", "ci_high": "ci_high"], measure: measure,
                settings: EffectSettings())
        default: effects = try RFrame.escalc(RExpression(input.call), frame.table)
        }
        comparison.compareInput(effects, input)
        let model = try Self.model(method: one.method ?? "", test: one.test ?? "")
        try compareModel(model, effects)
    }

    private func weighting(_ call: RExpression) throws -> Weighting {
        if call["weighted"]?.logical == false { return .equal }
        switch call["weights"] {
        case nil: return .inverseVariance
        case .operation("/", .number(1), .name("vi")): return .inverseVariance
        case .operation("/", .number(1), .call("sqrt", [RExpression.Argument(value: .name("vi"))])):
            return .inverseStandardError
        default: throw NotApplicable("weights of another form")
        }
    }

    private func estimationTolerance(_ model: any PoolingModel) -> Tolerance {
        (model as? RandomEffects)?.heterogeneity.estimator?.isIterated == true ? .iterative : .closedForm
    }

    /// Every number of a pooled effect.
    private func compare(
        _ pooled: PooledEffect, _ effects: EffectSizes, _ tolerance: Tolerance,
        in comparison: inout GoldenComparison, isInjected: Bool = false
    ) {
        let through = Tolerance.quantile.bound > tolerance.bound ? Tolerance.quantile : tolerance
        let error = pooled.standardError
        let k = Double(pooled.k)
        comparison.compare("coef", pooled.estimate, tolerance, scale: error)
        comparison.compare("se", error, tolerance, scale: 0)
        comparison.compare("stat", pooled.statistic, tolerance, scale: 1)
        comparison.compareTail("pval", pooled.pValue, through)
        comparison.compare("ci_lb", pooled.confidenceInterval.lower, through, scale: error)
        comparison.compare("ci_ub", pooled.confidenceInterval.upper, through, scale: error)
        let heterogeneity = pooled.heterogeneity
        if pooled.k > 1 {
            comparison.compare("pi_lb", pooled.predictionInterval?.lower, through, scale: error)
            comparison.compare("pi_ub", pooled.predictionInterval?.upper, through, scale: error)
            comparison.compare("I2", heterogeneity.iSquared, tolerance, scale: 100)
            comparison.compare("H2", heterogeneity.hSquared, tolerance, scale: 1)
        }
        if let fit = pooled.fit {
            if pooled.k == 1 {
                comparison.skip("fit.dev", "one study: R sets the deviance to 0")
                if fit.isRestricted { comparison.skip("fit.BIC", "one study: R gives -Inf, the library none") }
            }
            comparison.compare("fit.ll", fit.logLikelihood, tolerance, scale: k)
            comparison.compare("fit.dev", fit.deviance, tolerance, scale: k)
            comparison.compare("fit.AIC", fit.aic, tolerance, scale: k)
            comparison.compare("fit.BIC", fit.bic, tolerance, scale: k)
            comparison.compare("fit.AICc", fit.aicc, tolerance, scale: k)
        }
        guard !isInjected else { return }
        if pooled.k == 1 {
            for field in ["pi_lb", "pi_ub", "I2", "H2", "QEp"] {
                comparison.skip(field, "one study: R gives a number, the library says not estimable")
            }
        }
        let typical = effects.typicalVariance
        comparison.compare("k", k, .closedForm, scale: 0)
        comparison.compare("p", 1, .closedForm, scale: 0)
        comparison.compare("ddf", pooled.degreesOfFreedom, .closedForm, scale: 0)
        comparison.compare("tau2", heterogeneity.tauSquared, tolerance, scale: typical)
        if pooled.settings.model == .random, pooled.settings.estimator == nil {
            comparison.skip("se_tau2", "τ² given: R has a standard error of it, the library none")
        } else {
            comparison.compare("se_tau2", heterogeneity.tauSquaredStandardError, tolerance, scale: typical)
        }
        comparison.compare("QE", heterogeneity.cochranQ, .closedForm, scale: k)
        comparison.compareTail("QEp", heterogeneity.pValue, .quantile)
        comparison.skip("s2w", "not part of a result; contained in se")
    }

    /// R's search stopped at steps of 1e-5 in τ², whatever its scale; the rest is compared with that τ² given.
    private mutating func compareCoarsely(_ pooled: PooledEffect) {
        comparison.compare("tau2", pooled.heterogeneity.tauSquared, .coarseReference, scale: 1)
        let rest = ["coef", "se", "stat", "pval", "ci_lb", "ci_ub", "pi_lb", "pi_ub", "I2", "H2", "se_tau2"]
        for field in rest + ["ll", "dev", "AIC", "BIC", "AICc"].map({ "fit." + $0 }) {
            comparison.skip(field, "R stopped early: compared with R's τ² given")
        }
    }

    /// The same model with R's τ², so that what follows the estimator is held to the tolerance of closed forms.
    private mutating func compareInjected(
        _ model: RandomEffects, _ effects: EffectSizes, _ tauSquared: Double
    ) throws {
        guard let estimator = model.heterogeneity.estimator, effects.count > 1 else { return }
        var known = model
        known.estimation.heterogeneity = .known(tauSquared)
        var pooled = try known.fit(effects)
        // As if τ² had been estimated: it counts as a parameter, and REML has its own likelihood.
        let solution = try InverseVariancePooling(effects, known.estimation, weighting: known.weighting).solution
        precondition(solution.unit == 1, "references are of moderate size")
        pooled.fit = solution.model.scaled.fitStatistics(
            solution.fit, tauSquared: tauSquared, isRestricted: estimator.isRestrictedLikelihood, parameters: 2,
            iterations: 0)
        var injected = GoldenComparison(one.expected)
        compare(pooled, effects, .closedForm, in: &injected, isInjected: true)
        comparison.add(injected, prefix: "given R's τ², ")
    }

    /// Where the likelihood at our τ² is greater than at R's, R has stopped at a lower mode: a better fit is no error.
    private func proveLocalOptimum(
        _ model: RandomEffects, _ effects: EffectSizes, ours: PooledEffect, reference: Double
    ) throws {
        guard let estimator = model.heterogeneity.estimator, estimator.maximizesLikelihood, effects.count > 1 else {
            return
        }
        let likelihood = try VarianceComponentModel(
            responses: effects.effects.map(\.estimate), variances: effects.effects.map(\.variance))
        let restricted = estimator.isRestrictedLikelihood
        let gain =
            likelihood.profileLogLikelihood(at: ours.heterogeneity.tauSquared, restricted: restricted)
            - likelihood.profileLogLikelihood(at: reference, restricted: restricted)
        if gain > 0.01, comparison.mismatches.isEmpty {
            throw NotApplicable(Self.localOptimum)
        }
    }

    private mutating func comparePrediction(_ call: RExpression, _ frame: RFrame) throws {
        guard let inner = call.positional.first, inner.function == "rma" else {
            throw NotApplicable("predict of another")
        }
        let (model, effects) = try model(inner, frame)
        guard var random = model as? RandomEffects else { throw NotApplicable("predict of another") }
        let isRiley = call["predtype"]?.text == "riley"
        random.predictionInterval = isRiley ? .higginsThompsonSpiegelhalter : .matched
        let pooled = try random.fit(effects)
        if effects.count < 3, isRiley {
            for field in ["pi_lb", "pi_ub"] {
                comparison.skip(field, "fewer than three studies: R takes one degree of freedom, the library none")
            }
        }
        let tolerance = estimationTolerance(random)
        let error = pooled.standardError
        comparison.compare("pred", pooled.estimate, tolerance, scale: error)
        comparison.compare("se", error, tolerance, scale: 0)
        comparison.compare("ci_lb", pooled.confidenceInterval.lower, tolerance, scale: error)
        comparison.compare("ci_ub", pooled.confidenceInterval.upper, tolerance, scale: error)
        comparison.compare("pi_lb", pooled.predictionInterval?.lower, tolerance, scale: error)
        comparison.compare("pi_ub", pooled.predictionInterval?.upper, tolerance, scale: error)
        // R gives no τ² here to compare likelihoods with; other cases of the same data do.
        if !comparison.mismatches.isEmpty, pooled.diagnostics.contains(where: { $0.code == .severalModes }) {
            comparison.forgiveMismatches(of: ["pred", "se", "ci_lb", "ci_ub", "pi_lb", "pi_ub"])
            throw NotApplicable(Self.localOptimum)
        }
    }

    static let localOptimum = "R at a local optimum of the likelihood"
}

// MARK: - Intervals of τ²

extension GoldenCaseCheck {
    private mutating func compareInterval(_ call: RExpression, _ frame: RFrame) throws {
        guard let inner = call.positional.first, inner.function == "rma" else {
            throw NotApplicable("confint of another")
        }
        let (model, effects) = try model(inner, frame)
        guard var random = model as? RandomEffects else { throw NotApplicable("confint of another") }
        if let level = call["level"]?.number { random.level = level / 100 }
        let isGeneralized = [.generalizedQ, .generalizedQMedian].contains(random.heterogeneity.estimator)
        random.tauSquaredInterval =
            switch call["type"]?.text {
            case "PL": .profileLikelihood
            case "HT": .testBased
            default: isGeneralized ? .generalizedQ : .qProfile
            }
        let pooled = try random.fit(effects)
        let heterogeneity = pooled.heterogeneity
        if let reference = comparison.reference("tau2.0")?.number {
            try proveLocalOptimum(random, effects, ours: pooled, reference: reference)
            skipEndOfSearch(heterogeneity, estimate: reference)
        }
        if random.tauSquaredInterval == .generalizedQ { compareCoarsely(heterogeneity.tauSquaredInterval) }
        let typical = effects.typicalVariance
        let estimate = estimationTolerance(random)
        let ends = random.tauSquaredInterval == .testBased ? estimate : Tolerance.quantile
        let interval = heterogeneity.tauSquaredInterval
        let scale = HeterogeneityScale(typicalVariance: typical)
        for (index, value, tolerance) in [
            ("0", heterogeneity.tauSquared, estimate), ("1", interval?.lower, ends), ("2", interval?.upper, ends),
        ] {
            comparison.compare("tau2." + index, value, tolerance, scale: typical)
            comparison.compareRoot("tau." + index, squared: value, tolerance, scale: typical)
            comparison.compare("H2." + index, value.map(scale.hSquared), tolerance, scale: 1)
        }
        comparison.compare("I2.0", heterogeneity.iSquared, estimate, scale: 100)
        comparison.compare("I2.1", heterogeneity.iSquaredInterval?.lower, ends, scale: 100)
        comparison.compare("I2.2", heterogeneity.iSquaredInterval?.upper, ends, scale: 100)
        comparison.compareFlag(
            "ci_null", pooled.diagnostics.contains { $0.code == .negativeHeterogeneity })
    }
}

extension GoldenCaseCheck {
    /// R finds these ends by `uniroot` with its default tolerance in τ², whatever the scale of the effects.
    private mutating func compareCoarsely(_ interval: ConfidenceInterval?) {
        for (index, ours) in [("1", interval?.lower), ("2", interval?.upper)] {
            guard let ours, let theirs = comparison.reference("tau2." + index)?.number else { continue }
            comparison.compareValue("tau2." + index, ours - theirs, expected: 0, .coarseRootOfReference)
            for name in ["tau.", "I2.", "H2."] {
                comparison.skip(name + index, "follows from τ², which R has to 1e-4 only")
            }
        }
    }

    /// R seeks the upper end no further than ten times the estimate, and gives that where it lies beyond.
    private mutating func skipEndOfSearch(_ heterogeneity: Heterogeneity, estimate: Double) {
        guard let ours = heterogeneity.tauSquaredInterval?.upper, let theirs = comparison.reference("tau2.2")?.number,
            theirs > 100, ours > theirs, Tolerance.closedForm.accepts(theirs, 10 * estimate)
        else { return }
        for field in ["tau2.2", "tau.2", "I2.2", "H2.2"] {
            comparison.skip(field, "R ends its search at ten times the estimate, below the end of the interval")
        }
    }
}

// MARK: - Counts

extension GoldenCaseCheck {
    private mutating func compareCounts(_ call: RExpression, _ frame: RFrame) throws {
        if one.warnings.contains(where: { $0.contains("integer overflow") }) {
            throw NotApplicable("R overflows its integers")
        }
        let measure = call.function == "rma.peto" ? "PETO" : call["measure"]?.text ?? "OR"
        var settings = try RFrame.settings(call)
        // `correct` belongs to the test here. Tables without events have no effect of their own in either, and are pooled unless a
        // second value of `drop00` leaves them out.
        settings.biasCorrected = true
        settings.correction.dropsDoubleZero = call["drop00"]?.elements.dropFirst().first?.logical ?? false
        let effects = try RFrame.effects(frame.table, roles: RFrame.roles(call), measure: measure, settings: settings)
        let level = (call["level"]?.number ?? 95) / 100
        let model: any PoolingModel =
            measure == "PETO"
            ? Peto(level: level)
            : MantelHaenszel(continuityCorrectedTest: call["correct"]?.logical ?? true, level: level)
        let pooled = try model.fit(effects)
        let error = pooled.standardError
        let heterogeneity = pooled.heterogeneity
        comparison.compare("beta", pooled.estimate, .closedForm, scale: error)
        comparison.compare("se", error, .closedForm, scale: 0)
        comparison.compare("zval", pooled.statistic, .closedForm, scale: 1)
        comparison.compareTail("pval", pooled.pValue, .quantile)
        comparison.compare("ci_lb", pooled.confidenceInterval.lower, .quantile, scale: error)
        comparison.compare("ci_ub", pooled.confidenceInterval.upper, .quantile, scale: error)
        comparison.compare("QE", heterogeneity.cochranQ, .closedForm, scale: Double(effects.count))
        comparison.compareTail("QEp", heterogeneity.pValue, .quantile)
        comparison.compare("k", Double(pooled.k), .closedForm, scale: 0)
        comparison.compare("k_yi", Double(pooled.studies.count { $0.estimate != nil }), .closedForm, scale: 0)
        comparison.compare("I2", heterogeneity.iSquared, .closedForm, scale: 100)
        comparison.compare("H2", heterogeneity.hSquared, .closedForm, scale: 1)
        comparison.compare("tau2", heterogeneity.tauSquared, .closedForm, scale: 0)
        func test(_ names: String...) -> HypothesisTest? { pooled.tests.first { names.contains($0.name) } }
        for (field, test) in [
            ("MH", test("cochran-mantel-haenszel", "mantel-haenszel")), ("CO", test("cochran")),
            ("BD", test("breslow-day")), ("TA", test("tarone")),
        ] {
            comparison.compare(field, test?.statistic, .closedForm, scale: 1)
            comparison.compareTail(field + "p", test?.pValue, .quantile)
        }
        comparison.skip("k_pos", "not part of a result")
    }
}

extension EffectSizes {
    /// The sampling variance of a typical study, which I² and H² compare τ² with.
    var typicalVariance: Double {
        let weights = effects.map { 1 / $0.variance }
        let total = weights.reduce(0, +)
        guard weights.count > 1 else { return 1 / total }
        let squares = weights.reduce(0) { $0 + $1 * $1 }
        return Double(weights.count - 1) / (total - squares / total)
    }
}

extension HeterogeneityEstimator {
    /// Whether R finds τ² by a search.
    var isIterated: Bool {
        switch self {
        case .derSimonianLaird, .hedges, .hunterSchmidt, .hunterSchmidtCorrected, .sidikJonkman, .generalizedQ: false
        default: true
        }
    }
}
