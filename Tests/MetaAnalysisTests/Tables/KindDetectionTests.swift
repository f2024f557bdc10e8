import Testing

@testable import MetaAnalysis

/// A table of one complete row: every column holds 0.5, a number that every role may have.
private func table(_ header: String) throws -> Table {
    let names = header.split(separator: " ").map(String.init)
    let row = names.map { $0 == "study" ? "A" : "0.5" }
    return try Table(csv: names.joined(separator: ",") + "\n" + row.joined(separator: ","), name: "t.csv")
}

private func detect(_ table: Table, measure: String? = nil, assignments: [String: String] = [:]) throws -> (
    data: DataColumns, notes: [Diagnostic]
) {
    let finder = try ColumnFinder(table, assignments: assignments)
    let effects = measure.flatMap { KindDetection.reportedEffects(of: $0, finder) }
    return try KindDetection(table, finder: finder, measure: measure, orEffects: effects).choose(
        rows: Array(0..<table.rowCount), outcome: nil)
}

@Suite("Detection of the kind of data")
struct KindDetectionTests {
    @Test(
        "by the names of metafor and of other programs",
        arguments: [
            ("ai bi ci di", .twoByTwo), ("ai n1i ci n2i", .twoByTwo), ("AI BI CI DI", .twoByTwo),
            ("events_t n_t events_c n_c", .twoByTwo), ("event.e n.e event.c n.c", .twoByTwo),
            ("tpos tneg cpos cneg", .twoByTwo), ("Ee Ne Ec Nc", .twoByTwo),
            ("events1 total1 events2 total2", .twoByTwo),
            ("events_treatment total_treatment events_control total_control", .twoByTwo),
            ("experimental_cases experimental_n control_cases control_n", .twoByTwo),
            ("n1i m1i sd1i n2i m2i sd2i", .twoGroupMeans), ("n_t mean_t sd_t n_c mean_c sd_c", .twoGroupMeans),
            ("n.e mean.e sd.e n.c mean.c sd.c", .twoGroupMeans),
            ("mean-1 sd-1 total-1 mean-2 sd-2 total-2", .twoGroupMeans),
            ("mean1 sd1 n1 mean2 sd2 n2", .twoGroupMeans),
            ("m1i m2i sd1i sd2i ri ni", .pairedMeans), ("mean_change sd_change n", .pairedMeans),
            ("x1i t1i x2i t2i", .twoGroupRates), ("event.e time.e event.c time.c", .twoGroupRates),
            ("mi sdi ni", .singleMean), ("mean sd n", .singleMean), ("xi ni", .proportion), ("events n", .proportion),
            ("event total", .proportion), ("xi ti", .rate), ("events person_years", .rate), ("ri ni", .correlation),
            ("cor n", .correlation), ("r N", .correlation), ("ai mi ni", .reliability), ("alpha items n", .reliability),
            ("yi vi", .reported), ("yi sei", .reported), ("yi ci_low ci_high", .reported), ("TE seTE", .reported),
            ("estimate se", .reported), ("effect_size variance", .reported), ("estimate ci.lb ci.ub", .reported),
            ("md lower upper", .reported), ("estimate ci_lower ci_upper", .reported),
        ] as [(String, OutcomeKind)])
    func byNames(header: String, kind: OutcomeKind) throws {
        let found = try detect(try table("study \(header)"))
        #expect(found.data.kind == kind)
        #expect(found.notes.isEmpty)
    }

    @Test(
        "by precedence where several kinds are complete, with a note",
        arguments: [
            ("ai bi ci di yi vi", .twoByTwo, "effect as reported (1 of 1 rows)"),
            (
                "n1i m1i sd1i n2i m2i sd2i ni ri", .twoGroupMeans,
                "two times, or their change (1 of 1 rows): ask"
            ),
            ("ai n1i ci n2i mi ni", .twoByTwo, "reliability"), ("xi ti ni", .rate, "events of one group (1 of 1 rows)"),
            ("mean sd n events", .singleMean, "events of one group"),
            ("ri ni yi vi", .correlation, "effect as reported"),
            ("event.e n.e time.e event.c n.c time.c", .twoByTwo, "person-time of two groups"),
        ] as [(String, OutcomeKind, String)])
    func byPrecedence(header: String, kind: OutcomeKind, note: String) throws {
        let found = try detect(try table(header))
        #expect(found.data.kind == kind)
        #expect(found.notes.count == 1 && found.notes[0].code == .defaultChosen && found.notes[0].severity == .note)
        #expect(found.notes[0].message.contains(note), "\(found.notes[0].message)")
    }

    @Test(
        "by the measure asked for",
        arguments: [
            ("ai bi ci di yi vi", "gen", .reported), ("n1i m1i sd1i n2i m2i sd2i ni ri", "MC", .pairedMeans),
            ("mi sdi ni", "MN", .singleMean), ("mi sdi ni", "MC", .pairedMeans), ("mean sd n", "smcc", .pairedMeans),
            ("xi ti ni", "PLO", .proportion), ("xi ti ni", "IRLN", .rate), ("ri ni yi vi", "ZCOR", .correlation),
            ("ai bi ci di", "Peto", .twoByTwo), ("ai bi ci di ri", "MPOR", .pairedTable),
            ("ai bi ci di ri", "MPORM", .pairedMargins), ("ai bi ci di", "reh", .genotypes),
            ("both first_only second_only neither", "MPRD", .pairedTable), ("hr lower upper", "HR", .reported),
            ("yi ci_low ci_high", "HR", .reported), ("oe v", "HR", .logRank), ("TE seTE", "HR", .reported),
            ("logHR SE", "HR", .reported), ("hr p", "HR", .reported), ("prop n", "PLO", .proportion),
            ("prop lower upper", "PLO", .reported), ("r lower upper", "ZCOR", .reported),
            ("ve lower upper", "VE", .reported), ("ti n1i n2i", "SMD", .twoGroupMeans),
            ("ti ni mi", "zpcor", .partialCorrelation),
            ("r2i ni mi", "R2", .determination), ("fi ni mi", "ZR2", .determination),
            ("auc n1i n2i", "AUC", .superiority), ("ai n1i n2i", "cles", .superiority),
            ("event.e n.e time.e event.c n.c time.c", "IRR", .twoGroupRates), ("ai mi ni", "ABT", .reliability),
        ] as [(String, String, OutcomeKind)])
    func byMeasure(header: String, measure: String, kind: OutcomeKind) throws {
        let found = try detect(try table(header), measure: measure)
        #expect(found.data.kind == kind)
        #expect(found.notes.isEmpty)
    }

    @Test("by the number of complete rows") func byCompleteness() throws {
        let text = "mean_t,sd_t,n_t,mean_c,sd_c,n_c,md,se_md\n1,1,9,2,1,9,,\n,,9,,,9,1,0.5\n,,9,,,9,2,0.5\n"
        let mostlyReported = try detect(try Table(csv: text, name: "t.csv"))
        #expect(mostlyReported.data.kind == .reported)
        #expect(
            mostlyReported.notes.map(\.message) == [
                "the data are read as effect as reported (2 of 3 rows); there is also means of two groups (1 of 3 rows): "
                    + "ask for one of its measures to take that"
            ])
        let equal = try detect(try Table(csv: text.replacing(",,9,,,9,2,0.5\n", with: ""), name: "t.csv"))
        #expect(equal.data.kind == .twoGroupMeans)
    }

    @Test("by all of its columns rather than by part of them, however many rows hold the part") func wholes() throws {
        let text = "m1i,sd1i,m2i,sd2i,ri,ni\n1,1,2,1,0.5,9\n1,,2,1,0.5,9\n1,1,2,,0.5,9\n"
        let found = try detect(try Table(csv: text, name: "t.csv"))
        #expect(found.data.kind == .pairedMeans && found.notes.isEmpty)
        let part = try detect(try Table(csv: "m1i,sd1i,m2i,sd2i,ri,ni\n1,,2,1,0.5,9\n", name: "t.csv"))
        #expect(part.data.kind == .correlation)
    }

    @Test("by the roles that the caller assigned, if their rows hold anything") func byAssignment() throws {
        let both = try table("ai bi ci di logor selogor")
        let found = try detect(both, assignments: ["yi": "logor", "sei": "selogor"])
        #expect(found.data.kind == .reported)
        let empty = try Table(csv: "ai,bi,ci,di,x,y\n1,2,3,4,,\n", name: "t.csv")
        #expect(try detect(empty, assignments: ["yi": "x", "sei": "y"]).data.kind == .twoByTwo)
    }

    @Test("notes columns that would fit a role as well") func rivals() throws {
        let found = try detect(try table("estimate effect se sei"))
        #expect(
            found.notes.map(\.message) == [
                "yi is read from the column \"estimate\"; \"effect\" would fit as well",
                "sei is read from the column \"sei\"; \"se\" would fit as well",
            ])
    }

    @Test(
        "names what the nearest kind lacks when none is complete",
        arguments: [
            (
                "study events_t n_t events_c", nil,
                "t.csv: no kind of data is complete: events of two groups lacks n2i beside ai (column \"events_t\"), n1i "
                    + "(column \"n_t\"), ci (column \"events_c\"); add or assign columns for n2i; the columns are \"study\", "
                    + "\"events_t\", \"n_t\", \"events_c\""
            ),
            (
                "study yi", nil,
                "t.csv: no kind of data is complete: effect as reported lacks vi beside yi (column \"yi\"); add or assign "
                    + "columns for vi; the columns are \"study\", \"yi\""
            ),
            (
                "study year", nil,
                "t.csv: no kind of data is complete; assign columns to the roles of a kind of data, such as "
                    + "--columns yi=NAME,vi=NAME; the columns are \"study\", \"year\""
            ),
            (
                "ai bi ci di", "SMD",
                "t.csv: no kind of data is complete for the measure SMD: means of two groups lacks n1i, m1i, sd1i, n2i, "
                    + "m2i, sd2i; add or assign columns for n1i, m1i, sd1i, n2i, m2i, sd2i; the columns are \"ai\", \"bi\", "
                    + "\"ci\", \"di\""
            ),
            (
                "log_or se", "HR",
                "t.csv: no kind of data is complete for the measure HR: effect as reported lacks yi beside sei (column "
                    + "\"se\"); add or assign columns for yi; the columns are \"log_or\", \"se\""
            ),
        ] as [(String, String?, String)])
    func nothingFits(header: String, measure: String?, message: String) throws {
        let table = try table(header)
        let error = #expect(throws: MetaAnalysisError.self) { try detect(table, measure: measure) }
        #expect(error?.code == .missingColumn)
        #expect(error?.description == message)
    }

    @Test(
        "says what columns that belong to no kind seem to be for",
        arguments: [
            ("study,t,r,n\ns1,A,10,100\ns1,B,16,101\n", "the command network", "correlation"),
            ("study,n,r,d,w\nA,30,,0.3,0.1\n", "yi=NAME,vi=NAME", "lacks"),
            ("study,beta,se_beta\nA,0.3,0.1\n", "yi=beta,sei=se_beta", "vi="),
            ("study,effectiveness,v\nA,0.3,0.1\n", "yi=effectiveness,vi=v", "log-rank"),
            ("study,n,median,q1,q3\nA,34,14,11,18\n", "--measure MN", "events"),
            ("study,or,mean_age\nA,0.7,50\n", "--measure OR", "lacks"),
            ("study,ti,n1i,n2i\nA,2,20,22\n", "--measure SMD", "lacks oe"),
        ])
    func hints(text: String, hint: String, absent: String) throws {
        let table = try Table(csv: text, name: "t.csv")
        let error = try #require(throws: MetaAnalysisError.self) { try detect(table) }
        #expect(error.code == .missingColumn && error.remedy.contains(hint), "\(error)")
        #expect(!error.description.contains(absent), "\(error)")
    }

    @Test("takes a proportion with a size for data only where there are no others") func weakProportion() throws {
        #expect(try detect(try table("prop n")).data.kind == .proportion)
        #expect(try detect(try table("yi vi prop n")).data.kind == .reported)
    }

    @Test(
        "takes the measure that a column names where nothing else is there",
        arguments: [
            ("or lower upper", "OR"), ("RR ci_low ci_high", "RR"), ("hr p", "HR"), ("irr se", "IRR"),
            ("prevalence lower upper", "PLO"), ("cor lower upper", "ZCOR"), ("ve lower upper", "VE"),
            ("or hr lower upper", nil), ("ratio lower upper", nil), ("or", nil),
        ] as [(String, String?)])
    func impliedMeasure(header: String, code: String?) throws {
        let finder = try ColumnFinder(try table(header), assignments: [:])
        #expect(KindDetection.impliedMeasure(finder)?.code == code)
    }

    @Test("refuses a measure that does not exist") func unknownMeasure() throws {
        let table = try table("yi vi")
        let error = #expect(throws: MetaAnalysisError.self) { try detect(table, measure: "XYZ") }
        #expect(error?.code == .unsupportedCombination)
        #expect(error?.remedy.contains("RR") == true)
    }

    @Test("knows every kind once") func precedence() {
        #expect(Set(KindDetection.precedence) == Set(OutcomeKind.allCases))
        #expect(KindDetection.precedence.count == OutcomeKind.allCases.count)
    }
}
