/// Reconstruction of the cells of a 2×2 table from its margins and a measure of association.
///
/// With N participants, n₁ in the first group, m events and a events in the first group:
/// - odds ratio ψ: a is the root of (ψ − 1) a² − (N + (ψ − 1)(n₁ + m)) a + ψ n₁ m = 0 (Bonett 2007, doi:10.1037/0003-066x.62.3.254);
/// - φ: a = (n₁ m + φ √(n₁ (N − n₁) m (N − m)))/N;
/// - χ²: φ = √(χ²/N), or |ad − bc| = N/2 + √(χ² n₁ (N − n₁) m (N − m)/N) with Yates's correction. The sign of χ² is the direction of the
///   association, positive if the event is more frequent in the first group.
///
/// R: `metafor::conv.2x2`, whose `n2i` is m.
public struct TableReconstruction: Hashable, Sendable, Codable {
    /// Number of participants N. Role `n`.
    public var size: Double
    /// Participants in the first group, n₁. Role `n1`.
    public var firstSize: Double
    /// Participants with the event in both groups together, m. Role `events`.
    public var events: Double

    /// Makes a reconstruction from the margins; `table(from:)` checks them.
    public init(size: Double, firstSize: Double, events: Double) {
        self.size = size
        self.firstSize = firstSize
        self.events = events
    }

    /// The reported measure of association.
    public enum Association: Hashable, Sendable, Codable {
        /// Odds ratio, greater than 0. Role `or`.
        case oddsRatio(Double)
        /// Phi coefficient, in [−1, 1]. Role `phi`.
        case phi(Double)
        /// Chi-squared statistic with the sign of the association, with or without Yates's correction. Role `chi2`.
        case chiSquared(Double, isCorrected: Bool)
    }

    /// A reconstructed table.
    public struct Result: Hashable, Sendable, Codable {
        /// The table, with cells rounded to whole numbers if the margins are whole.
        public var table: TwoByTwoTable
        /// Events of the first group (a) before rounding.
        public var unroundedEvents: Double
        /// A note if the rounding was by more than 0.1, and a warning for a corrected chi-squared of 0.
        public var diagnostics: [Diagnostic]
    }

    /// Computes the cells of the table.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`), with the role at fault as `column` of its location: margins or a measure that no
    ///   table has, or that no table has together.
    public func table(from association: Association) throws -> Result {
        try validate()
        let others = size - firstSize
        let nonEvents = size - events
        let product = (firstSize * others).squareRoot() * (events * nonEvents).squareRoot()
        var diagnostics: [Diagnostic] = []
        let estimate: Double
        let role: String
        switch association {
        case .oddsRatio(let ratio):
            role = "or"
            try OutcomeValue(ratio, role, "odds ratio").requirePositive()
            estimate = firstEvents(oddsRatio: ratio)
        case .phi(let phi):
            role = "phi"
            try OutcomeValue(phi, role, "correlation phi").require(atLeast: -1, atMost: 1)
            estimate = (firstSize * events + phi * product) / size
        case .chiSquared(let statistic, let isCorrected):
            role = "chi2"
            try OutcomeValue(statistic, role, "chi-squared statistic").requireFinite()
            var excess = (abs(statistic) / size).squareRoot() * product
            if isCorrected, statistic == 0 {
                diagnostics.append(
                    Diagnostic(
                        .warning, .converted,
                        "a corrected chi-squared of 0 stands for any difference up to half a participant; taken as none"
                    ))
            } else if isCorrected {
                excess += size / 2
            }
            estimate = (firstSize * events + (statistic < 0 ? -excess : excess)) / size
        }
        let rounded = estimate.rounded()
        guard rounded >= max(0, firstSize + events - size), rounded <= min(firstSize, events) else {
            throw MetaAnalysisError.invalidOutcome(
                "with these margins the first group would have \(NumberFormat.significant(estimate, digits: 4)) events, and it can "
                    + "have \(max(0, firstSize + events - size).plain) to \(min(firstSize, events).plain)",
                remedy: "check the margins, and the sign or the correction of the statistic", role: role)
        }
        if abs(estimate - rounded) > 0.1 {
            diagnostics.append(
                Diagnostic(
                    .note, .converted,
                    "\(NumberFormat.significant(estimate, digits: 5)) events in the first group were rounded to \(rounded.plain)"
                ))
        }
        let table = TwoByTwoTable(events: rounded, of: firstSize, versus: events - rounded, of: others)
        return Result(table: table, unroundedEvents: estimate, diagnostics: diagnostics)
    }

    private func validate() throws {
        try OutcomeValue(size, "n", "number of participants").require(atLeast: 1, atMost: .infinity)
        for (value, role, name) in [
            (firstSize, "n1", "number of participants in the first group"), (events, "events", "number of events"),
        ] {
            try OutcomeValue(value, role, name).requireFiniteAndNotNegative()
            guard value <= size else {
                throw MetaAnalysisError.invalidOutcome(
                    "the \(name) is \(value.plain) of \(size.plain) participants", remedy: "check the margins",
                    role: role)
            }
        }
    }

    /// Computes a in units of the larger of 1 and the odds ratio, without cancellation between the two parts of the root.
    private func firstEvents(oddsRatio ratio: Double) -> Double {
        let unit = 1 / max(1, ratio)
        let (scaled, excess) = (unit * ratio, unit * ratio - unit)
        let middle = unit * size + excess * (firstSize + events)
        let root = max(0, middle * middle - 4 * scaled * excess * firstSize * events).squareRoot()
        guard middle < 0 else { return middle + root == 0 ? 0 : 2 * scaled * firstSize * events / (middle + root) }
        return (middle - root) / (2 * excess)
    }
}
