import Foundation
import MetaAnalysisFixtures

/// What became of every case of a folder.
struct GoldenReport: Sendable {
    struct Family: Sendable {
        var passed = 0
        var failed = 0
        var notApplicable: [String: Int] = [:]
        var comparedFields = 0
        var skippedFields: [String: Int] = [:]
        /// The error nearest to its bound in each class of tolerance.
        var worst: [String: GoldenComparison.Worst] = [:]
    }

    private(set) var name: String
    private(set) var families: [String: Family] = [:]
    private(set) var failures: [String] = []
    /// What became of each case, in the order of the files.
    private(set) var outcomes: [String] = []
    /// Number of cases of the families that the driver does not read.
    let otherFamilies: [String: Int]

    static let otherFamily = "a family that the driver does not read"

    /// - Parameter part: what the names of the cases to run contain, file and call; all are run when it is `nil`.
    init(of folder: GoldenFolder, namesContaining part: String? = nil) async {
        name = folder.url.path
        otherFamilies = part == nil ? folder.otherFamilies : [:]
        let parts = await withTaskGroup(of: (Int, GoldenReport).self) { group in
            for (index, file) in folder.files.enumerated() {
                group.addTask { (index, GoldenReport(of: file, in: folder, namesContaining: part)) }
            }
            var parts: [(Int, GoldenReport)] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.map(\.1)
        }
        for part in parts {
            failures += part.failures
            outcomes += part.outcomes
            families.merge(part.families) { $0.adding($1) }
        }
    }

    private init(of file: GoldenFolder.File, in folder: GoldenFolder, namesContaining part: String?) {
        name = file.name
        otherFamilies = [:]
        var family = Family()
        for one in file.content.cases {
            let caseName = "\(file.name): \(one.call)"
            if let part, !caseName.contains(part) { continue }
            var check = GoldenCaseCheck(one, file, in: folder)
            var problems: [String] = []
            do {
                try check.run()
                problems = check.comparison.mismatches.map(\.description)
                problems += check.comparison.forgotten.map { "\($0): not compared" }
                if check.comparison.compared == 0 { problems.append("no number compared") }
            } catch let reason as NotApplicable {
                if check.comparison.mismatches.isEmpty {
                    family.notApplicable[reason.reason, default: 0] += 1
                    outcomes.append("not applicable, \(reason.reason): \(caseName)")
                    continue
                }
                problems = check.comparison.mismatches.map(\.description)
            } catch {
                problems = ["\(error)"]
            }
            family.comparedFields += check.comparison.compared
            family.skippedFields.merge(check.comparison.skipped, uniquingKeysWith: +)
            if problems.isEmpty {
                family.passed += 1
                outcomes.append("passed, \(check.comparison.compared) numbers compared: \(caseName)")
                let place = "\(file.name), \(one.call)"
                family.worst.merge(
                    check.comparison.worst.mapValues { .init(place: "\(place), \($0.place)", ratio: $0.ratio) },
                    uniquingKeysWith: GoldenComparison.Worst.greater)
            } else {
                family.failed += 1
                outcomes.append("failed: \(caseName)")
                let prepared = one.prepExtra.map { "\n    after \($0)" }.joined()
                failures.append("\(caseName)\(prepared)\n    " + problems.joined(separator: "\n    "))
            }
        }
        if family.caseCount > 0 { families = [file.content.family: family] }
    }

    /// Number of cases that were run.
    var caseCount: Int { families.values.reduce(0) { $0 + $1.caseCount } }

    /// A table of counts for people.
    var summary: String {
        var lines = ["Reference values in \(name):"]
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            let skipped = family.notApplicable.values.reduce(0, +)
            lines.append(
                "  \(name): \(family.caseCount) cases, \(family.passed) passed, \(family.failed) failed,"
                    + " \(skipped) not applicable; \(family.comparedFields) numbers compared")
            for (reason, count) in family.notApplicable.sorted(by: { $0.key < $1.key }) {
                lines.append("    not applicable: \(count) cases, \(reason)")
            }
            for (reason, count) in family.skippedFields.sorted(by: { $0.key < $1.key }) {
                lines.append("    not compared: \(count) numbers, \(reason)")
            }
            for (tolerance, worst) in family.worst.sorted(by: { $0.key < $1.key }) where worst.ratio > 0 {
                lines.append("    \(tolerance): at most \(worst.ratio) of it, \(worst.place)")
            }
        }
        let others = otherFamilies.values.reduce(0, +)
        if others > 0 {
            lines.append("  \(others) cases not applicable, each of \(Self.otherFamily)")
            let list = otherFamilies.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            lines.append("    " + list.joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }
}

extension GoldenReport.Family {
    var caseCount: Int { passed + failed + notApplicable.values.reduce(0, +) }

    fileprivate func adding(_ other: GoldenReport.Family) -> GoldenReport.Family {
        var sum = self
        sum.passed += other.passed
        sum.failed += other.failed
        sum.notApplicable.merge(other.notApplicable, uniquingKeysWith: +)
        sum.comparedFields += other.comparedFields
        sum.skippedFields.merge(other.skippedFields, uniquingKeysWith: +)
        sum.worst.merge(other.worst, uniquingKeysWith: GoldenComparison.Worst.greater)
        return sum
    }
}
