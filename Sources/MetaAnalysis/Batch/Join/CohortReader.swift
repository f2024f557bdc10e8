/// Reads the rows of one cohort's file into a join, block by block.
///
/// ```swift
/// var reader = try CohortReader(header, key: "MarkerName")
/// try join.beginCohort(header.table.name)
/// let consumed = try reader.read(bytes, isLast: false, into: &join)
/// ```
package struct CohortReader: ~Copyable {
    /// Notes on columns that were chosen although their names allow another choice.
    package var notes: [String] { columns.notes }
    /// Whether the file has confidence intervals in place of variances or standard errors.
    package var readsIntervals: Bool { if case .interval = columns.precision { true } else { false } }
    package var hasAlleles: Bool { columns.alleles != nil }
    /// Rows that were left out, in the order of the file.
    package private(set) var leftOut = LeftOutRows()

    private let columns: MarkerColumns
    private let table: Table
    private let intervalLevel: Double
    private let skipsBadRows: Bool
    private var scanner: RowScanner
    private var rows: ScannedRows

    /// Makes the reader of a file.
    ///
    /// - Parameters:
    ///   - header: header of the file.
    ///   - key: name of the column by which rows are joined.
    ///   - assignments: columns by role, as `StudyColumns.assignments`.
    ///   - filters: conditions as for `Table.filtered(_:)`, all of which rows must meet.
    ///   - intervalLevel: level of the confidence intervals in the file, between 0 and 1.
    ///   - skippingBadRows: whether faulty rows are left out and listed instead of ending the run.
    /// - Throws: `MetaAnalysisError`: `.missingColumn`, `.invalidSetting` for an unknown role.
    package init(
        _ header: TableHeader, key: String, assignments: [String: String] = [:], filters: [String] = [],
        intervalLevel: Double = 0.95, skippingBadRows: Bool = false
    ) throws {
        try StudyColumns.check(intervalLevel: intervalLevel)
        let columns = try MarkerColumns(header.table, key: key, assignments: assignments)
        var scanner = RowScanner(
            header, texts: [columns.key] + (columns.alleles.map { [$0.effect, $0.other] } ?? []),
            numbers: columns.numberColumns, filters: try filters.map { try RowFilter($0, for: header.table) })
        scanner.skipsBadRows = skippingBadRows
        self.columns = columns
        table = header.table
        self.intervalLevel = intervalLevel
        skipsBadRows = skippingBadRows
        self.scanner = scanner
        rows = ScannedRows(for: scanner, capacity: 1024)
    }

    /// Reads rows into the cohort that was begun last.
    ///
    /// - Parameters: as for `RowScanner.scan`.
    /// - Returns: number of bytes read; 0 if more bytes are needed.
    /// - Throws: `MetaAnalysisError` with file, line and column: `.malformedTable`, `.invalidOutcome`.
    package mutating func read(
        _ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool, into join: inout MarkerJoin
    ) throws -> Int {
        precondition(join.alignsAlleles == hasAlleles, "the join and the file differ in having alleles")
        let consumed = try scanner.scan(bytes, isLast: isLast, into: &rows)
        for fault in rows.faults {
            leftOut.append(fault, as: .bad)
            join.skipBad()
        }
        // The scanner lists a row with a faulty number but also returns it.
        let faultyRows = Set(rows.faultyRows)
        for row in 0..<rows.count where faultyRows.isEmpty || !faultyRows.contains(row) {
            do {
                try add(row, bytes, &join)
            } catch let fault as RowFault {
                let error = located(fault.error, row)
                if fault.kind == .bad, !skipsBadRows { throw error }
                leftOut.append(error, as: fault.kind)
                if !fault.isCounted { join.skipBad() }
            }
        }
        return consumed
    }
}

/// The first rows that a join left out, and the number of all such rows.
package struct LeftOutRows: Sendable {
    package enum Kind: Hashable, Sendable {
        case bad
        /// The alleles of the row are not those of the marker.
        case otherAlleles
    }

    /// Largest number of rows that are listed, for each kind.
    package static let longestList = 20

    package private(set) var badRows: [MetaAnalysisError] = []
    package private(set) var badCount = 0
    package private(set) var otherAlleles: [MetaAnalysisError] = []
    package private(set) var otherAllelesCount = 0

    package init() {}

    mutating func append(_ error: MetaAnalysisError, as kind: Kind) {
        switch kind {
        case .bad:
            badCount += 1
            if badRows.count < Self.longestList { badRows.append(error) }
        case .otherAlleles:
            otherAllelesCount += 1
            if otherAlleles.count < Self.longestList { otherAlleles.append(error) }
        }
    }

    /// Adds the rows left out of the next file.
    package mutating func append(_ other: LeftOutRows) {
        badCount += other.badCount
        badRows += other.badRows.prefix(Self.longestList - badRows.count)
        otherAllelesCount += other.otherAllelesCount
        otherAlleles += other.otherAlleles.prefix(Self.longestList - otherAlleles.count)
    }
}

/// The reason why a row is left out. Its error has a role as column, and no line.
private struct RowFault: Error {
    var error: MetaAnalysisError
    var kind = LeftOutRows.Kind.bad
    /// Whether the join has already counted the row.
    var isCounted = false
}

extension CohortReader {
    @inline(__always)
    private mutating func add(
        _ row: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ join: inout MarkerJoin
    ) throws {
        let texts = rows.texts + row * rows.textsPerRow
        let numbers = rows.numbers + row * rows.numbersPerRow
        let effect: EffectEstimate?
        do {
            effect = try columns.effect(
                numbers[0], numbers[1], rows.numbersPerRow > 2 ? numbers[2] : .nan, level: intervalLevel)
        } catch let error as MetaAnalysisError {
            throw RowFault(error: error)
        }
        guard let effect else { return join.skipMissing() }
        guard !texts[0].isMissing(in: bytes) else {
            throw RowFault(
                error: MetaAnalysisError(
                    .malformedTable, "the row has no key", remedy: "fill it in, or leave the row out",
                    location: .init(column: table.columns[columns.key])))
        }
        var alleles: AllelePair?
        if columns.alleles != nil {
            guard !Self.isMissing(texts[1], bytes), !Self.isMissing(texts[2], bytes) else { return join.skipMissing() }
            let pair = try join.allelePair(text(texts[1], bytes).span, text(texts[2], bytes).span)
            guard pair.effect != pair.other else {
                throw RowFault(
                    error: MetaAnalysisError(
                        .invalidOutcome, "both alleles are \(quoted(texts[1].string(in: bytes)))",
                        remedy: "give the two alleles of the marker", location: .init(column: "other_allele")))
            }
            alleles = pair
        }
        let addition: MarkerJoin.Addition
        if texts[0].hasDoubledQuotes {
            addition = try join.add(
                Array(texts[0].string(in: bytes).utf8).span, effect.estimate, effect.variance, alleles: alleles)
        } else {
            addition = try join.add(text(texts[0], bytes).span, effect.estimate, effect.variance, alleles: alleles)
        }
        switch addition {
        case .joined: break
        case .repeated:
            throw RowFault(
                error: MetaAnalysisError(
                    .malformedTable, "\(quoted(texts[0].string(in: bytes))) stands in an earlier row of the file too",
                    remedy: "keep one row for each key, or take --skip-bad to keep the first",
                    location: .init(column: table.columns[columns.key])), isCounted: true)
        case .otherAlleles(let marker):
            throw RowFault(error: mismatch(marker, texts, bytes, join), kind: .otherAlleles, isCounted: true)
        }
    }

    private func text(_ field: TextField, _ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[field.range])
    }

    /// Whether an allele is missing; "." and "0" are also missing, because genetics programs write them for an unknown allele.
    private static func isMissing(_ field: TextField, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if field.count == 1 {
            let letter = bytes[Int(field.start)]
            return letter == UInt8(ascii: ".") || letter == UInt8(ascii: "0")
        }
        return field.isMissing(in: bytes)
    }

    private func mismatch(
        _ marker: Int, _ texts: UnsafeMutablePointer<TextField>, _ bytes: UnsafeBufferPointer<UInt8>, _ join: MarkerJoin
    ) -> MetaAnalysisError {
        let reference = join.alleles(of: marker).map {
            String(decoding: $0.effect, as: UTF8.self) + "/" + String(decoding: $0.other, as: UTF8.self)
        }
        let first = join.cohorts.indices.first { join.effect(of: marker, in: $0) != nil }
        let alleles = texts[1].string(in: bytes) + "/" + texts[2].string(in: bytes)
        return MetaAnalysisError(
            .invalidOutcome,
            """
            \(quoted(texts[0].string(in: bytes))) has the alleles \(alleles) here and \(reference ?? "") in \
            \(first.map { join.cohorts[$0].name } ?? "an earlier file")
            """, remedy: "compare the builds and the keys of both files", location: .init(column: "effect_allele"))
    }

    /// Adds file, line and column name to an error that has a role.
    private func located(_ error: MetaAnalysisError, _ row: Int) -> MetaAnalysisError {
        var error = error
        error.location.file = table.name
        error.location.row = rows.line(row)
        if let column = columns.column(ofRole: error.location.column) { error.location.column = table.columns[column] }
        return error
    }
}
