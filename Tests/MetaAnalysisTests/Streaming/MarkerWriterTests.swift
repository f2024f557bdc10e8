import Testing

@testable import MetaAnalysis

@Suite("Writer of markers")
struct MarkerWriterTests {
    private static let names = "SNP,A1,A2,BETA,SE\n"

    private static func text(_ files: [String], _ form: GroupWriter.Form, random: BatchPooling? = nil) throws -> String
    {
        try CohortFiles(files, skippingBadRows: true).csv(MarkerPooling(random: random, digits: 3, form: form))
    }

    @Test("quotes keys and alleles of CSV") func csv() throws {
        let text = try Self.text([Self.names + "\"a,\"\"b\",\"A,\",C,1,0.5\n c ,A,C,1,0.5\n"], .csv)
        let lines = text.split(separator: "\n")
        #expect(lines[1].hasPrefix("\"a,\"\"b\",\"A,\",C,1,+,1.0,0.5,0.02,1.98,0.0455,0.0,,"), "\(lines[1])")
        #expect(lines[2].contains("c") && lines[2].contains(",A,C,1,+,1.0,"))
    }

    @Test("escapes and lists in JSON") func json() throws {
        let first = Self.names + "\"a\"\"\\\",A,C,1,0.5\nb,A,C,1,0.5\n"
        let second = Self.names + "b,C,A,1,0.5\n"
        let text = try Self.text([first, second], .json)
        #expect(
            text == """

                    {"marker": "a\\"\\\\", "effectAllele": "A", "otherAllele": "C", "k": 1, "direction": "+?", \
                "common": {"estimate": 1.0, "standardError": 0.5, "pValue": 0.0455, "confidenceInterval": [0.02, 1.98]}, \
                "heterogeneity": {"estimator": null, "tauSquared": null, "iSquaredFromQ": null, "cochranQ": 0.0, \
                "degreesOfFreedom": 0, "pValue": null}},
                    {"marker": "b", "effectAllele": "A", "otherAllele": "C", "k": 2, "direction": "+-", \
                "common": {"estimate": 0.0, "standardError": 0.354, "pValue": 1.0, "confidenceInterval": [-0.693, 0.693]}, \
                "heterogeneity": {"estimator": null, "tauSquared": null, "iSquaredFromQ": 87.5, "cochranQ": 8.0, \
                "degreesOfFreedom": 1, "pValue": 0.00468}}
                """, "\(text)")
        let random = try Self.text(
            [first, second], .json, random: BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald))
        #expect(random.contains("\"random\": {\"estimate\": 0.0, \"standardError\": 1.0, "))
        #expect(random.contains("{\"estimator\": \"DL\", \"tauSquared\": 1.75, "))
    }
}
