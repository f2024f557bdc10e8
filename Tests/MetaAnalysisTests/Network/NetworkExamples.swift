import Foundation
import MetaAnalysisFixtures

@testable import MetaAnalysis

/// Networks that several tests look at.
enum NetworkExamples {
    /// Glucose-lowering drugs, 26 studies of which one has three arms: the data set `nma_senn2013` of the reference values.
    static func diabetes() throws -> TreatmentNetwork { try TreatmentNetwork(contrasts("nma_senn2013")) }

    /// Treatments of depression of the data set `nma_linde2016` without the studies that compare psychotherapies alone or usual
    /// care with drugs or combinations: two parts, joined by the component "Face-to-face CBT" of a combination.
    static func disconnectedDepression() throws -> TreatmentNetwork {
        func isWithoutDrug(_ treatment: Treatment) -> Bool {
            let name = treatment.name
            return !name.contains("SSRI") && (name.contains("ace-to-face") || name.contains("CBT") || name == "UC")
        }
        let byStudy = Dictionary(grouping: try contrasts("nma_linde2016"), by: \.study)
        return try TreatmentNetwork(
            byStudy.values.filter { rows in
                Set(rows.flatMap { [isWithoutDrug($0.treatment), isWithoutDrug($0.versus)] }).count == 1
            }.joined().map { $0 })
    }

    private static func contrasts(_ name: String) throws -> [Contrast] {
        let url = Fixtures.url("reference").appendingPathComponent("data/\(name).csv")
        return try contrasts(Table(csv: [UInt8](try Data(contentsOf: url)), name: name))
    }

    private static func contrasts(_ table: Table) throws -> [Contrast] {
        let studies = try table.texts(in: "studlab").compactMap(\.self)
        let first = try table.texts(in: "treat1").compactMap(\.self)
        let second = try table.texts(in: "treat2").compactMap(\.self)
        let effects = try table.numbers(in: "TE").compactMap(\.self)
        let errors = try table.numbers(in: "seTE").compactMap(\.self)
        return studies.indices.map { row in
            Contrast(
                study: studies[row], Treatment(first[row]), versus: Treatment(second[row]), estimate: effects[row],
                standardError: errors[row])
        }
    }

    /// The year in the label of a study.
    static func years(_ network: TreatmentNetwork) -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: network.studies.compactMap { study in
                let digits = study.label.filter(\.isNumber).prefix(4)
                return Double(digits).map { (study.label, $0) }
            })
    }

    /// Two-arm studies in rows of treatment, versus, estimate and variance, named "study 1", "study 2", …
    static func contrasts(_ rows: [(String, String, Double, Double)]) -> [Contrast] {
        rows.enumerated().map { index, row in
            Contrast(
                study: "study \(index + 1)", Treatment(row.0), versus: Treatment(row.1), estimate: row.2,
                variance: row.3)
        }
    }

    static func network(_ rows: [(String, String, Double, Double)]) throws -> TreatmentNetwork {
        try TreatmentNetwork(contrasts(rows))
    }
}
