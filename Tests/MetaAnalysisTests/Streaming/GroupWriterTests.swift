import Testing

@testable import MetaAnalysis

@Suite struct GroupWriterTests {
    /// The first group has two studies, the second one, the third none.
    private static func effects() throws -> PooledBatch {
        var batch = StudyBatch()
        batch.append(estimate: 0, variance: 0.25)
        batch.append(estimate: 2, variance: 0.25)
        batch.endGroup()
        batch.append(estimate: 1, variance: 0.25)
        batch.endGroup()
        batch.endGroup()
        return try BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald).fit(batch)
    }

    private static func text(_ writer: GroupWriter, _ groups: [(label: String, effect: BatchEffect?)]) -> String {
        var writer = writer
        var output = ByteWriter()
        for group in groups {
            Array(group.label.utf8).withUnsafeBufferPointer { writer.write($0, group.effect, to: &output) }
        }
        return String(decoding: output.bytes, as: UTF8.self)
    }

    @Test func writesALineForEachGroup() throws {
        let effects = try Self.effects()
        let text = Self.text(GroupWriter(.csv, digits: 3), [("a", effects[0]), ("b", effects[1]), ("c", effects[2])])
        #expect(
            text == """
                a,2,1.0,1.0,-0.96,2.96,0.317,1.75,87.5,8.0,0.00468
                b,1,1.0,0.5,0.02,1.98,0.0455,0.0,,0.0,
                c,0,,,,,,,,,

                """, "\(text)")
        let columns = "\(GroupWriter.header)".split(separator: ",").count
        for line in text.split(separator: "\n") {
            #expect(line.split(separator: ",", omittingEmptySubsequences: false).count == columns)
        }
    }

    @Test func writesAllDigitsThatAreNeeded() throws {
        let effect = try #require(try Self.effects()[0])
        let fields = Self.text(GroupWriter(.csv), [("a", effect)]).dropLast().split(separator: ",")
        #expect(Double(fields[4]) == effect.confidenceInterval.lower)
        #expect(Double(fields[6]) == effect.pValue)
    }

    @Test(
        "quotes labels that would not read back",
        arguments: [
            ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"\"yes\"\"", "\"say \"\"yes\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            (" blank", "\" blank\""), ("blank ", "\"blank \""), ("in side", "in side"), ("é", "é"),
            ("a\rb", "\"a\rb\""),
        ])
    func quotes(_ label: String, _ written: String) {
        #expect(Self.text(GroupWriter(.csv), [(label, nil)]) == written + ",0,,,,,,,,,\n")
    }

    @Test func writesObjectsOfAList() throws {
        let effects = try Self.effects()
        let text = Self.text(
            GroupWriter(.json, digits: 3, estimator: .derSimonianLaird),
            [("a\"\"\n", effects[0]), ("b", effects[1]), ("c", nil)])
        #expect(
            text == """

                    {"group": "a\\"\\n", "k": 2, "estimate": 1.0, "standardError": 1.0, "pValue": 0.317, \
                "confidenceInterval": [-0.96, 2.96], "heterogeneity": {"estimator": "DL", "tauSquared": 1.75, \
                "iSquared": 87.5, "cochranQ": 8.0, "degreesOfFreedom": 1.0, "pValue": 0.00468}},
                    {"group": "b", "k": 1, "estimate": 1.0, "standardError": 0.5, "pValue": 0.0455, \
                "confidenceInterval": [0.02, 1.98], "heterogeneity": {"estimator": "DL", "tauSquared": 0.0, \
                "iSquared": null, "cochranQ": 0.0, "degreesOfFreedom": 0.0, "pValue": null}},
                    {"group": "c", "k": 0, "estimate": null, "standardError": null, "pValue": null, \
                "confidenceInterval": null, "heterogeneity": {"estimator": "DL", "tauSquared": null, \
                "iSquared": null, "cochranQ": null, "degreesOfFreedom": null, "pValue": null}}
                """, "\(text)")
    }

    @Test func namesNoEstimatorWhereThereIsNone() {
        #expect(Self.text(GroupWriter(.json), [("a", nil)]).contains("{\"estimator\": null, "))
    }

    @Test func goesOnWithAList() {
        var writer = GroupWriter(.json)
        writer.isFirst = false
        #expect(Self.text(writer, [("a", nil)]).hasPrefix(",\n    {\"group\": \"a\""))
    }
}
