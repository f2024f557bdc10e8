import MetaAnalysis
import SystemPackage

/// A run of `pool --join`: it joins the files of several cohorts, pools the markers and writes the results.
struct JoinRun {
    var files: [String]
    var key: String
    var columns: [String: String]
    var filters: [String]
    var input: InputOptions
    var skipsBadRows: Bool
    var isStrict: Bool
    var pooling: MarkerPooling
    var frame: StreamedDocument
    var settings: JoinSettings
    var output: String?

    /// Number of markers that are pooled together.
    private static let markersAtOnce = 4096

    func run() throws {
        // A link or another path to the same file would also count its rows twice.
        let places = files.map { Platform.resolved(FilePath($0))?.string ?? $0 }
        if let twice = files.indices.first(where: { places[..<$0].contains(places[$0]) }) {
            throw CommandFailure(.usage, "\(files[twice]) is given twice; give every cohort once")
        }
        var join: MarkerJoin?
        var leftOut = LeftOutRows()
        for file in files { try read(file, &join, &leftOut) }
        guard let join else { return }
        try join.checkAlleleCoding()
        for cohort in join.cohorts where cohort.numberedCount > 0 {
            OutputFile.report(
                "note: \(cohort.name): the alleles 1, 2, 3 and 4 of \(cohort.numberedCount) rows are read as A, C, G and T"
            )
        }
        let warnings = Self.warnings(leftOut, join.cohorts)
        if isStrict, let first = leftOut.otherAlleles.first ?? leftOut.badRows.first {
            let count = leftOut.otherAllelesCount + leftOut.badCount
            throw CommandFailure(
                .dataWrong, "\(first.description) (\(count) such rows); correct them, or leave out --strict")
        }
        if isStrict, let first = warnings.first {
            throw CommandFailure(.dataWrong, "\(first); remove the cause, or leave out --strict")
        }
        for warning in warnings { OutputFile.report("warning: " + warning) }
        try check(join)
        for cohort in join.cohorts { OutputFile.report("note: \(cohort.name): \(Self.account(of: cohort))") }
        OutputFile.report("note: \(join.markerCount) markers of \(join.cohorts.count) cohorts; \(pooling.account)")
        do {
            try write(join, warnings)
        } catch let error as MetaAnalysisError {
            throw CommandFailure(error, file: fileNames)
        }
    }

    private var fileNames: String { files.joined(separator: ", ") }

    private func read(_ file: String, _ join: inout MarkerJoin?, _ leftOut: inout LeftOutRows) throws {
        let source = try InputSource.find(file)
        if let note = source.note { OutputFile.report("note: " + note) }
        let stream = try ByteStream(source)
        do {
            let header = try Self.header(stream)
            stream.consume(header.byteCount)
            var reader = try CohortReader(
                header, key: key, assignments: columns, filters: filters, intervalLevel: input.intervalLevel,
                skippingBadRows: skipsBadRows)
            let notes = reader.notes + input.idleLevel(reader.readsIntervals).map(\.message)
            for note in notes { OutputFile.report("note: \(source.name): " + note) }
            var joined = join.take() ?? MarkerJoin(aligningAlleles: reader.hasAlleles)
            guard joined.alignsAlleles == reader.hasAlleles else {
                let others = joined.cohorts[0].name
                throw CommandFailure(
                    .dataWrong,
                    """
                    \(source.name): there are \(reader.hasAlleles ? "" : "no ")columns of alleles, unlike in \(others); name them \
                    with --columns effect_allele=NAME,other_allele=NAME, or join without alleles by --columns \
                    effect_allele=,other_allele=
                    """)
            }
            try joined.beginCohort(source.name)
            while true {
                let consumed = try reader.read(stream.bytes, isLast: stream.isAtEnd, into: &joined)
                stream.consume(consumed)
                if consumed > 0 { continue }
                if stream.isAtEnd { break }
                try stream.fill()
            }
            leftOut.append(reader.leftOut)
            join = joined
        } catch let error as MetaAnalysisError {
            throw CommandFailure(error, file: source.name)
        }
    }

    /// Returns the header; its fields are separated by blanks if there is no other separator.
    private static func header(_ stream: ByteStream) throws -> TableHeader {
        while true {
            if let header = try TableHeader(stream.bytes, isLast: stream.isAtEnd, name: stream.name) {
                guard header.columns.count == 1, header.columns[0].contains(where: { $0 == " " || $0 == "\t" }) else {
                    return header
                }
                return try TableHeader(
                    stream.bytes, isLast: stream.isAtEnd, name: stream.name, layout: .blanks) ?? header
            }
            try stream.fill()
        }
    }

    private func write(_ join: MarkerJoin, _ warnings: [String]) throws {
        let stream = try OutputStream(output)
        var pooling = pooling
        var text = ByteWriter(capacity: 1 << 20)
        if frame.isJSON { text.append(contentsOf: try frame.head(settings)) }
        pooling.writeHeader(for: join, to: &text)
        var first = 0
        repeat {
            let markers = first..<min(first + Self.markersAtOnce, join.markerCount)
            try pooling.write(markers, of: join, to: &text)
            if isStrict, let first = pooling.leftOut.listed.first {
                throw CommandFailure(first, file: fileNames)
            }
            try stream.write(text.bytes)
            text.removeAll()
            first = markers.upperBound
        } while first < join.markerCount
        let leftOut = LeftOutWarnings.warnings(pooling.leftOut, "marker", file: fileNames)
        try stream.write(try frame.tail(JoinRecord(join), warnings: warnings + leftOut).utf8)
        try stream.finish()
        for warning in leftOut { OutputFile.report("warning: " + warning) }
    }
}

// MARK: - What is said on standard error

extension JoinRun {
    /// Rejects a join without any effect, and a join of several files without a common marker.
    private func check(_ join: MarkerJoin) throws {
        guard join.markerCount > 0 else {
            throw CommandFailure(.dataWrong, "\(fileNames): no row has an effect; check the columns and filters")
        }
        guard files.count == 1 || join.hasSharedMarkers else {
            throw CommandFailure(
                .dataWrong,
                "\(fileNames): no \"\(key)\" stands in more than one of the files; join by a column with the same keys in all"
            )
        }
    }

    private static func warnings(_ leftOut: LeftOutRows, _ cohorts: [CohortTable]) -> [String] {
        let withoutEffect = cohorts.filter { $0.joinedCount == 0 }.map { "\($0.name): no row of the file is pooled" }
        let rows = leftOut.badRows + leftOut.otherAlleles
        let count = leftOut.badCount + leftOut.otherAllelesCount
        guard count > 0 else { return withoutEffect }
        let list = count > rows.count ? ", the first \(rows.count) of them listed" : ""
        return rows.map { "row left out: \($0)" } + [
            "bad rows left out: \(leftOut.badCount), rows with other alleles: \(leftOut.otherAllelesCount)\(list)"
        ] + withoutEffect
    }

    private static func account(of cohort: CohortTable) -> String {
        let parts: [(Int, String)] = [
            (cohort.swappedCount, "with alleles exchanged"), (cohort.turnedCount, "turned from the other strand"),
            (cohort.ambiguousCount, "of unknown strand (A/T, C/G)"),
            (cohort.mismatchedCount, "left out for other alleles"), (cohort.missingCount, "without a value"),
            (cohort.refusedCount, "bad"),
        ]
        let account = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return (["\(cohort.rowCount) rows, \(cohort.joinedCount) pooled"] + account).joined(separator: ", ")
    }
}

/// The input of a join, for the JSON form.
private struct JoinRecord: Encodable {
    struct Cohort: Encodable {
        var file: String
        var rows: Int
        var joined: Int
        var exchanged: Int
        var otherStrand: Int
        var unknownStrand: Int
        var numberedAlleles: Int
        var otherAlleles: Int
        var missing: Int
        var bad: Int
    }

    /// Number of data rows of all files that pass the filters.
    var rows: Int
    var cohorts: [Cohort]

    init(_ join: MarkerJoin) {
        rows = join.rowCount
        cohorts = join.cohorts.map { cohort in
            Cohort(
                file: cohort.name, rows: cohort.rowCount, joined: cohort.joinedCount, exchanged: cohort.swappedCount,
                otherStrand: cohort.turnedCount, unknownStrand: cohort.ambiguousCount,
                numberedAlleles: cohort.numberedCount,
                otherAlleles: cohort.mismatchedCount, missing: cohort.missingCount, bad: cohort.refusedCount)
        }
    }
}
