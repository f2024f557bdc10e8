internal import MetaAnalysis
internal import RealModule

/// A place on an axis with its round number.
public struct Tick: Hashable, Sendable {
    /// On the scale of the axis: the logarithm where the axis is logarithmic.
    public var value: Double
    public var label: String
}

/// Where the round numbers of an axis stand.
public struct Axis: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case linear
        /// Positions are natural logarithms, labels the numbers themselves.
        case logarithmic
    }

    public var ticks: [Tick]

    /// The densest round numbers whose labels keep apart.
    ///
    /// - Parameters:
    ///   - most: greatest number of ticks.
    ///   - isUpright: whether labels stand above each other, where their height counts and not their width.
    public init(_ kind: Kind, on scale: LinearScale, size: Double, most: Int = 7, isUpright: Bool = false) {
        let metrics = TextMetrics(size: size)
        func fits(_ ticks: [Tick]) -> Bool {
            guard ticks.count <= most else { return false }
            return zip(ticks, ticks.dropFirst()).allSatisfy { first, second in
                let distance = abs(scale(second.value) - scale(first.value))
                let needed =
                    isUpright ? size : (metrics.width(of: first.label) + metrics.width(of: second.label)) / 2
                return distance >= needed + 8
            }
        }
        let candidates =
            switch kind {
            case .linear: Self.linear(scale.lower, scale.upper)
            case .logarithmic: Self.logarithmic(scale.lower, scale.upper)
            }
        ticks = candidates.first(where: fits) ?? []
        if ticks.isEmpty { ticks = candidates.last.map { Array($0.prefix(1)) } ?? [] }
    }

    /// Multiples of 1, 2 or 5 times a power of ten, the densest first.
    private static func linear(_ lower: Double, _ upper: Double) -> [[Tick]] {
        let width = upper - lower
        guard width > 0, width.isFinite else { return [] }
        let top = Int(Double.log10(width).rounded(.up))
        var candidates: [[Tick]] = []
        for power in (top - 2)...(top + 1) {
            for mantissa in [1.0, 2, 5] {
                let count = width / (mantissa * tenTo(power))
                guard count < 60 else { continue }
                candidates.append(multiples(of: mantissa, power, lower, upper))
            }
        }
        return candidates.filter { !$0.isEmpty }
    }

    private static func multiples(of mantissa: Double, _ power: Int, _ lower: Double, _ upper: Double) -> [Tick] {
        let step = mantissa * tenTo(power)
        let slack = (upper - lower) * 1e-9
        var index = ((lower - slack) / step).rounded(.up)
        var ticks: [Tick] = []
        while index * step <= upper + slack, ticks.count < 100 {
            // Divided by a power of ten where it is negative, as 3 · 0.1 is not 0.3.
            let value = power < 0 ? index * mantissa / tenTo(-power) : index * step
            ticks.append(Tick(value: value, label: label(value, decimals: max(0, -power))))
            let next = index + 1
            guard next > index else { break }
            index = next
        }
        return ticks
    }

    private static func label(_ value: Double, decimals: Int) -> String {
        if value == 0 { return NumberFormat.fixed(0, decimals: decimals) }
        if abs(value) >= 1e6 || decimals > 6 { return NumberFormat.significant(value, digits: 2).typographic }
        return NumberFormat.fixed(value, decimals: decimals).typographic
    }

    /// Round ratios, the densest first: within half a decade evenly spaced numbers, beyond 1, 2, 5 or powers of ten.
    private static func logarithmic(_ lower: Double, _ upper: Double) -> [[Tick]] {
        var candidates: [[Tick]] = []
        let decade = Double.log(10)
        if upper - lower < 1.2, abs(lower) < 300, abs(upper) < 300 {
            candidates += linear(.exp(lower), .exp(upper)).map { ticks in
                ticks.filter { $0.value > 0 }.map { Tick(value: .log($0.value), label: trimmed($0.label)) }
            }
        }
        let first = Int((lower / decade).rounded(.down))
        let last = Int((upper / decade).rounded(.up))
        guard last - first < 1000 else { return candidates }
        for mantissas in [[1.0, 2, 3, 5, 7], [1, 2, 5], [1, 3]] where last - first < 12 {
            candidates.append(
                (first...last).flatMap { power in mantissas.map { ratio($0, power) } }
                    .filter { $0.value >= lower - 1e-9 && $0.value <= upper + 1e-9 })
        }
        for step in [1, 2, 3, 5, 10, 20, 50, 100, 200] {
            candidates.append(
                (first...last).filter { $0 % step == 0 }.map { ratio(1, $0) }
                    .filter { $0.value >= lower - 1e-9 && $0.value <= upper + 1e-9 })
        }
        let several = candidates.filter { $0.count > 1 }
        return several.isEmpty ? candidates.filter { !$0.isEmpty } : several
    }

    private static func ratio(_ mantissa: Double, _ power: Int) -> Tick {
        let value = power < 0 ? mantissa / tenTo(-power) : mantissa * tenTo(power)
        let isPlain = power >= -4 && power < 5
        return Tick(
            value: .log(mantissa) + Double(power) * .log(10),
            label: isPlain
                ? NumberFormat.count(value) : NumberFormat.significant(value, digits: 1).typographic)
    }

    private static func trimmed(_ label: String) -> String {
        guard label.contains(".") else { return label }
        var text = label
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    private static func tenTo(_ power: Int) -> Double { .pow(10, power) }
}

extension String {
    /// A number with a minus sign in the place of the hyphen.
    var typographic: String { hasPrefix("-") ? "\u{2212}" + dropFirst() : self }
}
