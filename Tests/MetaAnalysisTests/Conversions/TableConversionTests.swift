import Testing

@testable import MetaAnalysis

struct TableConversionTests {
    private func convert(
        _ kind: ConversionKind, _ text: String, _ settings: ConversionSettings = ConversionSettings(),
        assignments: [String: String] = [:]
    ) throws -> ConvertedTable {
        try TableConversion(kind, settings: settings, assignments: assignments)
            .convert(Table(csv: text, name: "trials.csv"))
    }

    private func number(_ table: ConvertedTable, _ row: Int, _ column: String) -> Double? {
        guard let index = table.columns.firstIndex(of: column) else { return nil }
        return switch table.rows[row].cells[index] {
        case .number(let value): value
        case .text(let text): Double(text)
        case nil: nil
        }
    }

    /// Arms of every kind in one file: what is reported stays, what is missing is filled in, and every row says how.
    @Test func mixedArmsAreCompleted() throws {
        let table = try convert(
            .mean,
            """
            study,n1i,m1i,sd1i,median1i,q1_1i,q3_1i,n2i,m2i,sd2i,se2i,median2i,min2i,max2i
            A,20,10,4,,,,21,12,5,,,,
            B,20,,,10,8,13,25,9,,0.8,,,
            C,20,10,4,,,,20,,,,10,3,20
            D,20,,,,,,20,11,4,,,,

            """)
        #expect(table.added.isEmpty)
        #expect(
            table.rows.map(\.route) == [
                "mean and standard deviation as reported",
                "luo-wan-shi from median and quartiles; standard error",
                "mean and standard deviation as reported; luo-wan-shi from median and range",
                "mean and standard deviation as reported",
            ])
        #expect(number(table, 0, "sd1i") == 4)
        #expect(number(table, 1, "sd2i") == 4)
        let mean = try #require(number(table, 1, "m1i"))
        #expect(abs(mean - 10.3597) < 6e-5)
        let other = try #require(number(table, 2, "sd2i"))
        #expect(abs(other - 4.5497) < 6e-5)
        #expect(table.diagnostics.map(\.code) == [.studyExcluded])
        #expect(table.diagnostics[0].message.hasPrefix("group 1: not converted: missing"))
        #expect(table.diagnostics[0].studies == ["D"])
    }

    @Test func oneGroupGetsNewColumns() throws {
        let table = try convert(.mean, "study,q1,median,q3,n\nA,8,10,13,20\nB,1,2,3,\n")
        #expect(table.columns == ["study", "q1", "median", "q3", "n", "mean", "sd"])
        #expect(table.added == ["mean", "sd"])
        #expect(table.rows[1].cells.count == 7)
        #expect(table.rows[1].route == nil)
    }

    @Test func columnsCanBeAssigned() throws {
        let table = try convert(
            .deviation, "trial,fehler,wieviele\nA,2,16\n", assignments: ["se": "fehler", "n": "wieviele"])
        #expect(number(table, 0, "sd") == 8)
    }

    @Test func differencesOfMeansAreFound() throws {
        let table = try convert(.deviation, "study,n1i,m1i,n2i,m2i,t\nA,8,5,8,2,2\n")
        #expect(number(table, 0, "sd1i") == 3)
        #expect(number(table, 0, "sd2i") == 3)
    }

    /// A column may be read in one row and filled in another.
    @Test func columnsThatAreReadAreFilledToo() throws {
        let table = try convert(.change, "sd_baseline,sd_final,r,sd_change\n3,4,0,\n3,4,,5\n3,4,0,6\n")
        #expect(table.added.isEmpty)
        #expect(number(table, 0, "sd_change") == 5)
        #expect(number(table, 1, "r") == 0)
        #expect(number(table, 2, "sd_change") == 6)
    }

    @Test func errorsHaveTheirPlace() {
        func error(_ kind: ConversionKind, _ text: String) -> MetaAnalysisError? {
            #expect(throws: MetaAnalysisError.self) { try convert(kind, text) }
        }
        let order = error(.mean, "study,first_quartile,median,q3,n\nA,8,10,13,20\nB,11,10,13,20\n")
        #expect(order?.description.hasPrefix("trials.csv:3:median: study \"B\": the median 10 is less") == true)
        #expect(error(.mean, "study,x\nA,1\n")?.code == .missingColumn)
        #expect(error(.deviation, "se,n\nzwei,4\n")?.code == .malformedTable)
    }

    @Test func whatCannotBeEstimatedIsLeftWithAWarning() throws {
        let table = try convert(
            .mean, "study,q1,median,q3,n\nA,1,2,10,50\nB,8,10,12.4,20\n", ConversionSettings(method: .boxCox))
        #expect(table.rows[0].route == nil)
        #expect(table.rows[1].route == "BC from median and quartiles")
        #expect(table.diagnostics.map(\.code) == [.studyExcluded])
    }
}
