import MetaAnalysis

/// A run of `pool --arrays`: it reads arrays block by block, pools them and writes the results.
struct ArrayRun {
    var files: [String]
    /// Names of arrays by role, for those that differ from the role.
    var names: [String: String]
    var pooling: BatchPooling
    var digits: Int?
    var skipsBad: Bool
    var isStrict: Bool
    /// Whether text is written, whatever the name of the output.
    var isText: Bool
    var output: String?

    private static let roles = ["yi", "vi", "sei", "offsets"]

    func run() throws {
        do {
            try pool()
        } catch let error as MetaAnalysisError {
            throw CommandFailure(error, file: files.joined(separator: ", "))
        }
    }

    private func pool() throws {
        let input = try inputs()
        let precision: GroupedArrays.Precision = input.precision.role == "vi" ? .variance : .standardError
        let arrays = try GroupedArrays(
            effects: input.effects.header, precisions: input.precision.array.header, of: precision,
            offsets: try input.offsets?.wholeNumbers(), file: input.place)
        let form = self.form
        var run = ArrayPoolingRun(
            pooling, arrays, form: form, file: input.place, skippingBad: skipsBad)
        let largest = arrays.largestBlock
        try checkSizes(arrays, largest, form, input.place)
        let destination = try OutputStream(output)
        let effects = UnsafeMutableRawBufferPointer.allocate(
            byteCount: largest * arrays.elements.0.size, alignment: 16)
        let precisions = UnsafeMutableRawBufferPointer.allocate(
            byteCount: largest * arrays.elements.1.size, alignment: 16)
        defer {
            effects.deallocate()
            precisions.deallocate()
        }
        var first = 0
        while first < arrays.groupCount {
            let block = arrays.block(from: first)
            let count = arrays.studyCount(block)
            let parts = (
                UnsafeMutableRawBufferPointer(rebasing: effects.prefix(count * arrays.elements.0.size)),
                UnsafeMutableRawBufferPointer(rebasing: precisions.prefix(count * arrays.elements.1.size))
            )
            try input.effects.read(into: parts.0)
            try input.precision.array.read(into: parts.1)
            try run.pool(
                block, effects: UnsafeRawBufferPointer(parts.0), precisions: UnsafeRawBufferPointer(parts.1))
            if run.output.count >= 1 << 16 {
                try destination.write(run.output.bytes)
                run.output.removeAll()
            }
            first = block.upperBound
        }
        let warnings = Self.warnings(run, file: input.place)
        if isStrict, let first = warnings.first {
            throw CommandFailure(.dataWrong, "\(first); remove the cause, or leave out --strict")
        }
        try destination.write(run.output.bytes)
        if case .columns = form {
            var archive = ZipWriter(destination)
            for (index, name) in ArrayPoolingRun.names.enumerated() {
                try archive.add(name + ".npy", run.column(index))
            }
            try archive.finish()
        }
        try destination.finish()
        for warning in warnings { OutputFile.report("warning: " + warning) }
    }

    /// Rejects sizes for which memory cannot be allocated.
    private func checkSizes(
        _ arrays: GroupedArrays, _ largest: Int, _ form: ArrayPoolingRun.Form, _ place: String
    ) throws {
        let limit = TableLimits.bytes(ArrayFile.greatestSize)
        guard largest * max(arrays.elements.0.size, arrays.elements.1.size) <= ArrayFile.greatestSize else {
            throw CommandFailure(
                .dataWrong,
                """
                \(place): \(largest) effects are to be read at once, more than \(limit); save the arrays with the studies of a \
                group together (numpy.ascontiguousarray), or pool the groups in parts
                """)
        }
        guard case .columns = form else { return }
        guard arrays.groupCount * ArrayPoolingRun.names.count * 8 <= 2 * ArrayFile.greatestSize else {
            throw CommandFailure(
                .dataWrong,
                """
                \(place): \(arrays.groupCount) groups are too many for an answer as .npz, which is held in memory; write .npy or .csv
                """)
        }
    }

    private var form: ArrayPoolingRun.Form {
        guard !isText, let output else { return .csv(digits: digits ?? 0) }
        if output.lowercased().hasSuffix(".npz") { return .columns }
        if output.lowercased().hasSuffix(".npy") { return .records }
        return .csv(digits: digits ?? 0)
    }

    private static func warnings(_ run: borrowing ArrayPoolingRun, file: String) -> [String] {
        let counts = run.counts
        var warnings =
            LeftOutWarnings.warnings(run.badStudies, count: counts.bad, "study", "bad studies", file: file)
            + LeftOutWarnings.warnings(run.leftOutGroups, "group", file: file)
        if counts.missing > 0 { warnings.append("\(file): studies without an effect (NaN): \(counts.missing)") }
        if counts.emptyGroups > 0 {
            warnings.append("\(file): groups without a study that can be pooled: \(counts.emptyGroups)")
        }
        return warnings
    }
}

// MARK: - Which array is which

extension ArrayRun {
    private struct Inputs {
        var effects: ArrayFile
        var precision: (role: String, array: ArrayFile)
        var offsets: ArrayFile?

        /// Names of the files of the arrays for messages.
        var place: String {
            let files = [effects.file.name, precision.array.file.name] + (offsets.map { [$0.file.name] } ?? [])
            return files.indices.filter { !files[..<$0].contains(files[$0]) }.map { files[$0] }
                .joined(separator: ", ")
        }
    }

    private func inputs() throws -> Inputs {
        for role in names.keys.sorted() where !Self.roles.contains(role) {
            throw CommandFailure(
                .usage, "there is no array role \"\(role)\"; take one of \(Self.roles.joined(separator: ", "))")
        }
        var found: [(name: String, open: () throws -> ArrayFile)] = []
        for file in files {
            let source = try InputSource.find(file)
            if let note = source.note { OutputFile.report("note: " + note) }
            found += try ArrayFile.all(in: RandomAccessFile(source))
        }
        let place = files.joined(separator: ", ")
        let list = found.map { "\"\($0.name)\"" }.joined(separator: ", ")
        func array(_ role: String) throws -> ArrayFile? {
            let name = names[role] ?? role
            guard !name.isEmpty else { return nil }
            let fitting = found.filter { $0.name == name }
            guard fitting.count < 2 else {
                throw CommandFailure(.dataWrong, "\(place): there are \(fitting.count) arrays \"\(name)\"; give one")
            }
            guard let first = fitting.first else {
                guard names[role] == nil else {
                    throw CommandFailure(.dataWrong, "\(place): there is no array \"\(name)\"; take one of \(list)")
                }
                return nil
            }
            return try first.open()
        }
        func missing(_ role: String, _ what: String) -> CommandFailure {
            CommandFailure(
                .dataWrong,
                "\(place): there is no array \(role) (there are \(list)); save \(what) under this name, or name it with --columns \(role)=NAME"
            )
        }
        guard let effects = try array("yi") else { throw missing("yi", "the effects") }
        let isNamed = (variances: names["vi", default: ""] != "", errors: names["sei", default: ""] != "")
        guard !isNamed.variances || !isNamed.errors else {
            throw CommandFailure(.usage, "--columns names both vi and sei; name the one that is to be taken")
        }
        let (variances, errors) = (try array("vi"), isNamed.variances ? nil : try array("sei"))
        let precision: (String, ArrayFile)
        switch (variances, errors) {
        case (nil, nil): throw missing("vi", "the sampling variances")
        case (nil, let errors?): precision = ("sei", errors)
        case (let variances?, nil): precision = ("vi", variances)
        case (let variances?, let errors?):
            precision = isNamed.errors ? ("sei", errors) : ("vi", variances)
            let other = isNamed.errors ? variances : errors
            OutputFile.report("note: \(place): the precision is the array \(precision.1.name), not \(other.name)")
        }
        return Inputs(effects: effects, precision: precision, offsets: try array("offsets"))
    }
}
