/// The arrangement of the studies of many groups in one sequence of numbers.
public enum BatchLayout: Hashable, Sendable {
    /// Groups of any size: group g has the studies `offsets[g] ..< offsets[g + 1]`. There is one more offset than groups, and offsets rise
    /// from 0.
    case offsets([Int])
    /// The same number of studies in every group, with the studies of a group next to each other.
    case groupMajor(groups: Int, studies: Int)
    /// The same number of studies in every group, with the first study of all groups first, then the second, as images of several studies
    /// are stored.
    case studyMajor(groups: Int, studies: Int)

    /// Number of groups.
    public var groupCount: Int {
        switch self {
        case .offsets(let offsets): max(0, offsets.count - 1)
        case .groupMajor(let groups, _), .studyMajor(let groups, _): groups
        }
    }

    /// Number of studies of all groups together.
    public var studyCount: Int {
        switch self {
        case .offsets(let offsets): offsets.last ?? 0
        case .groupMajor(let groups, let studies), .studyMajor(let groups, let studies): groups * studies
        }
    }

    /// Returns the number of studies of a group.
    public func studyCount(of group: Int) -> Int {
        switch self {
        case .offsets(let offsets): offsets[group + 1] - offsets[group]
        case .groupMajor(_, let studies), .studyMajor(_, let studies): studies
        }
    }
}

extension BatchLayout {
    func check(estimates: Int, variances: Int) throws {
        func mismatch(_ message: String, _ remedy: String) -> MetaAnalysisError {
            MetaAnalysisError(.invalidSetting, message, remedy: remedy)
        }
        switch self {
        case .offsets(let offsets):
            guard offsets.first == 0, zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }) else {
                throw mismatch(
                    "the offsets of the groups do not rise from 0",
                    "give the position of every group's first study and, last, the number of studies")
            }
        case .groupMajor(let groups, let studies), .studyMajor(let groups, let studies):
            guard groups >= 0, studies >= 0, !groups.multipliedReportingOverflow(by: studies).overflow else {
                throw mismatch(
                    "there are \(groups) groups of \(studies) studies",
                    "give numbers of 0 or more, as many as there are")
            }
        }
        guard estimates == studyCount, variances == studyCount else {
            throw mismatch(
                "there are \(estimates) effects and \(variances) variances for \(studyCount) studies",
                "give one effect and one variance for each study")
        }
    }
}
