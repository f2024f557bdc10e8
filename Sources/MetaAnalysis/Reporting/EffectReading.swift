/// Format of the effects of a measure for readers: scale, name and number of decimals.
package struct EffectReading: Hashable, Sendable {
    /// Name of the measure in lower case ("risk ratio").
    package var title: String
    /// Header of a column ("RR").
    package var header: String
    /// Analysis scale, on which the values are stored.
    package var scale: EffectScale
    /// Whether values are back-transformed from `scale` before they are written.
    ///
    /// It is false if the back-transformation needs the sample size of each study.
    package var isBackTransformed: Bool
    package var decimals = 2

    package init(measure code: String, scale: EffectScale) {
        let measure = MeasureDescription.find(code)
        let stored = measure?.title ?? "effect"
        self.scale = scale
        isBackTransformed = scale != .identity && !scale.needsSampleSize
        switch scale {
        case .identity, .freemanTukey, .freemanTukeyRate:
            title = stored
            header = code
        case .log:
            title = stored.hasPrefix("log ") ? String(stored.dropFirst(4)) : stored
            header = code
        case .logit, .probit, .arcsine: (title, header) = ("proportion", "Proportion")
        case .squareRoot: (title, header) = ("rate", "Rate")
        case .fisherZ: (title, header) = ("correlation", "Correlation")
        case .squaredFisherZ: (title, header) = ("coefficient of determination", "R2")
        case .cubeRootComplement, .logComplement: (title, header) = ("coefficient alpha", "Alpha")
        }
        if code == "VE" { (title, header) = ("vaccine efficacy", code) }
        if code == "GEN" { (title, header) = ("effect", "Effect") }
    }

    /// The same format for values that were back-transformed by means of the sample sizes, if the scale needs them.
    package var takenBack: EffectReading {
        guard scale.needsSampleSize else { return self }
        var reading = self
        reading.title = scale == .freemanTukey ? "proportion" : "rate"
        reading.header = reading.title.capitalizingFirst
        return reading
    }

    /// Returns the decimals needed for the narrowest of the intervals, which are on the analysis scale.
    package func decimals(for intervals: [ConfidenceInterval]) -> Int { Self.decimals(read: intervals.map(interval)) }

    /// Returns the decimals needed for the narrowest of the intervals, which are back-transformed already.
    package static func decimals(read intervals: [ConfidenceInterval]) -> Int {
        let widths = intervals.map(\.width).filter { $0.isFinite && $0 > 0 }
        return NumberFormat.decimals(forWidth: widths.min() ?? 1)
    }

    /// Title for use in a sentence; the header if the title contains parentheses.
    package var name: String { title.contains("(") ? header : title }

    /// Back-transforms a value if the format does so.
    package func value(_ stored: Double) -> Double {
        isBackTransformed ? scale.backTransformed(stored) ?? stored : stored
    }

    /// Back-transforms an interval if the format does so. Its ends are put in order, because a scale can be decreasing (1 − α).
    package func interval(_ stored: ConfidenceInterval) -> ConfidenceInterval {
        guard !stored.isUnbounded else { return stored }
        let ends = [value(stored.lower), value(stored.upper)]
        return ConfidenceInterval(lower: min(ends[0], ends[1]), upper: max(ends[0], ends[1]))
    }

    package func text(_ stored: Double?) -> String { stored.map { read(value($0)) } ?? "" }

    package func text(_ stored: ConfidenceInterval?) -> String { stored.map { read(interval($0)) } ?? "" }

    /// Returns a value of the analysis scale as a label of an axis, with two decimals.
    package func axisLabel(_ stored: Double) -> String {
        var reading = self
        reading.decimals = 2
        return reading.text(stored)
    }

    /// Writes a back-transformed value; an infinite value is written as exceeding the greatest `Double`.
    package func read(_ value: Double) -> String {
        guard value.isInfinite else { return NumberFormat.tabular(value, decimals: decimals) }
        let greatest = NumberFormat.significant(.greatestFiniteMagnitude, digits: 2)
        return value > 0 ? "> \(greatest)" : "< -\(greatest)"
    }

    /// Writes a back-transformed interval. An interval of width 0 reflects rounding, not the precision of the effect, and is "not
    /// estimable".
    package func read(_ interval: ConfidenceInterval) -> String {
        interval.isUnbounded || interval.lower == interval.upper
            ? "not estimable" : "\(read(interval.lower)) to \(read(interval.upper))"
    }

    /// Returns the value of "no effect" on the analysis scale; `nil` for a measure that is not a contrast.
    package func reference(measure code: String) -> Double? {
        switch (MeasureDescription.find(code)?.kind, code) {
        case (.singleMean, _), (.proportion, _), (.rate, _), (.reliability, _), (.determination, _): nil
        // For these measures no difference is a probability of ½, which the test of 0 does not address.
        case (_, "CLESN"), (_, "CLESCN"), (.superiority, _): nil
        default: EffectScale.noEffect
        }
    }
}
