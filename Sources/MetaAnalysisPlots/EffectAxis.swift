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

    func position(_ stored: ConfidenceInterval) -> ConfidenceInterval {
        kind == .logarithmic ? stored : reading.interval(stored)
    }

    var title: String {
        let name = reading.title.isEmpty ? "Effect" : reading.title.prefix(1).uppercased() + reading.title.dropFirst()
        return kind == .logarithmic ? name + " (log scale)" : name
    }

    /// "0.41 (0.13 to 1.26)".
    func text(_ estimate: Double?, _ interval: ConfidenceInterval?) -> String {
        guard let estimate, estimate.isFinite else { return "not estimable" }
        let point = number(reading.value(estimate))
        guard let interval else { return point }
        return point + " (" + text(interval) + ")"
    }

    func text(_ interval: ConfidenceInterval) -> String { text(read: reading.interval(interval)) }

    /// A pooled effect, taken back by what its model knows of sample sizes.
    func text(_ pooled: PooledEffect) -> String {
        guard let back = pooled.backTransformed, reading.isBackTransformed, back.estimate.isFinite else {
            return text(pooled.estimate, pooled.confidenceInterval)
        }
        return number(back.estimate) + " (" + text(read: back.confidenceInterval) + ")"
    }

    func text(read interval: ConfidenceInterval) -> String {
        "\(number(interval.lower)) to \(number(interval.upper))"
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
        guard (upper - lower).isFinite else { return (-1, 1) }
        // A single value still needs room around it.
        if upper - lower <= abs(upper) * 1e-12 || upper == lower {
            let room = max(abs(upper) * 0.1, 0.5)
            return (lower - room, upper + room)
        }
        let margin = (upper - lower) * 0.04
        return (lower - margin, upper + margin)
    }
}
