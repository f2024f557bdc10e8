internal import RealModule

/// What the intervals of reported effects say of the scale of these.
enum IntervalScale: Hashable {
    /// Symmetric about the logarithm of the estimate, and not about the estimate.
    case ratio
    /// Symmetric about the estimate, and not about its logarithm.
    case difference
    /// Narrow intervals are as good as symmetric about both.
    case either
    case neither

    /// Share of the width by which an interval of rounded numbers may be lopsided.
    private static let rounding = 0.05
    /// That from which on it is lopsided for certain.
    private static let certain = 0.1

    /// - Returns: `nil` for what is no ratio, as a number is not above 0.
    init?(estimate: Double, lower: Double, upper: Double) {
        guard lower > 0, estimate > 0, upper > lower else { return nil }
        let natural = Self.lopsidedness(estimate, lower, upper)
        let logarithmic = Self.lopsidedness(.log(estimate), .log(lower), .log(upper))
        if natural >= Self.certain {
            self = logarithmic <= Self.rounding ? .ratio : .neither
        } else {
            self = natural <= Self.rounding && logarithmic >= Self.certain ? .difference : .either
        }
    }

    /// How much longer one half is than the other, as a share of both.
    private static func lopsidedness(_ middle: Double, _ lower: Double, _ upper: Double) -> Double {
        abs((upper - middle) / (upper - lower) - (middle - lower) / (upper - lower))
    }
}

extension [Study<ReportedEffect>] {
    /// Whether effects with their intervals look like ratios that were given without taking logarithms: most intervals are of that kind,
    /// and hardly one speaks against it.
    var lookLikeRatios: Bool {
        var (count, ratios, others) = (0, 0, 0)
        for study in self where !study.outcome.isRatio {
            guard case .interval(let lower, let upper, _) = study.outcome.precision else { continue }
            guard let scale = IntervalScale(estimate: study.outcome.estimate, lower: lower, upper: upper) else {
                return false
            }
            count += 1
            ratios += scale == .ratio ? 1 : 0
            others += scale == .ratio || scale == .either ? 0 : 1
        }
        return ratios > 1 && 2 * ratios > count && 10 * others <= count
    }
}
