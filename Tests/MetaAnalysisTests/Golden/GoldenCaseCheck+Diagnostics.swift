import Foundation
import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// Sensitivity analyses: what R calls case diagnostics.
extension GoldenCaseCheck {
    static let diagnostics: Set<String> = [
        "influence", "leave1out", "cumul", "rstandard", "weights", "blup", "ranef", "baujat", "gosh", "radial",
        "profile",
        "permutest",
    ]

    mutating func compareDiagnostics(_ call: RExpression, _ frame: RFrame) throws {
        switch call.function {
        case "profile": throw NotApplicable("the points of a plot of the likelihood, which the library does not give")
        case "permutest": return try comparePermutations(call, frame)
        default: break
        }
        guard let inner = call.positional.first, inner.function == "rma" else {
            throw NotApplicable("of another model")
        }
        let (model, effects) = try model(inner, frame)
        let check = DiagnosticCheck(model, effects)
        switch call.function {
        case "influence": try check.influence(&comparison)
        case "leave1out": try check.leaveOneOut(&comparison)
        case "cumul": try check.cumulative(&comparison)
        case "rstandard": try check.standardizedResiduals(&comparison)
        case "weights": try check.weights(&comparison)
        case "blup", "ranef": try check.empiricalBayes(&comparison, isDeviation: call.function == "ranef")
        case "gosh": try check.subsets(&comparison)
        case "radial": try check.radial(&comparison)
        default: try check.baujat(&comparison)
        }
        if !comparison.mismatches.isEmpty, try check.likelihoodIsGreaterHere(comparison) {
            comparison.forgiveMismatches(of: DiagnosticCheck.dependentOnTauSquared)
            throw NotApplicable(Self.localOptimum)
        }
    }
}

private struct DiagnosticCheck {
    /// All but numbers of studies, Q and names; of the columns of subsets the third to the seventh.
    static let dependentOnTauSquared: [String] =
        [
            "rstudent", "dffits", "cook.d", "cov.r", "tau2.del", "hat", "weight", "dfbetas", "inf", "is_infl",
            "estimate", "se", "zval", "tval", "pval", "ci.lb", "ci.ub", "tau2", "I2", "H2", "resid", "z", "weights",
            "pred", "pi.lb", "pi.ub", "x", "y",
        ] + (2...6).flatMap { column in ["mean.\(column)"] + (0..<5).map { "q.\($0).\(column)" } }

    let model: any PoolingModel
    let effects: EffectSizes
    let tolerance: Tolerance
    let through: Tolerance

    init(_ model: any PoolingModel, _ effects: EffectSizes) {
        self.model = model
        self.effects = effects
        let isIterated = (model as? RandomEffects)?.heterogeneity.estimator?.isIterated ?? false
        tolerance = isIterated ? .iterative : .closedForm
        through = isIterated ? .iterative : .quantile
    }

    /// Whether R has stopped at a lower mode: of all studies, as the fits of all show, or of every part whose τ² differs.
    func likelihoodIsGreaterHere(_ comparison: GoldenComparison) throws -> Bool {
        guard let estimator = (model as? RandomEffects)?.heterogeneity.estimator, estimator.maximizesLikelihood else {
            return false
        }
        if try model.fit(effects).diagnostics.contains(where: { $0.code == .severalModes }) { return true }
        let all = Array(effects.effects.indices)
        let isCumulative = comparison.reference("k") != nil
        let found =
            isCumulative
            ? try model.cumulative(effects).additions.map(\.fit) : try model.leaveOneOut(effects).omissions.map(\.fit)
        var gains: [Double] = []
        for index in all {
            let field = comparison.reference("tau2.\(index)") ?? comparison.reference("tau2.del.\(index)")
            guard let theirs = field?.number, let ours = found[index].heterogeneity?.tauSquared,
                !tolerance.accepts(ours, theirs, scale: effects.typicalVariance)
            else { continue }
            let part = effects.subset(isCumulative ? Array(all[...index]) : all.filter { $0 != index })
            let likelihood = try VarianceComponentModel(
                responses: part.effects.map(\.estimate), variances: part.effects.map(\.variance))
            let restricted = estimator.isRestrictedLikelihood
            gains.append(
                likelihood.profileLogLikelihood(at: ours, restricted: restricted)
                    - likelihood.profileLogLikelihood(at: theirs, restricted: restricted))
        }
        return !gains.isEmpty && gains.allSatisfy { $0 > 0.001 }
    }

    func influence(_ comparison: inout GoldenComparison) throws {
        let typical = effects.typicalVariance
        for (index, study) in try model.influence(effects).studies.enumerated() {
            func compare(_ field: String, _ value: Double?, _ tolerance: Tolerance? = nil, scale: Double = 1) {
                comparison.compare("\(field).\(index)", value, tolerance ?? self.tolerance, scale: scale)
            }
            if study.cooksDistance != nil, comparison.reference("cook.d.\(index)") == .null {
                for field in [
                    "rstudent", "dffits", "cook.d", "cov.r", "tau2.del", "QE.del", "dfbetas", "inf", "is_infl",
                ] {
                    comparison.skip("\(field).\(index)", "R's search for τ² of this part did not converge")
                }
            }
            compare("rstudent", study.studentizedResidual)
            compare("dffits", study.dffits)
            compare("cook.d", study.cooksDistance)
            compare("cov.r", study.covarianceRatio)
            compare("tau2.del", study.tauSquaredDeleted, scale: typical)
            compare("QE.del", study.qDeleted, .closedForm, scale: Double(effects.count))
            compare("hat", study.hat)
            compare("weight", study.weight, scale: 100)
            compare("dfbetas", study.dfbetas)
            let isInfluential = study.isInfluential ?? false
            comparison.compareFlag("is_infl.\(index)", isInfluential)
            comparison.compareText(
                "inf.\(index)", agrees: (comparison.reference("inf.\(index)") == .string("*")) == isInfluential)
        }
    }

    func leaveOneOut(_ comparison: inout GoldenComparison) throws {
        for (index, omission) in try model.leaveOneOut(effects).omissions.enumerated() {
            compare(omission.fit, at: index, &comparison)
        }
    }

    func cumulative(_ comparison: inout GoldenComparison) throws {
        for (index, addition) in try model.cumulative(effects).additions.enumerated() {
            compare(addition.fit, at: index, &comparison)
        }
    }

    private func compare(_ fit: SubsetFit, at index: Int, _ comparison: inout GoldenComparison) {
        func compare(_ field: String, _ value: Double?, _ tolerance: Tolerance, scale: Double) {
            comparison.compare("\(field).\(index)", value, tolerance, scale: scale)
        }
        let error = fit.standardError ?? 0
        let found = fit.heterogeneity
        if fit.estimate != nil, comparison.reference("estimate.\(index)") == .null {
            for field in [
                "k", "estimate", "se", "zval", "tval", "pval", "ci.lb", "ci.ub", "Q", "Qp", "tau2", "I2", "H2",
            ] {
                comparison.skip("\(field).\(index)", "R's search for τ² of this part did not converge")
            }
        }
        if fit.k == 1 {
            for field in ["Qp", "I2", "H2"] {
                comparison.skip("\(field).\(index)", "one study: R gives a number, the library says not estimable")
            }
        }
        compare("k", Double(fit.k), .closedForm, scale: 0)
        compare("estimate", fit.estimate, tolerance, scale: error)
        compare("se", error, tolerance, scale: 0)
        for name in ["zval", "tval"] { compare(name, fit.statistic, tolerance, scale: 1) }
        comparison.compareTail("pval.\(index)", fit.pValue, through)
        compare("ci.lb", fit.confidenceInterval?.lower, through, scale: error)
        compare("ci.ub", fit.confidenceInterval?.upper, through, scale: error)
        compare("Q", found?.cochranQ, .closedForm, scale: Double(fit.k))
        comparison.compareTail("Qp.\(index)", found?.pValue, .quantile)
        compare("tau2", found?.tauSquared, tolerance, scale: effects.typicalVariance)
        compare("I2", found?.iSquared, tolerance, scale: 100)
        compare("H2", found?.hSquared, tolerance, scale: 1)
    }

    func standardizedResiduals(_ comparison: inout GoldenComparison) throws {
        let pooled = try model.fit(effects)
        for (index, study) in try model.influence(effects).studies.enumerated() {
            let distance = (pooled.studies[index].estimate ?? .nan) - pooled.estimate
            comparison.compare("resid.\(index)", distance, tolerance, scale: pooled.standardError)
            comparison.compare("z.\(index)", study.standardizedResidual, tolerance, scale: 1)
            comparison.compare(
                "se.\(index)", study.standardizedResidual.map { distance / $0 }, tolerance, scale: 0)
        }
    }

    func weights(_ comparison: inout GoldenComparison) throws {
        guard case .object(let members)? = comparison.reference("weights") else { throw NotApplicable("no weights") }
        // By the row names of the data frame, from which rows without an effect are missing.
        let names = members.keys.sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }
        for (name, study) in zip(names, try model.fit(effects).studies) {
            comparison.compare("weights.\(name)", study.weight, tolerance, scale: 100)
        }
    }

    func empiricalBayes(_ comparison: inout GoldenComparison, isDeviation: Bool) throws {
        let pooled = try model.fit(effects)
        for (index, study) in pooled.studies.enumerated() {
            let own = study.empiricalBayes
            let scale = study.variance?.squareRoot() ?? 0
            if isDeviation {
                comparison.compare("pred.\(index)", own.map { $0.estimate - pooled.estimate }, tolerance, scale: scale)
                for field in ["se", "pi.lb", "pi.ub"] {
                    comparison.skip("\(field).\(index)", "uncertainty of the deviation alone, not part of a result")
                }
            } else {
                comparison.compare("pred.\(index)", own?.estimate, tolerance, scale: scale)
                comparison.compare("se.\(index)", own?.standardError, tolerance, scale: scale)
                comparison.compare("pi.lb.\(index)", own?.interval.lower, through, scale: scale)
                comparison.compare("pi.ub.\(index)", own?.interval.upper, through, scale: scale)
            }
        }
    }

    func radial(_ comparison: inout GoldenComparison) throws {
        for (index, study) in try model.fit(effects).radialCoordinates.studies.enumerated() {
            comparison.compare("x.\(index)", study.precision, tolerance, scale: 0)
            comparison.compare("y.\(index)", study.standardizedEffect, tolerance, scale: 1)
            for field in ["ids", "slab"] { comparison.skip("\(field).\(index)", "a name") }
        }
    }

    func baujat(_ comparison: inout GoldenComparison) throws {
        for (index, study) in try model.baujat(effects).studies.enumerated() {
            comparison.compare("x.\(index)", study.heterogeneity, tolerance, scale: 1)
            comparison.compare("y.\(index)", study.influence, tolerance, scale: 1)
            for field in ["ids", "slab"] { comparison.skip("\(field).\(index)", "a name") }
        }
    }

    /// R gives means and quantiles of the columns, with numbers for one study where the library has none.
    func subsets(_ comparison: inout GoldenComparison) throws {
        let found = try model.subsets(effects)
        comparison.compare("n", Double(found.estimate.count), .closedForm, scale: 0)
        let columns: [(name: String, values: [Double])] = [
            ("k", found.k.map(Double.init)), ("QE", found.cochranQ), ("I2", found.iSquared.map { $0 ?? 0 }),
            ("H2", found.hSquared.map { $0 ?? 1 }), ("tau2", found.tauSquared),
            ("tau", found.tauSquared.map { $0.squareRoot() }), ("estimate", found.estimate),
        ]
        for (place, column) in columns.enumerated() {
            comparison.compareText(
                "names.\(place)", agrees: comparison.reference("names.\(place)") == .string(column.name))
            let scale = (column.values.map(abs).max() ?? 0) > 0 ? column.values.map(abs).max() ?? 1 : 1
            comparison.compare(
                "mean.\(place)", column.values.reduce(0, +) / Double(column.values.count), tolerance, scale: scale)
            let sorted = column.values.sorted()
            for (row, probability) in [0.05, 0.25, 0.5, 0.75, 0.95].enumerated() {
                let position = probability * Double(sorted.count - 1)
                let lower = Int(position)
                let upper = min(lower + 1, sorted.count - 1)
                let value = sorted[lower] + (position - Double(lower)) * (sorted[upper] - sorted[lower])
                comparison.compare("q.\(row).\(place)", value, tolerance, scale: scale)
            }
        }
    }
}
