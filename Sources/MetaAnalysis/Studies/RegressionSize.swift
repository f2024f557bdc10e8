/// Size of a linear regression: n participants and m predictors, which leave n − m − 1 degrees of freedom.
struct RegressionSize {
    /// Number of participants n. Role `ni`.
    var participants: Double
    /// Number of predictors m. Role `mi`.
    var predictors: Double

    var degreesOfFreedom: Double { participants - predictors - 1 }

    /// Checks both numbers.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) for numbers that no regression can have.
    func validate() throws {
        try OutcomeValue(participants, "ni", "number of participants").requireFiniteAndNotNegative()
        try OutcomeValue(predictors, "mi", "number of predictors").require(atLeast: 1, atMost: .infinity)
    }

    func requireDegreesOfFreedom() throws(Exclusion) {
        guard degreesOfFreedom > 0 else {
            throw Exclusion(
                "\(participants.plain) participants leave no degrees of freedom beside \(predictors.plain) predictors")
        }
    }
}

extension OutcomeValue {
    /// Checks a p-value from which a statistic will be computed: it is in its range and not 0.
    func requirePValue(atLeast lowest: Double) throws {
        try require(atLeast: lowest, atMost: 1)
        guard value != 0 else {
            throw impossible(remedy: "give the p-value itself, however small, or the statistic")
        }
    }
}
