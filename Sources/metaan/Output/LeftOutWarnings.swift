import MetaAnalysis

/// Warnings on groups or rows that a run over many groups left out: one for each of the first, then one with their number.
enum LeftOutWarnings {
    /// Returns the warnings.
    ///
    /// - Parameters:
    ///   - one: what was left out, such as "row".
    ///   - many: the plural, such as "bad rows".
    ///   - fate: what happened to them.
    static func warnings(
        _ listed: [MetaAnalysisError], count: Int, _ one: String, _ many: String, file: String,
        fate: String = "left out"
    ) -> [String] {
        guard count > 0 else { return [] }
        let list = count > listed.count ? ", the first \(listed.count) of them listed" : ""
        return listed.map { "\(one) \(fate): \($0)" } + ["\(file): \(many) \(fate): \(count)\(list)"]
    }

    static func warnings(
        _ groups: LeftOutGroups, _ one: String, file: String, fate: String = "left out"
    ) -> [String] {
        warnings(groups.listed, count: groups.count, one, one + "s", file: file, fate: fate)
    }
}
