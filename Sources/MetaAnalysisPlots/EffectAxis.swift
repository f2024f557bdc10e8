internal import MetaAnalysis
internal import RealModule

/// Where effects stand in a figure, and how they are read there.
///
/// Ratios stand on a logarithmic axis; proportions, correlations and the like are taken back to their own scale and stand on a
/// linear one.
struct EffectAxis {
    var reading: EffectReading
    /// "No effect" on the axis; `nil` for what is not a contrast.
    var reference: Double?

    init(measure: String, scale: EffectScale) {
        reading = EffectReading(measure: measure, scale: scale)
        reference = reading.reference(measure: measure).map(position)
    }

    var kind: Axis.Kind { reading.scale == .log && reading.isBackTransformed ? .logarithmic : .linear }

    /// The place of a value of the analysis scale.
    func position(_ stored: Double) -> Double { kind == .logarithmic ? stored : reading.value(stored) }

    var title: String {
        let name = reading.title.isEmpty ? "Effect" : reading.title.prefix(1).uppercased() + reading.title.dropFirst()
        return kind == .logarithmic ? name + " (log scale)" : name
    }

    /// The side of a frame on which values of the analysis scale stand as they are.
    func side(_ range: (Double, Double)) -> Frame.Side {
        let isRead = kind == .logarithmic || !reading.isBackTransformed
        return Frame.Side(range, isRead ? title : title + " (analysis scale)", kind: kind)
    }

    /// "0.41 (0.13 to 1.26)".
    func text(_ estimate: Double?, _ interval: ConfidenceInterval?) -> String {
        guard let estimate, estimate.isFinite else { return "not estimable" }
        return text(read: reading.value(estimate), interval.map(reading.interval))
    }

    func text(_ interval: ConfidenceInterval) -> String { text(read: reading.interval(interval)) }

    /// A pooled effect as the axis shows it and, where only sample sizes take it back, as they do.
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

    /// A value on the scale it is read on.
    private func number(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "\u{2212}∞" : "∞" }
        return value.isNaN ? "–" : reading.read(value).typographic
    }

    /// Ends of an axis that shows every point and, of intervals, at most as much again on either side.
    ///
    /// - Parameters:
    ///   - whole: intervals shown whole where they are finite.
    ///   - partial: intervals that may be cut.
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
