/// Arms side by side, with one study in a row: `treat1 event1 n1 treat2 event2 n2 …`, `t[,1] r[,1] n[,1] …`, `T.1 Mean.1 …` and similar
/// names.
///
/// The number in the name of a column gives the arm, and the rest of the name gives its role. The first known name of treatments that is
/// numbered twice or more determines the number of arms.
struct NumberedArms {
    /// The columns of one arm.
    struct Arm {
        let number: Int
        let treatment: Int
        let finder: ColumnFinder
        /// Columns of this arm alone, with data of a kind that arms have.
        let data: [Int]
    }

    /// Arms by their numbers, two or more.
    let arms: [Arm]
    /// Column with the number of arms of each study (`na[]`); `nil` without one.
    let count: Int?
    /// Numbered columns other than treatments, by the rest of their names.
    private let columns: [String: [(number: Int, column: Int)]]

    /// Finds the arms in the names of columns.
    ///
    /// - Returns: `nil` where fewer than two numbered columns name treatments, or where their roles are turned off.
    init?(_ table: Table, _ finder: ColumnFinder) {
        guard !["treat1", "treat2"].contains(where: { finder.isOff(ColumnNames.network[$0] ?? []) }) else { return nil }
        for scheme in ColumnNumber.Scheme.allCases {
            if let found = Self(table, finder, scheme) {
                self = found
                return
            }
        }
        return nil
    }

    private init?(_ table: Table, _ finder: ColumnFinder, _ scheme: ColumnNumber.Scheme) {
        let numbers = table.columns.map { ColumnNumber($0, scheme) }
        var columns: [String: [(number: Int, column: Int)]] = [:]
        for (column, number) in numbers.enumerated() {
            if let number { columns[number.stem, default: []].append((number.number, column)) }
        }
        guard let (stem, treatments) = Self.treatments(finder, numbers, columns),
            scheme == .digits || treatments.keys.sorted().elementsEqual(1...treatments.count)
        else { return nil }
        let assigned = Self.assignedRoles(finder, numbers)
        columns[stem] = nil
        self.columns = columns
        count = table.columns.firstIndex { ["na[]", "na"].contains(ColumnNames.folded($0)) }
        arms = treatments.sorted { $0.key < $1.key }.map { number, treatment in
            var names: [String: [Int]] = [:]
            for (column, name) in table.columns.enumerated() where numbers[column] == nil {
                names[ColumnNames.folded(name), default: []].append(column)
            }
            for (stem, members) in columns {
                for member in members where member.number == number { names[stem, default: []].append(member.column) }
            }
            var roles: [String: Int] = [:]
            for (role, place) in assigned {
                roles[role] =
                    place.byNumber[number] ?? place.stem.flatMap { columns[$0]?.first { $0.number == number }?.column }
            }
            let own = finder.ofArm(names, roles: roles)
            let data = ColumnNames.ofArms.compactMap { role in
                own.match(role.kinds.flatMap { ColumnNames.of(role.role, in: $0) })?.column
            }
            return Arm(
                number: number, treatment: treatment, finder: own, data: data.filter { numbers[$0]?.number == number })
        }
    }

    /// Names of treatments without their number, in the order of the search; `t` may also be a time.
    private static let treatmentNames = ColumnNames.network["treatment", default: []] + ["drug", "node", "name", "t"]

    /// Finds the columns of treatments by their numbers; assigned columns take precedence if their names are numbered alike.
    private static func treatments(
        _ finder: ColumnFinder, _ numbers: [ColumnNumber?], _ columns: [String: [(number: Int, column: Int)]]
    ) -> (stem: String, columns: [Int: Int])? {
        let assigned = ["treatment", "treat1", "treat2"].filter { finder.isAssigned(ColumnNames.network[$0] ?? []) }
        if !assigned.isEmpty {
            let places = assigned.compactMap { finder.network($0) }
            let found = places.compactMap { numbers[$0] }
            guard let first = found.first, found.count == places.count, found.allSatisfy({ $0.stem == first.stem })
            else { return nil }
            return pick(first.stem, columns)
        }
        return treatmentNames.lazy.compactMap { pick($0, columns) }.first
    }

    private static func pick(
        _ stem: String, _ columns: [String: [(number: Int, column: Int)]]
    ) -> (stem: String, columns: [Int: Int])? {
        let members = columns[stem] ?? []
        let byNumber = Dictionary(members.map { ($0.number, $0.column) }, uniquingKeysWith: { first, _ in first })
        return byNumber.count > 1 ? (stem, byNumber) : nil
    }

    /// The columns that the caller assigned to data of an arm: a column for some arms, and the name of the columns of the others if it is
    /// numbered.
    private struct Assignment {
        var byNumber: [Int: Int] = [:]
        var stem: String?
    }

    private static func assignedRoles(_ finder: ColumnFinder, _ numbers: [ColumnNumber?]) -> [String: Assignment] {
        var found: [String: Assignment] = [:]
        for (role, own, arm) in pairRoles {
            guard finder.isAssigned([role]), let column = finder.match([role])?.column else { continue }
            if let arm { found[own, default: Assignment()].byNumber[arm] = column }
            // Without a number in the role, or in the name of the column, the assignment holds for every arm.
            let stem = numbers[column]?.stem
            if let stem { found[own, default: Assignment()].stem = stem }
            if arm == nil, stem == nil { found[own] = Assignment(stem: nil) }
        }
        return found
    }

    /// Roles of the data of two groups, and of one group, as roles of an arm.
    private static let pairRoles: [(role: String, own: String, arm: Int?)] =
        [("ai", "xi", 1), ("ci", "xi", 2)]
        + [("n", "ni"), ("m", "mi"), ("sd", "sdi"), ("x", "xi"), ("t", "ti")].flatMap { stem, own in
            [("\(stem)1i", own, 1), ("\(stem)2i", own, 2)]
        } + ["xi", "ni", "mi", "sdi", "ti", "sei"].map { ($0, $0, nil) }

    /// Finds a numbered column that belongs with these but to no arm, because no column names the treatment of its number.
    ///
    /// - Parameter used: columns that were read.
    func stray(beside used: Set<Int>, in table: Table, rows: [Int]) -> (number: Int, column: Int)? {
        let numbers = Set(arms.map(\.number))
        return columns.values.lazy.filter { $0.contains { used.contains($0.column) } }.flatMap(\.self)
            .filter { !numbers.contains($0.number) }
            .filter { member in rows.contains { !table.isMissing(row: $0, column: member.column) } }
            .min { ($0.number, $0.column) < ($1.number, $1.column) }
    }
}

/// The number in the name of a column, and the rest of the name.
struct ColumnNumber: Hashable {
    /// The kinds of numbers in names of columns.
    enum Scheme: CaseIterable {
        /// `t1`, `t_1`, `t.1`, `t[,1]`, `n1i`, `arm1_n`, `n_arm_1`
        case digits
        /// `treatment_a`, `n_b`
        case letters
    }

    let stem: String
    let number: Int

    init?(_ name: String, _ scheme: Scheme) {
        let name = ColumnNames.folded(name)
        let parts: (stem: Substring, number: Int)?
        switch scheme {
        case .digits: parts = Self.indexed(name) ?? Self.ofGroup(name) ?? Self.trailing(name)
        case .letters: parts = Self.lettered(name)
        }
        guard let parts, !parts.stem.isEmpty else { return nil }
        stem = String(parts.stem)
        number = parts.number
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...2).contains(text.count), let number = Int(text), number > 0, text.allSatisfy(\.isNumber) else {
            return nil
        }
        return number
    }

    /// `t[,1]`, `t[1]`
    private static func indexed(_ name: String) -> (stem: Substring, number: Int)? {
        guard name.last == "]", let open = name.firstIndex(of: "[") else { return nil }
        let inside = name[name.index(after: open)...].dropLast().drop { $0 == "," || $0 == "_" }
        return number(inside).map { (name[..<open].trimming("_"), $0) }
    }

    private static let groups = ["arm", "group", "treatment", "treat", "trt", "intervention"]

    /// `arm1_n`, `treatment_2_events`, `n_arm1`
    private static func ofGroup(_ name: String) -> (stem: Substring, number: Int)? {
        let words = name.split(separator: "_")
        for group in groups {
            if words.count > 1, words[0].hasPrefix(group), let number = number(words[0].dropFirst(group.count)) {
                return (name[words[1].startIndex...], number)
            }
            if words.count > 2, words[0] == group, let number = number(words[1]) {
                return (name[words[2].startIndex...], number)
            }
            if words.count > 1, let last = words.last, last.hasPrefix(group),
                let number = number(last.dropFirst(group.count))
            {
                return (name[..<words[words.count - 2].endIndex], number)
            }
            if words.count > 2, words[words.count - 2] == group, let number = number(words[words.count - 1]) {
                return (name[..<words[words.count - 3].endIndex], number)
            }
        }
        return nil
    }

    /// `t1`, `t_1`, and metafor's `n1i`, which is the role `ni` of the arm.
    private static func trailing(_ name: String) -> (stem: Substring, number: Int)? {
        let isRole = name.last == "i"
        let body = isRole ? name.dropLast() : name[...]
        let digits = body.reversed().prefix { $0.isNumber }.count
        guard digits > 0, let number = number(body.suffix(digits)) else { return nil }
        let stem = body.dropLast(digits).trimming("_")
        return (isRole ? Substring(stem + "i") : stem, number)
    }

    /// `treatment_a`, `n_b`, `arm_b_n`
    private static func lettered(_ name: String) -> (stem: Substring, number: Int)? {
        func position(_ word: Substring) -> Int? {
            guard word.count == 1, let letter = word.utf8.first,
                (UInt8(ascii: "a")...UInt8(ascii: "j")).contains(letter)
            else { return nil }
            return Int(letter - UInt8(ascii: "a")) + 1
        }
        let words = name.split(separator: "_")
        if words.count > 2, groups.contains(String(words[0])), let number = position(words[1]) {
            return (name[words[2].startIndex...], number)
        }
        guard words.count > 1, let number = position(words[words.count - 1]) else { return nil }
        return (name[..<words[words.count - 2].endIndex], number)
    }
}

extension Substring {
    fileprivate func trimming(_ mark: Character) -> Substring {
        var result = self
        while result.last == mark { result.removeLast() }
        return result
    }
}
