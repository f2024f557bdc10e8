/// Arms that report an estimate with its standard error instead of data: means, or differences from one arm of the study, which has no
/// estimate of its own.
///
/// The variance of a difference of means is the sum of the squared standard errors. Differences from one arm share that arm: the difference
/// of two of them has the variance s₁² + s₂² − 2c, where c is the square of the standard error in the row of the shared arm.
/// Source: Dias et al. (2013), Medical Decision Making 33, doi:10.1177/0272989X12458724, for data of this form.
struct ArmEffects {
    /// One arm as its row reports it.
    struct Arm {
        var study: String
        var treatment: Treatment
        var estimate: Double?
        var error: Double?
        /// Line of the file.
        var row: Int
        var group: String?
    }

    /// The columns with estimates and standard errors.
    struct Columns {
        let estimate: Int
        let error: Int
        /// Whether the name of the column means a difference, not a mean.
        let saysDifference: Bool

        init?(_ finder: ColumnFinder) {
            guard let error = finder.match(ColumnNames.armErrors)?.column else { return nil }
            self.error = error
            if let mean = finder.match(ColumnNames.armMeans)?.column {
                (estimate, saysDifference) = (mean, false)
            } else if let difference = finder.match(ColumnNames.armDifferences)?.column {
                (estimate, saysDifference) = (difference, true)
            } else {
                return nil
            }
        }
    }

    /// The kind of estimates that the arms of one study report.
    enum Form {
        case means
        /// Differences from the arm at this position.
        case differences(from: Int)

        var isOfDifferences: Bool {
            switch self {
            case .means: false
            case .differences: true
            }
        }
    }

    /// Finds the form of a study's estimates.
    ///
    /// - Returns: `nil` where the values do not fit together.
    static func form(of arms: [Arm], saysDifference: Bool) -> Form? {
        let open = arms.indices.filter { arms[$0].estimate == nil }
        let others = arms.indices.filter { arms[$0].estimate != nil }
        guard others.allSatisfy({ arms[$0].error != nil }) else { return nil }
        if open.isEmpty { return saysDifference ? nil : .means }
        return open.count == 1 && !others.isEmpty ? .differences(from: open[0]) : nil
    }

    /// Computes the contrasts of all pairs of arms of a study.
    ///
    /// - Throws: `Exclusion` for a study of several differences without the standard error of the arm that they share.
    static func contrasts(_ arms: [Arm], _ form: Form) throws(Exclusion) -> [Contrast] {
        var shared = 0.0
        if case .differences(let base) = form {
            if let error = arms[base].error {
                shared = error * error.magnitude
            } else if arms.count > 2 {
                throw Exclusion(
                    "of \(arms.count) arms the differences from \(arms[base].treatment.shown) share its variance, and its row has no"
                        + " standard error")
            }
        }
        func square(_ error: Double?) -> Double { error.map { $0 * $0.magnitude } ?? 0 }
        var found: [Contrast] = []
        for first in arms.indices {
            for second in arms.indices.dropFirst(first + 1) {
                let variance: Double =
                    switch form {
                    case .means: square(arms[first].error) + square(arms[second].error)
                    case .differences(let base) where base == first: square(arms[second].error)
                    case .differences(let base) where base == second: square(arms[first].error)
                    case .differences: square(arms[first].error) + square(arms[second].error) - 2 * shared
                    }
                found.append(
                    Contrast(
                        study: arms[first].study, arms[first].treatment, versus: arms[second].treatment,
                        estimate: (arms[first].estimate ?? 0) - (arms[second].estimate ?? 0), variance: variance,
                        row: arms[second].row, group: arms[first].group ?? arms[second].group))
            }
        }
        return found
    }
}
