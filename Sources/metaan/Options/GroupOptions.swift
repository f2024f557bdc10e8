import ArgumentParser
import MetaAnalysis

/// Options for one analysis for each value of a column.
struct GroupOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            One analysis for each value of a column, any number of them: the file is read once, and memory does not grow \
            with it. The rows of a group stand together. Writes a line for each group, as csv (the default) or json.
            """, valueName: "column"))
    var by: String?

    @Flag(
        help: """
            With --by, --join or --arrays: leave out rows that are wrong and groups that cannot be pooled, and list the first 20 of \
            both with their number at the end. Of rows of one file with the same key the first is kept.
            """)
    var skipBad = false

    @Option(
        help: .init(
            """
            With --by, --join or --arrays: significant digits of the numbers, 1 to 17; by default as many as give the same number \
            back.
            """, valueName: "count"))
    var digits: Int?

    @Option(
        help: .init(
            """
            With --by: threads that work on the groups, 1 to 8. The answer is the same, and each takes up to 4 MiB more. One of them \
            reads the file.
            """, valueName: "count"))
    var threads = 1

    func validate() throws {
        guard (1...8).contains(threads) else {
            throw ValidationError("--threads \(threads) is not from 1 to 8; write --threads 2, or leave it out")
        }
        if let digits, !(1...17).contains(digits) {
            throw ValidationError("--digits \(digits) is not from 1 to 17; write --digits 6, or leave it out")
        }
    }
}

extension PoolCommand {
    /// Rejects options that have no meaning for groups that are read as a stream.
    func validateGroups() throws {
        if groups.by == nil, cohorts.join == nil, !arrays.arrays {
            if groups.skipBad { throw ValidationError("--skip-bad needs groups; add --by COLUMN, or leave it out") }
            if groups.digits != nil { throw ValidationError("--digits needs groups; add --by COLUMN, or leave it out") }
        }
        if groups.by == nil, groups.threads != 1 {
            throw ValidationError("--threads needs groups of one file; add --by COLUMN, or leave it out")
        }
        guard groups.by != nil else { return }
        func refuse(_ option: String, _ remedy: String = "leave it out, or take one group by --filter") throws {
            throw ValidationError("\(option) has no meaning with --by; \(remedy)")
        }
        if subgroup != nil { try refuse("--subgroup") }
        if emit != nil { try refuse("--emit") }
        if model.prediction != nil { try refuse("--prediction") }
        if model.tauSquaredInterval != nil { try refuse("--tau2-interval") }
        if let weighting = model.weighting, weighting != .inverseVariance {
            try refuse("--weighting \(weighting.rawValue)")
        }
        if model.chosenModel != .random, model.chosenModel != .common {
            try refuse("--model \(model.chosenModel.rawValue)", "take --model random or common")
        }
        if let format = output.format, format != .csv, format != .json {
            try refuse("--format \(format.rawValue)", "take csv or json")
        }
    }

    func poolGroups(by column: String) throws {
        let source = try InputSource.find(input.file)
        if let note = source.note { OutputFile.report("note: " + note) }
        do {
            try poolGroups(by: column, of: ByteStream(source))
        } catch let error as MetaAnalysisError {
            throw CommandFailure(error, file: source.name)
        }
    }

    private func poolGroups(by column: String, of stream: ByteStream) throws {
        var found: TableHeader?
        while found == nil {
            found = try TableHeader(stream.bytes, isLast: stream.isAtEnd, name: stream.name)
            if found == nil { try stream.fill() }
        }
        guard let header = found else { return }
        stream.consume(header.byteCount)
        let isJSON = output.format == .json
        let writer = GroupWriter(
            isJSON ? .json : .csv, digits: groups.digits ?? 0,
            estimator: model.settings(level: level.level).heterogeneity.estimator)
        var run = try GroupedPoolingRun(groupedPooling(by: column), header, writer: writer)
        for note in input.idleLevel(run.readsIntervals) { OutputFile.report("note: \(stream.name): \(note.message)") }
        // The output is opened first, but nothing is written before the columns have been checked.
        let destination = try OutputStream(output.output)
        let frame = StreamedDocument(command: Self.configuration.commandName ?? "", isJSON: isJSON)
        let settings = RunSettings(self, by: column, measure: run.measure)
        var head = try frame.head(settings)
        // Nothing is written before the first groups are pooled.
        func write(_ block: GroupBlock) throws {
            if !head.isEmpty { try destination.write(head.utf8) }
            head = ""
            try destination.write(block.text.bytes)
        }
        let threads = OrderedThreads<PooledGroups>(count: groups.threads) { $0.pool() }
        var progress = ProgressLine(size: stream.size)
        while true {
            let consumed: Int
            do {
                consumed = try run.read(stream.bytes, isLast: stream.isAtEnd)
            } catch {
                // Groups before the row are written first, so that the output of a failed run does not depend on the threads.
                while let pooled = threads.next(all: true) { try write(pooled.noted(in: &run)) }
                throw error
            }
            stream.consume(consumed)
            for block in run.takeEnded() { threads.add(PooledGroups(block)) }
            while let pooled = threads.next() {
                let block = try pooled.noted(in: &run)
                try write(block)
                run.reuse(block)
            }
            guard consumed == 0 else { continue }
            if stream.isAtEnd { break }
            try stream.fill()
            progress.update(bytesRead: stream.bytesRead, groups: run.counts.groups)
        }
        try run.finish()
        progress.clear()
        for block in run.takeEnded() { threads.add(PooledGroups(block)) }
        var last: [GroupBlock] = []
        while let pooled = threads.next(all: true) { last.append(try pooled.noted(in: &run)) }
        let failed = run.leftOutGroups
        if !groups.skipBad, failed.count == run.counts.groups, let first = failed.listed.first { throw first }
        let warnings = Self.warnings(run, file: stream.name, areGroupsLeftOut: groups.skipBad)
        if output.strict, let first = warnings.first {
            throw CommandFailure(.dataWrong, "\(first); remove the cause, or leave out --strict")
        }
        for block in last { try write(block) }
        let tail = try frame.tail(InputRecord(file: stream.name, rows: run.counts.rows), warnings: warnings)
        try destination.write((head + tail).utf8)
        try destination.finish()
        for warning in warnings { OutputFile.report("warning: " + warning) }
    }

    private func groupedPooling(by column: String) throws -> GroupedPooling {
        GroupedPooling(
            by: column,
            columns: StudyColumns(
                assignments: try input.columns.map { try StudyColumns.assignments($0) } ?? [:],
                measure: effects.measure, intervalLevel: input.intervalLevel, quantileMethod: quantiles.method),
            effects: effects.settings, pooling: BatchPooling(model.settings(level: level.level)),
            filters: input.filter,
            skipsBadRows: groups.skipBad)
    }

    private static func warnings(
        _ run: borrowing GroupedPoolingRun, file: String, areGroupsLeftOut: Bool
    ) -> [String] {
        let counts = run.counts
        var warnings =
            LeftOutWarnings.warnings(run.badRows, count: counts.bad, "row", "bad rows", file: file)
            + LeftOutWarnings.warnings(
                run.leftOutGroups, "group", file: file, fate: areGroupsLeftOut ? "left out" : "not estimable")
        if let first = run.firstTotal {
            warnings.append(
                "\(file): rows left out as they sum up other rows, by their names or numbers: \(counts.totals), the first on line "
                    + "\(first.line) (\(first.label.singleLine))")
        }
        if counts.withoutEffect > 0 {
            warnings.append(
                "\(file): rows left out as a value is missing or the measure gives no effect: \(counts.withoutEffect)")
        }
        return warnings
    }
}

/// A block of groups that is pooled on another thread, with the error that occurred there.
private final class PooledGroups: @unchecked Sendable {
    private let block: GroupBlock
    private var failure: (any Error)?

    init(_ block: GroupBlock) { self.block = block }

    func pool() {
        do { try block.pool() } catch { failure = error }
    }

    /// Returns the block after recording its left-out groups.
    func noted(in run: inout GroupedPoolingRun) throws -> GroupBlock {
        if let failure { throw failure }
        try run.note(block)
        return block
    }
}

extension RunSettings {
    fileprivate init(_ command: PoolCommand, by column: String, measure: String) {
        let estimation = command.model.settings(level: command.level.level)
        self.measure = measure
        model = command.model.chosenModel.rawValue
        estimator = estimation.heterogeneity.estimator
        interval = estimation.interval
        level = estimation.level
        tauSquared = command.model.tauSquared
        weighting = .inverseVariance
        effects = command.effects.settings
        columns = command.input.columns
        filters = command.input.filter
        by = column
    }
}
