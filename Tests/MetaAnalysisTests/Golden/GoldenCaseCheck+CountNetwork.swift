import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// `netmetabin`: networks of counts.
extension GoldenCaseCheck {
    /// R pools odds ratios under MH and NCH, whatever `sm` says, and so do these; the arms are the same for every measure.
    mutating func compareCountNetwork(_ call: RExpression, _ frame: RNetworkFrame) throws {
        let reference = call["reference.group"]?.text.map { Treatment($0) }
        for row in networkTreatments.indices { comparison.skip("trts.\(row)", "a name") }
        switch call["method"]?.text ?? "MH" {
        case "MH":
            let fit = try MantelHaenszelNetwork(reference: reference).fit(frame.network)
            comparison.skip("Q", "R gives none for counts")
            comparison.skip("df_Q", "R gives none for counts")
            comparePairs(fit)
            compareBetweenDesigns(fit)
        case "NCH":
            for field in ["Q", "df_Q", "Q_inconsistency"] { comparison.skip(field, "R gives none for this model") }
            try compareConditionalLikelihood(frame.network, reference)
        case "Inverse":
            let fit = try NetworkMetaAnalysis(reference: reference, model: .common).fit(frame.network)
            comparison.compare("Q", fit.inconsistency.total.q, .closedForm, scale: Double(fit.k))
            comparison.compare("df_Q", fit.inconsistency.total.degreesOfFreedom, .closedForm, scale: 0)
            comparePairs(fit)
            compareBetweenDesigns(fit)
        case let other: throw NotApplicable("method \(other) is not defined")
        }
    }

    private mutating func compareBetweenDesigns(_ fit: NetworkFit) {
        comparison.compare(
            "Q_inconsistency", fit.inconsistency.betweenDesigns.q, .closedForm, scale: Double(fit.designs.count))
    }

    private mutating func comparePairs(_ fit: NetworkFit) {
        for (field, effect) in pairs(fit) {
            let error = effect.standardError
            comparison.compare(field("TE"), effect.estimate, .closedForm, scale: error)
            comparison.compare(field("seTE"), error, .closedForm, scale: 0)
            comparison.compare(field("lower"), effect.confidenceInterval.lower, .quantile, scale: error)
            comparison.compare(field("upper"), effect.confidenceInterval.upper, .quantile, scale: error)
            comparison.compareTail(field("pval"), effect.pValue, .quantile)
        }
    }

    /// Pairs in R's order with the names of their fields; what concerns a treatment versus itself is passed over.
    private mutating func pairs(_ fit: NetworkFit) -> [(field: (String) -> String, effect: NetworkEffect)] {
        var pairs: [(field: (String) -> String, effect: NetworkEffect)] = []
        for (row, treatment) in networkTreatments.enumerated() {
            for (column, other) in networkTreatments.enumerated() {
                let field = { (name: String) in "\(name).\(row).\(column)" }
                if let effect = fit.effect(of: treatment, versus: other) {
                    pairs.append((field, effect))
                } else {
                    for name in ["TE", "seTE", "lower", "upper", "pval"] {
                        comparison.skip(field(name), "a treatment versus itself")
                    }
                }
            }
        }
        return pairs
    }

    /// R maximizes the multinomial likelihood by a search that stops early, and differentiates numerically for the standard
    /// errors. So it is shown that R's point lies below the maximum by no more than such a search leaves, that the standard
    /// errors there are those of this likelihood, and that Newton's method goes on from there to the maximum found without it.
    private mutating func compareConditionalLikelihood(_ network: TreatmentNetwork, _ reference: Treatment?) throws {
        let fit = try HypergeometricNetwork(likelihood: .multinomial, reference: reference).fit(network)
        var designs = try EventDesigns(network, method: "the hypergeometric model")
        designs.excludeUninformativeArms()
        let remaining = try designs.remainingNetwork()
        let model = ConditionalLikelihood(designs, remaining, .multinomial)
        var start = Array(repeating: 0.0, count: remaining.treatments.count)
        for (row, treatment) in networkTreatments.enumerated() {
            guard let position = remaining.index(of: treatment),
                let effect = comparison.reference("TE.\(row).0")?.number
            else { throw NotApplicable("R has no effect of \(treatment)") }
            start[position] = effect
        }
        let (logProbability, covariance) = try model.value(at: start)
        let continued = try model.maximum(from: start)
        let gain = (fit.fit?.logLikelihood ?? .nan) - logProbability
        let events = model.studies.reduce(0) { $0 + $1.events.reduce(0, +) }
        let left = Tolerance.searchOfReference.bound * events
        let quantile = ReferenceDistribution.normal.twoSidedQuantile(level: 0.95)
        for (field, effect) in pairs(fit) {
            guard let first = remaining.index(of: effect.treatment), let second = remaining.index(of: effect.versus)
            else { continue }
            let isBelow = gain >= -1e-9 && gain <= left
            comparison.compareValue(
                field("TE"), isBelow ? effect.estimate : .nan,
                expected: continued.effects[first] - continued.effects[second], .iterative)
            let estimate = start[first] - start[second]
            let variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
            let error = variance.squareRoot()
            comparison.compare(field("seTE"), error, .numericalDerivative, scale: 0)
            comparison.compare(
                field("lower"), estimate - quantile * error, .numericalDerivative, scale: quantile * error)
            comparison.compare(
                field("upper"), estimate + quantile * error, .numericalDerivative, scale: quantile * error)
            comparison.compareTail(
                field("pval"), ReferenceDistribution.normal.twoSidedPValue(estimate / error), .numericalDerivative)
        }
    }
}
