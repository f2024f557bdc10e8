extension MeasureDescription {
    /// The possible values of the effect if it is pooled on its own scale, where an interval can exceed them. `nil` for an effect of any
    /// size, and for scales whose back-transformation stays in the range.
    var naturalRange: ClosedRange<Double>? {
        guard scale == .identity else { return nil }
        let correlation = -1.0...1.0
        let share = 0.0...1.0
        return switch (kind, code) {
        case (.twoByTwo, "RD"), (.twoByTwo, "PHI"), (.twoByTwo, "YUQ"), (.twoByTwo, "YUY"), (.twoByTwo, "RTET"),
            (.pairedTable, "MPRD"), (.twoGroupMeans, "RPB"), (.twoGroupMeans, "RBIS"):
            correlation
        case (.correlation, "COR"), (.correlation, "UCOR"), (.partialCorrelation, "PCOR"),
            (.partialCorrelation, "SPCOR"):
            correlation
        case (.twoGroupMeans, "CLESN"), (.pairedMeans, "CLESCN"): share
        case (.proportion, "PR"), (.determination, _), (.superiority, _): share
        case (.rate, "IR"): 0.0...(.infinity)
        case (.reliability, "ARAW"): -.infinity...1.0
        default: nil
        }
    }
}

extension Diagnostic {
    /// Returns a note if an interval includes values that the effect cannot have.
    static func beyondRange(
        _ measure: String, _ confidence: ConfidenceInterval, prediction: ConfidenceInterval? = nil
    ) -> [Diagnostic] {
        guard let range = MeasureDescription.find(measure)?.naturalRange else { return [] }
        func leaves(_ interval: ConfidenceInterval?) -> Bool {
            guard let interval, !interval.isUnbounded else { return false }
            return interval.lower < range.lowerBound || interval.upper > range.upperBound
        }
        var intervals: [String] = []
        if leaves(confidence) { intervals.append("confidence interval") }
        if leaves(prediction) { intervals.append("prediction interval") }
        guard !intervals.isEmpty else { return [] }
        var ends: [String] = []
        if [confidence, prediction].contains(where: { leaves($0) && ($0?.lower ?? 0) < range.lowerBound }) {
            ends.append("below \(NumberFormat.count(range.lowerBound))")
        }
        if [confidence, prediction].contains(where: { leaves($0) && ($0?.upper ?? 0) > range.upperBound }) {
            ends.append("above \(NumberFormat.count(range.upperBound))")
        }
        let reach = intervals.count == 1 ? "reaches" : "reach"
        return [
            Diagnostic(
                .note, .intervalBeyondRange,
                "the \(intervals.joined(separator: " and the ")) \(reach) \(ends.joined(separator: " and ")), where \(measure) has no"
                    + " values; a measure on a transformed scale keeps to them")
        ]
    }
}
