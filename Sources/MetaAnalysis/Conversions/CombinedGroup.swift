/// Combination of groups of participants into one: its mean, standard deviation and size, or its events.
///
/// The result is exactly that of the data of all participants. Source: Higgins et al. (2019), chapter 6.5.2.10, doi:10.1002/9781119536604.
public enum CombinedGroup {
    /// Returns the mean, standard deviation and size of all groups together.
    ///
    /// - Parameter groups: at least one group.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) for impossible groups, with the role (`m1i`, `sd2i`, …) at fault, and for groups
    ///   with fewer than two participants in all.
    public static func means(_ groups: [SingleMean]) throws -> SingleMean {
        for (index, group) in groups.enumerated() {
            let number = index + 1
            try group.validate(roles: (mean: "m\(number)i", deviation: "sd\(number)i"), group: " of group \(number)")
            try OutcomeValue(group.size, "n\(number)i", "number of participants in group \(number)")
                .requireFiniteAndNotNegative()
        }
        let filled = groups.filter { $0.size > 0 }
        let size = filled.reduce(0) { $0 + $1.size }
        guard size >= 2, let first = filled.first else {
            throw MetaAnalysisError.invalidOutcome(
                "the groups have \(size.plain) participants together, too few for a standard deviation",
                remedy: "check the sizes", role: "n1i")
        }
        let scale = filled.reduce(0) { max($0, max($1.deviation, abs($1.mean - first.mean))) }
        // Distances from one of the means, in units of the largest of them, neither overflow nor cancel.
        let unit = scale > 0 ? scale : 1
        let shifts = filled.map { ($0.mean - first.mean) / unit }
        let shift = zip(filled, shifts).reduce(0) { $0 + $1.0.size / size * $1.1 }
        var sum = 0.0
        for (group, own) in zip(filled, shifts) {
            let deviation = group.deviation / unit
            sum += max(0, group.size - 1) * deviation * deviation + group.size * (own - shift) * (own - shift)
        }
        return SingleMean(
            mean: first.mean + unit * shift, deviation: unit * (sum / (size - 1)).squareRoot(), size: size)
    }

    /// Returns the events and the size of all groups together.
    ///
    /// - Parameter groups: at least one group.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) for impossible groups, with the role (`x1i`, `n2i`, …) at fault.
    public static func events(_ groups: [Proportion]) throws -> Proportion {
        for (index, group) in groups.enumerated() {
            do {
                try group.validate()
            } catch var error as MetaAnalysisError {
                error.location.column = error.location.column.map { $0 == "ni" ? "n\(index + 1)i" : "x\(index + 1)i" }
                throw error
            }
        }
        return Proportion(
            events: groups.reduce(0) { $0 + $1.events }, size: groups.reduce(0) { $0 + $1.size })
    }
}
