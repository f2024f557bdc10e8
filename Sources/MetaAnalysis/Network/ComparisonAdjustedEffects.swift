/// Effects of studies minus the mean effect of their comparison: the points of a comparison-adjusted funnel plot.
///
/// Studies of different comparisons estimate different effects, so that a funnel plot of all of them has no common center. After the mean
/// of their comparison is subtracted, all effects center at 0. Small studies that favor one kind of treatment then shift the points to one
/// side, provided that the treatments are in a meaningful order: from old to new, or from placebo to active. In any other order the plot
/// means nothing.
///
/// ```swift
/// let adjusted = try ComparisonAdjustedEffects(network, fit, sequence: ["placebo", "old", "new"])
/// ```
///
/// Each point is the effect of the treatment that is earlier in the sequence versus the later one, minus the direct estimate of the two in
/// the fit. Every pair of a multi-arm study has a point, with its own standard error.
///
/// R: `netmeta::funnel(net, order = …)` draws them, and gives no numbers.
///
/// Source: Chaimani & Salanti (2012), Research Synthesis Methods 3, doi:10.1002/jrsm.57.
public struct ComparisonAdjustedEffects: Hashable, Sendable, Codable {
    /// One comparison of two arms of a study.
    public struct Point: Hashable, Sendable, Codable {
        /// Label of the study.
        public var study: String
        /// Line of the file that the study was read from; `nil` where there is no file.
        public var row: Int?
        /// Treatment that is earlier in the sequence.
        public var treatment: Treatment
        /// Treatment that is later in the sequence.
        public var versus: Treatment
        /// Effect in the study minus the mean of the comparison, on the analysis scale.
        public var estimate: Double
        /// Standard error of the effect in the study, without τ².
        public var standardError: Double
    }

    /// Code of the measure, such as "OR".
    public var measure: String
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// All treatments in the order of the sequence.
    public var sequence: [Treatment]
    /// Points by comparison in the order of the sequence, and within a comparison in the order of the studies.
    public var points: [Point]
    /// Warnings and notes on these effects.
    public var diagnostics: [Diagnostic]

    /// Computes the points of the plot.
    ///
    /// - Parameters:
    ///   - network: network with the effects of the studies.
    ///   - fit: fit of that network, which gives the mean of each comparison.
    ///   - sequence: treatments in a meaningful order; treatments that it leaves out follow in the order of their names.
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a treatment that the network does not have, or that is named twice.
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
        // A single treatment that is left out comes last, which needs no note.
        if rest.count > 1 {
            diagnostics.append(
                Diagnostic(
                    .note, .defaultChosen,
                    "the sequence leaves out \(rest.count) treatments, which follow in the order of their names"))
        }
    }
}
