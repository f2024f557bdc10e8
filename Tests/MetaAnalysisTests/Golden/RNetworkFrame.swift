import MetaAnalysisFixtures

@testable import MetaAnalysis

/// What the network calls of the reference values work on: a table, its contrasts, and a fit.
struct RNetworkFrame {
    let table: Table
    /// The call of `pairwise`, where contrasts come from arms.
    let pairwise: RExpression?
    /// The call of `netmeta` that later calls refer to as `net`.
    let netmeta: RExpression?
    let network: TreatmentNetwork

    /// Runs the lines that come before a call.
    init(_ lines: [String], in folder: GoldenFolder, pairwise override: RExpression? = nil) throws {
        var table: Table?
        var pairwise = override
        var netmeta: RExpression?
        for line in lines {
            guard case .operation("<-", .name(let name), let call) = try RExpression(line) else {
                throw NotApplicable("preparation not known: \(line)")
            }
            switch (name, call.function) {
            case ("dat", "read.csv"):
                guard let path = call.positional.first?.text else { throw NotApplicable("read.csv of no file") }
                table = try folder.table(path)
            case ("p", "pairwise"): pairwise = pairwise ?? call
            case ("net", "netmeta"): netmeta = call
            default: throw NotApplicable("preparation not known: \(line)")
            }
        }
        guard let table else { throw NotApplicable("no data") }
        self.table = table
        self.pairwise = pairwise
        self.netmeta = netmeta
        if let pairwise {
            network = try Self.network(pairwise, table)
        } else {
            let measure = netmeta?["sm"]?.text ?? "GEN"
            network = try Self.contrastNetwork(table, measure: measure)
        }
    }

    /// Common and random effects with τ² by DL, as R's `net` has them.
    func fit(_ model: NetworkMetaAnalysis.Model) throws -> NetworkFit {
        let reference = netmeta?["reference.group"]?.text.map { Treatment($0) }
        return try NetworkMetaAnalysis(reference: reference, model: model, heterogeneity: .derSimonianLaird)
            .fit(network)
    }

    /// The scale that R takes results back from.
    var reportedScale: EffectScale {
        let measure = netmeta?["sm"]?.text ?? "GEN"
        return MeasureDescription.find(measure)?.scale ?? .identity
    }

    private static func contrastNetwork(_ table: Table, measure: String) throws -> TreatmentNetwork {
        let studies = try table.texts(in: "studlab")
        let first = try table.texts(in: "treat1")
        let second = try table.texts(in: "treat2")
        let effects = try table.numbers(in: "TE")
        let errors = try table.numbers(in: "seTE")
        let contrasts = studies.indices.compactMap { row -> Contrast? in
            guard let study = studies[row], let one = first[row], let other = second[row], let effect = effects[row],
                let error = errors[row]
            else { return nil }
            return Contrast(
                study: study, Treatment(one), versus: Treatment(other), estimate: effect, standardError: error)
        }
        return try TreatmentNetwork(contrasts, measure: measure)
    }

    /// R leaves out studies without events in any arm unless `allstudies` says otherwise, and does not correct the bias of a
    /// standardized difference.
    private static func network(_ call: RExpression, _ table: Table) throws -> TreatmentNetwork {
        let measure = call["sm"]?.text ?? "OR"
        var settings = EffectSettings(biasCorrected: false)
        settings.correction.dropsDoubleZero = call["allstudies"]?.logical != true
        let rows = try armRows(call, table)
        if call["event"] != nil {
            guard let measure = TwoByTwoTable.Measure(rawValue: measure) else {
                throw NotApplicable("measure \(measure)")
            }
            return try TreatmentNetwork(
                rows.map {
                    NetworkArm(study: $0.study, $0.treatment, Proportion(events: $0.values[0], size: $0.values[1]))
                }, measure: measure, settings: settings)
        }
        guard let measure = TwoGroupMeans.Measure(rawValue: measure) else { throw NotApplicable("measure \(measure)") }
        return try TreatmentNetwork(
            rows.map {
                NetworkArm(
                    study: $0.study, $0.treatment,
                    SingleMean(mean: $0.values[1], deviation: $0.values[2], size: $0.values[0]))
            }, measure: measure, settings: settings)
    }

    private struct ArmRow {
        var study: String
        var treatment: Treatment
        var values: [Double]
    }

    /// Arms in rows, or several in one row where the arguments are lists of columns.
    private static func armRows(_ call: RExpression, _ table: Table) throws -> [ArmRow] {
        func columns(_ expression: RExpression?) -> [String] {
            guard let expression else { return [] }
            return (expression.function == "list" ? expression.positional : [expression]).compactMap(\.name)
        }
        let treatments = columns(call["treat"] ?? call.positional.first)
        let roles = call["event"] != nil ? ["event", "n"] : ["n", "mean", "sd"]
        let numbers = try roles.map { try columns(call[$0]).map { try table.numbers(in: $0) } }
        guard let studyColumn = call["studlab"]?.name else { throw NotApplicable("no studies") }
        let studies = try table.texts(in: studyColumn)
        let names = try treatments.map { try table.texts(in: $0) }
        var rows: [ArmRow] = []
        for row in studies.indices {
            for arm in names.indices {
                let values = numbers.compactMap { $0[arm][row] }
                guard let study = studies[row], let name = names[arm][row], values.count == roles.count else {
                    continue
                }
                rows.append(ArmRow(study: study, treatment: Treatment(name), values: values))
            }
        }
        return rows
    }
}
