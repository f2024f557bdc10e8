/// Finds rows of one outcome that are not studies but totals of others, by their name or because their counts are sums of others.
struct TotalRows {
    struct Total {
        var row: Int
        /// Completes "left out: …".
        var reason: String
    }

    /// Rows that are studies.
    private(set) var studies: [Int]
    /// Rows that are left out, in the order of the table.
    private(set) var totals: [Total] = []
    /// Rows that are kept although their only count is the sum of all others.
    private(set) var doubtful: [Int] = []

    private let table: Table
    private let sums: Summands
    private let group: Int?
    private let naming: Int?

    /// Least product of the summed numbers above which agreement is not considered chance: about one row in ten thousand would agree by
    /// chance.
    private static let certainty = 1e4
    /// Largest number of rows searched for sums. A longer list contains no total, but sums by chance.
    private static let mostRows = 2000
    /// The same for sums of two rows, which round numbers easily give.
    private static let certaintyOfTwo = 1e6

    /// Separates totals from studies.
    ///
    /// - Parameter addsUp: whether sums are searched; arms of networks easily have sums by chance.
    init(_ table: Table, rows: [Int], data: DataColumns, label: Int?, group: Int?, addsUp: Bool = true) {
        self.table = table
        self.group = group
        studies = rows
        sums = Summands(table, rows: rows, data: data)
        // In a table without a column of studies, the first column names the rows if any column does.
        let dataColumns = Set(data.layouts.flatMap { $0.matches.map(\.column) })
        naming = label ?? (dataColumns.contains(0) || !Self.names(rows, table, 0) ? nil : 0)
        if let naming { leaveOutNamed(by: naming) }
        if addsUp, sums.isUseful, rows.count <= Self.mostRows { leaveOutSums() }
        totals.sort { $0.row < $1.row }
    }

    /// Whether a column has a name for each row, and not for a group of rows.
    private static func names(_ rows: [Int], _ table: Table, _ column: Int) -> Bool {
        let texts = rows.prefix(mostRows).map { table.text(row: $0, column: column) }
        return 5 * Set(texts).count >= 4 * texts.count
    }

    func excluded(label: Int?) -> [ExcludedStudy] {
        totals.map { ExcludedStudy(label: name($0.row, label), row: table.line(ofRow: $0.row), reason: $0.reason) }
    }

    func diagnostics(label: Int?) -> [Diagnostic] {
        totals.map { Diagnostic(.warning, .totalRow, "left out: \($0.reason)", studies: [name($0.row, label)]) }
            + doubtful.map {
                Diagnostic(
                    .warning, .doubtfulNumbers,
                    "the last row has as many participants as all others together; leave it out if it is their total",
                    studies: [name($0, label)])
            }
    }

    private func name(_ row: Int, _ label: Int?) -> String {
        (label ?? naming).flatMap { table.text(row: row, column: $0) } ?? "row \(table.line(ofRow: row))"
    }

    // MARK: Names

    private mutating func leaveOutNamed(by column: Int) {
        let named = studies.filter { row in
            table.text(row: row, column: column).map { TotalLabel.mayBegin($0) && TotalLabel.sumsUp($0) } ?? false
        }
        // If there are no other rows, these are the data.
        guard !named.isEmpty, named.count < studies.count else { return }
        let others = Set(named)
        let largest = studies.filter { !others.contains($0) }.compactMap(sums.size).max()
        for row in named {
            // A trial named TOTAL is smaller than some other study; a total is not.
            if let own = sums.size(row), let largest, own < largest,
                table.text(row: row, column: column)?.lowercased().hasPrefix("sub") == false
            {
                continue
            }
            leaveOut(row, "its name says that it sums up other rows, so that it is no study; rename it if it is one")
        }
    }

    // MARK: Sums

    private mutating func leaveOutSums() {
        var sinceTotal = Running(sums.width)
        var ofGroup: [String: Running] = [:]
        let left = Set(totals.map(\.row))
        let order = (studies + totals.map(\.row)).sorted()
        var found: [(row: Int, reason: String)] = []
        for row in order {
            guard !left.contains(row) else {
                sinceTotal = Running(sums.width)
                continue
            }
            guard let values = sums.values(row) else { continue }
            let name = group.flatMap { table.text(row: row, column: $0) }
            let own = name.flatMap { ofGroup[$0] }
            if sinceTotal.count > 2, isSum(values, sinceTotal) {
                found.append((row, Self.reason(sinceTotal.count, "before it")))
                sinceTotal = Running(sums.width)
                continue
            }
            if let own, own.count > 1, isSum(values, own) {
                found.append((row, Self.reason(own.count, "of its group before it")))
                continue
            }
            sinceTotal.add(values)
            if let name { ofGroup[name, default: Running(sums.width)].add(values) }
        }
        found.forEach { leaveOut($0.row, $0.reason) }
        leaveOutSumsOfAll()
        leaveOutHeadsOfGroups()
    }

    /// Leaves out a row whose numbers are the sums of all others, wherever it is.
    private mutating func leaveOutSumsOfAll() {
        var all = Running(sums.width)
        for row in studies { if let values = sums.values(row) { all.add(values) } }
        guard all.count > 2 else { return }
        for row in studies {
            guard let values = sums.values(row), let others = all.without(values) else { continue }
            if isSum(values, others) {
                return leaveOut(row, Self.reason(others.count, "beside it"))
            }
            if sums.width == 1, row == studies.last, others.count > 2, others.equals(values), values[0] >= 50 {
                doubtful.append(row)
            }
        }
    }

    /// Leaves out a row at the head of a group that is the sum of the rest of the group.
    private mutating func leaveOutHeadsOfGroups() {
        guard let group else { return }
        var order: [String] = []
        var members: [String: [Int]] = [:]
        for row in studies {
            guard let name = table.text(row: row, column: group) else { continue }
            if members[name] == nil { order.append(name) }
            members[name, default: []].append(row)
        }
        for name in order {
            guard let rows = members[name], rows.count > 2, let head = rows.first, let values = sums.values(head) else {
                continue
            }
            var rest = Running(sums.width)
            for row in rows.dropFirst() { if let values = sums.values(row) { rest.add(values) } }
            if rest.count > 1, isSum(values, rest) { leaveOut(head, Self.reason(rest.count, "of its group")) }
        }
    }

    private static func reason(_ count: Int, _ place: String) -> String {
        "its numbers are the sums of the \(count) rows \(place), so that it is their total and no study"
    }

    private func isSum(_ values: [Double], _ others: Running) -> Bool {
        guard others.count > 1, others.equals(values) else { return false }
        let evidence = values.reduce(1) { $0 * max(1, abs($1)) }
        return evidence >= (others.count == 2 ? Self.certaintyOfTwo : Self.certainty)
    }

    private mutating func leaveOut(_ row: Int, _ reason: String) {
        studies.removeAll { $0 == row }
        totals.append(Total(row: row, reason: reason))
    }
}

/// Sums of the numbers of rows.
private struct Running {
    var count = 0
    var sums: [Double]

    init(_ width: Int) { sums = Array(repeating: 0, count: width) }

    mutating func add(_ values: [Double]) {
        count += 1
        for index in sums.indices { sums[index] += values[index] }
    }

    func without(_ values: [Double]) -> Running? {
        guard count > 1 else { return nil }
        var rest = self
        rest.count -= 1
        for index in sums.indices { rest.sums[index] -= values[index] }
        return rest
    }

    /// Whether the sums equal these numbers, with a tolerance because person-time is rounded.
    func equals(_ values: [Double]) -> Bool {
        zip(sums, values).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
    }
}

/// The numbers of rows that add up in a total: counts and participants, not means and effects.
private struct Summands {
    private let table: Table
    private let columns: [Int]
    private let sizes: [Int]

    /// Uses the columns of the layout in which most rows are complete.
    init(_ table: Table, rows: [Int], data: DataColumns) {
        self.table = table
        let layout = data.layouts.max { left, right in
            Self.complete(rows, table, left) < Self.complete(rows, table, right)
        }
        let pairs = layout.map { Array(zip($0.roles, $0.matches)) } ?? []
        columns = pairs.filter { data.kind.addsUp($0.0) }.map(\.1.column)
        sizes = pairs.filter { data.kind.addsUp($0.0) && $0.0.isSize }.map(\.1.column)
    }

    var width: Int { columns.count }
    var isUseful: Bool { !columns.isEmpty }

    func values(_ row: Int) -> [Double]? { numbers(row, columns) }

    /// Returns the number of participants of a row; `nil` if no column holds it.
    func size(_ row: Int) -> Double? { sizes.isEmpty ? nil : numbers(row, sizes)?.reduce(0, +) }

    private func numbers(_ row: Int, _ columns: [Int]) -> [Double]? {
        var values: [Double] = []
        for column in columns {
            guard let value = try? table.number(row: row, column: column), value.isFinite else { return nil }
            values.append(value)
        }
        return values
    }

    private static func complete(_ rows: [Int], _ table: Table, _ layout: DataColumns.Layout) -> Int {
        rows.count { row in layout.matches.allSatisfy { !table.isMissing(row: row, column: $0.column) } }
    }
}

extension OutcomeKind {
    /// Whether the numbers of this role add up over studies.
    fileprivate func addsUp(_ role: Role) -> Bool {
        switch self {
        case .twoByTwo, .twoGroupRates, .pairedTable, .rate, .genotypes, .logRank: true
        case .proportion: role != .proportion
        case .twoGroupMeans, .pairedMeans, .singleMean, .correlation, .superiority: role.isSize
        case .pairedMargins, .reliability, .partialCorrelation, .determination, .reported: false
        }
    }
}
