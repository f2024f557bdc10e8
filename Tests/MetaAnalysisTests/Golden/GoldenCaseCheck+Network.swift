import Foundation
import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// Networks: contrasts from arms, and the fit.
extension GoldenCaseCheck {
    mutating func runNetwork() throws {
        // A seed set beforehand and a package named do not change what is called.
        var text = one.call
        if text.hasPrefix("{"), let start = text.firstIndex(of: ";"), let end = text.lastIndex(of: "}") {
            text = String(text[text.index(after: start)..<end])
        }
        if let package = text.range(of: "netmeta:::") { text.removeSubrange(package) }
        let call = try RExpression(text)
        let lines = file.content.prep + one.prepExtra
        if call.function == "pairwise" {
            return try comparePairs(try RNetworkFrame(lines, in: folder, pairwise: call))
        }
        let frame = try RNetworkFrame(lines, in: folder)
        switch call.function {
        case "netmeta": try compareNetwork(call, frame)
        case "netleague": try compareLeague(call, frame)
        case "decomp.design": try compareDecomposition(call, frame)
        case "netsplit": try compareSplits(call, frame)
        case "nma_krahn": try compareDesignHat(call, frame)
        case "netmetabin": try compareCountNetwork(call, frame)
        case "netcomb", "discomb": try compareComponents(call, frame)
        case nil where call.name == "net": try compareInner(call, frame)
        case "netmeasures": try compareMeasures(call, frame)
        case "netcontrib": try compareContributions(call, frame)
        case "netimpact": try compareImpact(call, frame)
        case "netdistance": try compareDistances(call, frame)
        case "netrank", "rankogram": try compareRanks(call, frame)
        default: throw NotApplicable("\(call.function ?? one.call), which the driver does not know")
        }
    }

    private mutating func comparePairs(_ frame: RNetworkFrame) throws {
        let studies = one.expected["studlab"].map { value -> [String] in
            if case .array(let values) = value {
                return values.map { $0.number.map { "\(Int($0))" } ?? $0.strings.first ?? "" }
            }
            return value.strings
        }
        let first = one.expected["treat1"]?.strings ?? []
        let second = one.expected["treat2"]?.strings ?? []
        for row in (studies ?? []).indices {
            let label = (studies ?? [])[row]
            let pair = frame.network.pair(label, Treatment(first[row]), Treatment(second[row]))
            let estimate = pair?.estimate
            let error = pair.map { $0.variance.squareRoot() }
            comparison.compare("TE.\(row)", estimate, .closedForm, scale: error ?? 1)
            comparison.compare("seTE.\(row)", error, .closedForm, scale: 0)
            for field in ["studlab", "treat1", "treat2"] { comparison.skip("\(field).\(row)", "a name") }
        }
    }

    private mutating func compareNetwork(_ call: RExpression, _ frame: RNetworkFrame) throws {
        var network = frame.network
        if frame.pairwise == nil { network.measure = call["sm"]?.text ?? "GEN" }
        var settings = NetworkMetaAnalysis(
            reference: call["reference.group"]?.text.map { Treatment($0) },
            heterogeneity: try estimator(call), predictionLevel: 0.95)
        if let tau = call["tau.preset"]?.number { settings.estimation.heterogeneity = .known(tau * tau) }
        if let level = call["level.ma"]?.number { settings.level = level }
        var common = settings
        common.estimation.heterogeneity = .common
        try compare("common", try common.fit(network), .closedForm)
        let random = try settings.fit(network)
        let isIterated = settings.heterogeneity.estimator.map { $0 != .derSimonianLaird } ?? false
        if isIterated, let reference = one.expected["tau2"]?.number {
            // R's search stops at steps of about 1e-5 in τ; what follows from τ² is compared with R's own.
            try compareSearch(random, network, reference)
            settings.estimation.heterogeneity = .known(reference)
        }
        let used = isIterated ? try settings.fit(network) : random
        try compare("random", used, .closedForm)
        compareTests(used, network)
        comparePredictions(used)
    }

    /// From contrasts of multi-arm studies R takes another covariance of their arms than from the arms themselves, and ends at
    /// a lower likelihood; then ours must be the greater.
    private mutating func compareSearch(
        _ fit: NetworkFit, _ network: TreatmentNetwork, _ reference: Double
    ) throws {
        let ours = fit.heterogeneity.tauSquared
        let scale = network.typicalVariance
        let isFromContrasts = network.arms == nil && network.studies.contains { $0.arms.count > 2 }
        guard isFromContrasts, !Tolerance.coarseReference.accepts(ours, reference, scale: scale) else {
            return comparison.compare("tau2", ours, .coarseReference, scale: scale)
        }
        let model = try OrthogonalContrasts(network).model()
        let restricted = fit.settings.estimator == .restrictedMaximumLikelihood
        let gain =
            model.profileLogLikelihood(at: ours, restricted: restricted)
            - model.profileLogLikelihood(at: reference, restricted: restricted)
        comparison.compareValue("tau2", gain > 0 ? 0 : 1, expected: 0, .closedForm)
    }

    private func estimator(_ call: RExpression) throws -> HeterogeneityEstimator {
        let code = call["method.tau"]?.text ?? "DL"
        guard let estimator = HeterogeneityEstimator(rawValue: code) else { throw NotApplicable("estimator \(code)") }
        return estimator
    }

    /// The treatments as R orders them.
    var networkTreatments: [Treatment] { (one.expected["trts"]?.strings ?? []).map { Treatment($0) } }

    private mutating func compare(_ part: String, _ fit: NetworkFit, _ tolerance: Tolerance) throws {
        let treatments = networkTreatments
        for (row, treatment) in treatments.enumerated() {
            comparison.skip("trts.\(row)", "a name")
            for (column, other) in treatments.enumerated() {
                func field(_ name: String) -> String { "\(part).\(name).\(row).\(column)" }
                guard let effect = fit.effect(of: treatment, versus: other) else {
                    for name in Self.effectFields { comparison.skip(field(name), "a treatment versus itself") }
                    continue
                }
                let error = effect.standardError
                comparison.compare(field("TE"), effect.estimate, tolerance, scale: error)
                comparison.compare(field("seTE"), error, tolerance, scale: 0)
                comparison.compare(field("lower"), effect.confidenceInterval.lower, .quantile, scale: error)
                comparison.compare(field("upper"), effect.confidenceInterval.upper, .quantile, scale: error)
                comparison.compare(field("statistic"), effect.statistic, tolerance, scale: 1)
                comparison.compareTail(field("pval"), effect.pValue, .quantile)
                comparison.compare(field("TE_direct"), effect.direct?.estimate, tolerance, scale: error)
                comparison.compare(field("seTE_direct"), effect.direct?.standardError, tolerance, scale: 0)
                try compareIndirect(field, effect, tolerance)
            }
        }
        try compareProportions(part, fit, tolerance)
    }

    /// R divides by 1 − proportion, where a proportion near 1 leaves few digits, and gives huge numbers where it leaves none.
    private mutating func compareIndirect(
        _ field: (String) -> String, _ effect: NetworkEffect, _ tolerance: Tolerance
    ) throws {
        guard let indirect = effect.indirect else {
            for name in ["TE_indirect", "seTE_indirect"] {
                comparison.skip(field(name), "no indirect evidence: R has rounding divided by rounding")
            }
            return
        }
        let lost = max(1, 1 / (1 - (effect.proportionDirect ?? 0)))
        comparison.compare(
            field("TE_indirect"), indirect.estimate, tolerance, scale: indirect.standardError * lost)
        let isClear = lost < 1e3
        if isClear {
            comparison.compare(
                field("seTE_indirect"), indirect.standardError, tolerance, scale: indirect.standardError * lost)
        } else {
            comparison.skip(field("seTE_indirect"), "almost no indirect evidence")
        }
    }

    /// In the order of the pairs of `trts`.
    private mutating func compareProportions(_ part: String, _ fit: NetworkFit, _ tolerance: Tolerance) throws {
        let treatments = networkTreatments
        var position = 0
        for first in treatments.indices {
            for second in treatments.indices.dropFirst(first + 1) {
                let effect = fit.effect(of: treatments[first], versus: treatments[second])
                comparison.compare(
                    "\(part).prop_direct.\(position)", effect?.proportionDirect, tolerance, scale: 1)
                position += 1
            }
        }
    }

    private static let effectFields = [
        "TE", "seTE", "lower", "upper", "statistic", "pval", "TE_direct", "seTE_direct", "TE_indirect",
        "seTE_indirect",
    ]

    private mutating func comparePredictions(_ fit: NetworkFit) {
        let treatments = networkTreatments
        for (row, treatment) in treatments.enumerated() {
            for (column, other) in treatments.enumerated() {
                let effect = fit.effect(of: treatment, versus: other)
                for (name, end) in [
                    ("lower", effect?.predictionInterval?.lower), ("upper", effect?.predictionInterval?.upper),
                ] {
                    let field = "predict.\(name).\(row).\(column)"
                    if effect == nil {
                        comparison.skip(field, "a treatment versus itself")
                    } else {
                        comparison.compare(field, end, .quantile, scale: effect?.standardError ?? 1)
                    }
                }
            }
        }
    }

    private mutating func compareTests(_ fit: NetworkFit, _ network: TreatmentNetwork) {
        let heterogeneity = fit.heterogeneity
        let k = Double(network.studies.count)
        comparison.compare("k", k, .closedForm, scale: 0)
        comparison.compare("m", Double(network.comparisonCount), .closedForm, scale: 0)
        comparison.compare("n", Double(network.treatments.count), .closedForm, scale: 0)
        comparison.compare("d", Double(network.designs.count), .closedForm, scale: 0)
        for index in network.designs.indices { comparison.skip("designs.\(index)", "a name") }
        let inconsistency = fit.inconsistency
        for (suffix, test) in [
            ("", inconsistency.total), ("_heterogeneity", inconsistency.withinDesigns),
            ("_inconsistency", inconsistency.betweenDesigns),
        ] {
            comparison.compare("Q" + suffix, test.q, .closedForm, scale: k)
            comparison.compare("df_Q" + suffix, test.degreesOfFreedom, .closedForm, scale: 0)
            comparison.compareTail("pval_Q" + suffix, test.pValue, .quantile)
        }
        comparison.compare("I2", heterogeneity.iSquared.map { $0 / 100 }, .closedForm, scale: 1)
        comparison.compare("lower_I2", heterogeneity.iSquaredInterval.map { $0.lower / 100 }, .quantile, scale: 1)
        comparison.compare("upper_I2", heterogeneity.iSquaredInterval.map { $0.upper / 100 }, .quantile, scale: 1)
        let typical = network.typicalVariance
        comparison.compare("tau2", heterogeneity.tauSquared, .closedForm, scale: typical)
        comparison.compareRoot("tau", squared: heterogeneity.tauSquared, .closedForm, scale: typical)
    }
}

extension TreatmentNetwork {
    /// A contrast of one study, first − second.
    func pair(_ label: String, _ first: Treatment, _ second: Treatment) -> NetworkStudy.Pair? {
        guard let study = studies.first(where: { $0.label == label }), let one = index(of: first),
            let other = index(of: second),
            var pair = study.pairs.first(where: { $0.first == min(one, other) && $0.second == max(one, other) })
        else { return nil }
        if one > other { pair.estimate = -pair.estimate }
        return pair
    }

    /// The median sampling variance of a contrast.
    var typicalVariance: Double {
        let variances = studies.flatMap(\.pairs).map(\.variance).sorted()
        return variances[variances.count / 2]
    }
}
