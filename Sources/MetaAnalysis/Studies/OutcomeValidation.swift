/// A number of an outcome, with what an error message needs.
struct OutcomeValue {
    var value: Double
    /// Role of the column ("sd1i").
    var role: String
    /// Description of the number ("standard deviation of the treated group").
    var name: String

    init(_ value: Double, _ role: String, _ name: String) {
        self.value = value
        self.role = role
        self.name = name
    }

    func requireFinite() throws {
        guard value.isFinite else { throw impossible(remedy: "give a finite number, or leave the cell empty") }
    }

    func requireFiniteAndNotNegative() throws {
        try requireFinite()
        guard value >= 0 else { throw impossible(remedy: "give a number that is 0 or more") }
    }

    func requirePositive() throws {
        try requireFinite()
        guard value > 0 else { throw impossible(remedy: "give a number greater than 0") }
    }

    func require(atLeast lowest: Double, atMost highest: Double) throws {
        try requireFinite()
        guard value >= lowest, value <= highest else {
            let range =
                highest == .infinity
                ? "that is \(lowest.plain) or more"
                : lowest == -.infinity
                    ? "that is \(highest.plain) or less" : "from \(lowest.plain) to \(highest.plain)"
            throw impossible(remedy: "give a number \(range)")
        }
    }

    /// Checks that the bounds of an interval are finite and in order; roles `ci_low` and `ci_high`.
    static func requireInterval(_ lower: Double, _ upper: Double) throws {
        try OutcomeValue(lower, "ci_low", "lower bound of the interval").requireFinite()
        try OutcomeValue(upper, "ci_high", "upper bound of the interval").requireFinite()
        guard lower < upper else {
            throw MetaAnalysisError.invalidOutcome(
                "the interval runs from \(lower.plain) to \(upper.plain)",
                remedy: "give a lower bound below the upper bound", role: "ci_low")
        }
    }

    func impossible(remedy: String) -> MetaAnalysisError {
        MetaAnalysisError.invalidOutcome("the \(name) is \(value.plain)", remedy: remedy, role: role)
    }
}

extension MetaAnalysisError {
    static func invalidOutcome(_ message: String, remedy: String, role: String) -> MetaAnalysisError {
        MetaAnalysisError(.invalidOutcome, message, remedy: remedy, location: Location(column: role))
    }
}

extension Double {
    /// The number as people write it: 12 rather than 12.0.
    var plain: String {
        Int64(exactly: self).map(String.init) ?? description
    }
}
