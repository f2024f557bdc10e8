import MetaAnalysis

/// Warnings on what a run over many groups left out: each of the first, then how many there are.
enum LeftOutWarnings {
    /// - Parameters:
    ///   - one: what was left out, such as "row".
    ///   - many: the same of several, such as "bad rows".
    ///   - fate: what became of them.
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
