/// Finds rows of the same study, which are not independent evidence, and reports what they seem to be and how to handle them.
///
/// Rows belong to one study if they have the same label and the same values in columns of years and other names of studies, if there are
/// any. Rows with the same label without a year and with very different sizes may be different studies of one author.
struct RepeatedStudies {
    private let table: Table
    /// Columns that identify studies, beginning with the column of labels; empty if no column has labels.
    private let naming: [Int]
    private let others: [Int]

    init(_ table: Table, _ finder: ColumnFinder, data: Set<Int>) {
        self.table = table
        let label = finder.structure("study")
        let folded = table.columns.map(ColumnNames.folded)
        let names = Set(ColumnNames.structure["study"] ?? []).union(ColumnNames.years)
        naming =
            label.map { label in
                [label] + folded.indices.filter { $0 != label && !data.contains($0) && names.contains(folded[$0]) }
            } ?? []
        let used = data.union(naming).union(["outcome", "cluster"].compactMap(finder.structure))
        others = folded.indices.filter { !used.contains($0) }
    }

    /// Relations between rows of one study.
    private enum Sort: Hashable {
        /// The same numbers repeated.
        case copies
        case sharedControl
        case sharedTreated
        case separated(column: Int, Meaning)
        /// Different studies, as far as their sizes show.
        case differentStudies
        case unknown
    }

    private enum Meaning: Hashable {
        case times, outcomes, groups, other
    }

    /// Sets the identity of each study whose label alone does not identify it, and returns warnings about rows that seem to depend on each
    /// other.
    ///
    /// - Parameters:
    ///   - studies: the studies read.
    ///   - rows: row of the table for each study.
    ///   - kind: kind of their data.
    func look<Outcome: StudyOutcome>(at studies: inout [Study<Outcome>], rows: [Int], kind: OutcomeKind) -> [Diagnostic]
    {
        guard let label = naming.first else { return [] }
        var sets: [String: [Int]] = [:]
        var order: [String] = []
        var keys: [String: Set<String>] = [:]
        for (index, row) in rows.enumerated() {
            guard table.text(row: row, column: label) != nil else { continue }
            let further = naming.dropFirst().map { table.text(row: row, column: $0) ?? "" }
            let key = ([studies[index].label] + further).joined(separator: "\u{1F}")
            if sets[key] == nil { order.append(key) }
            sets[key, default: []].append(index)
            keys[studies[index].label, default: []].insert(key)
        }
        // "Smith" of 1999 and "Smith" of 2004 are two studies.
        for (index, row) in rows.enumerated() where (keys[studies[index].label]?.count ?? 0) > 1 {
            let further = naming.dropFirst().compactMap { table.text(row: row, column: $0) }
            studies[index].identity = ([studies[index].label] + further).joined(separator: ", ")
        }
        let repeated = order.compactMap { sets[$0] }.filter { $0.count > 1 }
        var found = shared(studies, order.compactMap { sets[$0] })
        guard !repeated.isEmpty else { return found }
        let separating = separatingColumn(repeated, rows)
        var sorts: [Sort] = []
        var members: [Sort: [[Int]]] = [:]
        for set in repeated {
            let sort = sort(of: set, studies, rows, separating)
            if members[sort] == nil { sorts.append(sort) }
            members[sort, default: []].append(set)
            if sort == .differentStudies {
                for index in set {
                    studies[index].identity = "\(studies[index].label), line \(table.line(ofRow: rows[index]))"
                }
            }
        }
        let labels = studies.map(\.label)
        found += sorts.map { sort in
            message(sort, members[sort] ?? [], labels, rows, isOneGroup: kind.isOfOneGroup)
        }
        return found
    }

    // MARK: Relations between rows

    private func sort<Outcome: StudyOutcome>(
        of set: [Int], _ studies: [Study<Outcome>], _ rows: [Int], _ separating: (column: Int, meaning: Meaning)?
    ) -> Sort {
        let outcomes = set.map { studies[$0].outcome }
        let separating = separating.flatMap { separates(set, rows, $0.column) ? $0 : nil }
        // Several outcomes may well have the same small number of events in the control group.
        if let separating, separating.meaning == .times || separating.meaning == .outcomes {
            return .separated(column: separating.column, separating.meaning)
        }
        if Set(outcomes).count == 1, separating == nil { return .copies }
        let arms = outcomes.compactMap(\.arms)
        if arms.count == set.count {
            if Set(arms.map(\.control)).count < set.count { return .sharedControl }
            if Set(arms.map(\.treated)).count < set.count { return .sharedTreated }
        }
        if let separating {
            return .separated(column: separating.column, separating.meaning)
        }
        let sizes = outcomes.compactMap(\.sampleSize)
        if sizes.count == set.count, let least = sizes.min(), let greatest = sizes.max(), greatest > 1.5 * least,
            !studies[set[0]].label.contains(where: \.isNumber)
        {
            return .differentStudies
        }
        return .unknown
    }

    /// Returns the column in which the rows of most studies differ; a column whose name shows its meaning is preferred.
    private func separatingColumn(_ sets: [[Int]], _ rows: [Int]) -> (column: Int, meaning: Meaning)? {
        var best: (column: Int, meaning: Meaning, count: Int)?
        let sample = sets.prefix(500)
        for column in others {
            let meaning = Self.meaning(of: ColumnNames.folded(table.columns[column]))
            if meaning == .other {
                // A column with a different value in each row does not separate rows of a study, nor does one of measurements or remarks.
                let values = Set(rows.prefix(2000).map { table.text(row: $0, column: column) })
                guard 2 * values.count <= min(rows.count, 2000), values.allSatisfy({ ($0?.count ?? 0) <= 24 }) else {
                    continue
                }
            }
            let count = sample.count { separates($0, rows, column) }
            guard 2 * count >= sample.count, count > 0 else { continue }
            let isBetter = best.map { ($0.meaning == .other, $0.count) } ?? (true, 0)
            if (meaning != .other && isBetter.0) || (meaning == .other) == isBetter.0 && count > isBetter.1 {
                best = (column, meaning, count)
            }
        }
        return best.map { ($0.column, $0.meaning) }
    }

    private func separates(_ set: [Int], _ rows: [Int], _ column: Int) -> Bool {
        var seen: Set<String> = []
        return set.allSatisfy { index in
            table.text(row: rows[index], column: column).map { seen.insert($0).inserted } ?? false
        }
    }

    private static func meaning(of name: String) -> Meaning {
        let words = Set(name.split { !$0.isLetter }.map(String.init))
        if ColumnNames.isTimePoint(name)
            || !words.isDisjoint(with: ["time", "timepoint", "followup", "visit", "wave", "occasion"])
        {
            return .times
        }
        if !words.isDisjoint(with: [
            "outcome", "outcomes", "endpoint", "measure", "scale", "instrument", "domain", "out",
        ]) {
            return .outcomes
        }
        if !words.isDisjoint(
            with: [
                "dose", "arm", "arms", "treatment", "treat", "trt", "intervention", "group", "grp", "condition",
                "comparison",
            ])
        {
            return .groups
        }
        return .other
    }

    // MARK: Groups that rows of different labels share

    /// Returns a warning about rows with the same numbers in a group whose labels differ only at the end ("Smith 2001a", "Smith 2001b").
    private func shared<Outcome: StudyOutcome>(_ studies: [Study<Outcome>], _ sets: [[Int]]) -> [Diagnostic] {
        var byControl: [[Double]: [Int]] = [:]
        var order: [[Double]] = []
        for set in sets {
            guard let control = studies[set[0]].outcome.arms?.control else { return [] }
            if byControl[control] == nil { order.append(control) }
            byControl[control, default: []].append(set[0])
        }
        let found = order.compactMap { control -> [String]? in
            guard let members = byControl[control], members.count > 1 else { return nil }
            let labels = members.map { studies[$0].label }
            let digits = control.reduce(0) { $0 + $1.significantDigits }
            let isCertain = digits >= 8 || digits >= 3 && labels.dropFirst().allSatisfy { Self.isAlike($0, labels[0]) }
            return isCertain ? labels : nil
        }
        guard !found.isEmpty else { return [] }
        return [
            Diagnostic(
                .warning, .duplicateLabels,
                "these rows have the same control group, number by number, and seem to be of one study: "
                    + Self.ofShared,
                studies: found.flatMap(\.self))
        ]
    }

    /// Whether two labels are equal up to and including a number, and differ in what follows it.
    private static func isAlike(_ first: String, _ second: String) -> Bool {
        let common = zip(first, second).prefix { $0 == $1 }.map(\.0)
        guard common.contains(where: \.isNumber), common.contains(where: \.isLetter), first != second else {
            return false
        }
        let next = [first.dropFirst(common.count).first, second.dropFirst(common.count).first]
        // "Trial 1" and "Trial 10", or "Trial 11" and "Trial 12", are no more alike than other trials.
        return !next.contains { $0?.isNumber == true }
    }

    // MARK: Messages

    private static let dependence =
        "rows of one study depend on each other, and pooled together its participants count more than once"
    private static let ofShared =
        "its participants count once for each row; combine the other groups into one row, divide the shared group between the rows,"
        + " or take one row of the study (--filter)"

    private func message(
        _ sort: Sort, _ sets: [[Int]], _ labels: [String], _ rows: [Int], isOneGroup: Bool
    ) -> Diagnostic {
        let studies = sets.map { labels[$0[0]] }
        let label = table.columns[naming[0]]
        let robust = "allow for the dependence (regress --cluster \(label), or a multilevel model)"
        let one = "take one row of each study (--filter)"
        let text: String
        switch sort {
        case .copies:
            text = "rows of one study have the same numbers, so that it counts more than once: leave out the copies"
        case .sharedControl:
            text = "rows of one study have the same control group: " + Self.ofShared
        case .sharedTreated:
            text = "rows of one study have the same treated group: " + Self.ofShared
        case .separated(let column, let meaning):
            let (what, way) = words(meaning, column, isOneGroup: isOneGroup)
            text =
                "a study stands in several rows, which seem to be \(what) (column \(quoted(table.columns[column])): "
                + "\(values(column, sets, rows))): \(Self.dependence); \(one), \(way), or \(robust)"
        case .differentStudies:
            return Diagnostic(
                .note, .duplicateLabels,
                "a label stands in several rows of different size, which are counted as different studies: give each its own label, or"
                    + " a column year; if they are parts of one study, they depend on each other, and regress --cluster allows for it",
                studies: studies)
        case .unknown:
            let isName = studies.contains { !$0.contains(where: \.isNumber) }
            text =
                "a study stands in several rows, as do time points, outcomes, doses or groups of one study: \(Self.dependence); "
                + "\(one), analyze them apart (a column outcome or time), combine them into one row, or \(robust)"
                + (isName ? "; if they are different studies or samples, give each its own label" : "")
        }
        return Diagnostic(.warning, .duplicateLabels, text, studies: studies)
    }

    private func words(_ meaning: Meaning, _ column: Int, isOneGroup: Bool) -> (what: String, way: String) {
        let name = table.columns[column]
        let apart = "analyze each by itself (--columns outcome=\(name))"
        switch meaning {
        case .times: return ("several time points", apart)
        case .outcomes: return ("several outcomes", apart)
        case .groups where isOneGroup:
            return (
                "the groups of one study, such as two groups of a trial",
                "put the two groups side by side in one row, for the difference between them, or pool each group apart (--filter)"
            )
        case .groups: return ("several doses or groups", "combine them into one row")
        case .other: return ("several effects of one study", apart)
        }
    }

    private func values(_ column: Int, _ sets: [[Int]], _ rows: [Int]) -> String {
        var seen: [String] = []
        for index in sets.joined() {
            guard let value = table.text(row: rows[index], column: column), !seen.contains(value) else { continue }
            guard seen.count < 5 else { return seen.map(inOneLine).joined(separator: ", ") + ", …" }
            seen.append(value)
        }
        return seen.map(inOneLine).joined(separator: ", ")
    }
}

extension OutcomeKind {
    /// Whether a row holds the data of a single group of participants, without another to compare it with.
    fileprivate var isOfOneGroup: Bool {
        switch self {
        case .pairedMeans, .singleMean, .proportion, .rate: true
        default: false
        }
    }
}
