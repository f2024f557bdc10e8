import Foundation
import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// Selection models. R's search stops where a step brings less than 1e-8 of the log-likelihood, which may be far from the maximum in a flat
/// likelihood; therefore three things are looked at: that the likelihood at R's parameters is the one that R gives, that the library's
/// maximum is no lower, and that the parameters agree where R reached the maximum.
extension GoldenCaseCheck {
    mutating func compareSelection(_ call: RExpression, _ frame: RFrame) throws {
        let (inner, effects) = try modelled(call, frame)
        guard let kind = SelectionFunction.Kind(rawValue: call["type"]?.text ?? "") else {
            throw NotApplicable("selection function of another")
        }
        let function = SelectionFunction(
            kind, steps: call["steps"]?.elements.compactMap(\.number) ?? [],
            weights: call["delta"].map { $0.elements.map(\.number) })
        let alternative = SelectionModel.Alternative(rawValue: call["alternative"]?.text ?? "greater") ?? .greater
        let model = SelectionModel(function, alternative: alternative, model: inner is CommonEffect ? .common : .random)
        let fit = try model.fit(effects)
        guard let mean = comparison.reference("coef")?.number, let tauSquared = comparison.reference("tau2")?.number,
            let reached = comparison.reference("ll")?.number
        else { throw NotApplicable("R without an answer") }
        let weights = fit.parameters.indices.map { index in
            let field = fit.parameters.count == 1 ? "delta" : "delta.\(index)"
            return comparison.reference(field)?.number ?? .nan
        }
        // The likelihood itself, at R's parameters.
        let (unit, factor) = try effects.inUnitsOfStandardErrors()
        let sign = alternative == .less ? -1.0 : 1.0
        let likelihood = SelectionLikelihood(
            responses: unit.effects.map { sign * $0.estimate }, variances: unit.effects.map(\.variance),
            function: function, isTwoSided: alternative == .twoSided)
        let point = SelectionSearch.Point(
            mean: sign * mean / factor, tauSquared: tauSquared / (factor * factor), weights: weights, logLikelihood: 0)
        let there = likelihood.evaluate(
            mean: point.mean, tauSquared: point.tauSquared, weights: weights, needsDerivatives: false)
        let scale = max(1, abs(reached))
        let atReference = (there?.value ?? .nan) - Double(effects.count) * log(factor)
        if abs(atReference - reached) > 1e-2 * scale {
            throw NotApplicable("R's integral fails: its log-likelihood is not that of its parameters")
        }
        comparison.compareValue(
            "ll", (atReference - reached) / scale, expected: 0,
            function.isPiecewise ? .iterative : .quadratureOfReference)
        // No lower than R's maximum.
        let gain = (fit.fit.logLikelihood - atReference) / scale
        if gain < -1e-12 { comparison.compareValue("coef", gain, expected: 0, .closedForm) }
        if gain > 1e-6 {
            let reason = "R stopped short of the greatest likelihood, by more than 1e-6 of it"
            skipParameters(fit, reason)
        } else {
            let error = fit.standardError ?? 1
            compareOrForgive(gain, "coef", fit.estimate, mean, Tolerance.selectionEffect, scale: error)
            compareOrForgive(
                gain, "tau2", fit.heterogeneity.tauSquared, tauSquared, .selectionWeight,
                scale: max(fit.heterogeneity.tauSquaredStandardError ?? 0, effects.typicalVariance))
            for (index, parameter) in fit.parameters.enumerated() {
                let field = fit.parameters.count == 1 ? "delta" : "delta.\(index)"
                if parameter.standardError == nil, parameter.bound == nil, !parameter.isFixed {
                    comparison.skip(field, "weights that the studies say nothing of, which R leaves at its start")
                }
                compareOrForgive(
                    gain, field, parameter.estimate, weights[index], .selectionWeight,
                    scale: parameter.standardError ?? 1)
            }
        }
        try compareErrors(fit, model, likelihood, point, factor)
        compareRatio(fit, atReference)
    }

    private mutating func skipParameters(_ fit: SelectionModelFit, _ reason: String) {
        for field in ["coef", "tau2", "delta"] { comparison.skip(field, reason) }
        for index in fit.parameters.indices { comparison.skip("delta.\(index)", reason) }
    }

    /// A parameter that differs by more than the tolerance while the likelihoods agree: R's search ended on a flat top.
    private mutating func compareOrForgive(
        _ gain: Double, _ field: String, _ ours: Double, _ theirs: Double, _ tolerance: Tolerance, scale: Double
    ) {
        if !tolerance.accepts(ours, theirs, scale: scale), gain > 1e-13 {
            comparison.skip(field, "R stopped short of the greatest likelihood, by less than 1e-6 of it")
        }
        comparison.compare(field, ours, tolerance, scale: scale)
    }

    /// Standard errors at R's parameters.
    private mutating func compareErrors(
        _ fit: SelectionModelFit, _ model: SelectionModel, _ likelihood: SelectionLikelihood,
        _ point: SelectionSearch.Point, _ factor: Double
    ) throws {
        let hasTau = comparison.reference("se_tau2")?.number != nil
        var place = point
        if !hasTau { place.tauSquared = model.model == .random ? place.tauSquared : 0 }
        let search = SelectionSearch(
            likelihood, model: hasTau ? model.model : .common, start: (0, 0), given: model.function.givenWeights)
        let errors = search.standardErrors(at: place)
        let isNumeric = comparison.reference("se")?.number != nil
        var values: [(String, Double?)] = [
            ("se", errors.values[0].map { $0 * factor }), ("se_tau2", errors.values[1].map { $0 * factor * factor }),
        ]
        for index in fit.parameters.indices {
            values.append((fit.parameters.count == 1 ? "se_delta" : "se_delta.\(index)", errors.values[2 + index]))
        }
        for (field, value) in values {
            guard comparison.reference(field)?.number != nil else {
                comparison.skip(field, isNumeric ? "no standard error in R" : "R could not invert its Hessian")
                continue
            }
            if !errors.held.isEmpty {
                comparison.skip(field, "standard errors where the likelihood is not concave: R takes them all the same")
            }
            let isClosed = model.function.isPiecewise
            comparison.compare(field, value, isClosed ? .selectionError : .selectionErrorOfIntegral, scale: 0)
        }
    }

    /// R's ratio follows from its own maximum.
    private mutating func compareRatio(_ fit: SelectionModelFit, _ reached: Double) {
        guard let ratio = comparison.reference("LRT")?.number, let ours = fit.likelihoodRatio.statistic else { return }
        let lost = 2 * (fit.fit.logLikelihood - reached)
        let scale = 1 + abs(reached)
        if ours - lost < ratio - 1e-4 * scale, ratio > 0 {
            comparison.skip("LRT", "R's fit without selection is a local optimum")
        }
        comparison.compareValue("LRT", (max(0, ours - lost) - ratio) / scale, expected: 0, .selectionEffect)
        guard let degrees = fit.likelihoodRatio.degreesOfFreedom, degrees > 0 else {
            return comparison.compare("LRTp", fit.likelihoodRatio.pValue, .quantile, scale: 0)
        }
        let pValue = ReferenceDistribution.chiSquared(degreesOfFreedom: degrees).upperTail(ratio)
        comparison.compareTail("LRTp", pValue, .iterative)
    }
}
