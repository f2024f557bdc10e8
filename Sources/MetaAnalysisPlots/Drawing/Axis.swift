internal import MetaAnalysis
internal import RealModule

/// A tick of an axis: a position and its label.
public struct Tick: Hashable, Sendable {
    /// Position on the scale of the axis: the natural logarithm of the number on a logarithmic axis.
    public var value: Double
    /// Number as text, such as "0.5".
    public var label: String
}

/// Round numbers that label an axis.
public struct Axis: Hashable, Sendable {
    /// Meaning of the positions on an axis.
    public enum Kind: Hashable, Sendable {
        /// Positions are the numbers of the labels.
        case linear
        /// Positions are natural logarithms of the numbers of the labels.
        case logarithmic
        /// Positions are counts, and only whole numbers are labeled.
        case whole
    }

    /// Ticks in increasing order of their values.
    public var ticks: [Tick]

    /// Chooses the densest round numbers whose labels do not touch.
    ///
    /// - Parameters:
    ///   - kind: meaning of the positions.
    ///   - scale: ends of the axis and their positions in the figure.
    ///   - size: font size of the labels, in user units.
    ///   - most: greatest number of ticks, by default 7.
    ///   - isUpright: whether the axis is vertical, so that the height of the labels counts instead of their width.
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
            case .whole: Self.linear(scale.lower, scale.upper, leastPower: 0)
            }
        ticks = candidates.first(where: fits) ?? []
        if ticks.isEmpty { ticks = candidates.last.map { Array($0.prefix(1)) } ?? [] }
    }

    /// Returns multiples of 1, 2 or 5 times a power of ten, the densest first.
    private static func linear(_ lower: Double, _ upper: Double, leastPower: Int = .min) -> [[Tick]] {
        evenly(lower, upper, steps: [1, 2, 5], leastPower: leastPower).map { places in
            places.map { Tick(value: $0.value, label: label($0)) }
        }
    }

    /// A multiple of a round step.
    private struct Place {
        var value: Double
        /// Power of ten of the step, which is less than ten times 10^power.
        var power: Int
        /// Number of significant digits needed to distinguish the number from its neighbors.
        var digits: Int
    }

    private static func evenly(_ lower: Double, _ upper: Double, steps: [Double], leastPower: Int) -> [[Place]] {
        let width = upper - lower
        guard width > 0, width.isFinite else { return [] }
        let top = Int(Double.log10(width).rounded(.up))
        var candidates: [[Place]] = []
        for power in max(top - 2, leastPower)...max(top + 1, leastPower) {
            for mantissa in steps where width / (mantissa * tenTo(power)) < 60 {
                candidates.append(multiples(of: mantissa, power, lower, upper))
            }
        }
        return candidates.filter { !$0.isEmpty }
    }

    private static func multiples(of mantissa: Double, _ power: Int, _ lower: Double, _ upper: Double) -> [Place] {
        let step = mantissa * tenTo(power)
        let slack = (upper - lower) * 1e-9
        var index = ((lower - slack) / step).rounded(.up)
        var places: [Place] = []
        while index * step <= upper + slack, places.count < 100 {
            // A negative power of ten is a divisor, because 3 · 0.1 is not 0.3.
            let value = power < 0 ? index * mantissa / tenTo(-power) : index * step
            places.append(Place(value: value, power: power, digits: significantDigits(index * mantissa)))
            let next = index + 1
            guard next > index else { break }
            index = next
        }
        return places
    }

    /// Returns the number of digits of a whole number without trailing zeros.
    private static func significantDigits(_ number: Double) -> Int {
        var rest = abs(number)
        guard rest > 0, rest < 1e17 else { return rest > 0 ? 17 : 1 }
        while (rest / 10).rounded(.down) * 10 == rest { rest /= 10 }
        return Int(Double.log10(rest).rounded(.down)) + 1
    }

    private static func label(_ place: Place) -> String {
        let decimals = max(0, -place.power)
        if place.value == 0 { return NumberFormat.fixed(0, decimals: decimals > 6 ? 0 : decimals) }
        if abs(place.value) >= 1e6 || decimals > 6 {
            return NumberFormat.significant(place.value, digits: place.digits).typographic
        }
        return NumberFormat.fixed(place.value, decimals: decimals).typographic
    }

    /// Returns round ratios, the densest first: evenly spaced numbers within half a decade, otherwise 1, 2, 5 or powers of ten.
    private static func logarithmic(_ lower: Double, _ upper: Double) -> [[Tick]] {
        var candidates: [[Tick]] = []
        let decade = Double.log(10)
        let isNumber = abs(lower) < 600 && abs(upper) < 600
        if upper - lower < 1.2, isNumber {
            candidates += linear(.exp(lower), .exp(upper)).map { ticks in
                ticks.filter { $0.value > 0 }.map { Tick(value: .log($0.value), label: trimmed($0.label)) }
            }
        }
        if upper - lower < 12 * decade, isNumber {
            let powers = Int((lower / decade).rounded(.down))...Int((upper / decade).rounded(.up))
            for mantissas in [[1.0, 2, 3, 5, 7], [1, 2, 5], [1, 3]] {
                candidates.append(
                    powers.flatMap { power in mantissas.map { ratio($0, power) } }
                        .filter { $0.value >= lower - 1e-9 && $0.value <= upper + 1e-9 })
            }
        }
        func powers(from leastPower: Int) -> [[Tick]] {
            evenly(lower / decade, upper / decade, steps: [1, 2, 3, 5], leastPower: leastPower).map { places in
                places.map { place in
                    abs(place.value) < 300 && place.value == place.value.rounded()
                        ? ratio(1, Int(place.value))
                        : Tick(value: place.value * decade, label: label(ofPower: place))
                }
            }
        }
        candidates += powers(from: 0)
        let several = candidates.filter { $0.count > 1 }
        if !several.isEmpty { return several }
        // The numbers are too great or too small to be written out, and close to each other.
        if !isNumber { candidates += powers(from: .min) }
        return candidates.filter { !$0.isEmpty }
    }

    private static func ratio(_ mantissa: Double, _ power: Int) -> Tick {
        let value = power < 0 ? mantissa / tenTo(-power) : mantissa * tenTo(power)
        let isPlain = power >= -4 && power < 5
        return Tick(
            value: .log(mantissa) + Double(power) * .log(10),
            label: isPlain
                ? NumberFormat.count(value) : NumberFormat.significant(value, digits: 1).typographic)
    }

    /// Returns the label of a power of ten outside the range of a double.
    private static func label(ofPower place: Place) -> String {
        let isShort = abs(place.value) < 1e6
        guard isShort, place.value == place.value.rounded() else {
            let power =
                isShort
                ? NumberFormat.fixed(place.value, decimals: max(0, -place.power))
                : NumberFormat.significant(place.value, digits: place.digits)
            return "10^" + power.typographic
        }
        return (place.value < 0 ? "1e-" : "1e+") + NumberFormat.count(abs(place.value))
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
    /// The number with a minus sign instead of a hyphen.
    var typographic: String { hasPrefix("-") ? "\u{2212}" + dropFirst() : self }
}
