import Testing

@testable import MetaAnalysis

struct OutcomeDoubtTests {
    @Test func eventsThatAreNotWhole() {
        let table = TwoByTwoTable(events: 0.12, of: 50, versus: 3, of: 51)
        #expect(table.doubts(for: .oddsRatio) == [OutcomeDoubt(.fractionalCount, .init("ai", 0.12), .init("n1i", 50))])
        #expect(TwoByTwoTable(events: 12, of: 50.5, versus: 3, of: 51).doubts(for: .oddsRatio).isEmpty)
        #expect(Proportion(events: 2.5, size: 10).doubts(for: .raw).map(\.kind) == [.fractionalCount])
        #expect(Rate(events: 2, time: 10.7).doubts(for: .raw).isEmpty)
        #expect(
            TwoGroupRates(treatedEvents: 1.5, treatedTime: 10, controlEvents: 2, controlTime: 9)
                .doubts(for: .rateRatio).map(\.kind) == [.fractionalCount])
    }

    @Test func standardDeviations() {
        func kinds(_ size: Double, _ deviation: Double) -> [OutcomeDoubt.Kind] {
            TwoGroupMeans(
                treatedSize: size, treatedMean: 5, treatedDeviation: deviation, controlSize: 30, controlMean: 6,
                controlDeviation: 2
            ).doubts(for: .meanDifference).map(\.kind)
        }
        #expect(kinds(28, 0) == [.deviationOfZero] && kinds(1, 2) == [.deviationOfOne] && kinds(28, 2) == [])
        #expect(SingleMean(mean: 3, deviation: 1, size: 1).doubts(for: .mean).map(\.kind) == [.deviationOfOne])
    }

    /// The warning names the columns of the file.
    @Test func columnsOfTheFile() throws {
        let csv = "study,n_t,mean_t,sd_t,n_c,mean_c,sd_c\nA,30,62,14,31,55,15\nB,28,60,0,29,54,14\n"
        let data = try #require(try StudyColumns().read(Table(csv: csv, name: "t.csv")).first)
        let warning = try #require(data.diagnostics.first { $0.code == .doubtfulNumbers })
        #expect(warning.severity == .warning && warning.studies == ["B"])
        #expect(warning.message.contains("sd_t 0, n_t 28"))
    }

    @Test func oneWarningForEachKind() throws {
        let csv = "study,ai,n1i,ci,n2i\nA,0.12,50,0.2,51\nB,0.1,60,0.18,62\nC,0.25,44,0.31,45\n"
        let data = try #require(try StudyColumns().read(Table(csv: csv, name: "t.csv")).first)
        #expect(data.diagnostics.filter { $0.code == .doubtfulNumbers }.map(\.studies) == [["A", "B", "C"]])
    }

    @Test func digits() {
        #expect([0.25, 1200, 0, 12.05, 1e-7, 31].map(\.significantDigits) == [2, 2, 0, 4, 1, 2])
    }
}
