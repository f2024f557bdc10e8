import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite("Pooling of markers")
struct MarkerPoolingTests {
    private static let cohorts = try? (1...3).map {
        String(decoding: try Fixtures.bytes("reference/join/cohort\($0).txt"), as: UTF8.self)
    }

    private static func rows(_ csv: String) -> [String: [String: String]] {
        let lines = csv.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        var rows: [String: [String: String]] = [:]
        for line in lines.dropFirst() { rows[line[0]] = Dictionary(uniqueKeysWithValues: zip(lines[0], line)) }
        return rows
    }

    private static func pooled() throws -> [String: [String: String]] {
        try rows(CohortFiles(#require(cohorts), key: "MarkerName").csv())
    }

    @Test("agrees with metafor in every number") func metafor() throws {
        let ours = try Self.pooled()
        let reference = Self.rows(String(decoding: try Fixtures.bytes("reference/join/metafor.csv"), as: UTF8.self))
        #expect(ours.count == 40 && reference.count == 40)
        for (marker, expected) in reference {
            let row = try #require(ours[marker])
            #expect(row["k"] == expected["k"] && row["effect_allele"] == expected["effect_allele"])
            let scale = try #require(expected["standard_error"].flatMap { Double($0) })
            for (column, text) in expected where !["marker", "effect_allele", "k"].contains(column) {
                let value = row[column].flatMap { Double($0) }
                guard let reference = Double(text) else {
                    #expect(value == nil && row[column] == "", "\(marker) \(column)")
                    continue
                }
                let isEffect = column.contains("estimate") || column.contains("ci_")
                let tolerance: Tolerance =
                    column.contains("p_value") || column.contains("ci_") ? .quantile : .closedForm
                #expect(
                    tolerance.accepts(
                        try #require(value), reference,
                        scale: column == "tau2" ? scale * scale : column == "i2" ? 100 : isEffect ? scale : 0),
                    "\(marker) \(column)")
            }
        }
    }

    @Test("agrees with plink to the digits it prints") func plink() throws {
        let ours = try Self.pooled()
        let lines = String(decoding: try Fixtures.bytes("reference/join/plink.meta"), as: UTF8.self).split(
            separator: "\n"
        )
        .map { $0.split(separator: " ").map(String.init) }
        #expect(lines.count == 41)
        let columns = [
            "P": "p_value", "P(R)": "random_p_value", "BETA": "estimate", "BETA(R)": "random_estimate",
            "Q": "q_p_value", "I": "i2",
        ]
        for line in lines.dropFirst() {
            let expected = Dictionary(uniqueKeysWithValues: zip(lines[0], line))
            let row = try #require(ours[expected["SNP"] ?? ""])
            #expect(row["effect_allele"] == expected["A1"] && row["other_allele"] == expected["A2"])
            #expect(row["k"] == expected["N"])
            for (theirs, own) in columns {
                let text = try #require(expected[theirs])
                guard let reference = Double(text) else {
                    #expect(text == "NA" && row[own] == "")
                    continue
                }
                // Half a unit of the last digit printed, and a rounding of it.
                let digits = text.split(separator: "e")[0]
                let decimals =
                    digits.firstIndex(of: ".").map { digits.distance(from: $0, to: digits.endIndex) - 1 } ?? 0
                let exponent = text.split(separator: "e").dropFirst().first.flatMap { Int($0) } ?? 0
                let unit = (0..<abs(exponent - decimals)).reduce(1.0) { value, _ in
                    exponent > decimals ? value * 10 : value / 10
                }
                let value = try #require(row[own].flatMap { Double($0) })
                #expect(abs(value - reference) <= unit * 0.5000001, "\(line) \(theirs)")
            }
        }
    }

    @Test("writes columns by what is pooled") func columns() throws {
        let text = "SNP,A1,A2,BETA,SE\nm,a,ct,1.5,0.5\n"
        let both = try CohortFiles([text, text]).csv().split(separator: "\n")
        #expect(
            both[0] == """
                marker,effect_allele,other_allele,k,direction,estimate,standard_error,ci_low,ci_high,p_value,q,q_p_value,i2,\
                tau2,random_estimate,random_standard_error,random_ci_low,random_ci_high,random_p_value
                """)
        #expect(both[1].hasPrefix("m,A,CT,2,++,1.5,0.35355"))
        let common = try CohortFiles(["SNP,BETA,SE\nm,0.5,0.5\n"], aligning: false)
            .csv(MarkerPooling(random: nil, digits: 3)).split(separator: "\n")
        #expect(common[0] == "marker,k,direction,estimate,standard_error,ci_low,ci_high,p_value,q,q_p_value,i2")
        #expect(common[1].hasPrefix("m,1,+,0.5,0.5,-0.48,1.48,0.317,0") && common[1].hasSuffix(",,"))
    }

    @Test("says how it pools") func account() {
        #expect(MarkerPooling(random: nil).account == "common effect, Wald interval (normal distribution)")
        let random = BatchPooling(heterogeneity: .pauleMandel, interval: .hartungKnapp)
        #expect(MarkerPooling(random: random).account.hasSuffix("random effects, τ² by PM, Hartung–Knapp interval"))
        let known = BatchPooling(interval: .t, knownTauSquared: 0.5)
        #expect(MarkerPooling(random: known).account.contains("τ² taken as 0.5"))
    }

    @Test("names the marker whose numbers are too far apart, or leaves it out") func outOfRange() throws {
        let files = [
            "SNP,BETA,SE\nm1,1,1\nm2,1e300,1e-140\nm3,2,1\n", "SNP,BETA,SE\nm1,1,1\nm2,-1e300,1e-140\nm3,2,1\n",
        ]
        let error = try #require(throws: MetaAnalysisError.self) { _ = try CohortFiles(files, aligning: false).csv() }
        #expect(error.code == .invalidOutcome && !error.remedy.isEmpty)
        #expect(
            error.message
                == "the marker \"m2\" cannot be pooled: the effects and variances are too far apart for the range of numbers"
        )
        let without = files.map { $0.split(separator: "\n").filter { !$0.hasPrefix("m2") }.joined(separator: "\n") }
        #expect(
            try CohortFiles(files, aligning: false).csv(MarkerPooling(leavingOut: true))
                == CohortFiles(without, aligning: false).csv())
    }

    @Test("gives the random effects as they are with another interval") func interval() throws {
        let text = ["SNP,BETA,SE\nm,1,0.5\n", "SNP,BETA,SE\nm,1.1,0.5\n"]
        let random = BatchPooling(heterogeneity: .derSimonianLaird, interval: .t)
        let row = try #require(
            Self.rows(try CohortFiles(text, aligning: false).csv(MarkerPooling(random: random)))["m"])
        #expect(row["tau2"] == "0" || row["tau2"] == "0.0")
        #expect(row["estimate"] == row["random_estimate"] && row["ci_low"] != row["random_ci_low"])
    }
}
