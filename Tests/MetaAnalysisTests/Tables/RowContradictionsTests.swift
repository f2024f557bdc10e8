import Testing

@testable import MetaAnalysis

struct RowContradictionsTests {
    private func doubts(_ csv: String, measure: String? = nil) throws -> [Diagnostic] {
        try StudyColumns(measure: measure).read(Table(csv: csv, name: "t.csv")).flatMap(\.diagnostics)
            .filter { $0.code == .doubtfulNumbers }
    }

    @Test func cellsAndTotals() throws {
        let header = "study,ai,bi,n1i,ci,di,n2i\n"
        #expect(try doubts(header + "A,6,44,50,10,41,51\nB,8,62,70,12,57,69\n").isEmpty)
        let found = try #require(try doubts(header + "A,6,44,50,10,41,51\nB,5,50,60,9,51,60\n").first)
        #expect(found.studies == ["B"] && found.message.contains("ai 5, bi 50, n1i 60"))
    }

    /// The squares by hand: 0.11² = 0.0121, and 0.2² = 0.04.
    @Test func varianceAndStandardError() throws {
        #expect(try doubts("study,yi,vi,sei\nA,1,0.0121,0.11\nB,1,0.012,0.11\nC,1,0.01,0.1\n").isEmpty)
        let found = try #require(try doubts("study,yi,vi,se\nA,1,0.0121,0.11\nB,1,0.02,0.20\n").first)
        #expect(found.studies == ["B"] && found.message.contains("vi 0.02, se 0.2"))
    }

    /// The middle of 0.05 and 8.5 is 4.275; of 0.10 and 9.0 on the log scale it is 0.95.
    @Test(arguments: [
        ("MD", "yi", "0.45,0.05,8.5", true), ("MD", "yi", "0.31,-0.19,0.81", false),
        ("OR", "or", "0.50,0.10,9.0", true),
        ("OR", "or", "1.1,0.85,14.2", true), ("OR", "or", "1.10,0.80,1.51", false),
        ("OR", "or", "0.60,0.40,0.90", false),
        // Rounding to a digit moves the ends by half as much as they are.
        ("OR", "or", "0.1,0.1,0.3", false), ("OR", "or", "0.02,0.01,0.04", false),
        ("OR", "or", "0.020,0.001,0.022", true),
        ("MD", "yi", "1,0,3", false), ("MD", "yi", "1.00,0.00,3.00", true),
    ])
    func intervalsThatAreLopsided(_ measure: String, _ name: String, _ row: String, _ isLopsided: Bool) throws {
        let found = try doubts("study,\(name),ci_low,ci_high\nA,\(row)\n", measure: measure == "MD" ? nil : measure)
        #expect(!found.isEmpty == isLopsided)
        #expect(found.allSatisfy { $0.studies == ["A"] && $0.message.contains("ci_low") })
    }

    @Test func intervalsThatAreNotRead() throws {
        #expect(try doubts("study,yi,vi,ci_low,ci_high\nA,0.3,0.0144,0.06,0.54\n").isEmpty)
        // A log odds ratio beside the interval of the odds ratio.
        #expect(try doubts("study,yi,vi,ci_low,ci_high\nA,-0.5,0.04,0.41,0.90\n").isEmpty)
        #expect(try doubts("study,yi,vi,ci_low,ci_high\nA,0.3,0.0144,0.55,0.9\n").map(\.studies) == [["A"]])
    }

    @Test func signs() throws {
        #expect(try doubts("study,yi,vi,zval\nA,0.45,0.0144,3.75\nB,-0.45,0.0144,-3.75\n").isEmpty)
        #expect(try doubts("study,yi,vi,zval\nA,0.45,0.0144,-3.75\n").map(\.studies) == [["A"]])
        // A column z that is no test statistic.
        #expect(try doubts("study,yi,vi,z\nA,0.45,0.0144,-0.3\n").isEmpty)
        #expect(try doubts("study,yi,vi,z\nA,0.45,0.0144,-3.75\n").map(\.studies) == [["A"]])
    }
}
