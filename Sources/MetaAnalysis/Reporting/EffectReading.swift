/// How effects of a measure are written for people: on which scale, under which name, with how many decimals.
package struct EffectReading: Hashable, Sendable {
    /// What is read, in lower case ("risk ratio").
    package var title: String
    /// Heading of a column ("RR").
    package var header: String
    /// Where values are stored.
    package var scale: EffectScale
    /// Whether values are taken back from `scale` before they are written.
    ///
    /// Not where each study would need its own sample size for that.
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

    /// The same for values that sample sizes have taken back, where the scale needs them.
    package var takenBack: EffectReading {
        guard scale.needsSampleSize else { return self }
        var reading = self
        reading.title = scale == .freemanTukey ? "proportion" : "rate"
        reading.header = reading.title.capitalizingFirst
        return reading
    }

    /// Decimals in which the narrowest of the intervals is read, given on the analysis scale.
    package func decimals(for intervals: [ConfidenceInterval]) -> Int { Self.decimals(read: intervals.map(interval)) }

    /// Decimals in which the narrowest of the intervals is read, given as they are read.
    package static func decimals(read intervals: [ConfidenceInterval]) -> Int {
        let widths = intervals.map(\.width).filter { $0.isFinite && $0 > 0 }
        return NumberFormat.decimals(forWidth: widths.min() ?? 1)
    }

    /// The title inside a sentence, the heading where it has an explanation in parentheses.
    package var name: String { title.contains("(") ? header : title }

    /// A value of the analysis scale as it is read.
    package func value(_ stored: Double) -> Double {
        isBackTransformed ? scale.backTransformed(stored) ?? stored : stored
    }

    /// The interval as it is read; what falls on the analysis scale (1 − α) rises here or the other way round.
    package func interval(_ stored: ConfidenceInterval) -> ConfidenceInterval {
        guard !stored.isUnbounded else { return stored }
        let ends = [value(stored.lower), value(stored.upper)]
        return ConfidenceInterval(lower: min(ends[0], ends[1]), upper: max(ends[0], ends[1]))
    }

    package func text(_ stored: Double?) -> String { stored.map { read(value($0)) } ?? "" }

    package func text(_ stored: ConfidenceInterval?) -> String { stored.map { read(interval($0)) } ?? "" }

    /// A value of the analysis scale under an axis, with two decimals.
    package func axisLabel(_ stored: Double) -> String {
        var reading = self
        reading.decimals = 2
        return reading.text(stored)
    }

    /// A value that is already on the scale it is read on; one that no number is great enough for by the bound it exceeds.
    package func read(_ value: Double) -> String {
        guard value.isInfinite else { return NumberFormat.tabular(value, decimals: decimals) }
        let greatest = NumberFormat.significant(.greatestFiniteMagnitude, digits: 2)
        return value > 0 ? "> \(greatest)" : "< -\(greatest)"
    }

    /// An interval without width says how exact numbers are, not how exact an effect is known.
    package func read(_ interval: ConfidenceInterval) -> String {
        interval.isUnbounded || interval.lower == interval.upper
            ? "not estimable" : "\(read(interval.lower)) to \(read(interval.upper))"
    }

    /// Where "no effect" stands on the analysis scale; `nil` for what is not a contrast.
    package func reference(measure code: String) -> Double? {
        switch (MeasureDescription.find(code)?.kind, code) {
        case (.singleMean, _), (.proportion, _), (.rate, _), (.reliability, _), (.determination, _): nil
        // No difference is a probability of ½, which the test of 0 says nothing about.
        case (_, "CLESN"), (_, "CLESCN"), (.superiority, _): nil
        default: EffectScale.noEffect
        }
    }
}
