import Testing

@testable import MetaAnalysis

/// A file that cannot be read as studies, with the place and the words of the error it must give.
struct MalformedInput: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var columns = StudyColumns()
    var filter: String?
    var code: MetaAnalysisError.Code
    var row: Int?
    var column: String?
    var part: String

    /// - Parameters:
    ///   - place: line and column that the error must name.
    ///   - part: of the error's text.
    init(
        _ name: String, _ text: String, reading columns: StudyColumns = StudyColumns(), filter: String? = nil,
        _ code: MetaAnalysisError.Code = .malformedTable, at place: (row: Int?, column: String?), _ part: String
    ) {
        self.init(name, bytes: Array(text.utf8), reading: columns, filter: filter, code, at: place, part)
    }

    init(
        _ name: String, bytes: [UInt8], reading columns: StudyColumns = StudyColumns(), filter: String? = nil,
        _ code: MetaAnalysisError.Code = .malformedTable, at place: (row: Int?, column: String?), _ part: String
    ) {
        self.name = name
        self.bytes = bytes
        self.columns = columns
        self.filter = filter
        self.code = code
        (row, column) = place
        self.part = part
    }

    static let all = form + numbers + missing + values

    var testDescription: String { name }

    func read() throws -> [StudyData] {
        var table = try Table(csv: bytes, name: "t.csv")
        if let filter { table = try table.filtered(filter) }
        return try columns.read(table)
    }
}

@Suite("Malformed input")
struct MalformedInputTests {
    @Test("names what is wrong, where, and what to do", arguments: MalformedInput.all)
    func refused(input: MalformedInput) throws {
        let error = try #require(throws: MetaAnalysisError.self) { try input.read() }
        #expect(error.code == input.code, "\(error)")
        #expect(error.location.row == input.row && error.location.column == input.column, "\(error)")
        #expect(error.description.contains(input.part), "\(error)")
        #expect(error.location.file == "t.csv" && !error.remedy.isEmpty)
        #expect(!error.description.contains { $0.isNewline })
    }

    @Test("comes in at least 70 forms, each by its own name") func count() {
        #expect(MalformedInput.all.count >= 70)
        #expect(Set(MalformedInput.all.map(\.name)).count == MalformedInput.all.count)
    }
}

// MARK: - The form of the table

extension MalformedInput {
    static let form: [MalformedInput] = [
        MalformedInput("no bytes", "", at: (1, nil), "the file is empty"),
        MalformedInput("blank lines only", " \r\n\n\t\n", at: (1, nil), "the file is empty"),
        MalformedInput("byte order mark only", bytes: [0xEF, 0xBB, 0xBF], at: (1, nil), "the file is empty"),
        MalformedInput("header only", "study,yi,vi\n", at: (1, nil), "header but no rows"),
        MalformedInput("header and blank lines only", "\nstudy,yi,vi\r\n\r\n ,,\r\n", at: (2, nil), "no rows"),
        MalformedInput("short row", "study,yi,vi\nA,1,2\nB,1\n", at: (3, "vi"), "2 fields where the header has 3"),
        MalformedInput("one field", "study,yi,vi\nA\n", at: (2, "yi"), "1 field where the header has 3"),
        MalformedInput("long row", "study,yi,vi\nA,1,2,3\n", at: (2, "4"), "4 fields where the header has 3"),
        MalformedInput(
            "comma in an unquoted label", "study,yi,vi\nSmith, J.,1,2\n", at: (2, "4"), "holds the separator \",\""),
        MalformedInput(
            "decimal commas between commas", "study,yi,vi\nA,0,5,0,1\n", at: (2, "4"), "decimals take a point"),
        MalformedInput("trailing comma in a row", "study,yi,vi\nA,1,2,\n", at: (2, "4"), "4 fields"),
        MalformedInput(
            "short row after a quoted line break", "study,yi,vi\n\"A\nB\",1,2\nC,1\n", at: (4, "vi"), "2 fields"),
        MalformedInput("short row of tabs", "study\tyi\tvi\r\nA\t1\r\n", at: (2, "vi"), "\"\\t\""),
        MalformedInput(
            "semicolons under a header of commas", "study,yi,vi\nA;1;2\n", at: (2, "yi"), "the separator is \",\""),
        MalformedInput("only separators but too few", "study,yi,vi\n,\n", at: (2, "vi"), "2 fields"),
        MalformedInput("open quote in the last field", "study,yi,vi\nA,1,\"2\n", at: (2, "vi"), "does not end"),
        MalformedInput(
            "open quote over many lines", "study,yi,vi\n\"A,1,2\nB,1,2\nC,1,2\n", at: (2, "study"), "does not end"),
        MalformedInput("open quote in the header", "study,\"yi,vi\nA,1,2\n", at: (1, "2"), "does not end"),
        MalformedInput("quote at the end of the file", "study,yi,vi\nA,1,2\n\"", at: (3, "study"), "does not end"),
        MalformedInput("text after a closing quote", "study,yi,vi\n\"A\"B,1,2\n", at: (2, "study"), "closing quote"),
        MalformedInput(
            "text after a closing quote on a later line", "study,yi,vi\n\"A\nB\" C,1,2\n", at: (3, "study"),
            "closing quote"),
        MalformedInput(
            "quote inside a field", "study,yi,vi\n5\" scar,1,2\n", at: (2, "study"), "a double quote stands inside"),
        MalformedInput("quote after a number", "study,yi,vi\nA,1\",2\n", at: (2, "yi"), "a double quote stands inside"),
        MalformedInput(
            "same name twice", "study,yi,vi,yi\nA,1,2,3\n", at: (1, "4"), "columns 2 and 4 are both called \"yi\""),
        MalformedInput(
            "same name twice but for blanks", "study,yi,\" yi \"\nA,1,2\n", at: (1, "3"), "both called \"yi\""),
        MalformedInput("no name for the first column", ",yi,vi\n1,1,2\n", at: (1, "1"), "column 1 has no name"),
        MalformedInput("trailing comma in the header", "study,yi,vi,\nA,1,2,\n", at: (1, "4"), "column 4 has no name"),
        MalformedInput("blank name", "study,\"  \",vi\nA,1,2\n", at: (1, "2"), "column 2 has no name"),
        MalformedInput("separators only in the header", ",,\n1,2,3\n", at: (1, "1"), "column 1 has no name"),
        MalformedInput("NUL byte", "study,yi,vi\nA,1,2\nB,\0,2\n", at: (3, "yi"), "byte 21 of the file is 0"),
        MalformedInput(
            "NUL byte in quotes", "study,yi,vi\n\"A\0\",1,2\n", at: (2, "study"), "byte 15 of the file is 0"),
        MalformedInput("NUL byte in the header", "study,y\0i,vi\nA,1,2\n", at: (1, "2"), "byte 8 of the file is 0"),
        MalformedInput(
            "Latin-1", bytes: Array("study,yi,vi\nM".utf8) + [0xFC] + Array("ller,1,2\n".utf8), at: (2, "study"),
            "byte 14 of the file (0xFC) is not text in UTF-8"),
        MalformedInput(
            "cut character", bytes: Array("study,yi,vi\nA,1,2".utf8) + [0xC3], at: (2, "vi"),
            "(0xC3) is not text in UTF-8"),
        MalformedInput(
            "UTF-16, little endian", bytes: [0xFF, 0xFE] + "study,yi".utf8.flatMap { [$0, 0] }, at: (1, nil), "UTF-16"),
        MalformedInput(
            "UTF-16, big endian", bytes: [0xFE, 0xFF] + "study,yi".utf8.flatMap { [0, $0] }, at: (1, nil), "UTF-16"),
        MalformedInput(
            "UTF-16 without a mark", bytes: "study,yi".utf8.flatMap { [$0, 0] }, at: (1, "1"), "byte 2 of the file is 0"
        ),
        MalformedInput("workbook", bytes: [0x50, 0x4B, 3, 4, 20, 0], at: (1, nil), "workbook (.xlsx"),
        MalformedInput("old workbook", bytes: [0xD0, 0xCF, 0x11, 0xE0, 0xA1], at: (1, nil), "workbook (.xls)"),
        MalformedInput("gzip", bytes: [0x1F, 0x8B, 8, 0], at: (1, nil), "gzip"),
        MalformedInput("PNG image", bytes: [0x89, 0x50, 0x4E, 0x47], at: (1, "1"), "byte 1 of the file (0x89)"),
    ]
}

// MARK: - Numbers

extension MalformedInput {
    private static func number(_ name: String, _ text: String, _ part: String) -> MalformedInput {
        MalformedInput(name, "study,yi,vi\nA,1,2\nB,1,\(text)\n", at: (3, "vi"), part)
    }

    static let numbers: [MalformedInput] = [
        number("text", "high", "\"high\" is text where a number belongs"),
        number("decimal comma", "\"1,5\"", "\"1,5\" has a comma where a number belongs (a decimal comma?)"),
        number("comma of thousands", "\"1,234.5\"", "no separators of thousands"),
        number("blank of thousands", "1 234", "has a blank inside a number"),
        number("no-break space", "1\u{A0}234", "U+00A0 (no-break space)"),
        number("percent sign", "12%", "has a percent sign"),
        number("upper bound", "<0.001", "is a bound, not a number"),
        number("two points", "1.2.3", "\"1.2.3\" is text where a number belongs"),
        number("hexadecimal", "0x1A", "\"0x1A\" is text where a number belongs"),
        number("infinity", "Inf", "\"Inf\" is not a finite number"),
        number("negative infinity", "-inf", "is not a finite number"),
        number("NaN", "NaN", "is not a finite number"),
        number("too large", "1e999", "\"1e999\" is outside the range of numbers"),
        number("Unicode minus", "\u{2212}0.5", "U+2212 (minus sign) instead of a minus sign; write the hyphen"),
        number("dash", "\u{2013}0.5", "U+2013 (en dash)"),
        number("full-width digits", "１２", "where a number belongs"),
        number("mean and deviation in one field", "5.1 (2.3)", "has a blank inside a number"),
        number("plus-minus", "5±2", "U+00B1 (plus-minus sign)"),
        number("formula error of a spreadsheet", "#DIV/0!", "text where a number belongs"),
        number("another word for missing", "n/a", "leave the field empty or write NA"),
        number("dash for missing", "-", "leave the field empty or write NA"),
        number("lower-case na", "na", "leave the field empty or write NA"),
        number("bare exponent", "1e", "text where a number belongs"),
        number("date", "2024-01-05", "text where a number belongs"),
        number("line break inside a number", "\"1\n2\"", "\"1\\n2\""),
        number("long text", String(repeating: "word ", count: 40), "word word …\" is text"),
        MalformedInput(
            "semicolons with decimal commas", "study;yi;vi\nA;0,5;0,1\n", at: (2, "yi"), "a decimal comma?"),
        MalformedInput(
            "text in an incomplete row", "study,yi,vi\nA,1,2\nB,,x\n", at: (3, "vi"), "\"x\" is text where a number"),
        MalformedInput(
            "text in a column known by another name", "studlab,TE,seTE\r\n\r\nA,0.1,?\r\n", at: (3, "seTE"),
            "\"?\" is not a number"),
    ]
}

// MARK: - Columns

extension MalformedInput {
    static let missing: [MalformedInput] = [
        MalformedInput(
            "no column of a known role", "name,year\nA,1990\n", .missingColumn, at: (nil, nil),
            "no kind of data is complete"),
        MalformedInput(
            "effect without a precision", "study,yi\nA,1\n", .missingColumn, at: (nil, nil), "lacks vi beside yi"),
        MalformedInput(
            "events of one group without the other's size", "study,ai,n1i,ci\nA,1,10,2\n", .missingColumn,
            at: (nil, nil),
            "lacks n2i beside ai (column \"ai\")"),
        MalformedInput(
            "another kind than the measure's", "study,ai,bi,ci,di\nA,1,2,3,4\n", reading: StudyColumns(measure: "SMD"),
            .missingColumn, at: (nil, nil), "for the measure SMD: means of two groups lacks n1i"),
        MalformedInput(
            "assigned column that is absent", "study,yi,vi\nA,1,2\n",
            reading: StudyColumns(assignments: ["sei": "stderr"]),
            .missingColumn, at: (nil, nil), "no column \"stderr\"; take one of \"study\", \"yi\", \"vi\""),
        MalformedInput(
            "unknown role", "study,yi,vi\nA,1,2\n", reading: StudyColumns(assignments: ["zi": "yi"]), .invalidSetting,
            at: (nil, nil),
            "no column role \"zi\"; take one of study, outcome"),
        MalformedInput(
            "filter on an absent column", "study,yi,vi\nA,1,2\n", filter: "quality=A", .missingColumn, at: (nil, nil),
            "no column \"quality\""),
        MalformedInput(
            "filter that leaves nothing", "study,yi,vi,quality\nA,1,2,X\n", filter: "quality=A|B", .tooFewStudies,
            at: (nil, "quality"), "no row has \"quality\" equal to \"A\" or \"B\"; the values there are: \"X\""),
        MalformedInput(
            "row without an outcome", "study,outcome,yi,vi\nA,x,1,2\nB,,1,2\n", at: (3, "outcome"), "has no outcome"),
    ]
}

// MARK: - Values that no study can have

extension MalformedInput {
    private static func value(
        _ name: String, _ header: String, _ row: String, _ columns: StudyColumns = StudyColumns(), at column: String,
        _ part: String
    ) -> MalformedInput {
        MalformedInput(name, "study,\(header)\nA,\(row)\n", reading: columns, .invalidOutcome, at: (2, column), part)
    }

    static let values: [MalformedInput] = [
        value(
            "more events than treated", "events_t,n_t,events_c,n_c", "11,10,1,10", at: "events_t", "11 events among 10"),
        value(
            "more events than controls", "events_t,n_t,events_c,n_c", "1,10,11,10", at: "events_c", "11 events among 10"
        ),
        value(
            "negative size of an arm", "ai,n1i,ci,n2i", "1,-10,1,10", at: "n1i",
            "is -10; give a number that is 0 or more"),
        value("negative count of non-events", "ai,bi,ci,di", "1,9,5,-2", at: "di", "is -2"),
        value("negative count of events", "event.e,n.e,event.c,n.c", "-1,10,1,10", at: "event.e", "is -1"),
        value("negative standard deviation", "n_t,mean_t,sd_t,n_c,mean_c,sd_c", "9,1,-2,9,1,2", at: "sd_t", "is -2"),
        value("negative number of controls", "n1i,m1i,sd1i,n2i,m2i,sd2i", "9,1,2,-9,1,2", at: "n2i", "is -9"),
        value("negative deviation of a change", "mean_change,sd_change,n", "1,-2,9", at: "sd_change", "is -2"),
        value("correlation of two times above 1", "m1i,sd1i,m2i,sd2i,ni,ri", "1,1,1,1,9,1.5", at: "ri", "is 1.5"),
        value(
            "negative deviation at the second time", "m1i,sd1i,m2i,sd2i,ni,ri", "1,1,1,-1,9,0.5", at: "sd2i", "is -1"),
        value("negative person-time", "x1i,t1i,x2i,t2i", "1,-5,1,5", at: "t1i", "is -5"),
        value("negative events of the second group", "x1i,t1i,x2i,t2i", "1,5,-1,5", at: "x2i", "is -1"),
        value("negative deviation of one group", "mean,sd,n", "1,-2,9", at: "sd", "is -2"),
        value("more events than participants of one group", "events,n", "12,10", at: "events", "12 events among 10"),
        value("negative size of one group", "xi,ni", "0,-1", at: "ni", "is -1"),
        value("negative events in person-time", "xi,ti", "-1,3", at: "xi", "is -1"),
        value("correlation above 1", "ri,ni", "12,20", at: "ri", "from -1 to 1"),
        value("alpha above 1", "alpha,items,n", "1.2,10,20", at: "alpha", "is 1.2"),
        value("alpha of one item", "alpha,items,n", "0.8,1,20", at: "items", "is 1"),
        value("negative variance", "TE,variance", "0.5,-0.1", at: "variance", "is -0.1"),
        value("standard error of 0", "TE,seTE", "0.5,0", at: "seTE", "is 0; give a number greater than 0"),
        value("negative standard error", "estimate,se", "0.5,-0.1", at: "se", "is -0.1"),
        value("interval upside down", "yi,lower,upper", "0.5,1,0", at: "lower", "the interval runs from 1 to 0"),
        value("interval of no width", "yi,lower,upper", "0.5,0.5,0.5", at: "lower", "runs from 0.5 to 0.5"),
        value("estimate outside its interval", "yi,ci.lb,ci.ub", "-0.5,1.2,3.4", at: "yi", "inside its interval"),
        value(
            "hazard ratio below 0", "hr,lower,upper", "-0.5,-1,0.2", StudyColumns(measure: "HR"), at: "hr", "-0.5"),
        value(
            "interval of a hazard ratio that begins at 0", "hr,lower,upper", "0.5,0,0.9", StudyColumns(measure: "HR"),
            at: "lower", "is 0"),
    ]
}
