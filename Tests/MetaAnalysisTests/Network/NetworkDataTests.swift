import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct NetworkDataTests {
    private static func data(_ text: String, _ measure: String? = nil) throws -> NetworkData {
        try NetworkColumns(measure: measure).read(Table(csv: text, name: "t.csv"))[0]
    }

    private static let arms = "study,treatment,events,n\nS,B,5,25\nS,A,3,20\nT,A,0,20\nT,C,4,20\nlone,A,1,9\n"
    private static let contrasts = "study,treat1,treat2,TE,seTE\nS,B,A,-0.5,0.2\nT,A,C,0.3,0.1\n"

    @Test func armsGiveTheMeasureAskedForOrTheirDefault() throws {
        let data = try Self.data(Self.arms)
        for (code, measure) in [(nil, "OR"), ("rr", "RR"), ("RD", "RD")] {
            let network = try data.network(measureCode: code)
            #expect(network.measure == measure && network.studies.map(\.label) == ["S", "T"])
        }
        let network = try data.network(settings: EffectSettings(correction: .never))
        #expect(network.studies.map(\.label) == ["S"])
        #expect(network.excluded.map(\.label) == ["T", "lone"])
        #expect(network.excluded.map(\.row) == [4, 6])
    }

    @Test func reportedContrastsTakeTheNameAndScaleOfAMeasure() throws {
        let data = try Self.data(Self.contrasts)
        let plain = try data.network()
        #expect(plain.measure == "GEN" && plain.scale == .identity)
        #expect(plain.studies[0].pairs[0].estimate == 0.5 && plain.studies[0].row == 2)
        #expect(Tolerance.closedForm.accepts(plain.studies[0].pairs[0].variance, 0.04))
        for (code, measure, scale) in [("or", "OR", EffectScale.log), ("SMD", "SMD", .identity), ("IRR", "IRR", .log)] {
            let network = try data.network(measureCode: code)
            #expect(network.measure == measure && network.scale == scale && network.studies == plain.studies)
        }
    }

    /// Hazard ratios are reported as ratios.
    @Test func hazardRatiosAreTakenAsRatios() throws {
        let text = "study,treat1,treat2,hr,lower,upper\nS,A,B,0.5,0.25,1\n"
        let network = try Self.data(text, "HR").network(measureCode: "HR")
        #expect(network.measure == "HR" && network.scale == .log)
        #expect(Tolerance.closedForm.accepts(network.studies[0].pairs[0].estimate, -0.6931471805599453))
    }

    /// One scale for `yi`, whatever the measure, and another role for ratios.
    @Test(arguments: ["HR", "OR", "RR"]) func contrastsOnTheLogScaleStayThere(measure: String) throws {
        let text = "study,treat1,treat2,yi,sei\nS,A,B,0.24,0.1\nT,B,C,0.38,0.12\n"
        let network = try Self.data(text, measure).network(measureCode: measure)
        #expect(network.studies.map { $0.pairs[0].estimate } == [0.24, 0.38] && network.scale == .log)
        #expect(network.diagnostics.contains { $0.message.contains("on the log scale") })
        let ratios = "study,treat1,treat2,\(measure),lower,upper\nS,A,B,0.5,0.25,1\nT,B,C,2,1,4\n"
        let other = try Self.data(ratios, measure).network(measureCode: measure)
        #expect(Tolerance.closedForm.accepts(other.studies[0].pairs[0].estimate, -0.6931471805599453))
    }

    @Test(arguments: ["PLO", "ZCOR", "MC", "IRLN", "xyz"])
    func aMeasureThatIsNoContrastIsRefused(_ code: String) throws {
        let data = try Self.data(Self.contrasts)
        let error = try #require(throws: MetaAnalysisError.self) { try data.network(measureCode: code) }
        #expect(error.code == .unsupportedCombination && error.message.contains(code) && error.remedy.contains("OR"))
        let arms = try #require(throws: MetaAnalysisError.self) { try Self.data(Self.arms).network(measureCode: code) }
        #expect(arms.code == .unsupportedCombination)
    }

    @Test func contrastsOfTwoGroupsGiveTheirMeasure() throws {
        let text = "study,treat1,treat2,ai,n1i,ci,n2i\nS,B,A,3,20,5,25\nS,B,C,3,20,6,30\nS,C,A,6,30,5,25\n"
        let network = try Self.data(text, "RR").network(measureCode: "RR")
        #expect(network.measure == "RR" && network.studies[0].arms == [0, 1, 2] && network.diagnostics.isEmpty)
        #expect(network.settings == EffectSettings())
        let arms = "study,treatment,events,n\nS,A,5,25\nS,B,3,20\nS,C,6,30\n"
        let other = try Self.data(arms, "RR").network(measureCode: "RR")
        for (pair, expected) in zip(network.studies[0].pairs, other.studies[0].pairs) {
            #expect(Tolerance.closedForm.accepts(pair.estimate, expected.estimate))
            #expect(Tolerance.closedForm.accepts(pair.variance, expected.variance))
        }
    }

    @Test func armsAndContrastsJoin() throws {
        let text = """
            study,treatment,treat1,treat2,events,n,yi,sei
            U,,C,A,,,0.5,0.2
            S,A,,,3,20,,
            S,B,,,5,25,,
            V,,C,B,,,,0.2
            S,C,,,,25,,
            """
        let network = try Self.data(text, "OR").network(measureCode: "OR")
        #expect(network.treatments == ["A", "B", "C"] && network.studies.map(\.label) == ["S", "U"])
        #expect(network.measure == "OR" && network.scale == .log && network.arms != nil)
        #expect(network.excluded.map(\.row) == [5, 6])
        #expect(network.excluded.map(\.label) == ["V", "S"])
    }

    @Test func theOrderOfRowsIsNothingToTheNumbers() throws {
        let rows = Self.arms.split(separator: "\n").map(String.init)
        let turned = ([rows[0]] + rows[1...].reversed()).joined(separator: "\n") + "\n"
        let fits = try [Self.arms, turned].map { try NetworkMetaAnalysis().fit(Self.data($0).network()) }
        #expect(fits[0].effects == fits[1].effects && fits[0].heterogeneity == fits[1].heterogeneity)
    }

    /// Where a number came from is said by file, line and the name of its column.
    @Test func errorsNameThePlaceInTheFile() throws {
        func location(_ text: String) throws -> MetaAnalysisError.Location {
            let data = try Self.data(text)
            return try #require(throws: MetaAnalysisError.self) { try data.network() }.location
        }
        #expect(
            try location("study,drug1,t1,t2,yi,sei\nS,x,A,B,1,2\nT,x,B,B,1,2\n")
                == MetaAnalysisError.Location(file: "t.csv", row: 3, column: "t2", study: "T"))
        #expect(
            try location("study,t1,t2,yi,sei\nS,A,B,1,1e-200\n") == MetaAnalysisError.Location(file: "t.csv"))
        #expect(
            try location("study,arm,events,n\nS,A,1,20\nS,A,2,20\n")
                == MetaAnalysisError.Location(file: "t.csv", row: 3, column: "arm", study: "S"))
        #expect(
            try location("study,t1,t2,yi,sei\nS,A,B,1,1\nS,A,C,1,1\n")
                == MetaAnalysisError.Location(file: "t.csv", row: 2, study: "S"))
    }
}
