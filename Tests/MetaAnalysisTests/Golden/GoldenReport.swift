import Foundation
import MetaAnalysisFixtures

/// What became of every case of a folder.
struct GoldenReport: Sendable {
    struct Family: Sendable {
        var passed = 0
        var failed = 0
        var notApplicable: [String: Int] = [:]
        /// Passed on R's own effects.
        var passedOnReferenceEffects = 0
        var comparedFields = 0
        var skippedFields: [String: Int] = [:]
        /// The error nearest to its bound in each class of tolerance.
        var worst: [String: GoldenComparison.Worst] = [:]
    }

    private(set) var name: String
    private(set) var families: [String: Family] = [:]
    private(set) var failures: [String] = []
    private let otherFamilies: [String: Int]

    init(of folder: GoldenFolder) async {
        name = folder.url.path
        otherFamilies = folder.otherFamilies
        let parts = await withTaskGroup(of: (Int, GoldenReport).self) { group in
            for (index, file) in folder.files.enumerated() {
                group.addTask { (index, GoldenReport(of: file, in: folder)) }
            }
            var parts: [(Int, GoldenReport)] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.map(\.1)
        }
        for part in parts {
            failures += part.failures
            families.merge(part.families) { $0.adding($1) }
        }
    }

    private init(of file: GoldenFolder.File, in folder: GoldenFolder) {
        name = file.name
        otherFamilies = [:]
        var family = Family()
        for one in file.content.cases {
            var check = GoldenCaseCheck(one, file, in: folder)
            var problems: [String] = []
            do {
                try check.run()
                problems = check.comparison.mismatches.map(\.description)
                problems += check.comparison.forgotten.map { "\($0): not compared" }
            } catch let reason as NotApplicable {
                if check.comparison.mismatches.isEmpty {
                    family.notApplicable[reason.reason, default: 0] += 1
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
                if check.usesReferenceEffects { family.passedOnReferenceEffects += 1 }
                let place = "\(file.name), \(one.call)"
                family.worst.merge(
                    check.comparison.worst.mapValues { .init(place: "\(place), \($0.place)", ratio: $0.ratio) },
                    uniquingKeysWith: GoldenComparison.Worst.greater)
            } else {
                family.failed += 1
                let prepared = one.prepExtra.map { "\n    after \($0)" }.joined()
                failures.append(
                    "\(file.name): \(one.call)\(prepared)\n    " + problems.joined(separator: "\n    "))
            }
        }
        families = [file.content.family: family]
    }

    /// A table of counts for people.
    var summary: String {
        var lines = ["Reference values in \(name):"]
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            let skipped = family.notApplicable.values.reduce(0, +)
            lines.append(
                "  \(name): \(family.passed + family.failed + skipped) cases, \(family.passed) passed, \(family.failed) failed,"
                    + " \(skipped) not applicable; \(family.comparedFields) numbers compared")
            if family.passedOnReferenceEffects > 0 {
                lines.append(
                    "    on R's own effects: \(family.passedOnReferenceEffects) of the passed, measure of a later issue"
                )
            }
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
            lines.append("  \(others) cases not applicable: family of a later issue")
            let list = otherFamilies.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            lines.append("    " + list.joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }
}

extension GoldenReport.Family {
    fileprivate func adding(_ other: GoldenReport.Family) -> GoldenReport.Family {
        var sum = self
        sum.passed += other.passed
        sum.failed += other.failed
        sum.notApplicable.merge(other.notApplicable, uniquingKeysWith: +)
        sum.passedOnReferenceEffects += other.passedOnReferenceEffects
        sum.comparedFields += other.comparedFields
        sum.skippedFields.merge(other.skippedFields, uniquingKeysWith: +)
        sum.worst.merge(other.worst, uniquingKeysWith: GoldenComparison.Worst.greater)
        return sum
    }
}
