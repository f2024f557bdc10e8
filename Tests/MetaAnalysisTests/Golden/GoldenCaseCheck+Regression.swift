import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

// MARK: - Meta-regression

extension GoldenCaseCheck {
    static let regressionFamilies = ["reg", "lrt", "locscale"]

    /// A regression of R with its data.
    private struct Regression {
        var settings: MetaRegression
        var effects: EffectSizes
        var moderators: Moderators
        var isIterated: Bool

        /// Whether a column lies so far from 0 that R loses digits with it.
        var isDistant: Bool {
            moderators.names.contains { name in
                guard case .numbers(let values)? = moderators[name] else { return false }
                let known = values.compactMap(\.self)
                let mean = known.reduce(0, +) / Double(known.count)
                let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                return abs(mean) > 30 * (squares / Double(known.count)).squareRoot()
            }
        }

        var closedForm: Tolerance { isDistant ? .distantOrigin : .closedForm }
        var search: Tolerance { isDistant ? .distantOriginSearch : .iterative }
        var quantile: Tolerance { isDistant ? .distantOriginSearch : .quantile }
        var tolerance: Tolerance { isIterated ? search : closedForm }
    }

    mutating func runRegression() throws {
        let call = try RExpression(one.call)
        let frame = try RFrame(file.content.prep + one.prepExtra, in: folder)
        guard let inner = call.function == "rma" ? call : call.positional.first, inner.function == "rma" else {
            throw NotApplicable("regression of another")
        }
        let regression = try regression(inner, frame)
        switch call.function {
        case "rma" where call["scale"] != nil: try compareScale(regression, call, frame)
        case "rma": try compareFit(regression)
        case "predict": try comparePredictions(regression)
        case "confint": try compareInterval(regression)
        case "vif": try compareInflation(regression)
        case "rstudent", "cooks.distance": try compareDeletion(regression)
        case "anova": try call["btt"] == nil ? compareModels(regression) : compareTest(regression, call)
        case "robust": try compareRobust(regression, call, frame)
        default: throw NotApplicable("\(call.function ?? one.call), which the driver does not know")
        }
    }

    private func regression(_ call: RExpression, _ frame: RFrame) throws -> Regression {
        var summands: [RExpression] = []
        if let formula = call["mods"] {
            guard case .operation("~", _, let sum) = formula else { throw NotApplicable("no moderators") }
            summands = Self.summands(sum)
        }
        let base = try Self.model(method: call["method"]?.text ?? "REML", test: call["test"]?.text ?? "z")
        let effects = try frame.analysed()
        var moderators = Moderators(count: effects.count)
        let terms = try summands.map { try Self.term($0, frame, effects, &moderators) }
        var settings = MetaRegression(terms: terms, heterogeneity: nil, interval: .wald)
        if let random = base as? RandomEffects {
            settings.heterogeneity = random.heterogeneity
            settings.interval = random.interval
        } else if let common = base as? CommonEffect {
            settings.interval = common.interval
        }
        return Regression(
            settings: settings, effects: effects, moderators: moderators,
            isIterated: settings.heterogeneity.estimator?.isIterated == true)
    }

    private static func summands(_ expression: RExpression) -> [RExpression] {
        guard case .operation("+", let left, let right) = expression else { return [expression] }
        return summands(left) + summands(right)
    }

    private static func term(
        _ expression: RExpression, _ frame: RFrame, _ effects: EffectSizes, _ moderators: inout Moderators
    ) throws -> ModelTerm {
        switch expression {
        case .name(let name):
            do {
                moderators[name] = .numbers(
                    try frame.values(of: effects) { try frame.table.number(row: $0, column: $1) }(name))
                return .number(name)
            } catch is MetaAnalysisError {
                moderators[name] = .texts(try frame.values(of: effects) { frame.table.text(row: $0, column: $1) }(name))
                return .factor(name)
            }
        case .call("factor", let arguments):
            guard let name = arguments.first?.value.name else { throw NotApplicable("factor of another") }
            moderators[name] = .texts(try frame.values(of: effects) { frame.table.text(row: $0, column: $1) }(name))
            return .factor(name)
        case .call("I", let arguments):
            guard case .operation("^", .name(let name), .number(let power))? = arguments.first?.value else {
                throw NotApplicable("I of another")
            }
            return .number(name, power: Int(power))
        case .call("pmin", let arguments):
            guard arguments.count == 2, let name = arguments[0].value.name, let bound = arguments[1].value.number else {
                throw NotApplicable("pmin of another")
            }
            let values = try frame.values(of: effects) { try frame.table.number(row: $0, column: $1) }(name)
            moderators["pmin"] = .numbers(values.map { $0.map { min($0, bound) } })
            return .number("pmin")
        default: throw NotApplicable("moderator not known")
        }
    }

    // MARK: The fit

    private mutating func compareFit(_ regression: Regression) throws {
        let fit = try regression.settings.fit(regression.effects, moderators: regression.moderators)
        if let tauSquared = one.expected["tau2"]?.number, regression.settings.heterogeneity != nil {
            var known = regression.settings
            known.estimation.heterogeneity = .known(tauSquared)
            let injected = try known.fit(regression.effects, moderators: regression.moderators)
            var other = GoldenComparison(one.expected)
            compareCoefficients(injected, regression.closedForm, in: &other)
            comparison.add(other, prefix: "given R's τ², ")
        }
        let tolerance = regression.tolerance
        compareCoefficients(fit, tolerance, in: &comparison)
        let through = regression.quantile.bound > tolerance.bound ? regression.quantile : tolerance
        for (index, one) in fit.coefficients.enumerated() {
            comparison.compareTail("pval.\(index)", one.pValue, through)
            comparison.compare("ci_lb.\(index)", one.confidenceInterval.lower, through, scale: one.standardError)
            comparison.compare("ci_ub.\(index)", one.confidenceInterval.upper, through, scale: one.standardError)
            comparison.skip("coef_names.\(index)", "names of R")
        }
        let k = Double(fit.k)
        let found = fit.heterogeneity
        let typical = regression.effects.typicalVariance
        comparison.compare("k", k, .closedForm, scale: 0)
        comparison.compare("p", Double(fit.coefficients.count), .closedForm, scale: 0)
        comparison.compare("ddf", fit.degreesOfFreedom, .closedForm, scale: 0)
        comparison.compare("tau2", found.tauSquared, tolerance, scale: typical)
        comparison.compare("se_tau2", found.tauSquaredStandardError, tolerance, scale: typical)
        comparison.compare("I2", found.iSquared, tolerance, scale: 100)
        comparison.compare("H2", found.hSquared, tolerance, scale: 1)
        comparison.compare("QE", found.cochranQ, regression.closedForm, scale: k)
        comparison.compareTail("QEp", found.pValue, regression.quantile)
        comparison.compareTail("QMp", fit.omnibusTest.pValue, through)
        comparison.compare("QMdf.0", fit.omnibusTest.degreesOfFreedom, .closedForm, scale: 0)
        comparison.compare("QMdf.1", fit.omnibusTest.denominatorDegreesOfFreedom, .closedForm, scale: 0)
        if fit.explainedHeterogeneity == nil, fit.heterogeneity.tauSquared == 0 {
            comparison.skip("R2", "no τ² to explain: R gives 0 or a ratio of roundings, the library none")
        }
        comparison.compare("R2", fit.explainedHeterogeneity, tolerance, scale: 100)
        comparison.skip("s2w", "not part of a result; contained in se")
        compareStatistics(fit.fit, "fit", tolerance, k)
    }

    private func compareCoefficients(
        _ fit: RegressionFit, _ tolerance: Tolerance, in comparison: inout GoldenComparison
    ) {
        for (row, one) in fit.coefficients.enumerated() {
            comparison.compare("coef.\(row)", one.estimate, tolerance, scale: one.standardError)
            comparison.compare("se.\(row)", one.standardError, tolerance, scale: 0)
            comparison.compare("stat.\(row)", one.statistic, tolerance, scale: 1)
            for (column, other) in fit.coefficients.enumerated() {
                comparison.compare(
                    "vcov.\(row).\(column)", fit.covariance[row][column], tolerance,
                    scale: one.standardError * other.standardError)
            }
        }
        comparison.compare("QM", fit.omnibusTest.statistic, tolerance, scale: 1)
    }

    private mutating func compareStatistics(
        _ fit: FitStatistics, _ name: String, _ tolerance: Tolerance, _ k: Double
    ) {
        comparison.compare(name + ".ll", fit.logLikelihood, tolerance, scale: k)
        comparison.compare(name + ".dev", fit.deviance, tolerance, scale: k)
        comparison.compare(name + ".AIC", fit.aic, tolerance, scale: k)
        comparison.compare(name + ".BIC", fit.bic, tolerance, scale: k)
        comparison.compare(name + ".AICc", fit.aicc, tolerance, scale: k)
    }

    // MARK: Questions to a fit

    private mutating func comparePredictions(_ regression: Regression) throws {
        let fit = try regression.settings.fit(regression.effects, moderators: regression.moderators)
        for (index, study) in fit.studies.enumerated() {
            let (fitted, tolerance) = (study.fitted, regression.tolerance)
            let scale = fitted.standardError
            comparison.compare("pred.\(index)", fitted.estimate, tolerance, scale: scale)
            comparison.compare("se.\(index)", fitted.standardError, tolerance, scale: 0)
            comparison.compare("ci_lb.\(index)", fitted.confidenceInterval.lower, tolerance, scale: scale)
            comparison.compare("ci_ub.\(index)", fitted.confidenceInterval.upper, tolerance, scale: scale)
            comparison.compare("pi_lb.\(index)", fitted.predictionInterval?.lower, tolerance, scale: scale)
            comparison.compare("pi_ub.\(index)", fitted.predictionInterval?.upper, tolerance, scale: scale)
        }
    }

    private mutating func compareInterval(_ regression: Regression) throws {
        let fit = try regression.settings.fit(regression.effects, moderators: regression.moderators)
        let found = fit.heterogeneity
        let scale = HeterogeneityScale(
            typicalVariance: found.tauSquared > 0
                ? found.tauSquared / ((found.hSquared ?? 2) - 1) : regression.effects.typicalVariance)
        if scale.typicalVariance.isFinite, found.tauSquared > 0 {
            for (index, value) in [found.tauSquaredInterval?.lower, found.tauSquaredInterval?.upper].enumerated() {
                comparison.compare("H2.\(index + 1)", value.map(scale.hSquared), regression.search, scale: 1)
            }
        }
        let typical = regression.effects.typicalVariance
        comparison.compare("tau2.0", found.tauSquared, regression.search, scale: typical)
        comparison.compare("tau2.1", found.tauSquaredInterval?.lower, regression.quantile, scale: typical)
        comparison.compare("tau2.2", found.tauSquaredInterval?.upper, regression.quantile, scale: typical)
        comparison.compareRoot("tau.0", squared: found.tauSquared, regression.search, scale: typical)
        comparison.compareRoot("tau.1", squared: found.tauSquaredInterval?.lower, regression.quantile, scale: typical)
        comparison.compareRoot("tau.2", squared: found.tauSquaredInterval?.upper, regression.quantile, scale: typical)
        comparison.compare("I2.0", found.iSquared, regression.search, scale: 100)
        comparison.compare("I2.1", found.iSquaredInterval?.lower, regression.quantile, scale: 100)
        comparison.compare("I2.2", found.iSquaredInterval?.upper, regression.quantile, scale: 100)
        comparison.compare("H2.0", found.hSquared, regression.search, scale: 1)
        for index in 1...2 { comparison.skip("H2.\(index)", "follows from τ²") }
        comparison.compareFlag("ci_null", fit.diagnostics.contains { $0.code == .negativeHeterogeneity })
    }

    private mutating func compareInflation(_ regression: Regression) throws {
        let fit = try regression.settings.fit(regression.effects, moderators: regression.moderators)
        guard case .object(let members)? = comparison.reference("vif") else { throw NotApplicable("no inflation") }
        for (name, entry) in members {
            let place = "vif.\(name)"
            for field in ["spec", "coefs", "coefname", "m", "sif"] {
                comparison.skip(place + "." + field, "not part of a result")
            }
            guard
                let position = entry["spec"].flatMap({ value -> Int? in
                    if case .string(let text) = value { return Int(text) }
                    return value.number.map { Int($0) }
                })
            else { continue }
            comparison.compare(
                place + ".vif", fit.coefficients[position - 1].varianceInflation, regression.tolerance, scale: 1)
        }
    }

    private mutating func compareTest(_ regression: Regression, _ call: RExpression) throws {
        let fit = try regression.settings.fit(regression.effects, moderators: regression.moderators)
        guard let position = call["btt"]?.number else { throw NotApplicable("test of another") }
        let test = try fit.test(of: [fit.coefficients[Int(position) - 1].term])
        comparison.compare("QM", test.statistic, regression.tolerance, scale: 1)
        comparison.compareTail("QMp", test.pValue, regression.tolerance)
        comparison.compare("df.0", test.degreesOfFreedom, .closedForm, scale: 0)
        comparison.compare("df.1", test.denominatorDegreesOfFreedom, .closedForm, scale: 0)
    }

    private mutating func compareDeletion(_ regression: Regression) throws {
        let influence = try regression.settings.influence(regression.effects, moderators: regression.moderators)
        // R numbers Cook's distances by the rows of the data, and leaves out those without moderators.
        for (index, study) in influence.studies.enumerated() {
            let error = study.deletedResidualStandardError ?? 1
            if comparison.reference("resid.\(index)")?.number == nil, study.deletedResidual != nil {
                for field in ["resid", "se", "z"] {
                    comparison.skip("\(field).\(index)", "R finds no fit without this study")
                }
            }
            comparison.compare("resid.\(index)", study.deletedResidual, regression.search, scale: error)
            comparison.compare("se.\(index)", study.deletedResidualStandardError, regression.search, scale: 0)
            comparison.compare("z.\(index)", study.studentizedResidual, regression.search, scale: 1)
        }
        guard case .object(let members)? = comparison.reference("cook") else { return }
        let names = members.keys.sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) }
        let known = names.filter { members[$0]?.number != nil }
        for (name, study) in zip(names.count == influence.studies.count ? names : known, influence.studies) {
            comparison.compare("cook.\(name)", study.cooksDistance, regression.search, scale: 1)
        }
    }

    // MARK: Models side by side

    private mutating func compareModels(_ regression: Regression) throws {
        let found = try regression.settings.compared(with: [], regression.effects, moderators: regression.moderators)
        let k = Double(regression.effects.count)
        comparison.compare("LRT", found.likelihoodRatio.statistic, regression.tolerance, scale: k)
        comparison.compareTail("pval", found.likelihoodRatio.pValue, regression.tolerance)
        if found.explainedHeterogeneity == nil {
            comparison.skip("R2", "no τ² to explain: R gives 0 or a ratio of roundings, the library none")
        }
        comparison.compare("R2", found.explainedHeterogeneity, regression.tolerance, scale: 100)
        compareStatistics(found.full, "fit_f", regression.tolerance, k)
        compareStatistics(found.reduced, "fit_r", regression.tolerance, k)
        for field in ["p_f", "p_r"] { comparison.skip(field, "not part of a result; contained in AIC") }
    }

    private mutating func compareRobust(
        _ regression: Regression, _ call: RExpression, _ frame: RFrame
    ) throws {
        guard let name = call["cluster"]?.name else { throw NotApplicable("clusters of another") }
        var effects = regression.effects
        let clusters = try frame.values(of: effects) { frame.table.text(row: $0, column: $1) }(name)
        for (index, cluster) in clusters.enumerated() { effects.effects[index].cluster = cluster }
        let isBiasReduced = call["clubSandwich"]?.logical == true
        let fit = try regression.settings.clusterRobust(
            effects, moderators: regression.moderators, correction: isBiasReduced ? .biasReduced : .degreesOfFreedom)
        let tolerance = regression.search
        for (index, found) in fit.coefficients.enumerated() {
            let error = found.standardError
            comparison.compare("coef.\(index)", found.estimate, tolerance, scale: error)
            comparison.compare("se.\(index)", error, tolerance, scale: 0)
            comparison.compare("stat.\(index)", found.statistic, tolerance, scale: 1)
            comparison.compareTail("pval.\(index)", found.pValue, tolerance)
            comparison.compare("ci_lb.\(index)", found.confidenceInterval.lower, tolerance, scale: error)
            comparison.compare("ci_ub.\(index)", found.confidenceInterval.upper, tolerance, scale: error)
            comparison.compare(
                isBiasReduced ? "ddf.\(index)" : "ddf", found.degreesOfFreedom, tolerance, scale: 0)
            for (column, other) in fit.coefficients.enumerated() {
                comparison.compare(
                    "vcov.\(index).\(column)", fit.covariance[index][column], tolerance,
                    scale: error * other.standardError)
            }
        }
        comparison.compare("QM", fit.omnibusTest.statistic, tolerance, scale: 1)
        comparison.compareTail("QMp", fit.omnibusTest.pValue, tolerance)
        comparison.compare("QMdf.0", fit.omnibusTest.degreesOfFreedom, .closedForm, scale: 0)
        comparison.compare("QMdf.1", fit.omnibusTest.denominatorDegreesOfFreedom, tolerance, scale: 0)
    }

    // MARK: Arrangements

    /// R lists `iters` as its number of arrangements, or nothing.
    mutating func comparePermutations(_ call: RExpression, _ frame: RFrame) throws {
        guard let inner = call.positional.first, inner.function == "rma" else {
            throw NotApplicable("of another model")
        }
        let regression = try regression(inner, frame)
        let found = try PermutationTest(regression.settings).test(regression.effects, moderators: regression.moderators)
        guard found.isExact else { throw NotApplicable("a sample of arrangements") }
        for (index, coefficient) in found.coefficients.enumerated() {
            // R writes a vector of one as a number.
            let place = found.coefficients.count == 1 ? "pval" : "pval.\(index)"
            comparison.compare(place, coefficient.pValue, .closedForm, scale: 0)
        }
        comparison.compare("QMp", found.omnibusTest.pValue, .closedForm, scale: 0)
        comparison.skip("iters", "the number of arrangements, which R gives for samples only")
    }

    // MARK: A scale with moderators

    private mutating func compareScale(_ regression: Regression, _ call: RExpression, _ frame: RFrame) throws {
        guard case .operation("~", _, let sum)? = call["scale"] else { throw NotApplicable("scale of another") }
        var moderators = regression.moderators
        let model = LocationScaleModel(
            terms: regression.settings.terms,
            scaleTerms: try Self.summands(sum).map { try Self.term($0, frame, regression.effects, &moderators) },
            isRestricted: regression.settings.heterogeneity == .estimated(.restrictedMaximumLikelihood), interval: .wald
        )
        let fit = try model.fit(regression.effects, moderators: moderators)
        for (index, found) in fit.coefficients.enumerated() {
            comparison.compare("coef.\(index)", found.estimate, .scaleSearchOfReference, scale: found.standardError)
            comparison.compare("se.\(index)", found.standardError, .scaleSearchOfReference, scale: 0)
        }
        for (index, found) in fit.scaleCoefficients.enumerated() {
            let error = found.standardError ?? 1
            comparison.compare("alpha.\(index)", found.estimate, .scaleSearchOfReference, scale: error)
            comparison.compare("se_alpha.\(index)", found.standardError, .scaleSearchOfReference, scale: 0)
        }
        comparison.compare("QM", fit.omnibusTest.statistic, .scaleSearchOfReference, scale: 1)
        comparison.compare("QS", fit.scaleTest.statistic, .scaleSearchOfReference, scale: 1)
        comparison.compare("ll", fit.fit.logLikelihood, .iterative, scale: Double(fit.k))
    }
}

extension RFrame {
    /// A field of every effect's row, by the name of the column.
    fileprivate func values<Value>(
        of effects: EffectSizes, _ read: @escaping (_ row: Int, _ column: Int) throws -> Value?
    ) -> (String) throws -> [Value?] {
        { name in
            guard let column = table.column(named: name) else { throw NotApplicable("no column \(name)") }
            let rows = Dictionary(uniqueKeysWithValues: (0..<table.rowCount).map { (table.line(ofRow: $0), $0) })
            return try effects.effects.map { effect in
                try effect.row.flatMap { rows[$0] }.flatMap { try read($0, column) }
            }
        }
    }
}
