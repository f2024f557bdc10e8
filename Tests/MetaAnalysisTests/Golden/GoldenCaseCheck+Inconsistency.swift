import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// Inconsistency of networks: Q by design, node splits, and the hat matrix of designs.
extension GoldenCaseCheck {
    /// R writes a column of one row without brackets.
    private func place(_ column: String, _ row: Int) -> String {
        let indexed = "\(column).\(row)"
        return comparison.reference(indexed) == nil ? column : indexed
    }

    private func names(_ column: String) -> [String] {
        comparison.reference(column)?.strings ?? []
    }

    // MARK: - Q by design

    mutating func compareDecomposition(_ call: RExpression, _ frame: RNetworkFrame) throws {
        let network = frame.network
        let inconsistency = try frame.fit(.random).inconsistency
        let k = Double(network.studies.count)
        let tests = [inconsistency.total, inconsistency.withinDesigns, inconsistency.betweenDesigns]
        for (row, test) in tests.enumerated() {
            comparison.skip("Q_decomp.source.\(row)", "a name")
            compare(test, "Q_decomp", row: row, scale: k)
        }
        let decomposition = try DesignDecomposition(network)
        let designs = Dictionary(
            uniqueKeysWithValues: decomposition.designs.map { (Set($0.name.split(separator: ":")), $0) })
        for table in ["Q_het_design", "Q_inc_detach"] {
            for (row, name) in names("\(table).design").enumerated() {
                comparison.skip(place("\(table).design", row), "a name")
                let design = designs[Set(name.split(separator: ":"))]
                let isWithin = table == "Q_het_design"
                compare(isWithin ? design?.withinDesign : design?.afterDetaching, table, row: row, scale: k)
            }
        }
        let interaction = inconsistency.designByTreatment
        comparison.compare("Q_inc_random.Q", interaction?.q, .closedForm, scale: k)
        comparison.compare("Q_inc_random.df", interaction?.degreesOfFreedom, .closedForm, scale: 0)
        comparison.compareTail("Q_inc_random.pval", interaction?.pValue, .quantile)
        comparison.compareRoot(
            "Q_inc_random.tau.within", squared: interaction?.tauSquared, .closedForm, scale: network.typicalVariance)
    }

    private mutating func compare(_ test: InconsistencyTest?, _ table: String, row: Int, scale: Double) {
        comparison.compare(place("\(table).Q", row), test?.q, .closedForm, scale: scale)
        comparison.compare(place("\(table).df", row), test?.degreesOfFreedom, .closedForm, scale: 0)
        comparison.compareTail(place("\(table).pval", row), test?.pValue, .quantile)
    }

    // MARK: - Node splits

    mutating func compareSplits(_ call: RExpression, _ frame: RNetworkFrame) throws {
        guard let code = call["method"]?.text, let method = NodeSplitting.Method(rawValue: code) else {
            throw NotApplicable("method \(call["method"]?.text ?? "")")
        }
        for part in NetworkMetaAnalysis.Model.allCases {
            let model = NetworkMetaAnalysis(model: part, heterogeneity: .derSimonianLaird)
            let splits = try NodeSplitting(method: method).test(frame.network, model: model)
            for (row, comparisonName) in names("comparison").enumerated() {
                let pair = comparisonName.split(separator: ":").map { Treatment(String($0)) }
                guard
                    let split = splits.lazy.compactMap({ split -> NodeSplit? in
                        if [split.treatment, split.versus] == pair { return split }
                        return [split.versus, split.treatment] == pair ? split.reversed : nil
                    }).first
                else { throw NotApplicable("no treatments \(comparisonName)") }
                comparison.skip("comparison.\(row)", "a name")
                comparison.compare("k.\(row)", Double(split.studies), .closedForm, scale: 0)
                comparison.compare(
                    "prop_\(part.rawValue).\(row)", split.proportionDirect, .closedForm, scale: 1)
                try compare(split, part.rawValue, row, frame.network)
            }
        }
    }

    private mutating func compare(_ split: NodeSplit, _ part: String, _ row: Int, _ network: TreatmentNetwork) throws {
        let difference = split.difference.flatMap { difference in
            split.standardError.flatMap { error in
                split.confidenceInterval.map {
                    NetworkEffect.Evidence(
                        estimate: difference, standardError: error, confidenceInterval: $0, pValue: split.pValue,
                        studies: nil)
                }
            }
        }
        // Dividing by 1 − proportion magnifies what rounding leaves in the network estimate.
        let lost = split.proportionDirect < 1 ? 1 / (1 - split.proportionDirect) : 1
        let tables = [
            ("nma", split.network, 1), ("direct", split.direct, 1), ("indirect", split.indirect, lost),
            ("compare", difference, lost),
        ]
        for (table, evidence, magnified) in tables {
            func field(_ name: String) -> String { "\(part).\(table).\(name).\(row)" }
            let scale = magnified * (evidence?.standardError ?? 1)
            comparison.skip(field("comparison"), "a name")
            comparison.compare(field("TE"), evidence?.estimate, .closedForm, scale: scale)
            comparison.compare(field("seTE"), evidence?.standardError, .closedForm, scale: scale)
            comparison.compare(field("lower"), evidence?.confidenceInterval.lower, .quantile, scale: scale)
            comparison.compare(field("upper"), evidence?.confidenceInterval.upper, .quantile, scale: scale)
            let statistic = evidence.map { $0.estimate / $0.standardError }
            comparison.compare(field("statistic"), statistic, .closedForm, scale: magnified)
            comparison.compare(field("z"), statistic, .closedForm, scale: magnified)
            comparison.compareTail(field("p"), evidence?.pValue, .quantile)
        }
        try compareOwnHeterogeneity(split, "\(part).direct", row, network)
    }

    /// Of the studies that compare the two, by pooling them alone.
    private mutating func compareOwnHeterogeneity(
        _ split: NodeSplit, _ table: String, _ row: Int, _ network: TreatmentNetwork
    ) throws {
        let effects = network.effects(of: split.treatment, versus: split.versus)
        let sizes = effects.effects.compactMap(\.sampleSize)
        comparison.compare(
            "\(table).n.\(row)", sizes.isEmpty ? nil : sizes.reduce(0, +), .closedForm, scale: 0)
        let pooled =
            effects.count > 0 ? try RandomEffects(heterogeneity: .derSimonianLaird, interval: .wald).fit(effects) : nil
        comparison.compare("\(table).Q.\(row)", pooled?.heterogeneity.cochranQ, .closedForm, scale: 1)
        let several = effects.count > 1 ? pooled?.heterogeneity : nil
        let typical = network.typicalVariance
        comparison.compare("\(table).tau2.\(row)", several?.tauSquared, .closedForm, scale: typical)
        comparison.compareRoot("\(table).tau.\(row)", squared: several?.tauSquared, .closedForm, scale: typical)
        comparison.compare(
            "\(table).I2.\(row)", several?.iSquaredFromQ.map { $0 / 100 }, .closedForm, scale: 1)
    }

    // MARK: - Hat matrix of designs

    mutating func compareDesignHat(_ call: RExpression, _ frame: RNetworkFrame) throws {
        let fit = try frame.fit(.common)
        let hat = try DesignHatMatrix(frame.network, reference: fit.reference)
        // R's "A:B" is B versus A.
        func pair(_ name: String) -> (treatment: Treatment, versus: Treatment)? {
            let parts = name.split(separator: ":").map { Treatment(String($0)) }
            return parts.count == 2 ? (parts[1], parts[0]) : nil
        }
        for (row, name) in names("network.comparison").enumerated() {
            let effect = pair(name).flatMap { fit.effect(of: $0.treatment, versus: $0.versus) }
            comparison.skip(place("network.comparison", row), "a name")
            compare(effect?.estimate, effect?.standardError, "network", "", row)
        }
        for (row, name) in names("direct.comparison").enumerated() {
            comparison.skip(place("direct.comparison", row), "a name")
            let direct = pair(name).flatMap { fit.effect(of: $0.treatment, versus: $0.versus)?.direct }
            compare(direct?.estimate, direct?.standardError, "direct", "", row)
            let column = hat.columns.first {
                $0.design.split(separator: ":").count == 2 && pair(name)?.treatment == $0.treatment
                    && pair(name)?.versus == $0.versus
            }
            compare(column?.estimate, column?.standardError, "direct", ".2arm", row)
            comparison.compare(
                place("direct.n.2arm", row), column.map { Double($0.studies) }, .closedForm, scale: 0)
        }
        try compareEntries(hat)
    }

    private mutating func compare(_ estimate: Double?, _ error: Double?, _ table: String, _ suffix: String, _ row: Int)
    {
        comparison.compare(place("\(table).TE\(suffix)", row), estimate, .closedForm, scale: error ?? 1)
        comparison.compare(place("\(table).seTE\(suffix)", row), error, .closedForm, scale: 0)
    }

    private mutating func compareEntries(_ hat: DesignHatMatrix) throws {
        var columns: [Int?] = []
        var used: [String: Int] = [:]
        for (column, name) in names("H.cols").enumerated() {
            comparison.skip("H.cols.\(column)", "a name")
            // The contrasts of a design with its base, in their order.
            let parts = name.split(separator: ":").map(String.init)
            used[name, default: 0] += 1
            let treatment = parts[used[name, default: 0]]
            columns.append(
                hat.columns.firstIndex {
                    Set($0.design.split(separator: ":").map(String.init)) == Set(parts)
                        && $0.treatment.name == treatment
                        && $0.versus.name == parts[0]
                })
        }
        for (row, name) in names("H.rows").enumerated() {
            comparison.skip("H.rows.\(row)", "a name")
            let own = hat.rows.firstIndex { "\($0.versus):\($0.treatment)" == name }
            for (column, ownColumn) in columns.enumerated() {
                let value = own.flatMap { own in ownColumn.map { hat.values[own][$0] } }
                comparison.compare("H.x.\(row).\(column)", value, .closedForm, scale: 1)
            }
        }
    }
}
