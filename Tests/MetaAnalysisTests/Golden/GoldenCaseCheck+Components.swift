import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// Component networks: `netcomb` of a connected network and `discomb` of any.
extension GoldenCaseCheck {
    mutating func compareComponents(_ call: RExpression, _ frame: RNetworkFrame) throws {
        guard call["C.matrix"] == nil else { throw NotApplicable("a matrix of components from elsewhere") }
        var settings = ComponentNetwork(
            separator: call["sep.comps"]?.text ?? "+", inactive: call["inactive"]?.text.map { Treatment($0) },
            estimation: EstimationSettings(heterogeneity: .estimated(.derSimonianLaird), interval: .wald))
        if let tau = (call["tau.preset"] ?? frame.netmeta?["tau.preset"])?.number {
            settings.estimation.heterogeneity = .known(tau * tau)
        }
        if let level = (call["level.ma"] ?? frame.netmeta?["level.ma"])?.number { settings.level = level }
        var common = settings
        common.estimation.heterogeneity = .common
        let random = try settings.fit(frame.network)
        compare("common", try common.fit(frame.network))
        compare("random", random)
        compareMatrix(random)
        compareTests(random, frame.network)
    }

    private mutating func compare(_ part: String, _ fit: ComponentFit) {
        for (index, name) in (one.expected["comps"]?.strings ?? []).enumerated() {
            comparison.skip("comps.\(index)", "a name")
            let effect = (fit.components + fit.interactions).first { $0.name == name }
            compareNumbers("\(part).Comp.\(index)", "\(part).seComp.\(index)", effect)
            compareInference(part, index, effect)
        }
        let treatments = networkTreatments
        for (row, treatment) in treatments.enumerated() {
            comparison.skip("trts.\(row)", "a name")
            compareNumbers(
                "\(part).Comb.\(row)", "\(part).seComb.\(row)", fit.combinations.first { $0.name == treatment.name })
            for (column, other) in treatments.enumerated() {
                let place = ".\(row).\(column)"
                if let effect = fit.effect(of: treatment, versus: other) {
                    compareNumbers("\(part).TE\(place)", "\(part).seTE\(place)", effect)
                } else {
                    for name in ["TE", "seTE"] {
                        comparison.skip("\(part).\(name)\(place)", "a treatment versus itself")
                    }
                }
            }
        }
    }

    private mutating func compareNumbers(_ estimate: String, _ error: String, _ effect: ComponentEffect?) {
        if let effect, effect.estimate == nil {
            for field in [estimate, error] where comparison.reference(field)?.number != nil {
                comparison.skip(field, Self.notDetermined)
            }
        }
        comparison.compare(estimate, effect?.estimate, .closedForm, scale: effect?.standardError ?? 1)
        comparison.compare(error, effect?.standardError, .closedForm, scale: 0)
    }

    private mutating func compareInference(_ part: String, _ index: Int, _ effect: ComponentEffect?) {
        func field(_ quantity: String) -> String { "\(part).\(quantity)_Comp.\(index)" }
        if let effect, effect.estimate == nil {
            for quantity in ["lower", "upper", "statistic", "pval"]
            where comparison.reference(field(quantity))?.number != nil {
                comparison.skip(field(quantity), Self.notDetermined)
            }
        }
        let error = effect?.standardError ?? 1
        comparison.compare(field("lower"), effect?.confidenceInterval?.lower, .quantile, scale: error)
        comparison.compare(field("upper"), effect?.confidenceInterval?.upper, .quantile, scale: error)
        comparison.compare(field("statistic"), effect?.statistic, .closedForm, scale: 1)
        comparison.compareTail(field("pval"), effect?.pValue, .quantile)
    }

    private static let notDetermined = "an effect that the studies do not determine: R has one of many solutions"

    private mutating func compareMatrix(_ fit: ComponentFit) {
        let rows = one.expected["C_matrix"]?["rows"]?.strings ?? []
        let columns = one.expected["C_matrix"]?["cols"]?.strings ?? []
        for (index, row) in rows.enumerated() {
            comparison.skip("C_matrix.rows.\(index)", "a name")
            for (place, column) in columns.enumerated() {
                comparison.skip("C_matrix.cols.\(place)", "a name")
                let value = fit.treatments.firstIndex(of: Treatment(row)).flatMap { row in
                    fit.columns.firstIndex(of: column).map { fit.matrix[row][$0] }
                }
                comparison.compare("C_matrix.x.\(index).\(place)", value, .closedForm, scale: 1)
            }
        }
    }

    private mutating func compareTests(_ fit: ComponentFit, _ network: TreatmentNetwork) {
        let additivity = fit.additivity
        let k = Double(network.studies.count)
        for (name, test) in [
            ("additive", additivity.additive), ("standard", additivity.standard), ("diff", additivity.difference),
        ] {
            comparison.compare("Q_\(name)", test?.q, .closedForm, scale: k)
            comparison.compare("df_Q_\(name)", test?.degreesOfFreedom, .closedForm, scale: 0)
            comparison.compareTail("pval_Q_\(name)", test?.pValue, .quantile)
        }
        comparison.compare("I2", fit.heterogeneity.iSquared.map { $0 / 100 }, .closedForm, scale: 1)
        comparison.compareRoot(
            "tau", squared: fit.heterogeneity.tauSquared, .closedForm, scale: network.typicalVariance)
    }
}
