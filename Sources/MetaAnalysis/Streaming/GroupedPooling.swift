/// Settings for pooling any number of groups of rows, one analysis for each value of a column, in memory that does not grow with the number
/// of groups.
///
/// The rows of a group must be consecutive. The file is read in blocks of bytes, and the pooled groups are written as text in the same
/// order.
package struct GroupedPooling: Sendable {
    /// Column whose values name the groups.
    package var by: String
    /// Assignments of columns, measure, and confidence level of reported intervals.
    package var columns: StudyColumns
    package var effects: EffectSettings
    package var pooling: BatchPooling
    /// Conditions as for `Table.filtered(_:)`; a row must satisfy all of them.
    package var filters: [String]
    /// Whether bad rows, and groups that cannot be pooled, are left out. If false, a bad row ends the run, and a group that cannot be
    /// pooled has a row without numbers. Such groups are listed in any case.
    package var skipsBadRows: Bool

    package init(
        by: String, columns: StudyColumns = StudyColumns(), effects: EffectSettings = EffectSettings(),
        pooling: BatchPooling = BatchPooling(), filters: [String] = [], skipsBadRows: Bool = false
    ) {
        self.by = by
        self.columns = columns
        self.effects = effects
        self.pooling = pooling
        self.filters = filters
        self.skipsBadRows = skipsBadRows
    }
}

/// One run of a `GroupedPooling` over a file: it reads the rows and collects complete groups in blocks to be pooled.
///
/// ```swift
/// var run = try GroupedPoolingRun(settings, header, writer: GroupWriter(.csv))
/// let consumed = try run.read(bytes, isLast: false)
/// for block in run.takeEnded() {
///     try block.pool()
///     try run.note(block)
/// }
/// ```
package struct GroupedPoolingRun: ~Copyable {
    /// Numbers of rows and groups read so far.
    package struct Counts: Sendable {
        /// Rows that pass the filters.
        package var rows = 0
        package var groups = 0
        /// Rows without an effect because a value is missing or the measure is undefined.
        package var withoutEffect = 0
        package var bad = 0
        /// Rows left out because their names say that they are totals of others.
        package var totals = 0
    }

    /// First row left out as a total.
    package private(set) var firstTotal: (label: String, line: Int)?

    /// First bad rows that were skipped, at most 20.
    package private(set) var badRows: [MetaAnalysisError] = []
    /// Groups that cannot be pooled, of the blocks passed to `note` so far.
    package private(set) var leftOutGroups = LeftOutGroups()
    package private(set) var counts = Counts()
    /// Code of the measure that is pooled.
    package var measure: String { columns.measure }
    /// Whether rows may be read from columns of confidence intervals.
    package var readsIntervals: Bool { columns.readsIntervals }

    private let settings: GroupedPooling
    private let header: TableHeader
    private let columns: GroupedColumns
    private let filters: [RowFilter]
    private let reportedMeasure: ReportedEffect.Measure
    private var scanner: RowScanner
    private var rows: ScannedRows
    private var order = GroupOrder()
    private let writer: GroupWriter
    private var ended: [GroupBlock] = []
    private var blockCount = 0
    /// Blocks whose memory can be used again.
    private var free: [GroupBlock] = []
    private var batch = StudyBatch()
    /// Labels of the groups in `batch`; the open group is the last.
    private var labels = GroupLabels()
    /// Rows of the open group that are read as a table.
    private var text: [UInt8] = []
    private var lines: [Int] = []
    private var rowsOfGroup = 0
    /// Greatest number of rows of a group and, if it is read as a table, of bytes.
    private let limits: (rows: Int, bytes: Int)

    /// Number of groups of a block, chosen so that a block fits in the cache of the processor.
    private static let groupsAtOnce = 4096
    private static let studiesAtOnce = 1 << 15
    private static let listedBadRows = 20

    /// - Throws: `MetaAnalysisError` as `StudyColumns.read(_:)` and `RowFilter` for the columns.
    package init(_ settings: GroupedPooling, _ header: TableHeader, writer: GroupWriter) throws {
        let columns = try GroupedColumns(header.table, by: settings.by, settings.columns)
        let filters = try settings.filters.map { try RowFilter($0, for: header.table) }
        self.init(settings, header, writer, columns, filters)
    }

    private init(
        _ settings: GroupedPooling, _ header: TableHeader, _ writer: GroupWriter, _ columns: GroupedColumns,
        _ filters: [RowFilter]
    ) {
        self.settings = settings
        self.header = header
        self.writer = writer
        self.columns = columns
        self.filters = filters
        reportedMeasure = ReportedEffect.Measure(rawValue: columns.measure) ?? .generic
        scanner = RowScanner(
            header, texts: [columns.group] + (columns.label.map { [$0] } ?? []), numbers: columns.numbers,
            filters: filters)
        scanner.skipsBadRows = settings.skipsBadRows
        rows = ScannedRows(for: scanner)
        let table = header.limits
        limits = (columns.layouts.isEmpty ? table.tableRows : table.groupRows, table.tableBytes)
    }

    /// Reads rows and puts the groups that end among them in a block.
    ///
    /// - Returns: Number of bytes that were read; 0 if more are needed or nothing is left.
    package mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) throws -> Int {
        let consumed = try scanner.scan(bytes, isLast: isLast, into: &rows)
        for fault in rows.faults { skip(fault) }
        guard let base = bytes.baseAddress else { return consumed }
        counts.rows += rows.count
        let layout = columns.layouts.first
        let isDirect = columns.layouts.count == 1 && layout?.form == .analysis
        let hasLabels = columns.label != nil
        for row in 0..<rows.count {
            let field = rows.texts[row * rows.textsPerRow]
            let label = UnsafeBufferPointer(start: base + Int(field.start), count: field.count)
            if hasLabels, layout != nil, isTotal(rows.texts[row * rows.textsPerRow + 1], base, row) { continue }
            if !labels.endsWith(label), try !begin(field, label, row) { continue }
            rowsOfGroup += 1
            guard rowsOfGroup <= limits.rows else { throw tooLarge("rows", limits.rows, row) }
            guard let layout else {
                guard text.count + rows.bytes(row).count < limits.bytes else {
                    throw tooLarge("bytes", limits.bytes, row)
                }
                text.append(contentsOf: bytes[rows.bytes(row)])
                text.append(.lineFeed)
                lines.append(rows.line(row))
                continue
            }
            let numbers = UnsafePointer(rows.numbers + row * rows.numbersPerRow)
            if isDirect {
                let estimate = numbers[layout.estimate]
                switch layout.precision {
                case .variance(let slot)
                where numbers[slot] >= EffectEstimate.leastVariance && !estimate.isNaN:
                    batch.append(estimate: estimate, variance: numbers[slot])
                    continue
                case .standardError(let slot)
                where numbers[slot] > 0x1p-500 && numbers[slot] < 0x1p500 && !estimate.isNaN:
                    batch.append(estimate: estimate, variance: numbers[slot] * numbers[slot])
                    continue
                default: break
                }
            }
            try appendCarefully(numbers, row)
        }
        return consumed
    }

    /// Returns the blocks that `read` and `finish` completed since the last call, in order.
    package mutating func takeEnded() -> [GroupBlock] {
        defer { ended = [] }
        return ended
    }

    /// Records the groups of a pooled block that cannot be pooled.
    package mutating func note(_ block: GroupBlock) throws {
        for (fault, label, line) in block.faults {
            try leftOutGroups.append(fault, "the group \(quoted(label))", at: place(line), isSkipped: true)
        }
    }

    /// Returns a block whose text was removed, so that its memory can be used again.
    package mutating func reuse(_ block: GroupBlock) { free.append(block) }

    /// Completes the last block after the last row.
    ///
    /// - Throws: `MetaAnalysisError` if there was no row.
    package mutating func finish() throws {
        guard counts.rows > 0 else {
            if let filter = filters.last { throw filter.nothingLeft(in: header.table, present: nil) }
            throw CSVFault(
                "the file has a header but no rows", remedy: "add one line for every study", line: header.nextLine - 1
            ).located(file: header.table.name, columns: header.columns)
        }
        try endGroup()
        endBlock()
    }
}

extension GroupedPoolingRun {
    private mutating func skip(_ fault: MetaAnalysisError) {
        counts.bad += 1
        if badRows.count < Self.listedBadRows { badRows.append(fault) }
    }

    /// Skips a bad row or ends the run.
    private mutating func refuse(_ fault: MetaAnalysisError) throws {
        guard settings.skipsBadRows else { throw fault }
        skip(fault)
    }

    /// Returns whether the name of a row says that it is a total of others.
    private mutating func isTotal(_ field: TextField, _ base: UnsafePointer<UInt8>, _ row: Int) -> Bool {
        let bytes = UnsafeBufferPointer(start: base + Int(field.start), count: field.count)
        guard TotalLabel.mayBegin(bytes) else { return false }
        let name = TextField(0..<bytes.count, hasDoubledQuotes: field.hasDoubledQuotes).string(in: bytes)
        guard TotalLabel.sumsUp(name) else { return false }
        counts.totals += 1
        if firstTotal == nil { firstTotal = (name, rows.line(row)) }
        return true
    }

    /// Returns the location of the name of a group.
    private func place(_ line: Int) -> MetaAnalysisError.Location {
        MetaAnalysisError.Location(file: header.table.name, row: line, column: header.columns[columns.group])
    }

    /// Begins a group; returns `false` if the row belongs to no group.
    private mutating func begin(_ field: TextField, _ label: UnsafeBufferPointer<UInt8>, _ row: Int) throws -> Bool {
        if label.span.isMissing(label.span.trimmedRange) {
            try refuse(
                MetaAnalysisError(
                    .malformedTable, "the row belongs to no group", remedy: "name its group, or leave the row out",
                    location: place(rows.line(row))))
            return false
        }
        try endGroup()
        if labels.count >= Self.groupsAtOnce || batch.estimates.count >= Self.studiesAtOnce { endBlock() }
        if order.hasSeen(label) {
            let name = TextField(0..<label.count, hasDoubledQuotes: field.hasDoubledQuotes).string(in: label)
            throw MetaAnalysisError(
                .malformedTable, "the group \(quoted(name)) begins again after another one",
                remedy: "sort the rows by the column, so that those of one group stand together",
                location: place(rows.line(row)))
        }
        counts.groups += 1
        labels.append(label, line: rows.line(row))
        return true
    }

    /// Returns the error for a group that is too large for the memory limits.
    private func tooLarge(_ what: String, _ limit: Int, _ row: Int) -> MetaAnalysisError {
        MetaAnalysisError(
            .malformedTable, "the group \(quoted(openLabel)) has more than \(limit) \(what)",
            remedy: "name a column with the group of every analysis", location: place(rows.line(row)))
    }

    private mutating func endGroup() throws {
        rowsOfGroup = 0
        guard labels.count > 0 else { return }
        if columns.layouts.isEmpty { try appendTable() }
        batch.endGroup()
    }

    private mutating func endBlock() {
        guard labels.count > 0 else { return }
        let block = free.popLast() ?? GroupBlock(settings.pooling, writer, keepsFaultyGroups: !settings.skipsBadRows)
        block.take(&batch, &labels, isFirst: blockCount == 0)
        blockCount += 1
        ended.append(block)
    }

    /// Label of the group that is being read.
    private var openLabel: String {
        labels.count > 0 ? String(decoding: labels[labels.count - 1], as: UTF8.self) : ""
    }

    /// Appends a row that needs care: a value is missing, the layout is another one, or there is a fault.
    @inline(never)
    private mutating func appendCarefully(_ numbers: UnsafePointer<Double>, _ row: Int) throws {
        for layout in columns.layouts {
            guard let outcome = layout.outcome(numbers, level: settings.columns.intervalLevel) else { continue }
            do {
                try outcome.validate(for: reportedMeasure)
            } catch var error as MetaAnalysisError {
                let slot = error.location.column.flatMap { layout.slot(of: $0) }
                error.location.file = header.table.name
                error.location.row = rows.line(row)
                error.location.column = slot.map { header.columns[columns.numbers[$0]] }
                return try refuse(error)
            }
            let effect = try? outcome.effect(reportedMeasure, settings: settings.effects, averages: [])
            guard let effect, effect.estimate.isFinite, effect.variance.isFinite,
                effect.variance >= EffectEstimate.leastVariance
            else { break }
            return batch.append(estimate: effect.estimate, variance: effect.variance)
        }
        if !rows.faultyRows.contains(row) { counts.withoutEffect += 1 }
    }

    /// Reads the rows of the open group as `StudyColumns` does.
    private mutating func appendTable() throws {
        guard !lines.isEmpty else { return }
        defer {
            text.removeAll(keepingCapacity: true)
            lines.removeAll(keepingCapacity: true)
        }
        var table = try header.table(rows: text, lines: lines)
        var reader = settings.columns
        reader.measure = columns.measure
        reader.splitsByTime = false
        while true {
            do {
                let outcomes = try reader.read(table, mixing: columns.wanted != nil, isPart: true)
                guard outcomes.count < 2 else {
                    let names = outcomes.prefix(3).map { quoted($0.outcome ?? "") }.joined(separator: ", ")
                    throw MetaAnalysisError(
                        .malformedTable,
                        "the group \(quoted(openLabel)) has several outcomes: \(names)",
                        remedy: "take one by a filter of the rows, or pool by the outcome",
                        location: MetaAnalysisError.Location(file: header.table.name, row: lines[0]))
                }
                for data in outcomes {
                    let effects = try data.studies.effectSizes(measureCode: columns.measure, settings: settings.effects)
                    for effect in effects.effects {
                        batch.append(estimate: effect.estimate, variance: effect.variance)
                    }
                    counts.withoutEffect += data.excluded.count - data.totals.count + effects.excluded.count
                    counts.totals += data.totals.count
                    if firstTotal == nil { firstTotal = data.totals.first.map { ($0.label, $0.row ?? lines[0]) } }
                }
                return
            } catch let error as MetaAnalysisError {
                guard settings.skipsBadRows, let line = error.location.row, lines.contains(line), table.rowCount > 0,
                    let row = (0..<table.rowCount).first(where: { table.line(ofRow: $0) == line })
                else { throw error }
                skip(error)
                table = table.removing(row: row)
                guard table.rowCount > 0 else { return }
            }
        }
    }
}
