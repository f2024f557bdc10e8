/// What the effects of studies differ from the mean effect of their own comparison: the points of a comparison-adjusted funnel plot.
///
/// Studies of different comparisons estimate different effects, so that a funnel plot of them all has no centre. Less the mean of
/// their comparison they share one, 0, and small studies that favour one kind of treatment pull it to one side, provided that the
/// treatments stand in an order that means something: from old to new, or from placebo to active. In any other order the plot shows
/// nothing, however it looks.
///
/// ```swift
/// let adjusted = try ComparisonAdjustedEffects(network, fit, sequence: ["placebo", "old", "new"])
/// ```
///
/// The effect of the treatment that stands earlier in the sequence versus the later one, less the direct estimate of the two in the fit.
/// Every pair of a multi-arm study has a point, with its own standard error.
///
/// R: `netmeta::funnel(net, order = …)` draws them, and gives no numbers.
///
/// Source: Chaimani & Salanti (2012), Research Synthesis Methods 3, doi:10.1002/jrsm.57.
public struct ComparisonAdjustedEffects: Hashable, Sendable, Codable {
    /// Two arms of one study.
    public struct Point: Hashable, Sendable, Codable {
        public var study: String
        /// Line of the file it was read from.
        public var row: Int?
        /// Earlier in the sequence.
        public var treatment: Treatment
        /// Later in the sequence.
        public var versus: Treatment
        /// Of the study less the mean of the comparison, on the analysis scale.
        public var estimate: Double
        /// Of the study, without τ².
        public var standardError: Double
    }

    public var measure: String
    public var scale: EffectScale
    /// All treatments, as they follow each other.
    public var sequence: [Treatment]
    /// Comparison by comparison in the order of the sequence, each in the order of the studies.
    public var points: [Point]
    public var diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - network: gives the effects of the studies.
    ///   - fit: of that network; gives the mean of each comparison.
    ///   - sequence: of treatments, in an order that means something; those it does not name follow in the order of their names.
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a treatment that the network does not have, or that stands twice.
    public init(_ network: TreatmentNetwork, _ fit: NetworkFit, sequence: [Treatment]) throws {
        var places: [Treatment: Int] = [:]
        for treatment in sequence {
            guard network.treatments.contains(treatment) else {
                throw MetaAnalysisError(
                    .invalidSetting, "the sequence names \(treatment.shown), which the network does not have",
                    remedy: "name treatments of \(network.treatments.prefix(8).map(\.shown).joined(separator: ", "))")
            }
            guard places.updateValue(places.count, forKey: treatment) == nil else {
                throw MetaAnalysisError(
                    .invalidSetting, "the sequence names \(treatment.shown) twice", remedy: "name it once")
            }
        }
        let rest = network.treatments.filter { places[$0] == nil }
        for treatment in rest { places[treatment] = places.count }
        let ranks = network.treatments.map { places[$0, default: 0] }
        var found: [(key: [Int], point: Point)] = []
        for (position, study) in network.studies.enumerated() {
            for pair in study.pairs {
                let isTurned = ranks[pair.second] < ranks[pair.first]
                let (first, second) = isTurned ? (pair.second, pair.first) : (pair.first, pair.second)
                let (treatment, versus) = (network.treatments[first], network.treatments[second])
                guard let mean = fit.effect(of: treatment, versus: versus)?.direct?.estimate else { continue }
                let own = isTurned ? -pair.estimate : pair.estimate
                found.append(
                    (
                        [ranks[first], ranks[second], position],
                        Point(
                            study: study.label, row: study.row, treatment: treatment, versus: versus,
                            estimate: own - mean, standardError: pair.variance.squareRoot())
                    ))
            }
        }
        measure = network.measure
        scale = network.scale
        self.sequence = sequence + rest
        points = found.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.point)
        diagnostics = []
        // One more is where it must be.
        if rest.count > 1 {
            diagnostics.append(
                Diagnostic(
                    .note, .defaultChosen,
                    "the sequence leaves out \(rest.count) treatments, which follow in the order of their names"))
        }
    }
}
