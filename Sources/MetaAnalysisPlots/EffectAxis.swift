internal import MetaAnalysis
internal import RealModule

/// Positions of effects on an axis and their format.
///
/// Ratios are on a logarithmic axis. Proportions, correlations and similar measures are back-transformed and are on a linear axis.
struct EffectAxis {
    var reading: EffectReading
    /// Position of "no effect"; `nil` for a measure that is not a contrast.
    var reference: Double?

    init(measure: String, scale: EffectScale) {
        reading = EffectReading(measure: measure, scale: scale)
        reference = reading.reference(measure: measure).map(position)
    }

    var kind: Axis.Kind { reading.scale == .log && reading.isBackTransformed ? .logarithmic : .linear }

    /// Returns the position of a value of the analysis scale.
    func position(_ stored: Double) -> Double { kind == .logarithmic ? stored : reading.value(stored) }

    var title: String {
        let name = reading.title.isEmpty ? "Effect" : reading.title.prefix(1).uppercased() + reading.title.dropFirst()
        return kind == .logarithmic ? name + " (log scale)" : name
    }

    /// Returns an axis of a frame for values on the analysis scale.
    func side(_ range: (Double, Double)) -> Frame.Side {
        let isRead = kind == .logarithmic || !reading.isBackTransformed
        return Frame.Side(range, isRead ? title : title + " (analysis scale)", kind: kind)
    }

    /// Returns an estimate with its interval: "0.41 (0.13 to 1.26)".
    func text(_ estimate: Double?, _ interval: ConfidenceInterval?) -> String {
        guard let estimate, estimate.isFinite else { return "not estimable" }
        return text(read: reading.value(estimate), interval.map(reading.interval))
    }

    func text(_ interval: ConfidenceInterval) -> String { text(read: reading.interval(interval)) }

    /// Returns a pooled effect in the format of the axis, followed by the back-transformed effect if only sample sizes can give it.
    func text(_ pooled: PooledEffect) -> String {
        let own = text(pooled.estimate, pooled.confidenceInterval)
        guard let back = pooled.backTransformed, back.estimate.isFinite else { return own }
        let words = text(read: back.estimate, back.confidenceInterval)
        return reading.scale.needsSampleSize ? "\(own), a \(reading.takenBack.title) of \(words)" : words
    }

    func text(read estimate: Double, _ interval: ConfidenceInterval?) -> String {
        number(estimate) + (interval.map { " (\(text(read: $0)))" } ?? "")
    }

    func text(read interval: ConfidenceInterval) -> String {
        interval.isUnbounded ? "not estimable" : "\(number(interval.lower)) to \(number(interval.upper))"
    }

    /// Returns a back-transformed value as text.
    private func number(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "\u{2212}∞" : "∞" }
        return value.isNaN ? "–" : reading.read(value).typographic
    }

    /// Returns the ends of an axis that shows every point. Partial intervals may extend it on either side, at most by the range of the
    /// points (or by a typical width of the intervals, if that is greater).
    ///
    /// - Parameters:
    ///   - points: numbers that must be on the axis.
    ///   - whole: intervals that are shown completely if they are finite.
    ///   - partial: intervals that may be cut off.
    static func range(points: [Double], whole: [ConfidenceInterval], partial: [ConfidenceInterval]) -> (Double, Double)
    {
        let points = (points + whole.flatMap { [$0.lower, $0.upper] }).filter(\.isFinite)
        let ends = partial.flatMap { [$0.lower, $0.upper] }.filter(\.isFinite)
        guard var lower = points.min() ?? ends.min(), var upper = points.max() ?? ends.max() else { return (-1, 1) }
        let widths = partial.map(\.width).filter { $0.isFinite && $0 > 0 }.sorted()
        let typical = widths.isEmpty ? 0 : widths[widths.count / 2]
        let reach = max(upper - lower, typical)
        let (least, greatest) = (lower - reach, upper + reach)
        for end in ends {
            lower = min(lower, max(end, least))
            upper = max(upper, min(end, greatest))
        }
        return LinearScale.ends(lower, upper, margin: 0.04)
    }
}
